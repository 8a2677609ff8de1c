"""Tokens of RTF → the story they tell: states, destinations, fonts, characters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from parsers.errors import TooLarge, Unreadable
from parsers.rtf.codes import Fonts
from parsers.rtf.rows import RowEdges
from parsers.rtf.story import Story
from parsers.rtf.tokens import Token, tokens_of
from parsers.text import joined

_DEEPEST = 2_000  # groups within groups
_DEEPEST_TABLE = 12
_MOST_TOKENS = 1_000_000  # a report of Word's has 30,000, and one more for each line of a picture
_MOST_PARAGRAPHS = 200_000
# Destinations that print nothing in the body.
_SKIPPED = frozenset(
    {"colortbl", "stylesheet", "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf",
     "footnote", "annotation", "fldinst", "shprslt", "sp", "nonesttables", "xe", "tc", "rxe", "author", "operator",
     "subject", "keywords", "comment", "doccomm", "company", "manager", "category", "hlinkbase", "creatim", "revtim",
     "printim", "buptim", "nonshppict", "objdata", "revtbl", "filetbl", "listtable", "listoverridetable", "rsidtbl",
     "pntxta", "pntxtb", "bkmkstart", "bkmkend", "info", "objclass", "objname", "datafield", "private"}
)  # fmt: skip
_STARRED = frozenset({"shpinst", "shptxt", "nesttableprops", "shppict", "listtext"})
_SIGNS = {
    "tab": "\t", "line": "\n", "softline": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
_SYMBOLS = {b"~": "\u00a0", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\"}
_MERGES = {"clmgf": ("across", "first"), "clmrg": ("across", "more"), "clvmgf": ("down", "first"),
           "clvmrg": ("down", "more")}  # fmt: skip


@dataclass(slots=True)
class _State:
    """What a group hands to the groups within it, and takes back where it ends."""

    skip: bool = False
    place: str = ""  # the destination that is read otherwise: fonttbl, title, listtext, pict, nesttableprops
    fallback: int = 1  # \uc: how many characters stand after \u for readers without Unicode
    font: int | None = None
    hidden: bool = False
    kind: str = ""
    in_table: bool = False
    depth: int = 0
    outline: int = 0
    story: bool = False  # this group began a text box


@dataclass(slots=True)
class Reader:
    """Reads the tokens of one file; ``story`` and ``title`` are complete after ``read``."""

    story: Story = field(default_factory=Story)
    fonts: Fonts = field(default_factory=Fonts)
    title: str = ""
    title_parts: list[str] = field(default_factory=list)
    paragraphs: int = 0
    open_groups: int = 0
    state: _State = field(default_factory=_State)
    stack: list[_State] = field(default_factory=list)
    outer: list[Story] = field(default_factory=list)
    waiting: bytearray = field(default_factory=bytearray)
    to_skip: int = 0
    starred: bool = False
    font_defined: int = 0
    edges: RowEdges = field(default_factory=RowEdges)
    nested_edges: RowEdges = field(default_factory=RowEdges)

    def read(self, payload: bytes) -> None:
        """Raises Unreadable where groups nest beyond sense, TooLarge where there are too many words or paragraphs."""
        for number, token in enumerate(tokens_of(payload)):
            self._take(token)
            if number > _MOST_TOKENS or self.paragraphs > _MOST_PARAGRAPHS:
                raise TooLarge(f"expected at most {_MOST_TOKENS} words and {_MOST_PARAGRAPHS} paragraphs, found more")
            if not self.stack and token.kind == "close":
                break  # the document's own group has ended; what follows is no RTF
        self._flush()
        self.open_groups = len(self.stack)
        while self.outer:
            self._end_box()
        self.story.finish()
        self.title = joined("".join(self.title_parts))

    def _take(self, token: Token) -> None:
        kind = token.kind
        if kind in {"text", "byte"}:
            self._bytes(token)
            return
        if kind == "open":
            self._open()
        elif kind == "close":
            self._close()
        elif self.to_skip and not (kind == "word" and token.name == "u"):
            self.to_skip -= 1
        elif kind == "word":
            self._word(token.name, token.number)
        elif token.raw == b"*":
            self.starred = True
        elif token.raw in b"\r\n":
            self._word("par", None)
        elif token.raw in _SYMBOLS:
            self._print(_SYMBOLS[token.raw])

    def _open(self) -> None:
        self._flush()
        self.to_skip = 0
        if len(self.stack) >= _DEEPEST:
            raise Unreadable(f"expected at most {_DEEPEST} groups within each other, found more")
        self.stack.append(self.state)
        self.state = replace(self.state, story=False)
        self.starred = False

    def _close(self) -> None:
        self._flush()
        self.to_skip = 0
        if self.state.story:
            self._end_box()
        if self.stack:
            self.state = self.stack.pop()

    def _end_box(self) -> None:
        box, self.story = self.story, self.outer.pop()
        box.finish()
        self.story.boxes += box.items

    def _bytes(self, token: Token) -> None:
        if self.state.skip:
            return
        raw = token.raw
        if self.to_skip:
            skipped = min(self.to_skip, len(raw))
            self.to_skip -= skipped
            raw = raw[skipped:]
        self.waiting += raw

    def _flush(self) -> None:
        if self.waiting:
            raw = bytes(self.waiting)
            self.waiting.clear()
            self._print(self.fonts.decode(raw, self.state.font))

    def _print(self, text: str) -> None:
        self._flush()
        state = self.state
        if state.skip or state.place in {"fonttbl", "pict"}:
            return
        if state.place == "title":
            self.title_parts.append(text)
        elif not state.hidden:
            listed = state.place == "listtext"
            self.story.text.add(text.replace("\t", " ") if listed else text, "number" if listed else state.kind)

    def _word(self, name: str, number: int | None) -> None:
        state = self.state
        if name == "u":
            self._unicode(number or 0)
            return
        self._flush()
        starred, self.starred = self.starred, False
        if state.skip and not (name == "title" and state.place == "info"):
            return
        if name in _SKIPPED or (starred and name not in _STARRED):
            state.skip, state.place = True, name
        elif name in _SIGNS:
            self._print(_SIGNS[name])
        elif name in _MERGES:
            side, value = _MERGES[name]
            setattr(self.edges_here().merge, side, value)
        elif (does := _WORDS.get(name)) is not None:
            does(self, number)
        elif state.place == "fonttbl":
            self._font_word(name, number)

    def _unicode(self, number: int) -> None:
        if not self.state.skip:
            self._print(chr(number & 0xFFFF))
            self.to_skip = self.state.fallback
        self.starred = False

    def _font_word(self, name: str, number: int | None) -> None:
        if name == "fcharset":
            self.fonts.charsets[self.font_defined] = number or 0

    def edges_here(self) -> RowEdges:
        return self.nested_edges if self.state.place == "nesttableprops" else self.edges

    def level(self) -> int:
        """How deep in tables the paragraph stands; ``\\intbl`` alone is one deep."""
        return min(max(1, self.state.depth), _DEEPEST_TABLE) if self.state.in_table else 0


def _set(name: str, value: object = None) -> Callable[[Reader, int | None], None]:
    """A control word that sets a part of the state: to ``value``, or to on and off by its number."""

    def apply(reader: Reader, number: int | None) -> None:
        setattr(reader.state, name, number != 0 if value is None else value)

    return apply


def _font(reader: Reader, number: int | None) -> None:
    if reader.state.place == "fonttbl":
        reader.font_defined = number or 0
    else:
        reader.state.font = number or 0


def _plain(reader: Reader, _: int | None) -> None:
    reader.state.hidden, reader.state.kind, reader.state.font = False, "", None


def _paragraph_defaults(reader: Reader, _: int | None) -> None:
    reader.state.in_table, reader.state.depth, reader.state.outline = False, 0, 0


def _kind(value: str) -> Callable[[Reader, int | None], None]:
    def apply(reader: Reader, number: int | None) -> None:
        if number != 0:
            reader.state.kind = value
        elif reader.state.kind == value:
            reader.state.kind = ""

    return apply


def _destination(place: str) -> Callable[[Reader, int | None], None]:
    def apply(reader: Reader, _: int | None) -> None:
        reader.state.place, reader.state.skip = place, False

    return apply


def _picture(reader: Reader, _: int | None) -> None:
    reader.story.text.pictures += 1
    reader.state.skip = True


def _text_box(reader: Reader, _: int | None) -> None:
    reader.outer.append(reader.story)
    reader.story = Story()
    reader.state.story, reader.state.in_table, reader.state.depth = True, False, 0


def _code_page(reader: Reader, number: int | None) -> None:
    reader.fonts.page = number or 1252


def _default_font(reader: Reader, number: int | None) -> None:
    reader.fonts.usual = number or 0


def _fallback(reader: Reader, number: int | None) -> None:
    reader.state.fallback = max(0, 1 if number is None else number)


def _outline(reader: Reader, number: int | None) -> None:
    level = 9 if number is None else number
    reader.state.outline = min(level + 1, 6) if 0 <= level < 9 else 0


def _depth(reader: Reader, number: int | None) -> None:
    reader.state.depth = number or 0
    reader.state.in_table = reader.state.in_table or (number or 0) > 0


def _new_row(reader: Reader, _: int | None) -> None:
    if reader.state.place == "nesttableprops":
        reader.nested_edges = RowEdges()
    else:
        reader.edges = RowEdges()


def _row_left(reader: Reader, number: int | None) -> None:
    reader.edges_here().left = number or 0


def _cell_edge(reader: Reader, number: int | None) -> None:
    reader.edges_here().close(number or 0)


def _end_paragraph(reader: Reader, _: int | None) -> None:
    reader.paragraphs += 1
    reader.story.end_paragraph(reader.level(), reader.state.outline)


def _end_cell(reader: Reader, _: int | None) -> None:
    reader.paragraphs += 1
    reader.story.end_cell(1)


def _end_nested_cell(reader: Reader, _: int | None) -> None:
    reader.paragraphs += 1
    reader.story.end_cell(max(2, reader.level()))


def _end_row(reader: Reader, _: int | None) -> None:
    reader.story.end_row(1, reader.edges)


def _end_nested_row(reader: Reader, _: int | None) -> None:
    reader.story.end_row(max(2, len(reader.story.levels)), reader.nested_edges)


_WORDS: dict[str, Callable[[Reader, int | None], None]] = {
    "f": _font, "plain": _plain, "pard": _paragraph_defaults, "v": _set("hidden"), "deleted": _set("hidden"),
    "strike": _kind("struck"), "striked": _kind("struck"), "super": _kind("raised"), "sub": _kind(""),
    "nosupersub": _kind(""), "intbl": _set("in_table", True), "itap": _depth, "outlinelevel": _outline,
    "uc": _fallback, "ansicpg": _code_page, "deff": _default_font, "fonttbl": _destination("fonttbl"),
    "title": _destination("title"), "listtext": _destination("listtext"), "pntext": _destination("listtext"),
    "nesttableprops": _destination("nesttableprops"), "pict": _picture, "shptxt": _text_box, "trowd": _new_row,
    "trleft": _row_left, "cellx": _cell_edge, "par": _end_paragraph, "sect": _end_paragraph, "cell": _end_cell,
    "nestcell": _end_nested_cell, "row": _end_row, "nestrow": _end_nested_row,
}  # fmt: skip
