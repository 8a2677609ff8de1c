"""A workbook package (ECMA-376 part 1, 18) → its visible sheets, straight from the XML."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from parsers.document import Problem
from parsers.errors import TooLarge, Unreadable
from parsers.sheets.grid import Area, Place, Sheet
from parsers.sheets.shown import show_number
from parsers.sheets.styles import Style, index_in, is_struck, read_styles
from parsers.text import is_blank, joined
from parsers.word.package import Package

_MOST_CELLS = 500_000
_SHEET = "/worksheet"  # the end of the relation's type; charts and dialogs are sheets too
_ON = frozenset({"1", "true"})
_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")  # "C7"
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # "_x000D_" (ECMA-376 part 1, 22.9.2.19)


def sheets_of(package: Package, main: str) -> tuple[list[Sheet], list[Problem]]:
    """The sheets that a reader sees, in order, and one problem for each that is hidden. Raises like ``Package``."""
    book = package.xml(main)
    folder = posixpath.dirname(main)
    targets = _targets(package, main)
    strings = _strings(package, targets, folder)
    styles = _part_of_kind(package, targets, "/styles")
    from_1904 = (properties := book.find("{*}workbookPr")) is not None and properties.get("date1904") in _ON
    shared = _Shared(strings, read_styles(styles), from_1904)
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    for stated in book.iterfind("{*}sheets/{*}sheet"):
        name = stated.get("name") or ""
        relation = next((value for key, value in stated.attrib.items() if str(key).endswith("}id")), "")
        kind, target = targets.get(str(relation), ("", ""))
        if stated.get("state") in {"hidden", "veryHidden"}:
            problems.append(Problem("hidden_sheet", f"the sheet {name!r} is hidden and is not read", f"sheet={name}"))
        elif kind.endswith(_SHEET):
            sheets.append(_sheet(package.xml(target), name, shared))
    return sheets, problems


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the cells of all sheets refer to."""

    strings: tuple[str, ...]
    styles: tuple[Style, ...]
    from_1904: bool

    def style(self, cell: etree._Element) -> Style:
        at = index_in(cell.get("s")) or 0
        return self.styles[at] if at < len(self.styles) else Style()


def _targets(package: Package, main: str) -> dict[str, tuple[str, str]]:
    """Relation id → its type and the part's name."""
    folder, name = posixpath.split(main)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in package.names:
        raise Unreadable(f"expected {relations} in the package, found none")
    return {
        relation.get("Id") or "": (
            relation.get("Type") or "",
            posixpath.normpath(posixpath.join(f"/{folder}", relation.get("Target") or "")).lstrip("/"),
        )
        for relation in package.xml(relations)
        if relation.get("TargetMode") != "External"
    }


def _part_of_kind(package: Package, targets: dict[str, tuple[str, str]], kind: str) -> etree._Element | None:
    name = next((target for stated, target in targets.values() if stated.endswith(kind)), None)
    return package.xml(name) if name is not None and name in package.names else None


def _strings(package: Package, targets: dict[str, tuple[str, str]], folder: str) -> tuple[str, ...]:
    root = _part_of_kind(package, targets, "/sharedStrings")
    if root is None and f"{folder}/sharedStrings.xml" in package.names:
        root = package.xml(f"{folder}/sharedStrings.xml")
    return () if root is None else tuple(_text_of(item) for item in root.iterfind("{*}si"))


