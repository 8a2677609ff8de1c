"""Sums over the bodies of a place, with how many bodies each comes from and why the others say nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from archive.bodies.kinds import LEVELS, kind_of, level_of
from archive.bodies.places import lies_in
from archive.comparing.figures import NO_REPORT, STATES, Body, Figure, figures_there
from archive.season.coverage import Entry
from archive.store import Archive
from parsers.report import Number

GOVERNMENT = "government"
"""A government reports for all its departments: its figures and theirs are never summed together."""
_ADDED = "number"


@dataclass(frozen=True, slots=True)
class Group:
    """Bodies whose figures may be summed: governments of one level (``name`` "government"), or all other bodies of one
    level ("bodies"). ``absent``: how many more should have published and have no report of any year."""

    name: str
    level: str
    bodies: tuple[Body, ...]
    absent: int = 0

    @property
    def count(self) -> int:
        """How many bodies should have published."""
        return len(self.bodies) + self.absent


@dataclass(frozen=True, slots=True)
class Total:
    """One figure of one group and year. ``total`` is None where no report has the figure. ``states``: state of
    ``archive.comparing.figures`` → bodies; together they are all bodies of the group. ``corrected`` and ``broken`` are
    of those that were added: persons' corrections, checks that do not come out."""

    key: str
    year: int
    total: Number | None
    states: dict[str, int] = field(default_factory=dict)
    corrected: int = 0
    broken: int = 0

    @property
    def added(self) -> int:
        """How many reports the total comes from."""
        return self.states[_ADDED]


def group_bodies(archive: Archive, stem: str, expected: Iterable[Entry]) -> tuple[Group, ...]:
    """The bodies of a register → groups, by level; those that were merged into others are left out."""
    known = {
        (name, code): identity
        for identity, name, code in archive.db.execute(
            f"SELECT o.id, o.name, coalesce(o.region_code, '') FROM organisations o WHERE {lies_in('o')}",
            {"stem": stem},
        )
    }
    bodies: dict[tuple[str, str], list[Body]] = {}
    absent: Counter[tuple[str, str]] = Counter()
    for entry in expected:
        if entry.state == "merged":
            continue
        code = entry.region_code or ""
        name = GOVERNMENT if kind_of(entry.organisation) == GOVERNMENT else "bodies"
        group = name, level_of(entry.organisation, code)
        bodies.setdefault(group, [])
        if (entry.organisation, code) in known:
            bodies[group].append(Body(entry.organisation, code, (known[entry.organisation, code],)))
        else:
            absent[group] += 1
    order = {level: at for at, level in enumerate(("", *LEVELS))}
    return tuple(
        Group(name, level, tuple(bodies[name, level]), absent[name, level])
        for name, level in sorted(bodies, key=lambda group: (group[0] != GOVERNMENT, order[group[1]]))
    )


def sum_figures(archive: Archive, group: Group, keys: Sequence[str], years: Sequence[int]) -> tuple[Total, ...]:
    """A group → the total of each figure in each year, the figures in order."""
    found: dict[tuple[str, int], list[Figure]] = defaultdict(list)
    for (key, _, year), figure in figures_there(archive, group.bodies, keys, years).items():
        found[key, year].append(figure)
    return tuple(_total(key, year, found[key, year], group.count) for key in keys for year in years)


def _total(key: str, year: int, figures: Sequence[Figure], bodies: int) -> Total:
    states = dict.fromkeys(STATES, 0) | Counter(figure.status for figure in figures)
    states[NO_REPORT] = bodies - len(figures)
    added = [figure for figure in figures if figure.status == _ADDED]
    values: list[Number] = [figure.value for figure in added if figure.value is not None]
    return Total(
        key, year, sum(values, start=0) if values else None, states,
        sum(figure.read is not None for figure in added), sum(bool(figure.broken) for figure in added),
    )  # fmt: skip
