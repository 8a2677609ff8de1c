"""A paragraph's and a run's properties, as far as a reader of text needs them: styles first, then what is stated."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

from parsers.word import modifiers as m
from parsers.word.fib import NotUnderstood
from parsers.word.styles import StyleSheet

_BODY_TEXT = 9  # sprmPOutLvl
_HEADINGS = range(1, 10)  # sti of heading 1 to heading 9
_AS_IN_STYLE, _NOT_AS_IN_STYLE = 0x80, 0x81  # 2.9.327 ToggleOperand
_RAISED = 1  # sprmCIss: superscript


@dataclass(frozen=True, slots=True)
class ParagraphProperties:
    """``depth`` counts the tables around it; ``table`` are the modifiers of the row that its mark ends.

    ``outline`` is 0 to 8 for headings and 9 for body text; ``list_number`` is 0 outside of lists.
    """

    style: int = 0
    depth: int = 0
    ends_row: bool = False
    ends_inner_cell: bool = False
    ends_inner_row: bool = False
    outline: int = _BODY_TEXT
    list_number: int = 0
    list_level: int = 0
    table: tuple[tuple[int, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class CharacterProperties:
    """What decides whether and how a run is seen; ``symbol`` is the code of a character in a font of symbols."""

    is_deleted: bool = False
    is_hidden: bool = False
    is_struck: bool = False
    is_struck_twice: bool = False
    is_raised: bool = False
    is_special: bool = False
    symbol: int = 0


PLAIN = CharacterProperties()


class Properties:
    """Reads groups of modifiers, each once. ``outside`` is the stream Data, where large groups lie."""

    def __init__(self, styles: StyleSheet, outside: bytes) -> None:
        self._styles = styles
        self._outside = outside
        self._of_styles: dict[int, ParagraphProperties] = {}
        self._characters_of_styles: dict[int, CharacterProperties] = {}
        self._paragraphs: dict[tuple[bytes, bytes], ParagraphProperties] = {}
        self._characters: dict[tuple[int, bytes], CharacterProperties] = {}

    def of_paragraph(self, group: bytes, of_piece: bytes) -> ParagraphProperties:
        """A paragraph's group (its style's number first) and what its piece adds → its properties."""
        found = self._paragraphs.get((group, of_piece))
        if found is None:
            (style,) = struct.unpack_from("<H", group)
            found = self._changed(self._of_style(style), group[2:] + of_piece)
            self._paragraphs[group, of_piece] = found
        return found

    def of_characters(self, style: int, group: bytes) -> CharacterProperties:
        """A run's group in a paragraph of a style → its properties; PLAIN itself where there is nothing to them."""
        found = self._characters.get((style, group))
        if found is None:
            base = self._characters_of(style)
            found = self._changed_characters(base, base, group)
            found = PLAIN if found == PLAIN else found
            self._characters[style, group] = found
        return found

    def _of_style(self, number: int) -> ParagraphProperties:
        if number not in self._of_styles:
            found = ParagraphProperties(style=number)
            for style in self._styles.chain(number):
                if style.built_in in _HEADINGS:
                    found = replace(found, outline=style.built_in - 1)
                found = self._changed(found, style.paragraph)
            self._of_styles[number] = found
        return self._of_styles[number]

    def _characters_of(self, number: int) -> CharacterProperties:
        if number not in self._characters_of_styles:
            found = CharacterProperties()
            for style in self._styles.chain(number):
                found = self._changed_characters(found, found, style.character)
            self._characters_of_styles[number] = found
        return self._characters_of_styles[number]

    def _changed(self, base: ParagraphProperties, group: bytes) -> ParagraphProperties:
        changes: dict[str, object] = {}
        table: list[tuple[int, bytes]] = []
        in_table, depth = base.depth > 0, base.depth
        for number, operand in self._modifiers(group):
            if number in _PARAGRAPH_SWITCHES:
                changes[_PARAGRAPH_SWITCHES[number]] = operand[0] != 0
            elif number in _PARAGRAPH_NUMBERS:
                changes[_PARAGRAPH_NUMBERS[number]] = int.from_bytes(operand, "little")
            elif number == m.P_IN_TABLE:
                in_table = operand[0] != 0
            elif number == m.P_DEPTH:
                depth = int.from_bytes(operand, "little", signed=True)
            elif number == m.P_DEEPER:
                depth += int.from_bytes(operand, "little", signed=True)
            elif number in _OF_TABLES:
                table.append((number, operand))
        # Word 97 knows no depth: a paragraph is in a table or not.
        changes |= {"depth": max(1, depth) if in_table else 0, "table": tuple(table)}
        return replace(base, **changes)  # type: ignore[arg-type]

    def _changed_characters(
        self, base: CharacterProperties, in_style: CharacterProperties, group: bytes
    ) -> CharacterProperties:
        found = base
        for number, operand in self._modifiers(group):
            if number in _CHARACTER_SWITCHES:
                name = _CHARACTER_SWITCHES[number]
                found = replace(found, **{name: _toggled(operand[0], bool(getattr(in_style, name)))})
            elif number == m.C_STYLE:
                for style in self._styles.chain(int.from_bytes(operand, "little")):
                    found = in_style = self._changed_characters(found, in_style, style.character)
            elif number == m.C_RAISED:
                found = replace(found, is_raised=operand[0] == _RAISED)
            elif number == m.C_SYMBOL:
                found = replace(found, symbol=int.from_bytes(operand[2:4], "little"), is_special=True)
            elif number == m.C_PLAIN:
                found = replace(in_style, is_special=found.is_special, symbol=found.symbol)
        return found

    def _modifiers(self, group: bytes, outside: int = 0) -> list[tuple[int, bytes]]:
        """The modifiers of a group, in place of sprmPHugePapx and sprmPTableProps (2.6.2) those in the stream Data.

        A huge group may hold such a reference itself (Spire.Doc writes it so): two steps ``outside`` at most.
        """
        stated = m.modifiers_in(group, _WANTED) if group else []
        if all(number not in _OUTSIDE for number, _ in stated):
            return stated
        found: list[tuple[int, bytes]] = []
        for number, operand in stated:
            if number not in _OUTSIDE:
                found.append((number, operand))
                continue
            at = int.from_bytes(operand, "little")
            size = int.from_bytes(self._outside[at : at + 2], "little")
            if at + 2 + size > len(self._outside) or outside == 2:
                raise NotUnderstood(f"properties at {at} of the stream Data are cut off, or refer to others too often")
            found += self._modifiers(self._outside[at + 2 : at + 2 + size], outside + 1)
        return found


