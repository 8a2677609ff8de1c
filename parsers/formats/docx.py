"""Word documents (ECMA-376, ISO 29500) → Document, straight from the package's XML."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from types import MappingProxyType

from lxml import etree

from parsers.document import Block, Document, Heading, Paragraph, Problem
from parsers.errors import Encrypted, Unreadable
from parsers.form_words import speaks_of_the_form
from parsers.report import RELEASE
from parsers.text import is_blank, one_line
from parsers.word.abridge import Abridged, abridge
from parsers.word.abridge_styles import abridge_styles
from parsers.word.numbers import VAL, Numbering, W, numbering_styles, read_numbering, read_styles
from parsers.word.ole import MAGIC, root_streams
from parsers.word.package import ZIP, Package, names_in, parse_xml, usual_names
from parsers.word.shapes import NotAbridged, Shapes, read_shapes, shapes_in
from parsers.word.tables import CellText, cells_of, place_cells, read_rows, rows_of
from parsers.word.text import CELL_ENDS, MC, Context, Printed, chosen, print_paragraph

NAME = "docx"
CONVERTER = f"lxml/{etree.__version__}+nianbao/{RELEASE}"
MOST_CERTAIN = 0.9

_ENCRYPTED_PACKAGE = "EncryptedPackage"  # [MS-OFFCRYPTO] 2.3.4.4: a stream of that name in a compound file
_TYPES = "[Content_Types].xml"
_MAIN_TYPE = "wordprocessingml.document.main+xml"
_MAIN_TYPES = (_MAIN_TYPE, "wordprocessingml.template.main+xml", "ms-word.document.macroEnabled.main+xml")
_USUAL_MAIN = "word/document.xml"
_USUAL_PART = rb'PartName="/word/document\.xml"'
_USUAL_KIND = rb'ContentType="[\w./+-]*\.wordprocessingml\.document\.main\+xml"'
_USUAL_OVERRIDE = re.compile(
    rb'^<\?xml [^<>]*\?>\s*<Types xmlns="[^"<>]*">(?:\s*<(?:Default|Override) [^<>]*/>)*'
    rb"\s*<Override (?:" + _USUAL_PART + b" " + _USUAL_KIND + b"|" + _USUAL_KIND + b" " + _USUAL_PART + rb") ?/>"
)
_DUBLIN_CORE = {
    "{http://purl.org/dc/elements/1.1/}title": "title",
    "{http://purl.org/dc/terms/}created": "created",
}
_PARAGRAPH, _TABLE = f"{W}p", f"{W}tbl"
_BLOCKS = frozenset({_PARAGRAPH, _TABLE, f"{W}altChunk"})
_WRAPS = frozenset({f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo", f"{W}smartTag"})
_ENDS = " \t\r\n\v\f\u00a0\u3000"


def sniff(payload: bytes) -> float:
    """0.9 for a package with Word's main part, whatever it is called, and for an encrypted package."""
    if payload.startswith(MAGIC):
        return 0.9 if _ENCRYPTED_PACKAGE in root_streams(payload) else 0.0
    if not payload.startswith(ZIP):
        return 0.0
    names = names_in(payload)
    if not names:
        # The directory stands at the end of the file: a cut-off download has none.
        return 0.5 if b"word/document.xml" in payload or b"word/styles.xml" in payload else 0.0
    return 0.9 if _TYPES in names and any(name.startswith("word/") for name in names) else 0.0


def convert(payload: bytes) -> Document:
    """A Word document → Document; ``where`` is ``paragraph=12`` or ``table=2&row=5&cell=3``, from 1.

    Headers, footers, notes and comments are no body text. Raises Encrypted, TooLarge, Unreadable.
    """
    if payload.startswith(MAGIC):
        raise Encrypted("expected a Word document, found an encrypted Office package")
    package = Package.open(payload)
    main = _main_part(package)
    folder = main.rpartition("/")[0]
    content = usual_names(package.part(main))
    abridged = abridge(content)
    if abridged is not None:
        try:
            story = _story_of(parse_xml(abridged.content, main), package, folder, abridged)
        except (NotAbridged, Unreadable):
            abridged = None  # the whole part says what it is
    if abridged is None:
        story = _story_of(parse_xml(content, main), package, folder)
    return Document(tuple(story.blocks), NAME, CONVERTER, _meta(package), tuple(story.problems))


def _story_of(root: etree._Element, package: Package, folder: str, abridged: Abridged | None = None) -> _Story:
    """The root of the main part → its story. Raises NotAbridged, Unreadable (no body), and as ``Package.xml`` does."""
    body = root.find(f"{W}body")
    if body is None:
        raise Unreadable("expected a body in the main part, found none")
    styles = _styles_in(package, f"{folder}/styles.xml", {style.get(VAL) or "" for style in root.iter(f"{W}pStyle")})
    story = _Story(_context(lambda: _numbering_in(package, f"{folder}/numbering.xml"), styles))
    if abridged is not None:
        numbered = numbering_styles(story.context.styles, story.context.default_style)
        story.shapes = shapes_in(root, abridged, story.print_cell, numbered)
    story.read(body)
    if story.shapes is not None and len(story.filled) < len(story.shapes.tables):
        raise NotAbridged("a table stands where its texts print without it, or where none is read")
    return story


def read_story(
    body: etree._Element, numbering: etree._Element | None, styles: etree._Element | None
) -> tuple[tuple[Block, ...], tuple[Problem, ...]]:
    """``w:body``, and ``w:numbering`` and ``w:styles`` where there are any → blocks in reading order, and problems."""
    story = _Story(_context(lambda: numbering, styles))
    story.read(body)
    return tuple(story.blocks), tuple(story.problems)


