"""The verb that reads kept bytes again: reparse, at once or by way of candidates."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from archive.reparsing.candidates import Compared, WouldChange, accept_candidates, compare_candidates
from archive.reparsing.reparse import reparse
from archive.reparsing.stale import Where, where_of
from archive.spread.place import open_place
from archive.spread.reading import readers_at
from archive.store import Archive
from archive.verbs.keep import PARTLY, command_of, print_json
from archive.workers import Opened

_MOST_CELLS = 10
_MOST_KEYS = 20


def run_reparse(options: argparse.Namespace) -> int:
    """``nianbao reparse``: 0 when nothing that was tried stays unread, else 4; with --diff or --accept 0."""
    where = where_of(options.where)
    with (
        open_place(options.workers, options.scheduler) as place,
        Archive.open(options.archive, write=True) as archive,
    ):
        opened = readers_at(place, options.workers)
        if not options.diff and not options.accept:
            return _reparse_at_once(archive, where, options, opened)
        said: dict[str, object] = {}
        if options.diff:
            compared = compare_candidates(archive, where, opened)
            said |= _as_json(compared)
            if not options.json:
                _print(compared, options)
        if options.accept:
            accepted = accept_candidates(archive, where)
            said["accepted"] = [f"v{version}" for version in accepted]
            if not options.json:
                print(f"{len(accepted)} versions have the reading now that was kept aside")
    if options.json:
        print_json(said)
    return 0


def _reparse_at_once(archive: Archive, where: Where, options: argparse.Namespace, opened: Opened | None) -> int:
    done = reparse(archive, where, opened)
    if options.json:
        print_json(
            {
                "tried": done.tried,
                "read": done.read,
                "codes": done.codes,
                "documents": done.documents,
                "found": done.found,
            }
        )
    else:
        print(f"{done.tried} versions tried: {done.read} read{_in_brackets(done.codes)}")
        print(f"{done.documents} other documents tried: {done.found} are reports")
        if "needs_libreoffice" in done.codes:
            print(f"next: install LibreOffice, then {command_of(options)} reparse")
    return PARTLY if done.codes else 0


def _print(compared: Compared, options: argparse.Namespace) -> None:
    for change in compared.changed:
        _print_change(change)
    unread = sum(compared.codes.values())
    print(
        f"{compared.tried} versions tried: {compared.same} would stay the same, {len(compared.changed)} would change, "
        f"{unread} could not be read and stay as they are{_in_brackets(compared.codes)}"
    )
    for key, count in compared.by_key.most_common(_MOST_KEYS):
        print(f"  {key}: {count} versions")
    if len(compared.by_key) > _MOST_KEYS:
        print(f"  and {len(compared.by_key) - _MOST_KEYS} more cells")
    if compared.documents:
        print(
            f"{compared.documents} other documents tried: {compared.found} would be reports (plain reparse takes them)"
        )
    if compared.changed or compared.same:
        wheres = "".join(f" --where {one}" for one in options.where)
        print(f"next: {command_of(options)} reparse --accept{wheres}")


def _print_change(change: WouldChange) -> None:
    was = f", unread until now ({change.was})" if change.was else ""
    print(f"v{change.version} of r{change.report} {change.organisation} {change.report_year}{was}:")
    for cell in change.cells[:_MOST_CELLS]:
        print(f"  {cell.key}: {_say(cell.before)} → {_say(cell.after)}")
    if len(change.cells) > _MOST_CELLS:
        print(f"  and {len(change.cells) - _MOST_CELLS} more cells")
    if change.lost:
        print(f"  lost: {len(change.lost)} cells that are figures now")
    if change.problems:
        print(f"  new problems: {', '.join(change.problems)}")
    if change.broken[0] != change.broken[1]:
        print(f"  checks that do not hold: {change.broken[0]} → {change.broken[1]}")
    if change.moves_to is not None:
        print(f"  would be the report of {change.moves_to[0]} on {change.moves_to[1]}")
    if not change.cells and change.moves_to is None:
        print("  no cell differs" + (", the text does" if change.words else ""))


def _say(value: object) -> str:
    return "no such cell" if value is None else str(value)


def _as_json(compared: Compared) -> dict[str, object]:
    return {
        "tried": compared.tried,
        "same": compared.same,
        "codes": dict(compared.codes),
        "by_key": dict(compared.by_key.most_common()),
        "documents": compared.documents,
        "found": compared.found,
        "versions": [
            {
                "version": f"v{one.version}",
                "report": f"r{one.report}",
                "organisation": one.organisation,
                "report_year": one.report_year,
                "was": one.was,
                "cells": [
                    {"key": cell.key, "before": _jsonable(cell.before), "after": _jsonable(cell.after)}
                    for cell in one.cells
                ],
                "lost": list(one.lost),
                "problems": list(one.problems),
                "broken": {"before": one.broken[0], "after": one.broken[1]},
                "moves_to": None
                if one.moves_to is None
                else {"organisation": one.moves_to[0], "report_year": one.moves_to[1]},
                "words": one.words,
            }
            for one in compared.changed
        ],
    }


def _jsonable(value: object) -> object:
    return value if value is None or isinstance(value, int | str) else float(str(value))


def _in_brackets(counts: Mapping[str, int]) -> str:
    return f" ({', '.join(f'{name} {count}' for name, count in counts.items())})" if counts else ""
