"""One request of the interface: the archive at this moment, and how long it may take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.requests import Request

from archive.errors import BadQuery
from archive.store import Archive
from archive.web.asked import LONGEST, Site
from archive.web.door import SECONDS, Deadline, Door

_SEVERAL = frozenset({"flags"})
_CONTROL = re.compile("[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Reading:
    """``deadline``: when queries are cut off; ``patience``: when a list is given as far as it has come."""

    archive: Archive
    request: Request
    site: Site
    deadline: Deadline
    patience: Deadline


@contextmanager
def reading_for(request: Request, *, takes_query: bool = True) -> Iterator[Reading]:
    """The archive for one request, in the thread that answers it. ``takes_query``: whether it has parameters at all.

    Not a dependency of FastAPI's: those are entered and left in other threads than their endpoint runs in, so that
    requests which wait for a connection would keep those that have one from going on. Raises BadQuery: a parameter
    where there is none, twice, or with control characters; TooBusy, TooSlow.
    """
    given = request.query_params.multi_items()
    if given and not takes_query:
        raise BadQuery(f"{given[0][0][:LONGEST]}: there is no such parameter")
    names = [name for name, _ in given]
    if twice := sorted({name for name in names if names.count(name) > 1 and name not in _SEVERAL}):
        raise BadQuery(f"{twice[0]}: expected one value, found {names.count(twice[0])}")
    for name, value in (*given, *request.path_params.items()):
        if _CONTROL.search(value):
            raise BadQuery(f"{name}: expected no control characters")
        if len(value) > LONGEST:
            raise BadQuery(f"{name}: expected at most {LONGEST} characters, found {len(value)}")
    door: Door = request.app.state.door
    with door.reading() as (archive, deadline):
        yield Reading(archive, request, request.app.state.site, deadline, Deadline(SECONDS / 2))