def _toggled(value: int, in_style: bool) -> bool:
    if value == _AS_IN_STYLE:
        return in_style
    return not in_style if value == _NOT_AS_IN_STYLE else value != 0


_OUTSIDE = frozenset({m.P_HUGE, m.P_TABLE_PROPERTIES})
_PARAGRAPH_SWITCHES = {
    m.P_ENDS_ROW: "ends_row",
    m.P_ENDS_INNER_CELL: "ends_inner_cell",
    m.P_ENDS_INNER_ROW: "ends_inner_row",
}
_PARAGRAPH_NUMBERS = {m.P_OUTLINE: "outline", m.P_LIST: "list_number", m.P_LEVEL: "list_level"}
_CHARACTER_SWITCHES = {
    m.C_DELETED: "is_deleted",
    m.C_HIDDEN: "is_hidden",
    m.C_STRUCK: "is_struck",
    m.C_STRUCK_TWICE: "is_struck_twice",
    m.C_SPECIAL: "is_special",
}
_OF_TABLES = frozenset(
    {m.T_ROW, m.T_ROW_95, m.T_LEFT, m.T_HALF_GAP, m.T_INSERT, m.T_DELETE, m.T_WIDTH, m.T_MERGE, m.T_SPLIT,
     m.T_MERGE_DOWN}
)  # fmt: skip
_OF_CHARACTERS = frozenset({m.C_STYLE, m.C_RAISED, m.C_SYMBOL, m.C_PLAIN, *_CHARACTER_SWITCHES})
_WANTED = _OUTSIDE | _OF_TABLES | _OF_CHARACTERS | {
    m.P_IN_TABLE, m.P_DEPTH, m.P_DEEPER, *_PARAGRAPH_SWITCHES, *_PARAGRAPH_NUMBERS
}  # fmt: skip
