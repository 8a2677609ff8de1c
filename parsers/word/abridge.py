"""A part of Word's XML → the same with each shape of cell once for all tables: little is left to parse.

Three tables of a report hold 300 cells of some ten shapes: but for their texts and widths they are the same to the
byte. What the XML parser has seen once is neither better nor worse formed the second time, so it is shown everything
once. Nothing is taken out unseen but plain texts, which are looked at here, and Word's random numbers of editing
sessions. Whatever is not as plain as that stays where it is, as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import NamedTuple

_LARGEST = 8 * 2**20  # bytes; libxml2 has bounds of 10 MB that only the whole part would meet
# '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<w:document xmlns:w="…">': nothing else stands before it.
_OPENING = re.compile(
    rb"""(?:<\?xml version=["']1\.0["'](?: encoding=["'](?:UTF|utf)-8["'])?(?: standalone=["']\w+["'])?\s*\?>\s*)?"""
    rb"""<w:(?:document|styles) """
)
_CLOSING = b"</w:document>"
_WORD = b' xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE, U+FFFF: XML 1.0, 2.2
# '<w:t xml:space="preserve">政府网站</w:t>'; a text with a reference, a line's end or "]]>" is left to the XML parser.
_TEXT = re.compile(rb'(?:<w:t>|<w:t xml:space="preserve">)([^<]*)</w:t>')
_PLAIN_TEXT = re.compile(rb'(?:<w:t>|<w:t xml:space="preserve">)([^<>&\x00-\x1f]*)</w:t>')
_TEXTS = re.compile(rb"<w:t[\s>]")
_NOT_PLAIN = b">&" + bytes(range(32))
TEXT = "0"  # what stands in a shape for each text taken out
_MARK = f"<w:t>{TEXT}</w:t>".encode()
# '<w:p w14:paraId="77193D20" w:rsidR="00A77B3E">': numbers that make each paragraph look unlike any other. A name that
# comes twice in a tag is left for the XML parser to refuse.
_NUMBER = rb'(w14:(?:para|text)Id|w:rsid[A-Za-z]*)=(?![^<>]* \%d=)"[0-9A-F]{8}"'
_EDITED = tuple(
    (tag, re.compile(tag + b" " + _NUMBER % 1 + b"(?: " + _NUMBER % 2 + rb")*(?=/?>)"))
    for tag in (b"<w:p", b"<w:r", b"<w:tr")
)
_LOOKED_AT = 4096  # bytes of a table that show whether there are such numbers
# '<w:sz w:val="20"/>' right behind a tag, or behind a ">" in a text; if that stands in the value of an attribute,
# _IN_VALUE finds it there when all such elements are gone.
_ALONE = re.compile(rb"(<(?<=><)[^<>/]*/>)")
_IN_VALUE = re.compile(rb"""=\s*(?:"[^"<>]*+|'[^'<>]*+)>""")
_IN_DOUBLE_QUOTES = re.compile(rb'=\s*"[^"<>]*+>')  # half the time, where there is no other quote
_NAME = re.compile(rb"<(w:\w+|[^/\s>]+)")
# '<w:bookmarkEnd w:id="15"/>'
_GAP = re.compile(rb'(?:\s+|<w:(?:bookmarkStart|bookmarkEnd|proofErr)(?: w:\w+="[^"<>&]*")*\s?/>)*')
_TABLES = re.compile(rb"(</?w:tbl>)")
_CELLS = re.compile(rb"<w:tc>")  # in 200 KB it finds them in two thirds of the time that bytes.split takes
_TABLE, _TABLE_END, _CELL, _CELL_END = b"<w:tbl>", b"</w:tbl>", b"<w:tc>", b"</w:tc>"
_PROPERTIES_END = b"</w:tcPr>"
_ROW = re.compile(rb"<w:tr(?: [^<>]*)?>")
_BETWEEN = b"\0"  # no character of XML
NO_ROW = -1


def _names(stated: str) -> frozenset[bytes]:
    return frozenset(f"w:{name}".encode() for name in stated.split())


_BORDERS = "top left start bottom right end insideH insideV tl2br tr2bl between bar"
# What neither prints nor hides nor counts anything, nor says how cells are merged, wherever it stands.
_SILENT = _names(
    f"cnfStyle tcW shd noWrap textDirection tcFitText vAlign hideMark {_BORDERS} keepNext keepLines pageBreakBefore "
    "widowControl suppressLineNumbers suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE "
    "autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents jc textAlignment rStyle "
    "rFonts b bCs i iCs color w kern position sz szCs highlight u lang cs rtl proofErr bookmarkStart bookmarkEnd "
    "lastRenderedPageBreak"
)
_IN_CELLS = _SILENT | _names("tcPr gridSpan vMerge hMerge tcBorders tcMar p pPr pBdr pStyle outlineLvl r rPr t")
_IN_TABLES = _names(
    f"tblPr tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    f"tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription tblGrid gridCol {_BORDERS} "
    "bookmarkStart bookmarkEnd"
)
_IN_ROWS = _IN_TABLES | _names(
    "tr trPr cnfStyle trHeight cantSplit tblHeader gridBefore gridAfter wBefore wAfter tblPrEx"
)


class AbridgedCell(NamedTuple):
    """The number of its shape, or before 0 of a cell kept whole; its texts; the next row's head if it ends its own."""

    number: int
    texts: int
    next_head: int | None


