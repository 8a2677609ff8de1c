"""Hostile strings stay text: planted in documents and names, sent as queries and paths, in every form of answer."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

import pytest
from lxml import html
from starlette.testclient import TestClient

from archive.web.app import create_app
from archive.web.asked import Site
from archive.web.guard import HEADERS
from archive.web.pages_found import paths
from tests.web.conftest import BASE
from tests.web.hostile import ADDED, FOREIGN, every_string
from tests.web.hostile_archive import fill
from tests.web.serving import NOW, is_complaint, is_own, serving
from tests.web.walking import Fetched, ask, kind_of, problems_of, walk

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOUND = 8
"""So many of all strings are sent to where they stand in documents."""
NAMES = (
    "q", "year", "region", "level", "kind", "form", "organisation", "flags", "sort", "after", "cell", "lang", "body",
    "key", "bodies", "figure", "names", "url", "report", "version", "cursor", "limit", "page", "on", "grade", "since",
)  # fmt: skip
_SCHEMES = ("", "http", "https", "mailto")
_ADDRESSES = ("href", "src", "action", "formaction", "xlink:href", "data", "poster", "cite", "background", "srcset")
_FORBIDDEN = ("base", "object", "embed", "applet", "style", "math", "plaintext", "frameset")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "archive"
    assert fill(folder) > 2000
    return folder


@pytest.fixture(scope="module")
def hostile(folder: Path) -> Iterator[TestClient]:
    os.environ["NIANBAO_NOW"], before = NOW, os.environ.get("NIANBAO_NOW", "")
    app = create_app(folder, Site(BASE))
    with TestClient(app, base_url=BASE, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client
    os.environ.pop("NIANBAO_NOW")
    if before:
        os.environ["NIANBAO_NOW"] = before


@pytest.fixture(scope="module")
def walked(hostile: TestClient) -> dict[str, Fetched]:
    return walk(hostile, most=110, each=4)


def faults_of(fetched: Fetched) -> list[str]:
    """What in an answer is more than text, or should not be there at all."""
    said = [f"{fetched.answer.status_code}"] if fetched.answer.status_code >= 500 else []
    said += [name for name in ("set-cookie", "x-evil") if name in fetched.answer.headers]
    policy = fetched.answer.headers.get("content-security-policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy.replace("style-src 'unsafe-inline'", ""):
        said.append(f"policy {policy!r}")
    for name in ("X-Content-Type-Options", "Referrer-Policy"):
        if fetched.answer.headers.get(name) != HEADERS[name]:
            said.append(name)
    said += problems_of(fetched)
    if fetched.kind == "text/csv":
        said += [f"formula {one!r}" for one in _formulas(fetched.answer.text)]
    if fetched.tree is not None:
        said += _faults_in(fetched.tree, is_framed="sandbox" in policy)
    return [f"{fetched.url[:300]}: {one}" for one in said]


def _formulas(text: str) -> list[str]:
    fields = [field for row in csv.reader(io.StringIO(text, newline="")) for field in row]
    return [one for one in fields if one.startswith(("=", "+", "-", "@", "\t", "\r")) and not _is_number(one)]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _faults_in(tree: html.HtmlElement, *, is_framed: bool) -> list[str]:
    said = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.lower()
        if tag in _FORBIDDEN and not (is_framed and tag == "style"):
            said.append(f"<{tag}>")
        if tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
            said.append("refresh")
        if tag == "script":
            said += _faults_of_script(element)
        for name, value in element.attrib.items():
            if name.lower().startswith("on") or name == "srcdoc" or (name == "style" and not is_framed):
                said.append(f"<{tag} {name}={value[:80]!r}>")
            if name.lower() in _ADDRESSES and not _is_harmless(tag, value, is_framed=is_framed):
                said.append(f"<{tag} {name}={value[:80]!r}>")
    if str(ADDED) in tree.text_content():
        said.append("a template worked something out")
    return said


def _faults_of_script(element: html.HtmlElement) -> list[str]:
    if element.get("type") == "application/ld+json":
        try:
            json.loads(element.text or "")
        except ValueError as error:
            return [f"JSON-LD: {error}"]
        return []
    return [] if (element.get("src") or "").startswith("/static/") and not element.text else ["<script>"]


def _is_harmless(tag: str, value: str, *, is_framed: bool) -> bool:
    """A link may lead anywhere by http; what a page loads or sends is the site's own."""
    address = "".join(value.split()).replace("\x00", "")
    try:
        parts = urlsplit(address)
    except ValueError:  # as "http://[": no browser loads it either
        return True
    if parts.scheme.lower() not in _SCHEMES:
        return is_framed and address.startswith("data:image/")
    return tag in ("a", "link") or not parts.netloc or f"http://{parts.netloc}" == BASE


