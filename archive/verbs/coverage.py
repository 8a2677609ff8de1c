"""The verb that says who has published: coverage."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence

from archive.clock import read_clock
from archive.errors import BadQuery
from archive.season.coverage import CHINA, STATES, Entry, count_states, coverage_of, read_date
from archive.store import Archive
from archive.verbs.columns import aligned, cut
from archive.verbs.keep import command_of, print_json

FIELDS = (
    "organisation", "region_code", "sites", "state", "deadline", "printed", "first_seen", "days_late", "report",
    "looked", "into", "why", "doubt",
)  # fmt: skip
_MANY = 5


def run_coverage(options: argparse.Namespace) -> int:
    """``nianbao coverage``."""
    if unknown := [state for state in options.state if state not in STATES]:
        raise BadQuery(f"--state: expected one of {', '.join(STATES)}, found {unknown[0]}")
    today = read_clock().astimezone(CHINA).date() if options.on is None else read_date(options.on)
    if today is None:
        raise BadQuery(f"--on: expected a date such as 2024-02-01, found {options.on}")
    with Archive.open(options.archive, write=False) as archive:
        entries = coverage_of(archive, options.year, today, options.region)
    shown = [entry for entry in entries if not options.state or entry.state in options.state]
    if options.json:
        counts = count_states(entries)
        print_json({"year": options.year, "on": str(today), "counts": counts, "bodies": [facts_of(e) for e in shown]})
    elif options.csv:
        _print_csv(shown)
    else:
        print("\n".join(lines_about(entries, shown, options.year, str(today))))
        if first := next((entry for entry in shown if entry.report is not None), None):
            print(f"next: {command_of(options)} show r{first.report}")
    return 0


def facts_of(entry: Entry) -> dict[str, object]:
    """An entry as JSON holds it: dates as ISO texts, the report by its name (``r12``), None where there is nothing."""
    return {
        "organisation": entry.organisation,
        "region_code": entry.region_code,
        "sites": list(entry.sites),
        "state": entry.state,
        "deadline": str(entry.deadline),
        "printed": None if entry.printed is None else str(entry.printed),
        "first_seen": None if entry.first_seen is None else str(entry.first_seen),
        "days_late": entry.days_late,
        "report": None if entry.report is None else f"r{entry.report}",
        "looked": [str(day) for day in entry.looked],
        "into": entry.into,
        "why": entry.why,
        "doubt": entry.doubt,
    }


def _print_csv(entries: Sequence[Entry]) -> None:
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(FIELDS)
    for entry in entries:
        facts = facts_of(entry)
        lists = {name: " ".join(facts[name]) for name in ("sites", "looked")}  # type: ignore[arg-type]
        writer.writerow([(facts | lists)[name] for name in FIELDS])


def lines_about(entries: Sequence[Entry], shown: Sequence[Entry], year: int, today: str) -> list[str]:
    """The register as a table: how many bodies are in each state, then one line a body."""
    counts = " · ".join(f"{state.replace('_', ' ')} {count}" for state, count in count_states(entries).items() if count)
    head = f"reports on {year}, as known on {today}: {len(entries)} bodies{': ' if counts else ''}{counts}"
    rows = [
        (cut(entry.organisation, 40), _state(entry), entry.deadline, entry.printed, entry.first_seen, _says(entry))
        for entry in shown
    ]
    names = ("body", "state", "deadline", "printed", "first seen", "")
    return [head, *(aligned([names, *rows]) if rows else ())]


def _state(entry: Entry) -> str:
    words = entry.state.replace("_", " ")
    return f"{words} by {entry.days_late} days" if entry.days_late is not None else words


def _says(entry: Entry) -> str:
    report = "" if entry.report is None else f"r{entry.report}"
    parts = [report, entry.why, entry.doubt]
    if entry.looked and entry.state in ("missing", "not_knowable", "due"):
        days = [str(day) for day in entry.looked]
        parts.append(f"not there on {', '.join(days[-_MANY:])}{' and before' if len(days) > _MANY else ''}")
    return "; ".join(part for part in parts if part)
