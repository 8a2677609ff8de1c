"""The verb that says what happened to reports at their source: events."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from decimal import Decimal

from archive.clock import parse_time, stamp
from archive.errors import BadQuery
from archive.ledgers import Event, Wanted, list_events
from archive.queries import find_named
from archive.store import Archive
from archive.verbs.keep import command_of, print_json
from archive.versions import CellChange
from parsers.forms import label_of
from parsers.report import Number

_MANY = 12


def run_events(options: argparse.Namespace) -> int:
    """``nianbao events``."""
    if options.region and not options.region.isdigit():
        raise BadQuery(f"--region: expected a region code or its beginning, found {options.region!r}")
    since = "" if options.since is None else stamp(parse_time(options.since))
    with Archive.open(options.archive, write=False) as archive:
        reports = frozenset(find_named(archive, [name]).report for name in options.report)
        wanted = Wanted(options.year, options.region, since, reports)
        events = list_events(archive, wanted, options.kind)
    if options.json:
        print_json([facts_of(event) for event in events])
        return 0
    print("\n".join(line for event in events for line in lines_about(event)) or "no events")
    if events:
        print(f"next: {command_of(options)} history r{events[-1].report}")
    return 0


def facts_of(event: Event) -> dict[str, object]:
    """An event as JSON holds it: the report by its name (``r12``), captures by their ids."""
    return {
        "kind": event.kind,
        "grade": event.grade,
        "report": f"r{event.report}",
        "organisation": event.organisation,
        "report_year": event.report_year,
        "url": event.url,
        "first": event.first,
        "last": event.last,
        "looks": event.looks,
        "cells": [
            {"key": one.key, "before": _jsonable(one.before), "after": _jsonable(one.after)} for one in event.cells
        ],
        "captures": list(event.captures),
        "says": event.says,
    }


def lines_about(event: Event) -> Iterator[str]:
    """An event as a person reads it: one line, and one below for each figure."""
    yield (
        f"{event.last}  {event.kind} ({event.grade.replace('_', ' ')})  r{event.report} {event.organisation} "
        f"{event.report_year}: {event.says}"
    )
    yield from _cell_lines(event.cells)


def _cell_lines(cells: Sequence[CellChange]) -> Iterator[str]:
    for one in cells[:_MANY]:
        yield f"    {one.key} {label_of(one.key)}: {_say(one.before)} → {_say(one.after)}"
    if len(cells) > _MANY:
        yield f"    and {len(cells) - _MANY} more (--json names them)"


def _say(side: Number | str | None) -> object:
    return "no such cell" if side is None else side


def _jsonable(side: Number | str | None) -> int | float | str | None:
    """A figure → its JSON number, as the parse document has it; a status word stays."""
    return float(side) if isinstance(side, Decimal) else side