@dataclass(frozen=True, slots=True)
class AbridgedTable:
    """What was taken out of a table: the head of its first row; of each cell what ``AbridgedCell`` says; all texts."""

    head: int
    cells: tuple[int, ...]
    counts: tuple[int, ...]
    next_heads: tuple[int | None, ...]
    texts: list[str]


@dataclass(frozen=True, slots=True)
class Abridged:
    """XML for a parser, and for each table in it what was taken out; None for one that is whole.

    The last child of its root is a further table: ``heads`` rows without cells, then one with the cells ``shapes``,
    which have marks for texts, and with ``wholes`` cells that are as they were. A whole is called -1, -2, …
    """

    content: bytes
    tables: tuple[AbridgedTable | None, ...]
    heads: int
    shapes: tuple[bytes, ...]
    wholes: int


def abridge(content: bytes) -> Abridged | None:
    """The main part abridged; None where it is not certain to be made as parts are, and has to be parsed as it is.

    If the abridged part is well formed, and its last table is as ``Abridged`` says, the whole is well formed.
    """
    opening = opening_of(content)
    if opening is None or len(content) > _LARGEST or not content.rstrip().endswith(_CLOSING):
        return None
    parts = _parts_of(content)
    texts = parts[1::2]
    joined = b"\n".join(texts)
    if any(none in joined for none in _NO_CHARACTERS):
        return None
    try:
        printed = joined.decode().split("\n")
    except UnicodeDecodeError:
        return None
    parts[0] = parts[0][len(opening) :]  # up to 3 KB of namespaces, which are looked through once
    marked = _without_numbers(_MARK.join(parts[::2])) if b" xmlns:w14=" in opening else _MARK.join(parts[::2])
    kept = _Kept()
    made, tables = kept.abridged(marked, texts, printed)
    body, closing, _ = made.rpartition(_CLOSING)
    abridged = b"".join((body, kept.table(), closing))
    if _says_more(abridged):
        return None
    return Abridged(opening + abridged, tables, len(kept.heads), tuple(kept.shapes), len(kept.wholes))


def opening_of(content: bytes) -> bytes | None:
    """What stands before the first element in the root, its tag included; None where that is not as usual.

    An instruction, if any, and one tag that declares Word's namespace, whose values hold no tag's end.
    """
    begins = _OPENING.match(content)
    if begins is None:
        return None
    opening = content[: content.find(b">", begins.end()) + 1]
    names = opening[begins.end() - 1 :]
    is_usual = names.count(_WORD) == 1 == names.count(b"xmlns:w=") and names.count(b'"') % 2 == 0
    return opening if is_usual and b"<" not in names and b"'" not in names else None


def _parts_of(content: bytes) -> list[bytes]:
    """XML parted at its plain texts, every second part one of them."""
    parts = _TEXT.split(content)
    texts = b"".join(parts[1::2])
    return parts if len(texts.translate(None, _NOT_PLAIN)) == len(texts) else _PLAIN_TEXT.split(content)


def _says_more(abridged: bytes) -> bool:
    """A comment, CDATA, an instruction, another namespace, or a tag's end in the value of an attribute.

    One sign is found in a tenth of the time that two take: they are looked for where there is such a sign.
    """
    if b"!" in abridged and b"<!" in abridged:
        return True
    if b"?" in abridged and b"<?" in abridged:
        return True
    in_value = _IN_VALUE if b"'" in abridged else _IN_DOUBLE_QUOTES
    return b"xmlns:w=" in abridged or in_value.search(abridged) is not None


