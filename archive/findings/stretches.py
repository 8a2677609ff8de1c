"""A rendition's looks → stretches in which each look saw the same: a version so many times, or why it saw none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from archive.findings.timelines import LookAt, Sighting, Timeline, timelines_of
from archive.noted.looks import BLOCKED, DOWN
from archive.resources import ALIVE
from archive.store import Archive

SEEN, NOT_SEEN, NO_ANSWER, NOT_SAID = "seen", "not_seen", "no_answer", "not_said"
"""What a look says of a rendition: it was there; the address gave something else; the site did not answer, which says
nothing of it; or what came has not been read."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One look. ``version`` only where it was seen; ``outcome`` as in captures; ``imported``: a file brought here."""

    at: str
    state: str
    version: int | None
    outcome: str
    url: str
    capture: int
    imported: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Looks one after the other that say the same, from ``first`` to ``last``, both among them."""

    state: str
    version: int | None
    outcome: str
    first: str
    last: str
    looks: int
    url: str
    imported: bool


@dataclass(frozen=True, slots=True)
class Course:
    """One rendition of a report: all its looks in the order of time, and their stretches."""

    rendition: int
    format: str
    moments: tuple[Moment, ...]
    stretches: tuple[Stretch, ...]


def courses_of(archive: Archive, report: int) -> tuple[Course, ...]:
    """A report's id → its renditions, the one seen first before the others."""
    lines = [line for _, lines in timelines_of(archive, [report]) for line in lines]
    courses = [_course(line) for line in lines]
    return tuple(sorted(courses, key=lambda one: (one.moments[0].at, one.rendition)))


def times_seen(archive: Archive, version: int) -> tuple[str, ...]:
    """A version's id → the times of the looks that saw it, in order."""
    rows = archive.db.execute(
        """
        SELECT c.captured_at FROM sightings g JOIN captures c ON c.id = g.capture
        WHERE g.version = :version ORDER BY c.captured_at, c.id
        """,
        {"version": version},
    ).fetchall()
    return tuple(at for (at,) in rows)


@dataclass(frozen=True, slots=True)
class Between:
    """When a change happened, as far as looks can tell: after ``after`` and before ``before``.

    ``order``: "then" (the first version was seen before the other), "since" (the other way round: both are seen from
    the later one's side), "both" (each was seen after the other, or at the same time). ``seen_again``: the older one
    was seen after the newer one.
    """

    order: str
    after: str
    before: str
    seen_again: bool


def between(old: tuple[str, ...], new: tuple[str, ...]) -> Between | None:
    """Times at which two versions were seen → the gap between them; None where one was never seen."""
    if not old or not new:
        return None
    if old[0] == new[0]:
        return Between("both", old[0], new[0], seen_again=False)
    order, earlier, later = ("then", old, new) if old[0] < new[0] else ("since", new, old)
    last = max(at for at in earlier if at < later[0])
    return Between(order, last, later[0], seen_again=any(at >= later[0] for at in earlier))


def _course(line: Timeline) -> Course:
    own = {one.capture for one in line.sightings}
    moments = [_seen(one) for one in line.sightings]
    moments += [_looked(one) for one in line.looks if one.capture not in own and one.capture not in line.beside]
    moments.sort(key=lambda one: (one.at, one.capture))
    return Course(line.rendition, line.format, tuple(moments), tuple(_stretches(moments)))


def _stretches(moments: list[Moment]) -> list[Stretch]:
    found = []
    for said, same in groupby(moments, key=lambda one: (one.state, one.version, one.outcome, one.imported)):
        looks = list(same)
        state, version, outcome, imported = said
        found.append(Stretch(state, version, outcome, looks[0].at, looks[-1].at, len(looks), looks[-1].url, imported))
    return found


def _seen(one: Sighting) -> Moment:
    return Moment(one.at, SEEN, one.version, "", one.url, one.capture, bool(one.imported))


def _looked(one: LookAt) -> Moment:
    state = NOT_SEEN
    if one.outcome in BLOCKED | DOWN:
        state = NO_ANSWER
    elif one.outcome in ALIVE and one.code not in ("not_a_report", "report"):
        state = NOT_SAID
    return Moment(one.at, state, None, one.outcome, one.url, one.capture, imported=False)
