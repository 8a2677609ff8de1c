"""A workbook's styles.xml → for each cell style its number format, and whether it crosses its text out."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from parsers.sheets.shown import BUILT_IN, GENERAL

_OFF = frozenset({"0", "false"})
_LONGEST = 10  # digits of an index


@dataclass(frozen=True, slots=True)
class Style:
    """``code`` is the number format as a person writes it."""

    code: str = GENERAL
    struck: bool = False


def read_styles(root: etree._Element | None) -> tuple[Style, ...]:
    """styles.xml → the styles that cells name by index (ECMA-376 part 1, 18.8.10 cellXfs)."""
    if root is None:
        return ()
    codes = dict(BUILT_IN)
    for stated in root.iterfind("{*}numFmts/{*}numFmt"):
        number = index_in(stated.get("numFmtId"))
        if number is not None:
            codes[number] = stated.get("formatCode") or GENERAL
    struck = [is_struck(font) for font in root.iterfind("{*}fonts/{*}font")]
    return tuple(
        Style(codes.get(index_in(style.get("numFmtId")) or 0, GENERAL), _at(struck, index_in(style.get("fontId")) or 0))
        for style in root.iterfind("{*}cellXfs/{*}xf")
    )


def is_struck(properties: etree._Element | None) -> bool:
    """Whether a font or the properties of a run cross the text out."""
    strike = None if properties is None else properties.find("{*}strike")
    return strike is not None and strike.get("val") not in _OFF


def index_in(stated: str | None) -> int | None:
    """A number that an attribute or a cell states; None where it is none, or longer than any index."""
    return int(stated) if stated is not None and stated.isdecimal() and len(stated) < _LONGEST else None


def _at(flags: list[bool], index: int) -> bool:
    return index < len(flags) and flags[index]