def _text_of(item: etree._Element) -> str:
    """A string item: its text or its runs, without phonetic help and without what is crossed out."""
    parts: list[str] = []
    for child in item.iterfind("*"):
        name = etree.QName(child).localname
        if name == "t":
            parts.append(child.text or "")
        elif name == "r" and not is_struck(child.find("{*}rPr")):
            text = "".join(found.text or "" for found in child.iterfind("{*}t"))
            raised = child.find("{*}rPr/{*}vertAlign")
            mark = raised is not None and raised.get("val") == "superscript" and bool(parts) and not is_blank(text)
            parts.append(f"[{text}]" if mark else text)
    text = joined(_ESCAPED.sub(lambda code: chr(int(code[1], 16)), "".join(parts)))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _sheet(root: etree._Element, name: str, shared: _Shared) -> Sheet:
    sheet = Sheet(name)
    no_zeros = any(view.get("showZeros") in {"0", "false"} for view in root.iterfind("{*}sheetViews/{*}sheetView"))
    for column in root.iterfind("{*}cols/{*}col"):
        if column.get("hidden") in _ON:
            sheet.hidden_columns.append((_count(column.get("min")) - 1, _count(column.get("max")) - 1))
    for place, cell in _cells_of(root, sheet):
        sheet.cells[place] = _printed(cell, place, sheet, shared, no_zeros)
        if len(sheet.cells) > _MOST_CELLS:
            raise TooLarge(f"expected at most {_MOST_CELLS} cells on a sheet, found more")
    for merged in root.iterfind("{*}mergeCells/{*}mergeCell"):
        first, _, last = (merged.get("ref") or "").partition(":")
        corners = _place(first), _place(last or first)
        if corners[0] is not None and corners[1] is not None:
            sheet.merged.append(Area(*corners[0], *corners[1]))
    return sheet


def _cells_of(root: etree._Element, sheet: Sheet) -> Iterator[tuple[Place, etree._Element]]:
    """The cells with their places; a row or cell without a place of its own follows the one before it."""
    at = -1
    for row in root.iterfind("{*}sheetData/{*}row"):
        at = _count(row.get("r")) - 1 if row.get("r") is not None else at + 1
        if row.get("hidden") in _ON:
            sheet.hidden_rows.add(at)
        column = -1
        for cell in row.iterfind("{*}c"):
            place = _place(cell.get("r") or "")
            column = column + 1 if place is None else place.column
            yield Place(at, column), cell


def _printed(cell: etree._Element, place: Place, sheet: Sheet, shared: _Shared, no_zeros: bool) -> str:
    kind = cell.get("t") or "n"
    value = cell.find("{*}v")
    stored = "" if value is None else value.text or ""
    style = shared.style(cell)
    if kind == "inlineStr":
        inline = cell.find("{*}is")
        text = "" if inline is None else _text_of(inline)
    elif kind == "s":
        at = index_in(stored)
        text = shared.strings[at] if at is not None and at < len(shared.strings) else ""
    elif kind == "b":
        text = "TRUE" if stored == "1" else "FALSE"
    elif kind == "n" and stored.strip():
        text = _number(stored, style.code, place, sheet, shared.from_1904, no_zeros)
    else:
        text = stored
    formula = cell.find("{*}f")
    if formula is not None and value is None:
        # Programs that compute nothing write formulas without results; what a reader sees is not in the file.
        text = f"={formula.text or ''}"
        sheet.problems.append(Problem("formula_without_result", f"only the formula is stored: {text}",
                                      sheet.where(place)))  # fmt: skip
    if style.struck and not is_blank(text):
        sheet.problems.append(Problem("struck_text", f"left out, crossed out: {text}", sheet.where(place)))
        return ""
    return text


def _number(stored: str, code: str, place: Place, sheet: Sheet, from_1904: bool, no_zeros: bool) -> str:
    try:
        shown = show_number(stored, code, from_1904)
    except ValueError:
        sheet.problems.append(Problem("number_unreadable", f"no number: {stored[:40]!r}", sheet.where(place)))
        return stored
    hidden = no_zeros and shown.text == "0"
    if hidden or not shown.same:
        says = f"{stored} is stored, {'nothing' if hidden else repr(shown.text)} is shown"
        sheet.problems.append(Problem("shown_otherwise", says, sheet.where(place), "note"))
    return "" if hidden else shown.text


def _place(name: str) -> Place | None:
    found = _PLACE.fullmatch(name)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return Place(int(found[2]) - 1, column - 1)


def _count(stated: str | None) -> int:
    return int(stated) if stated is not None and stated.isdecimal() and len(stated) < 8 else 1
