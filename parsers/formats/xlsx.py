"""Workbooks (ECMA-376, ISO 29500 SpreadsheetML) → Document, one Table a sheet, straight from the package's XML."""

from __future__ import annotations

from lxml import etree

from parsers.document import Block, Document, Problem
from parsers.errors import NeedsOcr, Unreadable
from parsers.report import RELEASE
from parsers.sheets.grid import Sheet, table_of
from parsers.sheets.parts import parts_of
from parsers.sheets.workbook import sheets_of
from parsers.word.package import ZIP, Package, names_in

NAME = "xlsx"
CONVERTER = f"lxml/{etree.__version__}+nianbao/{RELEASE}"
MOST_CERTAIN = 0.9

_TYPES = "[Content_Types].xml"
_MAIN_TYPES = ("spreadsheetml.sheet.main+xml", "spreadsheetml.template.main+xml", "sheet.macroEnabled.main+xml")
_USUAL_MAIN = "xl/workbook.xml"


def sniff(payload: bytes) -> float:
    """0.9 for a package with a workbook in XML; one in Microsoft's binary form (xl/workbook.bin) is not ours."""
    names = names_in(payload)
    if not names:
        # The directory stands at the end of the file: a cut-off download has none.
        return 0.5 if payload.startswith(ZIP) and b"xl/workbook.xml" in payload else 0.0
    of_excel = any(name.startswith("xl/") and name.endswith(".xml") for name in names)
    return 0.9 if _TYPES in names and of_excel and "xl/workbook.bin" not in names else 0.0


def convert(payload: bytes) -> Document:
    """A workbook → Document; ``where`` is ``sheet=Sheet1&cell=C7``. Cells print what they show, not what they store.

    Hidden sheets, rows and columns are left out, and said. Raises Encrypted, NeedsOcr, TooLarge, Unreadable.
    """
    package = Package.open(payload)
    sheets, problems = sheets_of(package, _main_part(package))
    document = document_of(sheets, problems, NAME, CONVERTER)
    pictures = sum("/media/" in name for name in package.names)
    if not document.blocks:
        if pictures:
            raise NeedsOcr(f"expected text on the sheets, found {pictures} pictures and none")
        raise Unreadable("expected text on the sheets, found none")
    return document


def document_of(sheets: list[Sheet], problems: list[Problem], name: str, converter: str) -> Document:
    """The visible sheets as tables, in order; one that holds several reports is parted. Raises TooLarge."""
    blocks: list[Block] = []
    found = list(problems)
    for sheet in sheets:
        table, doubts = table_of(sheet)
        found += doubts
        if table is not None:
            parts, more = parts_of(table)
            blocks += parts
            found += more
    return Document(tuple(blocks), name, converter, problems=tuple(found))


def _main_part(package: Package) -> str:
    """The name of the workbook's part, by its content type."""
    if _TYPES in package.names:
        for override in package.xml(_TYPES):
            kind, name = override.get("ContentType") or "", (override.get("PartName") or "").lstrip("/")
            if kind.endswith(_MAIN_TYPES) and name in package.names:
                return name
    if _USUAL_MAIN in package.names:
        return _USUAL_MAIN
    raise Unreadable("expected a workbook part, found none in the package")
