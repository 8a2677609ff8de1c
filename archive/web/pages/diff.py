"""Any two versions side by side: figures first, then words, and between which looks the change happened."""

from __future__ import annotations

from typing import Any

from archive.errors import BadQuery, NotFound
from archive.findings.stretches import between, times_seen
from archive.lookups.addresses import Standing, standings_of
from archive.payloads import why_withdrawn
from archive.queries import describe_version
from archive.versions import Difference, compare_versions
from archive.web.answers import Head, Page, Table
from archive.web.asked import Asked
from archive.web.diffs import changed_checks, pair_lines
from archive.web.links import diff_path, history_path, original_path, report_path, version_path, with_query
from archive.web.pages_found import Path
from archive.web.report_events import label_in
from parsers.report import Number

_MOST_LINES = 400


def diff(asked: Asked) -> Page:
    """``/diff/{before}/{after}``: two payload digests; ``report=r12`` where they stand for several.

    JSON: ``cells`` and ``text`` as ``nianbao diff --json`` prints them; null where a side is not read.
    """
    before, after = _meant(asked)
    sides = [
        _side(asked, one, digest) for one, digest in ((before, asked.digest("before")), (after, asked.digest("after")))
    ]
    unread = [side for side in sides if side["unread"]]
    difference = None if unread else compare_versions(asked.archive, before.version, after.version)
    asked.check_time()
    gap = between(times_seen(asked.archive, before.version), times_seen(asked.archive, after.version))
    facts: dict[str, Any] = {
        "cells": None if difference is None else [
            {"key": one.key, "before": _jsonable(one.before), "after": _jsonable(one.after)} for one in difference.cells
        ],
        "text": None if difference is None else list(difference.text),
        "before": sides[0],
        "after": sides[1],
        "between": None if gap is None else {
            "order": gap.order, "after": gap.after, "before": gap.before, "seen_again": gap.seen_again,
        },
    }  # fmt: skip
    address = after.address
    extra = {
        "history": history_path(address.region_code, address.organisation, address.report_year),
        "same_report": before.address == after.address,
        "same_rendition": (before.address, before.format, before.ordinal) == (address, after.format, after.ordinal),
        "swapped": with_query(
            diff_path(asked.digest("after"), asked.digest("before")),
            {"report": asked.text("report"), "lang": asked.text("lang")},
        ),
        **_shown(asked, before, after, difference),
    }
    title = asked.say("history.diff_title", organisation=address.organisation, year=address.report_year)
    return Page("diff.html", title, facts, extra, table=_table(asked, difference), head=Head(is_listed=False))


def _shown(asked: Asked, before: Standing, after: Standing, difference: Difference | None) -> dict[str, Any]:
    if difference is None:
        return {"figures": [], "checks": (), "lines": [], "more_lines": 0}
    old, new = (describe_version(asked.archive, one.version) for one in (before, after))
    checks = changed_checks(asked.lang, old, new)
    asked.check_time()
    lines = list(pair_lines(difference.text))
    figures = [
        {
            "key": one.key,
            "label": label_in(asked.lang, one.key),
            "before": old["cells"].get(one.key, _NONE),
            "after": new["cells"].get(one.key, _NONE),
            "change": _change(one.before, one.after),
            "checks": [check for check in checks if one.key in check.keys],
        }
        for one in difference.cells
    ]
    return {
        "figures": figures,
        "checks": checks,
        "lines": lines[:_MOST_LINES],
        "more_lines": max(0, len(lines) - _MOST_LINES),
    }


_NONE = {"raw": "", "status": "missing", "value": None, "where": ""}


def _change(before: Number | str | None, after: Number | str | None) -> str:
    """By how much a figure changed, with its sign; "" where one side is none."""
    if isinstance(before, str) or isinstance(after, str) or before is None or after is None:
        return ""
    change = after - before
    return f"+{change}" if change > 0 else f"−{-change}"


def _meant(asked: Asked) -> tuple[Standing, Standing]:
    """The two versions: of one report where both digests stand for it. Raises BadQuery where that is not said."""
    wanted = asked.text("report").removeprefix("r")
    found = []
    for name in ("before", "after"):
        digest = asked.digest(name)
        standings = [
            one for one in standings_of(asked.archive, digest) if not wanted or str(one.address.report) == wanted
        ]
        if not standings:
            raise NotFound(asked.say("history.no_version", digest=digest[:12]))
        found.append(standings)
    olds, news = found
    shared = [(old, new) for old in olds for new in news if old.address.report == new.address.report]
    reports = {old.address.report for old, _ in shared}
    if len(reports) > 1 or (not shared and (len(olds) > 1 or len(news) > 1)):
        named = ", ".join(sorted({f"r{one.address.report} {one.address.organisation}" for one in (*olds, *news)})[:8])
        raise BadQuery(asked.say("history.several", reports=named))
    return min(shared, key=_apart) if shared else (olds[0], news[0])


def _apart(pair: tuple[Standing, Standing]) -> tuple[bool, bool, int]:
    """Of bytes that came back after others, those are meant that stood just before or after these."""
    old, new = pair
    return (
        (old.format, old.ordinal) != (new.format, new.ordinal),
        new.version < old.version,
        abs(new.version - old.version),
    )


def _side(asked: Asked, one: Standing, digest: str) -> dict[str, Any]:
    facts = describe_version(asked.archive, one.version)
    address = one.address
    return {
        "version": f"v{one.version}",
        "payload_digest": digest,
        "report": f"r{address.report}",
        "organisation": address.organisation,
        "report_year": address.report_year,
        "format": one.format,
        "rendition": f"{one.format}-{one.ordinal}",
        "url": one.url,
        "title": facts.get("title", ""),
        "first_captured": facts["first_captured"],
        "last_captured": facts["last_captured"],
        "looks": len(times_seen(asked.archive, one.version)),
        "unread": facts.get("unread"),
        "withdrawn": why_withdrawn(asked.archive, digest),
        "page": version_path(digest),
        "report_page": report_path(address.region_code, address.organisation, address.report_year),
        "original": original_path(digest),
    }


def _table(asked: Asked, difference: Difference | None) -> Table:
    cells = () if difference is None else difference.cells
    rows = ((one.key, label_in(asked.lang, one.key), one.before, one.after) for one in cells)
    return Table(("key", "label", "before", "after"), rows)


def _jsonable(said: Number | str | None) -> int | float | str | None:
    """As ``nianbao diff --json`` has it."""
    return said if said is None or isinstance(said, int | str) else float(said)


PATHS = (Path("/diff/{before}/{after}", diff, ("json", "csv")),)