def _context(numbering: Callable[[], etree._Element | None], styles: etree._Element | None) -> Context:
    def read() -> Numbering:
        root = numbering()
        return Numbering() if root is None else read_numbering(root)

    return Context(cache(read), *(({}, None) if styles is None else read_styles(styles)))


def _numbering_in(package: Package, name: str) -> etree._Element | None:
    return package.xml(name) if name in package.names else None


def _styles_in(package: Package, name: str, used: Collection[str]) -> etree._Element | None:
    return parse_xml(abridge_styles(package.part(name), used), name) if name in package.names else None


def _main_part(package: Package) -> str:
    """The name of the main part, by its content type; Word does not always call it word/document.xml."""
    if _TYPES in package.names:
        types = package.part(_TYPES)
        is_usual = types.count(b".main+xml") == 1 and _USUAL_OVERRIDE.search(types) is not None
        if is_usual and _USUAL_MAIN in package.names:
            return _USUAL_MAIN
        for override in parse_xml(types, _TYPES):
            kind, name = override.get("ContentType") or "", (override.get("PartName") or "").lstrip("/")
            if kind.endswith(_MAIN_TYPES) and name in package.names:
                return name
    if _USUAL_MAIN in package.names:
        return _USUAL_MAIN
    raise Unreadable("expected a main document part, found none in the package")


def _meta(package: Package) -> Mapping[str, str]:
    if "docProps/core.xml" not in package.names:
        return MappingProxyType({})
    stated = ((_DUBLIN_CORE.get(entry.tag), entry) for entry in package.xml("docProps/core.xml"))
    return MappingProxyType(
        {name: value for name, entry in stated if name is not None and (value := one_line(entry.text or ""))}
    )


class _Story:
    """The blocks of a document in reading order; a text box follows the paragraph that it hangs on."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []
        self.paragraphs = self.tables = 0
        self.shapes: Shapes | None = None
        self.filled: set[etree._Element] = set()  # the abridged tables that were read

    def read(self, parent: etree._Element) -> None:
        for child in _blocks_in(parent):
            if child.tag == _PARAGRAPH:
                self.paragraphs += 1
                self._paragraph(child)
            elif child.tag == _TABLE:
                self._table(child)
            else:
                says = "a document of another kind is embedded here and is not read"
                self.problems.append(Problem("embedded_document", says, f"paragraph={self.paragraphs}", "error"))

    def _paragraph(self, paragraph: etree._Element) -> None:
        where = f"paragraph={self.paragraphs}"
        printed = print_paragraph(paragraph, self.context, in_cell=False)
        lines = [line.strip(_ENDS) for line in printed.text.split("\n") if not is_blank(line)]
        if lines and printed.heading:
            self.blocks.append(Heading("\n".join(lines), printed.heading, where))
        else:
            self.blocks += [Paragraph(line, where) for line in lines]
        for box in printed.boxes:
            self.read(box)

    def _table(self, table: etree._Element) -> None:
        """A table of figures or words becomes a Table; one that lays out a page dissolves into what it holds."""
        abridged = None if self.shapes is None else self.shapes.tables.get(table)
        if abridged is None and _lays_out(table):
            for row in rows_of(table):
                for cell in cells_of(row):
                    self.read(cell)
            return
        self.tables += 1
        if self.shapes is None or abridged is None:
            read, problems = place_cells(read_rows(table, self.print_cell), self.tables)
        else:
            self.filled.add(table)
            read, problems = place_cells(read_shapes(abridged, self.shapes, self.print_cell), self.tables)
        self.blocks.append(read)
        self.problems += problems

    def print_cell(self, cell: etree._Element) -> CellText:
        """What a cell prints, line by line, and what is doubtful about it."""
        lines: list[str] = []
        problems: list[tuple[str, str]] = []
        pictures = 0
        for printed in self._printed_in(cell):
            lines += [line.strip(CELL_ENDS) for line in printed.text.split("\n")]
            pictures += printed.pictures
            if printed.struck and not is_blank(printed.struck):
                problems.append(("struck_text", f"left out, crossed out: {printed.struck}"))
        text = "\n".join(line for line in lines if line)
        if pictures and is_blank(text):
            problems.append(("picture_in_cell", "the cell holds a picture and no text"))
        return CellText(text, tuple(problems))

    def _printed_in(self, parent: etree._Element) -> Iterator[Printed]:
        """The paragraphs of a cell, those of text boxes and of tables nested in it included."""
        for child in _blocks_in(parent):
            if child.tag == _PARAGRAPH:
                printed = print_paragraph(child, self.context, in_cell=True)
                yield printed
                for box in printed.boxes:
                    yield from self._printed_in(box)
            elif child.tag == _TABLE:
                for row in rows_of(child):
                    for cell in cells_of(row):
                        yield from self._printed_in(cell)


def _blocks_in(parent: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs, tables and embedded documents of a body, cell or text box."""
    for child in parent:
        tag = child.tag
        if tag in _BLOCKS:
            yield child
        elif tag in _WRAPS:
            yield from _blocks_in(child)
        elif tag == f"{MC}AlternateContent":
            branch = chosen(child)
            if branch is not None:
                yield from _blocks_in(branch)


def _lays_out(table: etree._Element) -> bool:
    """One column, or another table within and no labels of the form outside that one."""
    if next(table.iterdescendants(f"{W}tbl"), None) is None:
        if any(len(cells_of(row)) > 1 for row in rows_of(table)):
            return False
        return not speaks_of_the_form("".join(text.text or "" for text in table.iter(f"{W}t")))
    own = (text.text or "" for text in table.iter(f"{W}t") if next(text.iterancestors(f"{W}tbl")) is table)
    return not speaks_of_the_form("".join(own))
