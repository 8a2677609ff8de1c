"""The place that a command line asks for: processes here, or a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from archive.spread.here import Here
from archive.spread.task import Place


@contextmanager
def open_place(workers: int | None, scheduler: str | None) -> Iterator[Place | None]:
    """The place, closed on leaving; None where neither is asked for. Raises PlainLink, NeedsExtra, ClusterLost."""
    if scheduler is not None:
        from archive.spread.cluster import Cluster

        place: Place = Cluster(scheduler)
    elif workers is not None:
        place = Here(workers)
    else:
        yield None
        return
    try:
        yield place
    finally:
        place.close()
