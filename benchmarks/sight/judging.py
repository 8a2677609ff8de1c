"""Reports read by sight compared with what was printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.accuracy.judging import truth_in
from benchmarks.accuracy.papers import Told
from parsers.report import Report, State, Status


@dataclass(slots=True)
class Tally:
    """Cells: ``right`` as printed, ``unread`` honestly, ``wrong`` silently: another figure, blank or filler.

    ``identities`` that the marks of the same document decide, and how many of them are ``decided`` by sight.
    """

    documents: int = 0
    pages: int = 0
    right: int = 0
    unread: int = 0
    wrong: int = 0
    identities: int = 0
    decided: int = 0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)

    def add(
        self, name: str, pages: int, reports: Sequence[Report], truth: Mapping[str, Told], seconds: float,
        identities: int = 0,
    ) -> None:  # fmt: skip
        """Counts one document's reports against its printed figures by key."""
        self.documents += 1
        self.pages += pages
        self.seconds += seconds
        values = {value.key: value for report in reports for value in report.values}
        for key, told in truth.items():
            found = values.get(key)
            if found is None or found.status in (Status.UNREAD, Status.MISSING):
                honest = told.status in ("missing", "unread")
                self.right, self.unread = self.right + honest, self.unread + (not honest)
            elif found.status == told.status and found.value == told.value:
                self.right += 1
            else:
                self.wrong += 1
                said = f"printed {told.value} ({told.status}), read {found.raw!r} ({found.status}) {found.where}"
                self.errors.append(f"{name} {key}: {said}")
        self.identities += identities
        self.decided += decided_in(reports)

    def __iadd__(self, other: Tally) -> Tally:
        for name in ("documents", "pages", "right", "unread", "wrong", "identities", "decided", "seconds", "errors"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self

    @property
    def cells(self) -> int:
        return self.right + self.unread + self.wrong

    @property
    def share(self) -> float:
        """Of the cells, those read right."""
        return self.right / max(1, self.cells)


def decided_in(reports: Sequence[Report]) -> int:
    """How many identities are found to hold, or broken."""
    return sum(check.state is not State.UNKNOWN for report in reports for check in report.checks)


def truth_of(file: Path) -> dict[str, Told]:
    """A committed document's printed figures by key."""
    return truth_in(file.with_suffix(".json"))
