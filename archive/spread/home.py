"""A small archive that comes home → rows of the archive it was cut from."""

from __future__ import annotations

from pathlib import Path

from archive.capture import Target
from archive.errors import Damaged
from archive.frontier import InRun, add_targets
from archive.merging.evidence import rows_of, take_captures, take_frontier, take_runs
from archive.merging.origins import identity_of, run_origin
from archive.merging.other import open_other
from archive.merging.payload_bytes import take_payloads
from archive.merging.statements import take_manners, take_rosters
from archive.merging.told import Told
from archive.merging.withdrawals import finish_withdrawals, take_withdrawals
from archive.store import Archive

_SLICE = 1000


def take_home(archive: Archive, run: InRun, folder: Path) -> Told:
    """Takes what was seen in a slice of this archive (``archive.spread.cut``); the second time changes nothing.

    The parts of a merge that concern looks, in its order, but for one: what was found and not asked for is queued
    before what says where it was found, so that nothing is forgotten however this ends. Reading is for later. Raises
    Damaged for a slice of another run, or of another archive.
    """
    told = Told()
    with open_other(folder) as other:
        runs = take_runs(archive, other, told) if _is_of(archive, run, other) else {}
        take_withdrawals(archive, other, told)
        take_payloads(archive, other, told)
        _take_open(archive, run, other)
        take_captures(archive, other, runs, told)
        take_frontier(archive, other, runs)
        take_manners(archive, other, runs)
        take_rosters(archive, other)
        finish_withdrawals(archive)
    return told


def _is_of(archive: Archive, run: InRun, other: Archive) -> bool:
    ours = run_origin(archive.db, identity_of(archive), run.id)
    rows = other.db.execute("SELECT id FROM runs WHERE state = 'open'").fetchall()
    if [run_origin(other.db, identity_of(other), one) for (one,) in rows] != [ours]:
        raise Damaged(f"what came home is not of run {run.id} of this archive")
    return True


def _take_open(archive: Archive, run: InRun, other: Archive) -> None:
    """URLs that were found, or given along, and have no outcome."""
    last = 0
    while rows := list(
        rows_of(other.db, "SELECT * FROM frontier WHERE id > ? AND state <> 'done' ORDER BY id LIMIT ?", last, _SLICE)
    ):
        add_targets(archive, run, [_target_of(row) for row in rows])
        last = rows[-1]["id"]


def _target_of(row: dict[str, object]) -> Target:
    names = ("url", "kind", "seed", "via", "link_text", "site", "depth", "priority", "post", "list_key")
    return Target(**{name: row[name] for name in names})  # type: ignore[arg-type]
