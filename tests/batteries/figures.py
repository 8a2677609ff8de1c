"""What a battery did: how much was tried, how much was survived, and the worst of it.

A battery is a module ``NAME_battery.py`` in this folder. Its docstring says what is done to the program and what must
hold; ``TITLE`` names it; ``run(scale)`` does it and returns one ``Row`` for each kind of thing that was done.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Scale(Enum):
    """SHORT is part of every run of the tests; WHOLE is what docs/reliability.md shows."""

    SHORT = "short"
    WHOLE = "whole"

    def pick(self, short: int, whole: int) -> int:
        """Of two numbers the one of this scale."""
        return short if self is Scale.SHORT else whole


@dataclass(frozen=True, slots=True)
class Row:
    """``what`` was tried ``tried`` times and survived ``survived`` times.

    ``seconds`` is the longest time by the wall, ``megabytes`` the most resident memory of the process that suffered;
    None where it was not measured. ``deviations`` names each that was not survived, and why.
    """

    what: str
    tried: int
    survived: int
    seconds: float | None = None
    megabytes: float | None = None
    deviations: tuple[str, ...] = ()


def row_of(
    what: str, ends: Iterable[tuple[str, str]], seconds: float | None = None, megabytes: float | None = None
) -> Row:
    """Ends as (name, "" or what went wrong) → the row that counts them."""
    ends = list(ends)
    wrong = tuple(f"{name}: {says}" for name, says in ends if says)
    return Row(what, len(ends), len(ends) - len(wrong), seconds, megabytes, wrong)


def deviations_of(rows: Iterable[Row]) -> list[str]:
    """What a test prints when a battery was not survived."""
    return [f"{row.what} – {says}" for row in rows for says in (row.deviations or _unexplained(row))]


def _unexplained(row: Row) -> tuple[str, ...]:
    return () if row.tried == row.survived else (f"{row.tried - row.survived} of {row.tried} not survived",)
