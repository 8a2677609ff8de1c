"""Which division became which, and when."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

# The table of changes is complete for changes from the first of these years to the last: divisions.md.
KNOWN_FROM = 2014
KNOWN_UNTIL = 2025
# One division goes on under another name, code or status; every other kind ends one or begins another.
_CONTINUING = frozenset(
    {
        "renamed",  # 苍山县 → 兰陵县 (2014)
        "recoded",  # 嘉黎县: 542422 → 540621, when 那曲地区 became a city (2017)
        "county_to_district",  # 余江县 → 余江区 (2018)
        "county_to_city",  # 米林县 → 米林市 (2023)
        "city_to_district",  # 龙海市 → 龙海区 (2021)
        "district_to_county",  # 南岔区 → 南岔县 (2019)
        "region_to_city",  # 哈密地区 → 哈密市 (2016)
    }
)


@dataclass(frozen=True, slots=True)
class Division:
    """One province, prefecture or county under one name and one code.

    ``since`` is the first year at whose end it stood, ``until`` the first at whose end it did not; None where it
    stood before ``KNOWN_FROM`` or stands today.
    """

    code: str
    name: str
    since: int | None = None
    until: int | None = None

    @property
    def stem(self) -> str:
        """The digits that the codes of everything inside it begin with: 150000 → 15, 150800 → 1508."""
        return self.code.removesuffix("0000") if self.code.endswith("0000") else self.code.removesuffix("00")

    def holds(self, other: Division) -> bool:
        """True if the other is this division or lies in it."""
        return other.code.startswith(self.stem)

    def stands(self, year: int | None) -> bool:
        """True if it stood at the end of the year; with None, if it stands today."""
        if year is None:
            return self.until is None
        return (self.since is None or self.since <= year) and (self.until is None or year < self.until)


@dataclass(frozen=True, slots=True)
class Change:
    """One division that became another, or gave a part to it; ``old`` is None for one founded out of none.

    ``kind`` is one of renamed, recoded, county_to_district, county_to_city, city_to_district, district_to_county,
    region_to_city (the same division goes on), merged (into one with others), divided (the largest part is told
    first), shared (divided, and no part is known to be the larger), split_off (the old one stands), founded.
    ``day`` is the day it was made public, or "" where only the year is known.
    """

    year: int
    day: str
    kind: str
    old: Division | None
    new: Division

    @property
    def continues(self) -> bool:
        """True if old and new are one division."""
        return self.kind in _CONTINUING

    def told(self) -> str:
        """In words: "米林县 (540422) became 米林市 (540481) in 2023 (county_to_city)"."""
        when = f"on {self.day}" if self.day else f"in {self.year}"
        if self.old is None:
            return f"{self.new.name} ({self.new.code}) was founded {when}"
        verb = "became" if self.continues else "gave a part to" if self.kind == "split_off" else "went into"
        return f"{self.old.name} ({self.old.code}) {verb} {self.new.name} ({self.new.code}) {when} ({self.kind})"


class History:
    """Every division of the base table and of the table of changes, and how they follow each other."""

    def __init__(self, base: Iterable[Mapping[str, str]], changes: Iterable[Mapping[str, str]]) -> None:
        """Rows of ``divisions.csv`` and ``divisions_changes.csv`` → the history; see ``divisions.md``."""
        rows = tuple(changes)
        until = {(row["old_code"], row["old_name"]): int(row["year"]) for row in rows if row["old_ends"]}
        since = {(row["new_code"], row["new_name"]): int(row["year"]) for row in rows if row["new_begins"]}
        names = dict.fromkeys((row["code"], row["name"]) for row in base)
        names |= dict.fromkeys((row[f"{side}_code"], row[f"{side}_name"]) for row in rows for side in ("new", "old"))
        known = {key: Division(*key, since.get(key), until.get(key)) for key in sorted(names) if key[0]}
        self.divisions = tuple(known.values())
        self._of_code: dict[str, list[Division]] = defaultdict(list)
        for division in self.divisions:
            self._of_code[division.code].append(division)
        self.changes = tuple(
            Change(
                int(row["year"]),
                row["day"],
                row["kind"],
                known.get((row["old_code"], row["old_name"])),
                known[row["new_code"], row["new_name"]],
            )
            for row in rows
        )
        self._after: dict[Division, list[Change]] = defaultdict(list)
        self._before: dict[Division, list[Change]] = defaultdict(list)
        self._into: dict[str, list[Division]] = defaultdict(list)
        for change in self.changes:
            self._before[change.new].append(change)
            if change.old is not None:
                self._after[change.old].append(change)
                self._into[change.new.code].append(change.old)

    def of_code(self, code: str) -> tuple[Division, ...]:
        """Every division that ever had a code, by name; () where none had."""
        return tuple(self._of_code.get(code, ()))

    def changes_after(self, division: Division) -> tuple[Change, ...]:
        """What became of it, the main heir first, then the parts it gave away; () if nothing did."""
        return tuple(sorted(self._after.get(division, ()), key=lambda change: (not change.continues, change.year)))

    def before_code(self, code: str) -> tuple[Division, ...]:
        """Every division that became, or gave a part to, one of that code."""
        return tuple(dict.fromkeys(self._into.get(code, ())))

    def changes_before(self, division: Division) -> tuple[Change, ...]:
        """What it came from, the division that goes on in it first."""
        return tuple(sorted(self._before.get(division, ()), key=lambda change: (not change.continues, change.year)))

    def line_of(self, division: Division) -> tuple[Division, ...]:
        """The one division under all its names and codes, the oldest first: 错那县, 错那县, 错那市."""
        line = [division]
        while (earlier := self._continued(self._before.get(line[0], ()))) is not None and earlier.old is not None:
            line.insert(0, earlier.old)
        while (later := self._continued(self._after.get(line[-1], ()))) is not None:
            line.append(later.new)
        return tuple(line)

    def in_year(self, division: Division, year: int) -> tuple[Division, tuple[Change, ...]] | None:
        """The division that stood in its place at the end of a year, and the changes between, in the order walked.

        After its end that is the one it became or went into (its larger part); before its beginning the one that
        goes on in it. None where no single one did.
        """
        walked: list[Change] = []
        while division.until is not None and division.until <= year:
            heirs = [change for change in self.changes_after(division) if change.kind not in ("shared", "split_off")]
            if not heirs:
                return None
            walked.append(heirs[0])
            division = heirs[0].new
        while division.since is not None and division.since > year:
            earlier = self._continued(self._before.get(division, ()))
            if earlier is None or earlier.old is None:
                return None
            walked.append(earlier)
            division = earlier.old
        return division, tuple(walked)

    @staticmethod
    def _continued(changes: Iterable[Change]) -> Change | None:
        return next((change for change in changes if change.continues), None)


def read_history(folder: Path) -> History:
    """The history from the two tables in a folder. Reads two files."""
    rows = []
    for name in ("divisions.csv", "divisions_changes.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as lines:
            rows.append(list(csv.DictReader(lines)))
    return History(*rows)
