"""What differs between two versions: figures first, then words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff

from archive.errors import NotFound
from archive.readings import get_text, get_values
from archive.store import Archive
from parsers.report import Number, Status, Value
from parsers.text import one_line

_CONTEXT = 1
_AROUND = 12


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that differs: a figure, or the word of its status; None where the form of that side has no such cell."""

    key: str
    before: Number | str | None
    after: Number | str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """``text`` is a unified diff, one line a line, each beginning with "@@", " ", "-" or "+"; empty where none."""

    cells: tuple[CellChange, ...]
    text: tuple[str, ...]


def current_reading(archive: Archive, version: int) -> int:
    """A version's id → the id of its current reading. Raises NotFound, with the reason why there is none."""
    row = archive.db.execute(
        """
        SELECT r.id, u.code, u.says
        FROM versions v
        LEFT JOIN readings r ON r.version = v.id AND r.current = 1
        LEFT JOIN unread u ON u.version = v.id
        WHERE v.id = :version
        """,
        {"version": version},
    ).fetchone()
    if row is None:
        raise NotFound(f"expected a version v{version}, found none")
    if row[0] is None:
        raise NotFound(f"v{version} is kept and has not been read ({row[1]}: {row[2]}); nianbao reparse tries again")
    return int(row[0])


def compare_versions(archive: Archive, before: int, after: int) -> Difference:
    """Two versions' ids → what differs, from their current readings. Raises NotFound for one that is not read."""
    readings = [current_reading(archive, version) for version in (before, after)]
    old, new = (get_values(archive, reading) for reading in readings)
    old_text, new_text = (get_text(archive, reading) for reading in readings)
    return Difference(tuple(changed_cells(old, new)), tuple(changed_lines(old_text, new_text)))


def changed_cells(old: Sequence[Value], new: Sequence[Value]) -> Iterator[CellChange]:
    """Cells whose figure or status differs, in the forms' order; of two unread cells, those printed differently."""
    before, after = ({value.key: value for value in values} for values in (old, new))
    for key in dict.fromkeys((*before, *after)):
        left, right = _say(before.get(key)), _say(after.get(key))
        if left != right:
            yield CellChange(key, left, right)


def changed_lines(old: str, new: str) -> Iterator[str]:
    """Two texts → a unified diff of their lines, white space within a line apart."""
    for number, line in enumerate(unified_diff(_lines_of(old), _lines_of(new), n=_CONTEXT, lineterm="")):
        if number >= 2:  # the first two name files, and there are none
            yield line


def changed_words(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Two lines → (before, after) of each stretch that differs, with a few characters around it for finding it."""
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield old[max(0, a - _AROUND) : b + _AROUND], new[max(0, c - _AROUND) : d + _AROUND]


def _lines_of(text: str) -> list[str]:
    return [line for raw in text.splitlines() if (line := one_line(raw))]


def _say(value: Value | None) -> Number | str | None:
    if value is None:
        return None
    if value.status is Status.NUMBER:
        return value.value
    return f"unread: {one_line(value.raw)}" if value.status is Status.UNREAD else value.status.value
