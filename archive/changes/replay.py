"""What the change sequence adds up to: the state of a program that follows it, by replay or from the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from archive.changes import to_json_number
from archive.store import Archive

Entry = Mapping[str, Any]


@dataclass(slots=True)
class State:
    """What a downstream program holds after applying entries; the same from 0 on as ``present_state`` says.

    ``reports``: report → (organisation, region code, year). ``stands``: report → the reading that stands for it.
    ``versions``: version → (report, payload digest). ``readings``: version → its current reading. ``unread``: version →
    why there is none. ``withdrawn``: payload digest → why. ``corrections``: (payload digest, key) → the latest of its
    corrections as (time, digest, status, value); one that is "retracted" is none any more.
    """

    reports: dict[str, tuple[str, str | None, int]] = field(default_factory=dict)
    stands: dict[str, int] = field(default_factory=dict)
    versions: dict[str, tuple[str, str]] = field(default_factory=dict)
    readings: dict[str, int] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    withdrawn: dict[str, str] = field(default_factory=dict)
    corrections: dict[tuple[str, str], tuple[str, str, str, Any]] = field(default_factory=dict)


def replay(state: State, entries: Iterable[Entry]) -> None:
    """Takes entries of ``list_changes`` into a state, in the order of their numbers."""
    for entry in entries:
        _APPLIED[entry["kind"]](state, entry)


def _created(state: State, entry: Entry) -> None:
    state.reports[entry["report"]] = (entry["organisation"], entry["region_code"], entry["report_year"])


def _dropped(state: State, entry: Entry) -> None:
    state.reports.pop(entry["report"], None)
    state.stands.pop(entry["report"], None)


def _stands(state: State, entry: Entry) -> None:
    if entry["reading"] is None:
        state.stands.pop(entry["report"], None)
    else:
        state.stands[entry["report"]] = entry["reading"]


def _placed(state: State, entry: Entry) -> None:
    state.versions[entry["version"]] = (entry["report"], entry["payload_digest"])


def _reread(state: State, entry: Entry) -> None:
    state.readings[entry["version"]] = entry["reading"]
    state.unread.pop(entry["version"], None)


def _superseded(state: State, entry: Entry) -> None:
    if state.readings.get(entry["version"]) == entry["reading"]:
        del state.readings[entry["version"]]


def _unread(state: State, entry: Entry) -> None:
    state.unread[entry["version"]] = entry["code"]


def _withdrawn(state: State, entry: Entry) -> None:
    state.withdrawn[entry["payload_digest"]] = entry["why"]


def _corrected(state: State, entry: Entry) -> None:
    cell = entry["payload_digest"], entry["key"]
    said = entry["at"], entry["correction"], entry["status"], entry["value"]
    state.corrections[cell] = max(state.corrections.get(cell, said), said, key=lambda one: one[:2])


_APPLIED: dict[str, Callable[[State, Entry], None]] = {
    "created": _created,
    "dropped": _dropped,
    "stands": _stands,
    "new_version": _placed,
    "moved": _placed,
    "reread": _reread,
    "superseded": _superseded,
    "unread": _unread,
    "withdrawn": _withdrawn,
    "corrected": _corrected,
}


def present_state(archive: Archive) -> State:
    """What the tables say now, without the sequence: what every replay of it must arrive at."""
    rows = archive.db.execute
    corrections = rows(
        "SELECT payload_digest, key, made_at, digest, status, value FROM corrections ORDER BY made_at, digest"
    ).fetchall()
    return State(
        reports={
            f"r{one}": (name, region, year)
            for one, name, region, year in rows(
                """
                SELECT p.id, o.name, o.region_code, p.report_year
                FROM reports p JOIN organisations o ON o.id = p.organisation
                """
            ).fetchall()
        },
        stands={
            f"r{one}": reading
            for one, reading in rows("SELECT id, reading FROM reports WHERE reading IS NOT NULL").fetchall()
        },
        versions={
            f"v{one}": (f"r{report}", digest)
            for one, report, digest in rows(
                "SELECT v.id, n.report, v.payload_digest FROM versions v JOIN renditions n ON n.id = v.rendition"
            ).fetchall()
        },
        readings={f"v{one}": reading for one, reading in rows("SELECT version, id FROM readings WHERE current = 1")},
        unread={f"v{one}": code for one, code in rows("SELECT version, code FROM unread")},
        withdrawn=dict(rows("SELECT payload_digest, why FROM withdrawals").fetchall()),
        corrections={(one[0], one[1]): (*one[2:5], to_json_number(one[5])) for one in corrections},
    )
