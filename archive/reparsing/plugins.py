"""Plug-ins run over what is kept; what they read stands beside what we read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from archive.clock import read_clock, stamp
from archive.errors import Damaged, NotFound
from archive.ingest import job_of, look_at
from archive.packed.figures import to_stored
from archive.packed.texts import clean
from archive.progress import with_bar
from archive.store import Archive
from archive.workers import Job
from parsers.errors import Crashed, DocumentError
from parsers.plugin_child import PluginChild
from parsers.plugins import ForeignCell, find_entry_point

_READ = "read"
_NUMBERS = ("agree", "differ", "only_ours", "only_theirs")


@dataclass(frozen=True, slots=True)
class PluginRun:
    """``versions`` were given to the plug-in, of which ``read`` gave cells; ``codes`` of the others.

    ``several`` files hold more than one report, so that a list of cells does not say whose they are: not tried.
    """

    plugin: str
    release: str
    versions: int
    read: int
    codes: dict[str, int]
    several: int


def run_plugin(archive: Archive, name: str) -> PluginRun:
    """Gives a plug-in every version that this release of it has not read, in its own limited process.

    Our readings, versions and reports stay as they are. Raises NotFound (no such plug-in, or two).
    """
    try:
        find_entry_point(name)
    except LookupError as error:
        raise NotFound(str(error)) from error
    codes: Counter[str] = Counter()
    with PluginChild() as child:
        release = child.release_of(name)
        waiting, several = _list_waiting(archive, name, release)
        for version, capture, payload in with_bar(waiting, "reading", "versions", len(waiting)):
            job = job_of(archive, replace(look_at(archive, capture), payload=payload))
            answer = _asked(child, job, name)
            with archive.writing():
                codes[_put_answer(archive, version, (name, release), answer)] += 1
    read = codes.pop(_READ, 0)
    return PluginRun(name, release, len(waiting), read, dict(codes), several)


def _asked(child: PluginChild, job: Job | Damaged, name: str) -> Sequence[ForeignCell] | DocumentError | Damaged:
    if not isinstance(job, Job):
        return job
    try:
        cells = child.read_with(job.payload, job.hints, name)
    except DocumentError as error:
        return error
    named = Counter(key for key, _, _ in cells)
    twice = [key for key, count in named.items() if count > 1]
    return Crashed(f"expected each key once, found {twice[0]} {named[twice[0]]} times") if twice else cells


def _list_waiting(archive: Archive, name: str, release: str) -> tuple[list[tuple[int, int, str]], int]:
    """(version, its first capture, its payload) of what is to be read, and how many files hold several reports."""
    rows = archive.db.execute(
        """
        SELECT v.id, v.first_capture, v.payload_digest, (
            SELECT count(DISTINCT m.report) FROM versions w JOIN renditions m ON m.id = w.rendition
            WHERE w.first_capture = v.first_capture
        )
        FROM versions v
        WHERE NOT EXISTS (SELECT 1 FROM withdrawals d WHERE d.payload_digest = v.payload_digest)
            AND NOT EXISTS (
                SELECT 1 FROM foreign_readings f
                WHERE f.version = v.id AND f.plugin = :name AND f.release = :release AND f.code = :read
            )
        ORDER BY v.id
        """,
        {"name": name, "release": release, "read": _READ},
    ).fetchall()
    alone = [(version, capture, payload) for version, capture, payload, reports in rows if reports == 1]
    return alone, len({capture for _, capture, _, reports in rows if reports > 1})


def _put_answer(
    archive: Archive, version: int, by: tuple[str, str], answer: Sequence[ForeignCell] | DocumentError | Damaged
) -> str:
    """Keeps what a plug-in read, or why it read nothing; the code of it. Inside the caller's transaction."""
    code, says = (answer.code, answer.says) if isinstance(answer, DocumentError | Damaged) else (_READ, "")
    (reading,) = archive.db.execute(
        """
        INSERT INTO foreign_readings (version, plugin, release, made_at, code, says)
        VALUES (:version, :plugin, :release, :made_at, :code, :says)
        ON CONFLICT (version, plugin, release) DO UPDATE SET
            made_at = excluded.made_at, code = excluded.code, says = excluded.says
        RETURNING id
        """,
        {
            "version": version,
            "plugin": by[0],
            "release": by[1],
            "made_at": stamp(read_clock()),
            "code": code,
            "says": clean(says),
        },
    ).fetchone()
    if not isinstance(answer, DocumentError | Damaged):
        archive.db.conn.executemany(
            "INSERT INTO foreign_cells (reading, key, value, raw) VALUES (?, ?, ?, ?)",
            ((reading, clean(key), to_stored(value), clean(raw)) for key, value, raw in answer),
        )
    return code


def compare_plugin(archive: Archive, name: str, limit: int) -> dict[str, Any]:
    """A plug-in's readings against our current ones, by field: counts of each, and the first ``limit`` that disagree.

    Those in which both read a figure come first. Raises NotFound where it has read nothing here.
    """
    versions, release = archive.db.execute(
        "SELECT count(*), max(release) FROM plugin_readings WHERE plugin = :name", {"name": name}
    ).fetchone()
    if not versions:
        raise NotFound(f"expected readings of the plug-in {name}, found none; nianbao plugins run {name} makes them")
    fields: dict[str, dict[str, Any]] = {}
    for key, verdict, count in archive.db.execute(
        "SELECT key, verdict, count(*) FROM plugin_cells WHERE plugin = :name GROUP BY key, verdict", {"name": name}
    ):
        fields.setdefault(key, {"key": key} | dict.fromkeys(_NUMBERS, 0))[verdict] = count
    differing = archive.db.execute(
        """
        SELECT report, version, key, verdict, ours, raw, theirs, their_raw FROM plugin_cells
        WHERE plugin = :name AND verdict <> 'agree' ORDER BY verdict, version, key LIMIT :limit
        """,
        {"name": name, "limit": limit},
    ).fetchall()
    names = ("report", "version", "key", "verdict", "ours", "our_raw", "theirs", "their_raw")
    return {
        "plugin": name,
        "release": release,
        "versions": versions,
        **{verdict: sum(one[verdict] for one in fields.values()) for verdict in _NUMBERS},
        "fields": sorted(fields.values(), key=lambda one: (-sum(one[name] for name in _NUMBERS[1:]), one["key"])),
        "differences": [
            dict(zip(names, row, strict=True)) | {"report": f"r{row[0]}", "version": f"v{row[1]}"} for row in differing
        ],
    }