def _without_numbers(marked: bytes) -> bytes:
    """XML without the numbers of editing sessions, if its first table shows such."""
    first = marked.find(_TABLE)
    shown = marked[first : first + _LOOKED_AT]
    if b"Id=" not in shown and b" w:rsid" not in shown:
        return marked
    for tag, edited in _EDITED:
        if marked.find(tag + b" w", first, first + _LOOKED_AT) >= 0:
            marked = edited.sub(tag, marked)
    return marked


def _segments_of(marked: bytes) -> tuple[list[list[bytes]], list[bytes]]:
    """XML between the beginnings and ends of tables, each parted at the beginnings of its cells; those in between.

    Parted at the cells first, little is left to look through for tables: most are the same to the byte.
    """
    pieces = _CELLS.split(marked)
    bounds = {piece for piece in dict.fromkeys(pieces) if b"w:tbl>" in piece}
    segments: list[list[bytes]] = [[]]
    between: list[bytes] = []
    after = 0
    for at in [at for at, piece in enumerate(pieces) if piece in bounds]:
        before, *parts = _TABLES.split(pieces[at])
        segments[-1] += (*pieces[after:at], before)
        segments += ([part] for part in parts[1::2])
        between += parts[::2]
        after = at + 1
    segments[-1] += pieces[after:]
    return segments, between


class _Half(NamedTuple):
    """A cell's properties, or what follows them: without silent elements, its texts, whether it is plain."""

    shape: bytes
    texts: int
    is_plain: bool


def _is_plain(half: bytes, shape: bytes) -> bool:
    """Nothing but known elements, and each text one that was taken out: '<w:t><w:b/>0</w:t>' was not."""
    marks = shape.count(b"<w:t>") + shape.count(b"<w:t ")
    return marks == half.count(_MARK) and _IN_CELLS.issuperset(_NAME.findall(shape))


class _Silent(dict[bytes, bytes]):
    """Empty elements, each once, and what of them is needed to tell one shape from another: nothing or all."""

    def __missing__(self, element: bytes) -> bytes:
        name = _NAME.match(element)
        self[element] = b"" if name is not None and name[1] in _SILENT else element
        return self[element]


