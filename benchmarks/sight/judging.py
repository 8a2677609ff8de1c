"""Reports read by sight compared with what was printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from parsers.report import Report, State, Status


@dataclass(slots=True)
class Tally:
    """Cells: ``right`` as printed, ``unread`` honestly, ``wrong`` silently; ``unknown`` identities are not decided."""

    documents: int = 0
    pages: int = 0
    right: int = 0
    unread: int = 0
    wrong: int = 0
    identities: int = 0
    unknown: int = 0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)

    def add(self, name: str, pages: int, reports: Sequence[Report], truth: dict[str, object], seconds: float) -> None:
        """Counts one document's reports against its printed figures by key."""
        self.documents += 1
        self.pages += pages
        self.seconds += seconds
        values = {value.key: value for report in reports for value in report.values}
        for key, printed in truth.items():
            found = values.get(key)
            if found is not None and found.status is Status.NUMBER:
                same = printed is not None and found.value == Decimal(str(printed))
                self.right, self.wrong = self.right + same, self.wrong + (not same)
                if not same:
                    self.errors.append(f"{name} {key}: printed {printed}, read {found.raw!r} {found.where}")
            elif printed is None and (found is None or found.status in (Status.BLANK, Status.FILLER, Status.MISSING)):
                self.right += 1
            elif found is not None and found.status is Status.BLANK:
                self.wrong += 1
                self.errors.append(f"{name} {key}: printed {printed}, read as blank {found.where}")
            else:
                self.unread += 1
        checks = [check for report in reports for check in report.checks]
        self.identities += len(checks)
        self.unknown += sum(check.state is State.UNKNOWN for check in checks)

    @property
    def share(self) -> float:
        """Of the cells, those read right."""
        return self.right / max(1, self.right + self.unread + self.wrong)


def truth_of(file: Path) -> dict[str, object]:
    """A document's printed figures by key."""
    said = json.loads(file.with_suffix(".json").read_text("utf-8"))
    return {key: cell["value"] for key, cell in said["cells"].items()}
