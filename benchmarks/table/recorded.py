"""Ratios that were recorded, and whether new ones are worse than they can be by chance."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.table.figures import Measured, Missing, Row

MARGIN = 0.10
"""What two runs of the same program were seen to differ by on a busy machine, beyond the spread of their rounds."""

Recorded = dict[str, dict[str, list[float]]]
"""Row → name of what was measured → ours ÷ theirs, round by round."""


def read_recorded(file: Path) -> Recorded:
    """What was recorded; nothing where there is no file."""
    found: Recorded = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return found


def record(file: Path, name: str, rows: Iterable[Row]) -> None:
    """Puts one row's ratios in the place of those that were there."""
    kept = read_recorded(file) | {name: ratios_of(rows)}
    written = {row: {what: [round(one, 5) for one in of] for what, of in kept[row].items()} for row in sorted(kept)}
    file.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", "utf-8")


def ratios_of(rows: Iterable[Row]) -> dict[str, list[float]]:
    """What can be held against other runs."""
    return {row.name: list(row.ratios) for row in rows if isinstance(row, Measured) and not row.loose}


def regressions(before: Mapping[str, Sequence[float]], rows: Sequence[Row]) -> list[str]:
    """A line for each ratio that became worse beyond noise.

    Noise is what the rounds show of themselves: every round now is worse than the worst round then, and the median
    by MARGIN beyond that. One that is not measured any more is no better, unless its reference is missing here.
    """
    found, now = [], ratios_of(rows)
    missing = tuple(row.reference for row in rows if isinstance(row, Missing))
    for name, then in before.items():
        rounds = now.get(name)
        if not rounds and name.partition(" ÷ ")[2].startswith(missing):
            continue
        if not rounds:
            found.append(f"{name}: recorded as {median(then):.3g}, and not measured now")
        elif min(rounds) > max(then) and median(rounds) > max(then) * (1 + MARGIN):
            found.append(f"{name}: {median(rounds):.3g}, recorded {median(then):.3g} ({min(then):.3g}–{max(then):.3g})")
    return found
