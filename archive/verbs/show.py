"""The verbs that show: search, show, history, diff."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from archive.errors import NotAnArchive
from archive.queries import Named, describe_relatives, describe_report, find_named, list_history
from archive.readings import get_text, get_values
from archive.search import Filters, Found, Hit, count_facets, find_page
from archive.store import Archive
from archive.verbs.columns import aligned, cut
from archive.verbs.keep import command_of, print_json
from archive.versions import CellChange, Difference, changed_words, compare_versions, current_reading
from parsers.forms import STATISTICS, TABLES, label_of
from parsers.report import Value
from parsers.text import one_line

_LONGEST_CHANGES = 40


def run_search(options: argparse.Namespace) -> int:
    """``nianbao search``."""
    filters = Filters(
        options.year, options.region, options.level, options.kind, options.form, options.organisation,
        tuple(options.flag),
    )  # fmt: skip
    query = " ".join([*options.query, *(f'-"{term}"' for term in options.without)])
    with Archive.open(options.archive, write=False) as archive:
        found = find_page(archive, query, filters, sort=options.sort, limit=options.limit, after=options.after)
        facets = count_facets(archive, query, filters) if options.facets else {}
    if found.code == "not_indexed":
        raise NotAnArchive(f"the search index of {options.archive} is not made yet; nianbao reparse makes it")
    if options.json:
        print_json(_facets_of(facets) if options.facets else [_hit(hit) for hit in found.hits])
        return 0
    if found.says:
        print(found.says, file=sys.stderr)
    if options.facets:
        print("\n".join(aligned([(facet, value or "-", count) for facet in facets for value, count in facets[facet]])))
        return 0
    _print_hits(found, command_of(options))
    return 0


def _print_hits(found: Found, nianbao: str) -> None:
    hits = found.hits
    rows = [(f"r{hit.report}", hit.report_year, cut(hit.organisation, 36), cut(hit.snippet, 120)) for hit in hits]
    print("\n".join(aligned(rows)) if rows else "nothing found")
    if hits:
        further = f" · --after {found.next} shows more" if found.next else ""
        print(f"{'' if found.is_exact else 'at least '}{found.total} found{further}")
        print(f"next: {nianbao} show r{hits[0].report} · {nianbao} history r{hits[0].report}")


def run_show(options: argparse.Namespace) -> int:
    """``nianbao show``."""
    with Archive.open(options.archive, write=False) as archive:
        named = find_named(archive, options.name)
        if options.json:
            print_json(describe_report(archive, named))
        elif options.text:
            print(get_text(archive, current_reading(archive, named.version)))
        elif options.cells:
            print("\n".join(_cell_lines(get_values(archive, current_reading(archive, named.version)))))
        else:
            facts = describe_report(archive, named)
            print("\n".join(_report_lines(facts)))
            nianbao = command_of(options)
            print(f"next: {nianbao} show {facts['version']} --cells · {nianbao} history {facts['report']}")
    return 0


def run_history(options: argparse.Namespace) -> int:
    """``nianbao history``."""
    with Archive.open(options.archive, write=False) as archive:
        named = find_named(archive, options.name)
        history = list_history(archive, named.report)
        relatives = describe_relatives(archive, named.report)
    if options.json:
        print_json(history)
        return 0
    print("\n".join([*_history_lines(history), *_relative_lines(relatives)]))
    print(f"next: {command_of(options)} {_next_after(history, named)}")
    return 0


def run_diff(options: argparse.Namespace) -> int:
    """``nianbao diff``."""
    with Archive.open(options.archive, write=False) as archive:
        before, after = (find_named(archive, [name]).version for name in (options.before, options.after))
        difference = compare_versions(archive, before, after)
    if options.json:
        print_json(
            {
                "cells": [
                    {"key": one.key, "before": _jsonable(one.before), "after": _jsonable(one.after)}
                    for one in difference.cells
                ],
                "text": list(difference.text),
            }
        )
        return 0
    print("\n".join(_difference_lines(difference, before, after)))
    return 0


def _hit(hit: Hit) -> dict[str, object]:
    return {
        "report": f"r{hit.report}",
        "organisation": hit.organisation,
        "report_year": hit.report_year,
        "version": f"v{hit.version}",
        "url": hit.url,
        "snippet": hit.snippet,
    }


def _facets_of(facets: dict[str, list[tuple[str, int]]]) -> dict[str, object]:
    ((how, total),) = facets["total"]
    counts = {
        facet: [{"value": value, "reports": count} for value, count in pairs]
        for facet, pairs in facets.items()
        if facet != "total"
    }
    return {"total": total, "is_exact": how == "exact", "facets": counts}


def _jsonable(said: Any) -> int | float | str | None:
    """A figure → its JSON number, as the parse document has it; a status word stays."""
    return said if said is None or isinstance(said, int | str) else float(said)


def _report_lines(facts: dict[str, Any]) -> Iterator[str]:
    yield f"{facts['report']} {facts['version']}  {facts.get('title') or facts['organisation']}"
    rows: list[tuple[str, object]] = [
        ("organisation", facts["organisation"]),
        ("year", facts["report_year"]),
        ("region", facts.get("region_code")),
        ("published", facts.get("published")),
        ("phone", facts.get("phone")),
        ("number", facts.get("document_number")),
        ("url", facts["url"]),
        ("captured", f"{facts['first_captured']} – {facts['last_captured']}"),
    ]
    yield from aligned([row for row in rows if row[1] is not None])
    if "unread" in facts:
        yield f"kept, and not read: {facts['unread']['code']}: {facts['unread']['says']}"
    else:
        yield from _reading_lines(facts)
    yield from _correction_lines(facts["corrections"])
    yield from _relative_lines(facts["relatives"])
    yield from _compared_lines(facts)
    for problem in facts["report_problems"]:
        yield f"{problem['severity']}: {problem['code']}: {problem['says']}"
    for absent in facts["not_seen"]:
        yield (
            f"not seen: {absent['format']} present on {absent['last_seen']}, not seen on {absent['looked_at']} "
            f"({absent['outcome']}), looked {absent['looks']} times"
        )


def _correction_lines(corrections: list[dict[str, Any]]) -> Iterator[str]:
    """ "corrected: 总计: read as 3, is 5, says 编辑部 (2026-01-31T08:00:00Z): 电话核实"."""
    for one in corrections:
        read, said = (
            side["value"] if side["status"] == "number" else side["status"] for side in (one["read"], one["said"])
        )
        yield (
            f"corrected: {one['key']} {label_of(one['key'])}: read as {read}, is {said}, "
            f"says {one['who']} ({one['made_at']}): {one['why']}"
        )


def _relative_lines(relatives: list[dict[str, Any]]) -> Iterator[str]:
    """ "earlier name: 米林县教育局 540422: r3 2021, r5 2022: …", and "merged" bodies as "earlier body"."""
    for one in relatives:
        reports = ", ".join(f"{other['report']} {other['report_year']}" for other in one["reports"])
        kind = "name" if one["same"] else "body"
        yield f"{one['relation']} {kind}: {one['organisation']} {one['region_code']}: {reports}: {one['says']}"


def _compared_lines(facts: dict[str, Any]) -> Iterator[str]:
    """What does not fit from year to year or between renditions, and what is only remarkable."""
    checks = facts["checks_across_years"]
    if checks:
        states = [check["state"] for check in checks]
        yield "across years: " + ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    for check in checks:
        if check["state"] == "BROKEN":
            word = "broken" if check["severity"] == "warning" else "differs"
            yield (
                f"{word}: {check['id']} ({check['across']}): {check['left']} in {check['report_year']} "
                f"({check['report']}) against {check['right']} from {check['earlier_year']} ({check['earlier_report']})"
            )
    unread = [
        one for one in facts["rendition_differences"] if "unread" in (one["left"]["status"], one["right"]["status"])
    ]
    if unread:
        yield f"{len(unread)} cells are read in one rendition and unread in another (--json names them)"
    for note in facts["notes"]:
        yield f"note: {note['code']}: {label_of(note['key']) + ': ' if note['key'] else ''}{note['says']}"


def _reading_lines(facts: dict[str, Any]) -> Iterator[str]:
    cells = facts["cells"].values()
    has_others = STATISTICS not in facts["forms"] or any(map(facts["forms"].get, TABLES))
    tables = tuple(facts["forms"]) if has_others else (STATISTICS,)
    forms = ", ".join(f"{table} {facts['forms'].get(table) or 'absent'}" for table in tables)
    yield f"forms: {forms}; {sum(cell['status'] == 'number' for cell in cells)} of {len(cells)} cells are figures"
    for key in (
        "requests.received.total", "requests.handled_total.total", "disputes.review.total",
        "statistics.disclosed.count", "statistics.received.count", "statistics.reviews.count",
    ):  # fmt: skip
        cell = facts["cells"].get(key)
        if cell is not None:
            yield f"  {label_of(key)}: {cell['value'] if cell['status'] == 'number' else cell['status']}"
    for check in facts["checks"]:
        if check["state"] == "BROKEN":
            yield f"broken: {check['id']} ({check['across']}): {check['left']} against {check['right']}"
    for problem in facts["problems"]:
        yield f"{problem['severity']}: {problem['code']}: {problem['says']}"


def _cell_lines(values: Sequence[Value]) -> list[str]:
    rows = [
        (
            value.key,
            label_of(value.key),
            value.status.value if value.value is None else value.value,
            "" if value.value is not None and value.raw == str(value.value) else one_line(value.raw),
            value.where,
        )
        for value in values
    ]
    return aligned(rows, right=frozenset({2}))


def _history_lines(history: list[dict[str, Any]]) -> list[str]:
    head = ("version", "rendition", "first captured", "last captured", "payload", "state", "url")
    rows = [
        (
            one["version"],
            f"{one['rendition']} #{one['number']}",
            one["first_captured"],
            one["last_captured"],
            one["payload_digest"][:12],
            one["unread"] or "read",
            one["url"],
        )
        for one in history
    ]
    return aligned([head, *rows])


def _next_after(history: list[dict[str, Any]], named: Named) -> str:
    chains: dict[str, list[str]] = {}
    for one in history:
        if one["unread"] is None:
            chains.setdefault(one["rendition"], []).append(one["version"])
    pairs = [chain[-2:] for chain in chains.values() if len(chain) > 1]
    return f"diff {pairs[0][0]} {pairs[0][1]}" if pairs else f"show r{named.report}"


def _difference_lines(difference: Difference, before: int, after: int) -> Iterator[str]:
    if not difference.cells and not difference.text:
        yield f"v{before} and v{after} say the same"
        return
    yield f"{len(difference.cells)} cells differ"
    yield from aligned([_change_row(change) for change in difference.cells])
    removed = [line[1:] for line in difference.text if line.startswith("-")]
    added = [line[1:] for line in difference.text if line.startswith("+")]
    yield f"{len(removed)} lines of text removed, {len(added)} added"
    if len(removed) != len(added) or len(removed) > _LONGEST_CHANGES:
        yield from (cut(line, 160) for line in difference.text)
        return
    for old, new in zip(removed, added, strict=True):
        for left, right in changed_words(old, new):
            yield f"- …{left}…".replace("\t", " ")
            yield f"+ …{right}…".replace("\t", " ")


def _change_row(change: CellChange) -> tuple[object, ...]:
    sides = ("no such cell" if side is None else side for side in (change.before, change.after))
    before, after = sides
    return (change.key, label_of(change.key), before, "→", after)
