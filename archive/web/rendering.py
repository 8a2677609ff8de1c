"""Templates → HTML: autoescaped, undefined names refused, nothing that a document holds can leave its place."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request

from archive.clock import parse_time
from archive.errors import BadClock
from archive.web import links
from archive.web.answers import Page
from archive.web.asked import LONGEST, Site, language_of, path_of
from archive.web.pages_found import FORMS
from archive.web.words import say

_FOLDER = Path(__file__).parent / "templates"
# HTML, 13.2.3.5: what no document may hold; direction marks that would turn the words of the page around.
_NO_HTML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_CHINA = timedelta(hours=8)


def render_page(request: Request, site: Site, page: Page, forms: tuple[str, ...] = ()) -> bytes:
    """A page → HTML, UTF-8. ``forms``: the data forms that the page links to."""
    language = language_of(request)
    text = (
        _environment()
        .get_template(page.template)
        .render(
            page=page,
            facts=page.facts,
            lang=language,
            t=partial(say, language),
            section=request.url.path.split("/")[1],
            query=request.query_params.get("q", "")[:LONGEST],
            forms=[(form, FORMS[form], _in_form(request, form)) for form in forms],
            other_language=_in_other_language(request),
            canonical=site.base + (page.head.canonical or _own(request)),
            base=site.base,
            **page.extra,
        )
    )
    return text.encode("utf-8", "replace")


def prepare_templates() -> None:
    """Compiles every template, which takes most of a second: the first reader need not wait for it."""
    for name in _environment().list_templates():
        _environment().get_template(name)


def clean(value: Any) -> Any:
    """What a template prints → without the characters that HTML forbids or that turn the text around.

    >>> clean("a\\x00b\\u202ec")
    'a\\ufffdb\\ufffdc'
    """
    if isinstance(value, Markup):
        return Markup(_NO_HTML.sub("\ufffd", str(value)))
    if not isinstance(value, str) or value.isprintable():  # none of those characters is
        return value
    return _NO_HTML.sub("\ufffd", value)


def local_time(text: str) -> str:
    """A time of the archive (UTC) → day and minute in China; "" stays "".

    >>> local_time("2026-01-12T00:00:00Z")
    '2026-01-12 08:00'
    """
    try:
        return f"{parse_time(text) + _CHINA:%Y-%m-%d %H:%M}" if text else ""
    except BadClock:  # what is no time is shown as it is kept
        return text


def local_day(text: str) -> str:
    """A time of the archive (UTC) → the day in China.

    >>> local_day("2026-01-11T23:00:00Z")
    '2026-01-12'
    """
    return local_time(text)[:10]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=clean,
    )
    environment.globals.update(
        {
            name: getattr(links, name)
            for name in (
                "report_path", "history_path", "version_path", "diff_path", "original_path", "place_path",
                "search_path", "compare_path", "cell_anchor", "with_query",
            )
        }
    )  # fmt: skip
    environment.filters.update({"minute": local_time, "day": local_day, "count": _grouped, "json_ld": _json_ld})
    return environment


def _grouped(number: int) -> str:
    return f"{number:,}"


def _json_ld(facts: dict[str, Any]) -> Markup:
    """Facts as a data block: no ``<`` may stand in it, or ``</script>`` would end it."""
    text = json.dumps(facts, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _own(request: Request) -> str:
    path, query = path_of(request), request.url.query
    return f"{path}?{query}" if query else path


def _in_form(request: Request, form: str) -> str:
    path, query = path_of(request), request.url.query
    path = "/index" if path == "/" else path
    return f"{path}.{form}?{query}" if query else f"{path}.{form}"


def _in_other_language(request: Request) -> str:
    names: dict[str, tuple[str, ...]] = {}
    for name, value in request.query_params.multi_items():
        if name != "lang":
            names[name] = (*names.get(name, ()), value)
    if language_of(request) == "zh":
        names["lang"] = ("en",)
    return links.with_query(path_of(request), names)
