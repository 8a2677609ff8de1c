"""Codes of regions → the places that they lie in, said as a facet or a result says them."""

from __future__ import annotations

from archive.web.words import say

_PARTS = (2, 4, 6)


def chain_of(code: str) -> tuple[str, ...]:
    """A code → those of what it lies in and itself: 150824 → 15, 1508, 150824; 150800 → 15, 1508; "" → nothing."""
    trimmed = code
    while len(trimmed) > 2 and trimmed.endswith("00"):
        trimmed = trimmed[:-2]
    return tuple(trimmed[:length] for length in _PARTS if length <= len(trimmed))


def path_of(code: str, names: dict[str, str]) -> str:
    """A code → its place within those around it: "内蒙古自治区 巴彦淖尔市"; the code where nothing is known."""
    known = [names[one] for one in chain_of(code) if one in names]
    return " ".join(dict.fromkeys(known)) or code


def called(value: str, names: dict[str, str], lang: str) -> str:
    """A region as a facet counts it → its name; the bodies of a province or city itself are said to be its own."""
    if not value:
        return say(lang, "search.unknown")
    if len(value) > 2 and value.endswith("00"):  # 1500 and 150800: what lies in no city, in no county
        above = names.get(value[:-2], value[:-2])
        return say(lang, "search.own", place=above)
    if value in names:
        return names[value]
    # GB/T 2260, 4.3: third and fourth digit of what is no city. 1101 are the districts of a municipality.
    part = value[2:4] if len(value) == 4 and value[2:4] in ("01", "02", "90") else ""
    return say(lang, f"search.part_{part}") if part else say(lang, "search.code", code=value)
