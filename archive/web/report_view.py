"""What the template of a report's page is given beside the facts: everything in the reader's words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from archive.clock import read_clock, stamp
from archive.lookups.addresses import Address, report_of_year
from archive.proof.citing import Citation, cite_bibtex, cite_gbt
from archive.proof.contents import captures_of
from archive.queries import Named
from archive.readings import get_values
from archive.season.coverage import deadline_of, read_date
from archive.web.asked import Asked
from archive.web.briefly import briefly
from archive.web.check_words import say_across
from archive.web.figures_shown import Shown, figures_of, tables_of
from archive.web.links import original_path, with_query
from archive.web.rendering import local_day, local_time
from archive.web.report_events import claims_in, happened_to, label_in, problem_in
from archive.web.report_text import lines_of, sections_in
from archive.web.terms import term_of
from archive.web.words import say
from parsers.forms import STATISTICS

_EVENTS_WITHIN = 0.3  # seconds
# xpath=/html/body/div[3]/table[2]/tbody/tr[4]/td[8] · table=2&row=4&cell=8 · page=3&xywh=…
_IN_PAGE = re.compile(r"table\[(\d+)\](?:/\w+(?:\[\d+\])?)*?/tr\[(\d+)\]/t[dh]\[(\d+)\]$")
_IN_TABLE = re.compile(r"table=(\d+)&row=(\d+)&cell=(\d+)")
_ON_PAGE = re.compile(r"page=(\d+)")
_FIRST_LOOKS, _LAST_LOOKS = 2, 6
_ABOUT_THE_REPORT = ("not_seen", "report_problems", "rendition_differences", "notes", "relatives", "unread")
"""Facts that a version alone, or one that is read, does not have."""
HEADLINES = ("requests.received.total", "requests.handled_total.total", "requests.carried_out.total")
"""What is shown of a report where there is little room; of 2014 to 2018 the next."""
HEADLINES_2014 = ("statistics.disclosed.count", "statistics.received.count", "statistics.answered.count")

Facts = Mapping[str, Any]


def headlines_of(facts: Facts) -> tuple[str, ...]:
    """The cells of a parse document that stand for it where there is little room."""
    wanted = HEADLINES_2014 if facts["forms"].get(STATISTICS) else HEADLINES
    return tuple(key for key in wanted if key in facts["cells"])


@dataclass(frozen=True, slots=True)
class Chosen:
    """The figure that the reader pointed at; ``shown`` is None where the document has no such cell."""

    key: str
    name: str
    shown: Shown | None
    place: str
    original: str


def view_of(
    asked: Asked, address: Address, named: Named, digest: str, facts: Facts, citation: Citation
) -> dict[str, Any]:
    """A report's facts → what its template shows of them. Raises BadQuery, TooSlow."""
    view = _around(asked, address, named, digest, facts, citation)
    if "cells" not in facts:
        return view | {"is_read": False}
    last = report_of_year(asked.archive, address.report, address.report_year - 1)
    values = () if last is None else get_values(asked.archive, last[1])
    tables = tables_of(asked.lang, facts)
    figures = figures_of(asked.lang, facts, tables, values, asked.texts("cell"))
    lines = lines_of(facts["text"], asked.text("q"))
    asked.check_time()
    claims = claims_in(asked.lang, facts)
    across = facts.get("checks_across_years", [])
    return view | {
        "is_read": True,
        "tables": tables,
        "figures": figures,
        "chosen": _chosen(asked, figures, digest),
        "last": None if last is None else last[0],
        "with_last": asked.text("with") == "last",
        "lines": lines,
        "sections": sections_in(lines),
        "claims": claims,
        "across": [(one, say_across(asked.lang, one)) for one in across if one["state"] != "HOLDS"],
        "across_holds": sum(one["state"] == "HOLDS" for one in across),
        "flags": _flags(asked, facts, tables, claims),
        "correcting": _correcting(asked, facts, figures, digest, named),
        "embed_code": _embed_code(asked, address, facts, digest),
    }


def _around(
    asked: Asked, address: Address, named: Named, digest: str, facts: Facts, citation: Citation
) -> dict[str, Any]:
    """What there is of a report whether it is read or not."""
    captures = [one for one, _ in captures_of(asked.archive, named.version)]
    shown = captures if len(captures) <= _FIRST_LOOKS + _LAST_LOOKS + 1 else [
        *captures[:_FIRST_LOOKS], *captures[-_LAST_LOOKS:]
    ]  # fmt: skip
    happened = briefly(
        asked, _EVENTS_WITHIN, lambda: happened_to(asked.archive, asked.lang, address.report, local_time)
    )
    deadline = deadline_of(address.organisation, address.report_year)
    printed = read_date(facts.get("published"))
    return {
        "address": address,
        "named": named,
        "digest": digest,
        "citation": citation,
        "gbt": cite_gbt(citation),
        "bibtex": cite_bibtex(citation),
        "happened": happened,
        "captures": captures,
        "captures_shown": shown,
        "versions": _versions(facts["history"]),
        "deadline": deadline,
        "days_late": (printed - deadline).days if printed is not None and printed > deadline else 0,
        "original": with_query(original_path(digest), _kept(asked, "cell", "report")),
        "cell_link": _cell_link(asked),
        "term_of": term_of,
        "label_in": lambda key: label_in(asked.lang, key),
        "problem_in": lambda code: problem_in(asked.lang, code),
        "place_in": lambda where: _place(asked.lang, where),
        "page_query": lambda **changed: with_query(asked.request.url.path, _changed(asked, changed)),
        "beside": {name: facts.get(name, []) for name in _ABOUT_THE_REPORT},
        "figures": {},
        "flags": [],
        "day": local_day,
    }


