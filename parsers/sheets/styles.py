"""A workbook's styles.xml → for each cell style its number format, and whether it crosses its text out."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from parsers.sheets.shown import BUILT_IN, GENERAL

_OFF = frozenset({"0", "false"})


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
        number = stated.get("numFmtId") or ""
        if number.isdecimal():
            codes[int(number)] = stated.get("formatCode") or GENERAL
    struck = [is_struck(font) for font in root.iterfind("{*}fonts/{*}font")]
    return tuple(
        Style(codes.get(_index(style.get("numFmtId")), GENERAL), _at(struck, _index(style.get("fontId"))))
        for style in root.iterfind("{*}cellXfs/{*}xf")
    )


def is_struck(properties: etree._Element | None) -> bool:
    """Whether a font or the properties of a run cross the text out."""
    strike = None if properties is None else properties.find("{*}strike")
    return strike is not None and strike.get("val") not in _OFF


def _index(stated: str | None) -> int:
    return int(stated) if stated is not None and stated.isdecimal() else 0


def _at(flags: list[bool], index: int) -> bool:
    return index < len(flags) and flags[index]
