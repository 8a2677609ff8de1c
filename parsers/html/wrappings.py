"""Cells as Word pastes them → the same page with bare texts in most of them: a third of the elements to parse."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import islice

from parsers.html.furniture import may_hide

_VALUE = rb"""(?:"[^"<>]*"|'[^'<>]*'|[\w.%#-]+)"""
# Attributes that name nothing, by a grammar without doubt about where a tag ends: ' class="MsoNormal" align=center'.
_QUIET = rb"""(?:\s+(?:lang|align|style|face|size|color|class(?==(?:["']?Mso|""|'')))=""" + _VALUE + rb")*+"
# '<td>' | '<p class="MsoNormal" align="center"><span lang="EN-US">' | '2382' | '</span><o:p></o:p></p></td>'
_WRAPPED = re.compile(
    rb"(<td(?:\s+[\w:-]+=" + _VALUE + rb")*+>)(\s*+<(p|div)" + _QUIET + rb">\s*+<(span|font)" + _QUIET + rb">)"
    rb"[^<>]*+((?:<o:p></o:p>)?+\s*+</\4>(?:<o:p></o:p>)?+\s*+</\3>\s*+</td>)"
)
_LOOKED_AT = 8192  # bytes, from the middle of the page, where its tables are
_SAMPLE, _OFTEN = 6, 4  # cells: most of the 300 of a report are wrapped alike, to the byte


def without_wrappings(page: bytes) -> bytes:
    """A page in UTF-8 → the same, without what is wrapped around the texts of most of its cells.

    Taken off is a paragraph with a span or font in it, around one plain text that is all there is in the cell: the
    cell says the same without, in the same place. What is not written to the byte as most are stays as it is.
    """
    middle = len(page) // 2
    sample = islice(_WRAPPED.finditer(page, middle, middle + _LOOKED_AT), _SAMPLE)
    for (cell, wrapping, end), count in Counter(found.group(1, 2, 5) for found in sample).most_common(1):
        if count >= _OFTEN and not may_hide(wrapping):
            return _unwrapped(page, cell, wrapping, end)
    return page


def _unwrapped(page: bytes, cell: bytes, wrapping: bytes, end: bytes) -> bytes:
    parts = _written(cell + wrapping, end).split(page)
    parts[1::2] = [cell + text + b"</td>" for text in parts[1::2]]
    return b"".join(parts)


@lru_cache(maxsize=64)
def _written(begins: bytes, ends: bytes) -> re.Pattern[bytes]:
    """Pages of one site are wrapped alike, and an expression takes longer to make than to use."""
    return re.compile(re.escape(begins) + rb"([^<>]*+)" + re.escape(ends))
