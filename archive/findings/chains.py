"""Renditions that stood at one place one after the other: what a reader of that URL was shown, look after look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive.findings.timelines import LookAt, Sighting, Timeline

PAGE = "html"


@dataclass(frozen=True, slots=True)
class Chain:
    """``lines`` share a URL and no capture: a PDF that a scan took the place of, a page that was read otherwise.

    ``sightings`` and ``looks`` are those of all of them, by time.
    """

    lines: tuple[Timeline, ...]
    sightings: tuple[Sighting, ...]
    looks: tuple[LookAt, ...]

    @property
    def is_page(self) -> bool:
        """Whether it is an article, as opposed to a file."""
        return self.lines[0].format == PAGE

    def crawled(self) -> tuple[Sighting, ...]:
        """The sightings by looks of ours."""
        return tuple(one for one in self.sightings if not one.imported)

    def format_of(self, version: int) -> str:
        """The format of a version that was sighted here."""
        return next(line.format for line in self.lines if any(one.version == version for one in line.sightings))

    def count_looks(self, after: Sighting | LookAt, until: Sighting | LookAt) -> int:
        """In how many runs was looked after one moment, up to and with another: old and new URL are one look."""
        moments = {(seen.run, seen.at, seen.capture) for seen in self.sightings}
        moments |= {(look.run, look.at, look.capture) for look in self.looks}
        first, last = (after.at, after.capture), (until.at, until.capture)
        return len({run for run, at, capture in moments if first < (at, capture) <= last})


def chains_of(lines: tuple[Timeline, ...]) -> Iterator[Chain]:
    """A report's timelines → its chains, each line in one of them."""
    groups: list[list[Timeline]] = []
    for line in lines:
        group = next((group for group in groups if all(_may_follow(line, other) for other in group)), None)
        if group is None:
            groups.append([line])
        else:
            group.append(line)
    for group in groups:
        seen = sorted((one for line in group for one in line.sightings), key=lambda one: (one.at, one.capture))
        looks = sorted({one for line in group for one in line.looks}, key=lambda one: (one.at, one.capture))
        yield Chain(tuple(group), tuple(seen), tuple(looks))


def _may_follow(line: Timeline, other: Timeline) -> bool:
    # Two of one format at one URL are a mirror that took over an address; theirs are two stories.
    if line.format == other.format:
        return False
    where, captures = ({getattr(one, name) for one in line.sightings} for name in ("resource", "capture"))
    return bool(where & {one.resource for one in other.sightings}) and not (
        captures & {one.capture for one in other.sightings}
    )
