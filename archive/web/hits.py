"""Hits of a search → what the pages show and the data give of each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from archive.bodies.kinds import kind_of, level_of
from archive.bodies.places import names_of
from archive.search import Hit, Passage
from archive.season.coverage import read_date
from archive.store import Archive
from archive.web.answers import Entry
from archive.web.facets import label_of
from archive.web.links import report_path, version_path, with_query
from archive.web.place_names import chain_of, path_of
from archive.web.words import say


@dataclass(frozen=True, slots=True)
class Shown:
    """One report in a list.

    ``organisation`` and ``region_code`` are the body's, which the path of the report is made of; ``passages`` are each
    with the path of the line that it shows.
    """

    hit: Hit
    organisation: str
    region_code: str
    place: str
    level: str
    kind: str
    form: str
    flags: tuple[str, ...]
    path: str
    passages: tuple[tuple[Passage, str], ...]


def shown(archive: Archive, hits: Sequence[Hit], query: str, lang: str) -> tuple[Shown, ...]:
    """Hits → what is shown of them, in the same order; the paths carry the query, so that its terms stay marked."""
    rows = {
        report: (name, region or "", form, tuple(flags.split()))
        for report, name, region, form, flags in archive.db.execute(
            """
            SELECT p.id, o.name, o.region_code, s.form, s.flags
            FROM json_each(:reports) j
            JOIN reports p ON p.id = j.value
            JOIN organisations o ON o.id = p.organisation
            JOIN searched s ON s.report = p.id
            """,
            {"reports": json.dumps([hit.report for hit in hits])},
        ).fetchall()
    }
    names = names_of(archive, {code for _, region, _, _ in rows.values() for code in chain_of(region)})
    digests = _digests_of(archive, hits)
    carried = {"q": query, "lang": "en" if lang == "en" else ""}
    made = []
    for hit in hits:
        organisation, region, form, flags = rows[hit.report]
        own = report_path(region, organisation, hit.report_year)
        passages = []
        for passage in hit.passages:
            where = own if passage.version == hit.version else version_path(digests[passage.version])
            passages.append((passage, f"{with_query(where, carried)}#t{passage.line}"))
        made.append(
            Shown(
                hit, organisation, region, path_of(region, names), level_of(organisation, region),
                kind_of(organisation), form, flags, with_query(own, carried), tuple(passages),
            )
        )  # fmt: skip
    return tuple(made)


def facts_of(one: Shown) -> dict[str, Any]:
    """What ``.json`` gives of a hit. Spans of a passage are [start, end) of its text, in characters."""
    hit = one.hit
    return {
        "report": f"r{hit.report}",
        "organisation": one.organisation,
        "region_code": one.region_code or None,
        "report_year": hit.report_year,
        "title": hit.title,
        "published": hit.published,
        "level": one.level or None,
        "kind": one.kind or None,
        "form": one.form or None,
        "flags": list(one.flags),
        "path": one.path,
        "version": f"v{hit.version}",
        "url": hit.url,
        "passages": [_passage(passage, path) for passage, path in one.passages],
    }


COLUMNS = (
    "report", "organisation", "region_code", "place", "report_year", "title", "published", "level", "kind", "form",
    "flags", "version", "url", "page", "passage",
)  # fmt: skip
"""Of ``.csv``: one line a report, ``passage`` the first, its terms between 【 】."""


def row_of(one: Shown, base: str) -> tuple[str | int | None, ...]:
    """A hit → its line of ``.csv``."""
    hit = one.hit
    return (
        f"r{hit.report}", one.organisation, one.region_code, one.place, hit.report_year, hit.title, hit.published,
        one.level, one.kind, one.form, " ".join(one.flags), f"v{hit.version}", hit.url, base + one.path, hit.snippet,
    )  # fmt: skip


def entry_of(one: Shown, lang: str) -> Entry:
    """A hit → its entry of ``.atom``, of the day of publication that the report gives."""
    hit = one.hit
    day = read_date(hit.published)
    return Entry(
        key=f"report:{one.region_code}:{one.organisation}:{hit.report_year}",
        title=say(lang, "search.report_of", organisation=one.organisation, year=hit.report_year),
        path=one.path,
        updated=f"{day}T00:00:00+08:00" if day else "",
        summary=hit.snippet or hit.title,
        author=one.organisation,
    )


def said_of(one: Shown, lang: str) -> list[str]:
    """Place, level, kind: what stands under a name."""
    said = [one.place]
    said += [label_of(lang, facet, value) for facet, value in (("level", one.level), ("kind", one.kind)) if value]
    return [text for text in said if text]


def text_of(pieces: Iterable[tuple[str, bool]]) -> str:
    """A passage in one piece."""
    return "".join(text for text, _ in pieces)


def _passage(passage: Passage, path: str) -> dict[str, Any]:
    spans, at = [], 0
    for text, is_term in passage.pieces:
        if is_term:
            spans.append([at, at + len(text)])
        at += len(text)
    return {
        "text": text_of(passage.pieces),
        "spans": spans,
        "version": f"v{passage.version}",
        "line": passage.line,
        "path": path,
    }


def _digests_of(archive: Archive, hits: Iterable[Hit]) -> dict[int, str]:
    """Versions whose text a passage is of and that do not stand for their report → the digest of their bytes."""
    wanted = sorted({one.version for hit in hits for one in hit.passages if one.version != hit.version})
    return dict(
        archive.db.execute(
            "SELECT id, payload_digest FROM versions WHERE id IN (SELECT value FROM json_each(:versions))",
            {"versions": json.dumps(wanted)},
        ).fetchall()
    )
