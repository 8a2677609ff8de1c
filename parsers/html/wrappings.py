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
_LINES = rb"[^<]*+(?:<br ?/?>[^<]*+)*+"
# '<td>' | '<p class="MsoNormal" align="center"><span lang="EN-US">' | '2382' | '</span><o:p></o:p></p></td>'
_WRAPPED = re.compile(
    rb"(<td(?:\s+[\w:-]+="
    + _VALUE
    + rb")*+>)(\s*+<(p|div)"
    + _QUIET
    + rb">\s*+<(span|font)"
    + _QUIET
    + rb">)"
    + _LINES
    + rb"((?:<o:p></o:p>)?+\s*+</\4>(?:<o:p></o:p>)?+\s*+</\3>\s*+)</td>"
)
# What a cell may state beside what most do: ' colspan="4"'.
_SPANS = rb"""(?:>|(?:\s(?:col|row)span=(?:"\d{1,3}"|\d{1,3}))++>)"""
_OPEN_QUOTE = re.compile(rb"""=(?:"[^"<]*+<|'[^'<]*+<)""")
_LOOKED_AT = 8192  # bytes, from the middle of the page, where its tables are
_SAMPLE, _OFTEN = 6, 4  # cells: most of the 300 of a report are wrapped alike, to the byte


def without_wrappings(page: bytes) -> bytes:
    """A page in UTF-8 → the same, without what is wrapped around the texts of most of its cells.

    Taken off is a paragraph with a span or font in it, around plain lines of text that are all there is in the cell:
    the cell says the same without, in the same place. (Read as text of the page, outside of a table of cells, it would
    be a paragraph in another.) What is not written to the byte as most are stays as it is, and so does a page with a
    quote that is not closed: it would reach farther into a shorter page.
    """
    middle = len(page) // 2
    sample = islice(_WRAPPED.finditer(page, middle, middle + _LOOKED_AT), _SAMPLE)
    for (cell, wrapping, end), count in Counter(found.group(1, 2, 5) for found in sample).most_common(1):
        if count >= _OFTEN and not may_hide(wrapping):
            bare = b"".join(_written(cell, wrapping, end).split(page))
            torn = _OPEN_QUOTE.search(bare, max(bare.find(b"<table"), 0), bare.rfind(b"</td>"))
            return bare if torn is None else page
    return page


@lru_cache(maxsize=64)
def _written(cell: bytes, wrapping: bytes, end: bytes) -> re.Pattern[bytes]:
    """A cell that begins behind another tag, perhaps with spans beside what it states, and its text in this wrapping.

    Pages of one site are wrapped alike, and an expression takes longer to make than to use.
    """
    begins = rb"(<td(?<=[>\s]<td)" + re.escape(cell[3:-1]) + _SPANS + rb")" + re.escape(wrapping)
    return re.compile(begins + rb"(" + _LINES + rb")" + re.escape(end) + rb"(?=</td>)")
