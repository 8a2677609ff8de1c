"""Word documents (ECMA-376, ISO 29500) → Document, straight from the package's XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from lxml import etree

from parsers.document import Block, Document, Heading, Paragraph, Problem
from parsers.errors import Encrypted, Unreadable
from parsers.form_words import speaks_of_the_form
from parsers.report import RELEASE
from parsers.text import is_blank, one_line
from parsers.word.numbers import Numbering, W, paragraph_styles_in, read_numbering, read_styles
from parsers.word.ole import MAGIC, root_streams
from parsers.word.package import ZIP, Package, names_in, parse_xml
from parsers.word.tables import CellText, cells_of, read_table, rows_of
from parsers.word.text import MC, Context, Printed, chosen, print_paragraph

NAME = "docx"
CONVERTER = f"lxml/{etree.__version__}+nianbao/{RELEASE}"

_ENCRYPTED_PACKAGE = "EncryptedPackage"  # [MS-OFFCRYPTO] 2.3.4.4: a stream of that name in a compound file
_TYPES = "[Content_Types].xml"
_MAIN_TYPE = "wordprocessingml.document.main+xml"
_MAIN_TYPES = (_MAIN_TYPE, "wordprocessingml.template.main+xml", "ms-word.document.macroEnabled.main+xml")
_USUAL_MAIN = "word/document.xml"
_DUBLIN_CORE = {
    "{http://purl.org/dc/elements/1.1/}title": "title",
    "{http://purl.org/dc/terms/}created": "created",
}
_WRAPS = frozenset({f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo", f"{W}smartTag"})
_ENDS = " \t\r\n\v\f\u00a0\u3000"
_CELL_ENDS = " \t\r\n\v\f"


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
    numbering = package.xml(f"{folder}/numbering.xml") if f"{folder}/numbering.xml" in package.names else None
    styles = _styles_in(package, f"{folder}/styles.xml")
    body = package.xml(main).find(f"{W}body")
    if body is None:
        raise Unreadable(f"expected a body in {main}, found none")
    blocks, problems = read_story(body, numbering, styles)
    return Document(blocks, NAME, CONVERTER, _meta(package), problems)


def read_story(
    body: etree._Element, numbering: etree._Element | None, styles: etree._Element | None
) -> tuple[tuple[Block, ...], tuple[Problem, ...]]:
    """``w:body``, and ``w:numbering`` and ``w:styles`` where there are any → blocks in reading order, and problems."""
    context = Context(
        Numbering() if numbering is None else read_numbering(numbering),
        *(({}, None) if styles is None else read_styles(styles)),
    )
    story = _Story(context)
    story.read(body)
    return tuple(story.blocks), tuple(story.problems)


def _styles_in(package: Package, name: str) -> etree._Element | None:
    return parse_xml(paragraph_styles_in(package.part(name)), name) if name in package.names else None


def _main_part(package: Package) -> str:
    """The name of the main part, by its content type; Word does not always call it word/document.xml."""
    if _TYPES in package.names:
        for override in package.xml(_TYPES):
            kind, name = override.get("ContentType") or "", (override.get("PartName") or "").lstrip("/")
            if kind.endswith(_MAIN_TYPES) and name in package.names:
                return name
    if _USUAL_MAIN in package.names:
        return _USUAL_MAIN
    raise Unreadable("expected a main document part, found none in the package")


def _meta(package: Package) -> Mapping[str, str]:
    if "docProps/core.xml" not in package.names:
        return MappingProxyType({})
    stated = (
        (_DUBLIN_CORE.get(str(entry.tag)), one_line(entry.text or "")) for entry in package.xml("docProps/core.xml")
    )
    return MappingProxyType({name: value for name, value in stated if name is not None and value})


class _Story:
    """The blocks of a document in reading order; a text box follows the paragraph that it hangs on."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []
        self.paragraphs = self.tables = 0

    def read(self, parent: etree._Element) -> None:
        for child in _blocks_in(parent):
            if child.tag == f"{W}p":
                self.paragraphs += 1
                self._paragraph(child)
            elif child.tag == f"{W}tbl":
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
        if _lays_out(table):
            for row in rows_of(table):
                for cell in cells_of(row):
                    self.read(cell)
            return
        self.tables += 1
        read, problems = read_table(table, self.tables, self._cell)
        self.blocks.append(read)
        self.problems += problems

    def _cell(self, cell: etree._Element) -> CellText:
        lines: list[str] = []
        problems: list[tuple[str, str]] = []
        pictures = 0
        for printed in self._printed_in(cell):
            lines += [line.strip(_CELL_ENDS) for line in printed.text.split("\n")]
            pictures += printed.pictures
            if not is_blank(printed.struck):
                problems.append(("struck_text", f"left out, crossed out: {printed.struck}"))
        text = "\n".join(line for line in lines if line)
        if pictures and is_blank(text):
            problems.append(("picture_in_cell", "the cell holds a picture and no text"))
        return CellText(text, tuple(problems))

    def _printed_in(self, parent: etree._Element) -> Iterator[Printed]:
        """The paragraphs of a cell, those of text boxes and of tables nested in it included."""
        for child in _blocks_in(parent):
            if child.tag == f"{W}p":
                printed = print_paragraph(child, self.context, in_cell=True)
                yield printed
                for box in printed.boxes:
                    yield from self._printed_in(box)
            elif child.tag == f"{W}tbl":
                for row in rows_of(child):
                    for cell in cells_of(row):
                        yield from self._printed_in(cell)


def _blocks_in(parent: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs, tables and embedded documents of a body, cell or text box."""
    for child in parent:
        if child.tag in (f"{W}p", f"{W}tbl", f"{W}altChunk"):
            yield child
        elif child.tag in _WRAPS:
            yield from _blocks_in(child)
        elif child.tag == f"{MC}AlternateContent":
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
