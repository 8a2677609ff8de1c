"""The elements of cells → their texts as a reader sees them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree

from parsers.html.furniture import is_unseen, text_within
from parsers.html.plain_tables import BREAKS, LINE, STRUCK
from parsers.text import is_blank, squeeze

_HTML_SPACE = re.compile("[ \t\n\r\f]+")
_HTML_ENDS = " \t\n\r\f\v"


class Seen(NamedTuple):
    """The text of an element as a reader sees it; ``struck`` is what is printed crossed out."""

    text: str
    struck: str = ""


def cell_text(element: etree._Element) -> Seen:
    """The text of a cell: paragraphs and ``<br>`` as line ends, HTML's white space collapsed, U+00A0 kept.

    What stands raised behind a figure is put in brackets: ``12<sup>1</sup>`` is not a hundred and twenty-one.
    """
    parts: list[str] = []
    struck: list[str] = []
    raised: set[etree._Element] = set()
    skipping: etree._Element | None = None
    for event, found in etree.iterwalk(element, events=("start", "end")):
        inside = found is not element
        if event == "start":
            if skipping is None and inside and (is_unseen(found) or found.tag in STRUCK):
                skipping = found
                struck += [text_within(found)] if found.tag in STRUCK else []
            if skipping is None:
                if found.tag == "sup" and _has_text(parts) and _has_text(found.itertext()):
                    raised.add(found)
                parts.append(_opening(found, found in raised))
        else:
            if skipping is None:
                parts.append("]" if found in raised else LINE if found.tag in BREAKS else "")
            elif skipping is found:
                skipping = None
            if skipping is None and inside and found.tail is not None:
                parts.append(found.tail)
    return Seen(lines_of("".join(parts)), squeeze("".join(struck)))


def _has_text(parts: Iterable[str | bytes]) -> bool:
    return any(not is_blank(str(part)) for part in parts)


def _opening(element: etree._Element, is_raised: bool) -> str:
    text = element.text or ""
    if element.tag == "br" or element.tag in BREAKS:
        return f"{LINE}{text}"
    if element.tag == "input" and (element.get("type") or "text").lower() in {"text", "number"}:
        return element.get("value") or ""
    return f"[{text}" if is_raised else text


def lines_of(text: str) -> str:
    """Text with ``LINE`` in it → its lines that are not empty, HTML's white space collapsed."""
    lines = [_HTML_SPACE.sub(" ", line).strip(_HTML_ENDS) for line in text.split(LINE)]
    return "\n".join(line for line in lines if line)