def test_what_was_planted_is_text_on_every_page(walked: dict[str, Fetched]) -> None:
    assert len(walked) > 40
    assert [one for fetched in walked.values() for one in faults_of(fetched)] == []


@pytest.mark.parametrize("queries", [120, pytest.param(240, marks=pytest.mark.full)])
def test_every_string_is_harmless_in_queries_and_paths(client: TestClient, queries: int) -> None:
    """Of all strings so many are sent, each in several places, and every parameter has its turn."""
    strings = every_string()
    places = range(0, len(strings), len(strings) // queries)
    assert {at % len(NAMES) for at in places} == set(range(len(NAMES)))
    sent = [url for at in places for url in _urls(at, strings[at])]
    assert len(sent) > 2 * queries
    assert [one for url in sent for one in faults_of(ask(client, url))] == []


def test_what_is_found_is_text(hostile: TestClient) -> None:
    """Searched for where they stand in titles, names and prose: what is found is highlighted, and still text."""
    strings = [text for text in every_string() if 2 < len(text) < 60 and ("<" in text or "{{" in text or "=" in text)]
    found = 0
    for text in strings[:FOUND]:
        asked = urlencode({"q": f'"{text.replace(chr(34), " ")}"'.encode("utf-8", "replace")})
        answers = [ask(hostile, f"/search{form}?{asked}") for form in ("", ".json", ".csv", ".atom")]
        assert [one for answer in answers for one in faults_of(answer)] == []
        found += answers[1].answer.json().get("total", 0)
    assert found > 0


def _urls(number: int, text: str) -> list[str]:
    """Where one string is sent: as what is searched for, as some parameter of some page, as the parts of some path."""
    given = text.encode("utf-8", "replace")[:6000]
    every = paths()
    with_parts = [one for one in every if "{" in one.path]
    without = [one for one in every if "{" not in one.path]
    plain = without[number % len(without)]
    form = ("", *(f".{one}" for one in plain.forms))[number % (len(plain.forms) + 1)]
    path = plain.path if plain.path != "/" or not form else "/index"
    urls = [
        f"/search{'.json' if number % 2 else ''}?{urlencode({'q': given})}",
        f"{path}{form}?{urlencode({NAMES[number % len(NAMES)]: given, 'q': given[:50]})}",
    ]
    return [*urls, *(_filled(one.path, text) for one in with_parts[number % max(1, len(with_parts)) :][:1])]


def _filled(path: str, text: str) -> str:
    """A path with the string for each of its parts, as it stands in an address."""
    made, rest = "", path
    part = quote(text.encode("utf-8", "replace")[:900], safe="%")
    while "{" in rest:
        before, _, rest = rest.partition("{")
        _, _, rest = rest.partition("}")
        made += before + (part or "x")
    return made + rest


def test_nothing_runs_in_chromium(folder: Path, walked: dict[str, Fetched], browser: Browser) -> None:
    """One page of every kind, and the fiercest queries: no dialog, no script, nothing asked of anyone else."""
    kinds: dict[str, str] = {}
    for one in walked.values():
        if one.tree is not None and one.answer.status_code == 200:
            kinds.setdefault(kind_of(one.url), one.url.removeprefix(BASE))
    queries = [text for text in every_string() if "<" in text or "=" in text][:6]
    visits = [*kinds.values(), *(f"/search?{urlencode({'q': text.encode('utf-8', 'replace')})}" for text in queries)]
    ran: list[str] = []
    with serving(folder) as base:
        context = browser.new_context(base_url=base)
        context.on("request", lambda request: None if is_own(base, request.url) else ran.append(request.url))
        page = context.new_page()
        page.on("dialog", lambda dialog: (ran.append(f"dialog on {page.url}"), dialog.dismiss()))
        page.on("console", lambda said: ran.append(f"{page.url}: {said.text}") if is_complaint(said.text) else None)
        page.on("pageerror", lambda error: ran.append(f"{page.url}: {error}"))
        for visit in visits[:30]:
            page.goto(visit, wait_until="load")
            ran += [f"ran on {visit}" for frame in page.frames if frame.evaluate("'ran' in window")]
        context.close()
    assert not any(FOREIGN in one for one in ran)
    assert ran == []
