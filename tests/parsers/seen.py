"""Documents of known figures, and what a reading of their pictures is worth."""

from __future__ import annotations

from pathlib import Path

from benchmarks.sight.judging import Tally, truth_of
from parsers.report import Report


def judged(file: Path, reports: tuple[Report, ...]) -> Tally:
    """A document and what was read of its scan → its cells right, unread, wrong."""
    tally = Tally()
    tally.add(file.stem, 1, reports, truth_of(file), 0.0)
    return tally
