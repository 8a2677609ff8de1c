"""Word's style sheet ([MS-DOC] 2.9.271, STSH) → what each style modifies, with those that it is based on."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from parsers.word.fib import NotUnderstood

_DEEPEST = 20
_NO_BASE = 0xFFF
_PARAGRAPH, _CHARACTER = 1, 2  # stk
_BASE_SIZE = 10  # StdfBase


@dataclass(frozen=True, slots=True)
class Style:
    """``built_in`` is Word's number for its own styles (1 to 9: headings); the groups are its modifiers."""

    built_in: int
    kind: int
    based_on: int
    paragraph: bytes
    character: bytes


@dataclass(frozen=True, slots=True)
class StyleSheet:
    """The styles by number; None for a number that has none."""

    styles: tuple[Style | None, ...]

    def chain(self, number: int) -> list[Style]:
        """A style and those it is based on, the farthest first; a circle ends the chain."""
        found: list[Style] = []
        while number < len(self.styles) and len(found) < _DEEPEST:
            style = self.styles[number]
            if style is None:
                break
            found.append(style)
            number = style.based_on
        return found[::-1]


def read_styles(sheet: bytes) -> StyleSheet:
    """STSH → StyleSheet; empty bytes are no styles. Raises NotUnderstood where it is cut off."""
    if not sheet:
        return StyleSheet(())
    try:
        (size,) = struct.unpack_from("<H", sheet)
        count, base_size = struct.unpack_from("<HH", sheet, 2)
        at = 2 + size
        styles: list[Style | None] = []
        for _ in range(count):
            (length,) = struct.unpack_from("<H", sheet, at)
            content = sheet[at + 2 : at + 2 + length]
            styles.append(_read_style(content, base_size) if length else None)
            at += 2 + length
    except struct.error as error:
        raise NotUnderstood(f"the style sheet is cut off: {error}") from error
    return StyleSheet(tuple(styles))


def _read_style(content: bytes, base_size: int) -> Style:
    """2.9.260 STD: StdfBase, perhaps more, the name, then the groups: a paragraph style's, a character style's."""
    stated, kind_and_base, parts = struct.unpack_from("<HHH", content)
    kind, based_on = kind_and_base & 0xF, kind_and_base >> 4
    (name,) = struct.unpack_from("<H", content, max(base_size, _BASE_SIZE))
    at = max(base_size, _BASE_SIZE) + 2 + 2 * name + 2
    groups: list[bytes] = []
    for _ in range(parts & 0xF if kind in (_PARAGRAPH, _CHARACTER) else 0):
        at += at % 2
        (size,) = struct.unpack_from("<H", content, at)
        groups.append(content[at + 2 : at + 2 + size])
        at += 2 + size
    paragraph = groups[0][2:] if kind == _PARAGRAPH and groups else b""
    character = groups[1] if kind == _PARAGRAPH and len(groups) > 1 else b""
    if kind == _CHARACTER and groups:
        character = groups[0]
    return Style(stated & 0xFFF, kind, based_on, paragraph, character)
