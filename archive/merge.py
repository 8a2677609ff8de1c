"""Several archives → one: two newsrooms' or two machines' looks and readings in one history.

What was looked at is added up first (bytes, runs, captures), each row once, with the archive and the number it was
made under. Then each report of which the other archive has a part is placed anew from all its looks, in the order of
time. So the order of merging makes no difference, the second time changes nothing, and a merge that was killed is
finished by the next.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from archive.fixity.manifests import add_manifest
from archive.merging.documents import take_documents
from archive.merging.evidence import end_runs, take_captures, take_frontier, take_runs
from archive.merging.origins import identity_of
from archive.merging.other import open_other
from archive.merging.payload_bytes import take_payloads
from archive.merging.read_anew import Readers
from archive.merging.reports import refresh_not_seen, take_reports
from archive.merging.statements import take_corrections, take_manners, take_registry
from archive.merging.told import Conflict, Told
from archive.merging.withdrawals import finish_withdrawals, take_withdrawals
from archive.search.index import renew_index
from archive.store import Archive
from archive.workers import open_workers


@dataclass(frozen=True, slots=True)
class Merged:
    """What was taken of one archive. ``counts`` as in ``merging.told.Told``: what was new here, by kind."""

    folder: Path
    archive: str
    counts: dict[str, int]
    conflicts: tuple[Conflict, ...]


_COUNTED = (
    "runs", "captures", "known", "payloads", "reports", "versions", "readings", "read", "corrections", "withdrawals",
)  # fmt: skip


def merge_archive(archive: Archive, folder: Path) -> Merged:
    """Takes everything of the archive in ``folder`` into an open one; nothing is written to the folder.

    Runs that have not ended there are taken as far as they are, and are not gone on with here. Captures that nobody
    has read yet are left to ``nianbao reparse``. Raises NotAnArchive, Damaged (the other's tables, not its payloads),
    NoRoom.
    """
    told = Told()
    renew_index(archive)
    with open_other(folder) as other:
        take_registry(archive, other)
        take_withdrawals(archive, other, told)
        take_payloads(archive, other, told)
        runs = take_runs(archive, other, told)
        take_captures(archive, other, runs, told)
        take_frontier(archive, other, runs)
        take_manners(archive, other, runs)
        end_runs(archive, other, runs)
        take_documents(archive, other)
        with open_workers() as workers:
            take_reports(archive, other, Readers(archive, workers), told)
        finish_withdrawals(archive)
        refresh_not_seen(archive, runs.values())
        take_corrections(archive, other, told)
        identity = identity_of(other)
    if told.counts["captures"]:
        with archive.writing() as db:
            add_manifest(db, None)
    counts = Counter(told.counts)
    return Merged(folder, identity, {name: counts[name] for name in _COUNTED}, tuple(told.conflicts))