@dataclass(slots=True)
class _Kept:
    """The different heads of rows, cells and gaps between them, and silent elements of a part, in their order.

    ``known`` are pieces that hold a cell and what follows it, None for one that is not plain.
    """

    heads: dict[bytes, int] = field(default_factory=dict)
    shapes: dict[bytes, int] = field(default_factory=dict)
    wholes: list[bytes] = field(default_factory=list)
    gaps: set[bytes] = field(default_factory=set)
    silent: _Silent = field(default_factory=_Silent)
    known: dict[bytes, AbridgedCell | None] = field(default_factory=dict)

    def table(self) -> bytes:
        """All that was kept."""
        made = [_TABLE, *(head + b"</w:tr>" for head in self.heads), b"<w:tr>"]
        made += (_CELL + cell + _CELL_END for cells in (self.shapes, self.wholes) for cell in cells)
        made += (*self.gaps, *(element for element, left in self.silent.items() if not left), b"</w:tr></w:tbl>")
        return b"".join(made)

    def without_silent(self, content: bytes) -> bytes:
        """XML without its silent elements."""
        parts = _ALONE.split(content)
        parts[1::2] = [self.silent[element] for element in parts[1::2]]
        return b"".join(parts)

    def abridged(
        self, marked: bytes, texts: list[bytes], printed: list[str]
    ) -> tuple[bytes, tuple[AbridgedTable | None, ...]]:
        """A part with marks for its texts → what is left of it, and what was taken out of each table.

        A table that is not plain keeps all, and so does one with a table in it.
        """
        segments, between = _segments_of(marked)
        within = [
            segment
            for segment, bounds in zip(segments[1:-1], pairwise(between), strict=True)
            if bounds == (_TABLE, _TABLE_END)
        ]
        self._know(list(dict.fromkeys(chain.from_iterable(segment[1:] for segment in within))))
        made: list[bytes] = []
        tables: list[AbridgedTable | None] = []
        depth = at = 0
        for segment, begins, ends in zip(segments, [b"", *between], [*between, b""], strict=True):
            table = None
            if begins == _TABLE:
                if depth == 0 and ends == _TABLE_END:
                    table = self._table(segment, texts[at:], printed[at:])
                tables.append(table)
            depth += (begins == _TABLE) - (begins == _TABLE_END)
            if table is None:
                content = _CELL.join(segment)
                until = at + content.count(_MARK)
                if depth == 0 and len(_TEXTS.findall(content)) == until - at:  # else an element may stand in a text
                    content = self.without_silent(content)
                made += (begins, _whole(content, texts[at:until]))
            else:
                until = at + len(table.texts)
                made += (begins, segment[0][: segment[0].find(b"<w:tr")])
            at = until
        return b"".join(made), tuple(tables)

    def _table(self, segment: list[bytes], texts: list[bytes], printed: list[str]) -> AbridgedTable | None:
        """A table that has none in it, and all texts from its first on; None where it is not plain.

        A table of one column stays as it is: it may be the frame of a page.
        """
        first, *pieces = segment
        row = _ROW.search(first)
        head = None if row is None else self._head(first[row.start() :])
        if row is None or head is None or not _IN_TABLES.issuperset(_NAME.findall(first, 0, row.start())):
            return None
        known = [cell for cell in map(self.known.__getitem__, pieces) if cell is not None]
        if not pieces or len(known) != len(pieces):
            return None
        numbers, counts, next_heads = zip(*known, strict=True)
        ends = [after for after in next_heads if after is not None]
        if ends.count(NO_ROW) != 1 or next_heads[-1] != NO_ROW or len(ends) == len(pieces):
            return None
        if min(numbers) < 0:
            numbers = self._with_wholes(numbers, counts, pieces, texts)
        return AbridgedTable(head, numbers, counts, next_heads, printed[: sum(counts)])

    def _with_wholes(
        self, numbers: Sequence[int], counts: Sequence[int], pieces: list[bytes], texts: list[bytes]
    ) -> tuple[int, ...]:
        """The numbers of cells' shapes, those that are kept whole numbered on."""
        numbered, at = list(numbers), 0
        for place, count in enumerate(counts):
            if numbers[place] < 0:
                self.wholes.append(_whole(pieces[place].partition(_CELL_END)[0], texts[at : at + count]))
                numbered[place] = -len(self.wholes)
            at += count
        return tuple(numbered)

    def _know(self, different: list[bytes]) -> None:
        """Pieces of a cell and what follows it, each once; their halves, of which there are fewer still, together."""
        parted = [piece.partition(_CELL_END) for piece in different]
        cells = [cell.partition(_PROPERTIES_END) for cell, _, _ in parted]
        halves = list(dict.fromkeys(cell[at] for cell in cells for at in (0, 2)))
        together = _BETWEEN.join(halves)
        without = self.without_silent(together)
        shapes = without.split(_BETWEEN)
        if len(shapes) != len(halves):
            self.known |= dict.fromkeys(different)
            return
        rests: dict[bytes, tuple[bool, int | None]] = {}
        all_plain = _is_plain(together, without)
        read = {
            half: _Half(shape, half.count(_MARK), all_plain or _is_plain(half, shape))
            for half, shape in zip(halves, shapes, strict=True)
        }
        for piece, (properties, end, content), (_, closed, rest) in zip(different, cells, parted, strict=True):
            if rest not in rests:
                rests[rest] = self._after(rest)
            first, second, (is_plain, next_head) = read[properties], read[content], rests[rest]
            number = -1
            if first.is_plain and second.is_plain:
                number = self.shapes.setdefault(first.shape + end + second.shape, len(self.shapes))
            known = AbridgedCell(number, first.texts + second.texts, next_head)
            self.known[piece] = known if closed and is_plain else None

    def _after(self, rest: bytes) -> tuple[bool, int | None]:
        """What stands behind a cell: whether it is plain, and the next row's head if this one ends in it."""
        gap, ends, following = rest.partition(b"</w:tr>")
        if gap and not self._is_gap(gap):
            return False, None
        if not ends:
            return True, None
        head = _ROW.search(following)
        gap = following if head is None else following[: head.start()]
        next_head = NO_ROW if head is None else self._head(following[head.start() :])
        return next_head is not None and (not gap or self._is_gap(gap)), next_head

    def _is_gap(self, gap: bytes) -> bool:
        if _GAP.fullmatch(gap) is None:
            return False
        self.gaps.add(gap)
        return True

    def _head(self, head: bytes) -> int | None:
        if _ROW.match(head) is None or not _IN_ROWS.issuperset(_NAME.findall(head)):
            return None
        return self.heads.setdefault(head, len(self.heads))


def _whole(content: bytes, texts: list[bytes]) -> bytes:
    """XML with the texts in place of their marks."""
    first, *parts = content.split(_MARK)
    return first + b"".join(b"<w:t>" + text + b"</w:t>" + part for text, part in zip(texts, parts, strict=True))