def _versions(history: Sequence[Facts]) -> list[dict[str, Any]]:
    """The history, each version with the digest of the one before it in its rendition, "" for a first one."""
    before: dict[str, str] = {}
    found = []
    for one in history:
        found.append({**one, "before": before.get(one["rendition"], "")})
        before[one["rendition"]] = one["payload_digest"]
    return found


def _chosen(asked: Asked, figures: Mapping[str, Shown], digest: str) -> Chosen | None:
    keys = asked.texts("cell")
    if not keys:
        return None
    shown = figures.get(keys[0])
    place = "" if shown is None else _place(asked.lang, shown.where)
    original = with_query(original_path(digest), {**_kept(asked, "report"), "cell": keys[0]}) + "#cell"
    return Chosen(keys[0], label_in(asked.lang, keys[0]), shown, place, original)


def _place(language: str, where: str) -> str:
    """Where a cell stands, as a person says it: 第 2 张表第 4 行第 8 格; other places as the archive has them."""
    found = _IN_PAGE.search(where) or _IN_TABLE.search(where)
    if found is not None:
        return say(language, "report.place_cell", table=found[1], row=found[2], cell=found[3])
    on_page = _ON_PAGE.match(where)
    return where if on_page is None else say(language, "report.place_page", page=on_page[1])


def _flags(asked: Asked, facts: Facts, tables: Iterable[Any], claims: Iterable[Any]) -> list[tuple[str, str, str]]:
    """(class, text, where on the page it leads)."""
    broken = sum(len(table.broken) for table in tables)
    unknown = sum(len(table.unknown) for table in tables)
    unread = sum(cell["status"] == "unread" for cell in facts["cells"].values())
    renditions = [one["rendition"] for one in facts["history"]]
    counts = (
        ("bad", "broken", broken, "tables"),
        ("doubt", "unread", unread, "tables"),
        ("doubt", "claims", sum(one.verdict == "differs" for one in claims), "claims"),
        ("doubt", "leftover", len(facts["leftover"]), "leftovers"),
        ("doubt", "edited", len(renditions) - len(set(renditions)), "versions"),
        ("bad", "gone", len(facts.get("not_seen", ())), "events"),
        ("good", "corrected", len(facts["corrections"]), "tables"),
        ("", "unknown", unknown, "tables"),
    )
    flags = [(kind, asked.say(f"report.flag_{key}", count=count), f"#{at}") for kind, key, count, at in counts if count]
    if facts["checks"] and not broken and not unknown:
        flags.append(("good", asked.say("report.flag_good"), "#tables"))
    return flags


def _correcting(
    asked: Asked, facts: Facts, figures: Mapping[str, Shown], digest: str, named: Named
) -> dict[str, str] | None:
    """How to say that a cell was read wrongly: the command, and a line of the file that ``correct import`` takes."""
    wanted = next((key for key in asked.texts("cell") if key in figures), None)
    key = wanted or next((one for one in HEADLINES if one in figures), next(iter(figures), None))
    if key is None:
        return None
    who, why = asked.say("report.wrong_who"), asked.say("report.wrong_why")
    value = facts["cells"][key]["value"]
    line = {
        "payload_digest": digest, "key": key, "status": "number", "value": value if isinstance(value, int) else 0,
        "who": who, "why": why, "source": "", "made_at": stamp(read_clock()),
    }  # fmt: skip
    return {
        "key": key,
        "command": f'nianbao correct set v{named.version} {key} N --who {who} --why "{why}"',
        "line": json.dumps(line, ensure_ascii=False),
        "import": "nianbao correct import corrections.jsonl",
    }


def _embed_code(asked: Asked, address: Address, facts: Facts, digest: str) -> str:
    asked_for = [key for key in asked.texts("cell") if key in facts["cells"]]
    keys = tuple(asked_for) or headlines_of(facts)
    path = with_query(f"/embed/{quote(digest, safe='')}", {"cell": keys, **_kept(asked, "lang", "report")})
    title = f"{address.organisation} {address.report_year}".replace('"', "")
    height = 130 + 36 * max(1, len(keys))
    return f'<iframe src="{asked.site.base}{path}" title="{title}" width="100%" height="{height}"></iframe>'


def _kept(asked: Asked, *names: str) -> dict[str, str | tuple[str, ...] | None]:
    """Parameters of this page that go on to another address, the language always."""
    kept: dict[str, str | tuple[str, ...] | None] = {name: asked.texts(name) for name in names}
    return kept | {"lang": "en" if asked.lang == "en" else None}


def _changed(asked: Asked, changed: Mapping[str, str | None]) -> dict[str, str | tuple[str, ...] | None]:
    return {**_kept(asked, "cell", "with", "q", "report"), **changed}


def _cell_link(asked: Asked) -> str:
    """What the links of figures begin with; the key follows."""
    kept = with_query("", _kept(asked, "with", "q", "report"))
    return f"{kept}&cell=" if kept else "?cell="
