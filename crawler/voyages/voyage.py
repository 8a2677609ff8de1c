"""A run from its first request to its last reading: in this process, in several, or on a cluster."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from archive.ingest import read_pending
from archive.runs.run import Run, end_run
from archive.spread.place import open_place
from archive.spread.reading import readers_at
from archive.store import Archive
from crawler.running.expedition import Expedition
from crawler.running.plan import Plan
from crawler.telling.logbook import note
from crawler.voyages.journey import travel
from crawler.voyages.parties import travel_afield


def voyage(
    folder: Path, plan: Plan, workers: int | None, scheduler: str | None, begun: Callable[[Run], None] | None = None
) -> tuple[int, dict[str, object]] | None:
    """Begins a plan's run in the archive of a folder, or goes on with it; its number and what came of it.

    ``begun`` is told the run before its first request. None where what is left has to wait for longer than a process
    does, after saying why in the log. Raises what ``travel``, ``travel_afield`` and the archive raise.
    """
    with open_place(workers, scheduler) as place, Archive.open(folder, write=True) as archive:
        expedition = Expedition(archive, plan)
        run = expedition.run
        if begun is not None:
            begun(run)
        if place is None:
            travel(expedition)
            why = expedition.why_stuck()
        else:
            why = travel_afield(expedition, place)
        read_pending(archive, run, readers_at(place, workers))
        if not expedition.is_done():
            note("stuck", f"{why}; the same command goes on", logging.WARNING)
            return None
        expedition.finish()
        return run.id, end_run(archive, run)
