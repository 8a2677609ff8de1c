"""A paragraph of Word's binary form → the text a reader sees."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from parsers.text import is_blank, joined
from parsers.word.fib import NotUnderstood
from parsers.word.fields import BEGIN, hide_instructions
from parsers.word.modifiers import C_DELETED
from parsers.word.numbers import Numbering
from parsers.word.pieces import Text
from parsers.word.properties import PLAIN, CharacterProperties, ParagraphProperties, Properties
from parsers.word.runs import Runs

PICTURE, SHAPE, SYMBOL = "\x01", "\x08", "("  # 2.4.1: special characters, where the run says that they are
_BODY_TEXT = 9
_DEEPEST_HEADING = 6
_OLD_LISTS = 0x07FF  # sprmPIlfo: numbered as in Word 6, by what the paragraph itself says
_MOST_LISTS = 0x07FE  # above: in no list any more
_DELETED = struct.pack("<H", C_DELETED)
_SEEN = dict.fromkeys(range(32), "") | {
    0x09: "\t", 0x0B: "\n", 0x0C: "\n", 0x0E: "\n", 0x1E: "-",
}  # fmt: skip


class Paragraph(NamedTuple):
    """Characters ``start`` to ``end`` (not included); the last one is ``mark``."""

    start: int
    end: int
    mark: str
    properties: ParagraphProperties


@dataclass(slots=True)
class Printed:
    """What one paragraph prints; ``boxes`` are the places of shapes in it, ``problems`` (code, what it says)."""

    text: str = ""
    struck: str = ""
    heading: int = 0
    pictures: int = 0
    boxes: list[int] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


class Printer:
    """Prints the paragraphs of one document in reading order; list numbers are counted on the way."""

    def __init__(self, text: Text, runs: Runs, properties: Properties, numbering: Numbering) -> None:
        self.units, self._computed = hide_instructions(text.units)
        self._is_paired = joined(text.units) != text.units
        self._properties = properties
        self._numbering = numbering
        self._starts: list[int] = []
        self._groups: list[bytes] = []
        for start, group in _segments(text, runs):
            if not self._groups or group != self._groups[-1]:
                self._starts.append(start)
                self._groups.append(group)
        self._is_changed = any(_DELETED in group for group in self._groups)

    def is_deleted(self, start: int, end: int) -> bool:
        """Whether a tracked change has deleted the mark before ``end`` with all text from ``start`` on.

        The mark alone is not enough: LibreOffice writes what follows a row's mark over that mark too.
        """
        if not self._is_changed:
            return False
        whole = Paragraph(start, end + 1, "", ParagraphProperties())
        return all(
            run.is_deleted or (is_blank(units) and at + len(units) < end) for units, run, at in self._runs_of(whole)
        )

    def plain_text(self, paragraph: Paragraph) -> str | None:
        """The text of a paragraph in a cell that prints what stands in it and nothing else, on one line; else None."""
        at, end, properties = paragraph.start, paragraph.end - 1, paragraph.properties
        if self._is_paired or properties.list_number:
            return None
        units = self.units[at:end]
        if not units or not units.isprintable():
            return None if units else ""
        which = bisect_right(self._starts, at) - 1
        while at < end:
            if self._properties.of_characters(properties.style, self._groups[which]) is not PLAIN:
                return None
            which += 1
            at = self._starts[which] if which < len(self._starts) else end
        return units

    def print(self, paragraph: Paragraph, *, in_cell: bool) -> Printed:
        """A paragraph → Printed, its list number first; in cells as ``parsers.word.text.print_paragraph`` does."""
        printed = Printed()
        parts: list[str] = []
        for units, properties, start in self._runs_of(paragraph):
            if properties is PLAIN and units.isprintable():
                parts.append(units)
                continue
            if properties.is_deleted or properties.is_hidden:
                continue
            text = self._seen(units, properties, start, printed)
            if in_cell and (properties.is_struck or properties.is_struck_twice):
                printed.struck += text
            elif in_cell and properties.is_raised and not is_blank(text) and any(not is_blank(one) for one in parts):
                parts.append(f"[{text}]")
            else:
                parts.append(text)
        printed.text = parts[0] if len(parts) == 1 else "".join(parts)
        if self._is_paired:
            printed.text = joined(printed.text)
        outline = paragraph.properties.outline
        printed.heading = min(outline + 1, _DEEPEST_HEADING) if outline < _BODY_TEXT else 0
        number = self._number(paragraph.properties, printed) if paragraph.properties.list_number else ""
        if number and in_cell and printed.text.lstrip()[:1].strip("+-−")[:1].isdigit():
            number = f"({number.strip()}) "
        printed.text = number + printed.text
        return printed

    def _runs_of(self, paragraph: Paragraph) -> list[tuple[str, CharacterProperties, int]]:
        """The text of a paragraph without its mark, run by run: units, properties, place."""
        found: list[tuple[str, CharacterProperties, int]] = []
        at, end, style = paragraph.start, paragraph.end - 1, paragraph.properties.style
        which = bisect_right(self._starts, at) - 1
        while at < end:
            until = min(self._starts[which + 1], end) if which + 1 < len(self._starts) else end
            found.append((self.units[at:until], self._properties.of_characters(style, self._groups[which]), at))
            at, which = until, which + 1
        return found

    def _seen(self, units: str, properties: CharacterProperties, start: int, printed: Printed) -> str:
        if BEGIN in units:
            printed.problems += [
                ("field_without_result", f"Word prints here what it works out from {self._computed[at]!r}")
                for at in range(start, start + len(units))
                if at in self._computed
            ]
        if properties.is_special:
            printed.pictures += units.count(PICTURE)
            printed.boxes += [at for at, unit in enumerate(units, start) if unit == SHAPE]
            if properties.symbol:
                units = units.replace(SYMBOL, joined(chr(properties.symbol)))
        return units.translate(_SEEN)

    def _number(self, properties: ParagraphProperties, printed: Printed) -> str:
        number, level = properties.list_number, properties.list_level
        if number == _OLD_LISTS or (0 < number <= _MOST_LISTS and str(number) not in self._numbering.lists):
            says = "the paragraph's list number is not printed: its list is of an older form, or unknown"
            printed.problems.append(("list_number", says))
        return self._numbering.next_number(str(number), level) if 0 < number <= _MOST_LISTS else ""


def _segments(text: Text, runs: Runs) -> Iterator[tuple[int, bytes]]:
    """(place, group) for every stretch of text with the same modifiers."""
    for piece in text.pieces:
        if piece.start >= len(text.units):
            break
        which = runs.at(piece.offset)
        if which is None:
            raise NotUnderstood(f"the text at character {piece.start} has no character properties")
        at, end = piece.offset, piece.offset_of(min(piece.end, len(text.units)))
        while at < end:
            if at == end - piece.width and piece.end >= len(text.units) and runs.at(at) is None:
                break  # LibreOffice leaves the very last mark without properties
            if which >= len(runs.starts) or runs.starts[which] > at:
                raise NotUnderstood(f"the text at {at} of the main stream has no character properties")
            place = piece.start + (at - piece.offset) // piece.width
            yield place, runs.groups[which] + piece.modifiers
            at, which = max(at, runs.ends[which]), which + 1
