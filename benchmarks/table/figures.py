"""What a row of the table says: ours beside another's, round by round, and what is required of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured. ``is_short``: what ``make bench-check`` does again and compares; else what
    docs/performance.md shows. ``folder``: an archive of generated reports is there already (``archive``, and
    ``trigram.db`` beside it), as ``python -m benchmarks.search --keep`` leaves one. ``to_a_million``: growth is
    followed so far, for hours.
    """

    is_short: bool
    folder: Path | None = None
    to_a_million: bool = False

    def pick(self, short: int, whole: int) -> int:
        """Of two numbers the one of this scale."""
        return short if self.is_short else whole


@dataclass(frozen=True, slots=True)
class Required:
    """A bound. ``most``: ours ÷ theirs is to be at most that. ``times``: theirs ÷ ours is to be at least that.

    ``own``: ours alone is to be at most that, in its own unit.
    """

    most: float | None = None
    times: float | None = None
    own: float | None = None

    def is_met(self, ratio: float, ours: float) -> bool:
        """Whether ours ÷ theirs, and ours alone, are within the bound."""
        if self.own is not None:
            return ours <= self.own
        return ratio <= self.most if self.most is not None else 1 / ratio >= (self.times or 0.0)

    def says(self, unit: str) -> str:
        """In words."""
        if self.own is not None:
            return f"≤ {self.own:g} {unit}"
        return f"≤ {self.most:g} ×" if self.most is not None else f"≥ {self.times:g} × less"


@dataclass(frozen=True, slots=True)
class Measured:
    """One work beside another. ``ours`` and ``theirs`` are medians in ``unit``, ``ratios`` ours ÷ theirs by round.

    ``memory``: the most resident memory of each side in MB, None where it was not measured. ``loose``: ours ÷ theirs is
    told and not held against what was recorded, as where it depends on how busy the machine is.
    """

    what: str
    reference: str
    ours: float
    theirs: float
    unit: str
    ratios: tuple[float, ...]
    required: Required | None = None
    memory: tuple[float | None, float | None] = (None, None)
    loose: bool = False

    @property
    def name(self) -> str:
        """By which it is found among the recorded ones."""
        return f"{self.what} ÷ {self.reference}"

    @property
    def ratio(self) -> float:
        """The median of the rounds."""
        return median(self.ratios)

    @property
    def verdict(self) -> str:
        """Met, not met, or nothing where nothing is required."""
        if self.required is None:
            return ""
        return "met" if self.required.is_met(self.ratio, self.ours) else "**not met**"


@dataclass(frozen=True, slots=True)
class Missing:
    """A reference that cannot be measured here, and why."""

    reference: str
    why: str


Row = Measured | Missing


def beside(
    what: str,
    reference: str,
    pairs: Sequence[tuple[float, float]],
    unit: str,
    required: Required | None = None,
    memory: tuple[float | None, float | None] = (None, None),
    *,
    loose: bool = False,
) -> Measured:
    """Rounds of (ours, theirs) → what they come to."""
    ours, theirs = (median(column) for column in zip(*pairs, strict=True))
    ratios = tuple(mine / other for mine, other in pairs)
    return Measured(what, reference, ours, theirs, unit, ratios, required, memory, loose)
