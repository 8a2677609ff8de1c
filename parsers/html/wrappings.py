"""Cells as Word pastes them → the same page with bare texts in them: less to parse, and to walk through."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

_VALUE = rb"""(?:"[^"<>]*"|'[^'<>]*'|[\w.%#-]+)"""
# Attributes that neither hide nor name anything, by a grammar without doubt about where a tag ends: class="MsoNormal".
_QUIET = (
    rb"""(?:\s+(?:lang|align|style|face|size|color|class(?==["']?(?:Mso|(?:western|cjk)?["'])))=""" + _VALUE + rb")*+>"
)
# '<p class="MsoNormal" align="center"><span lang="EN-US">' | 2382 | '</span><o:p></o:p></p></td>'
_WRAPPED = re.compile(
    rb"<td[^<>]*+>(\s*+<(p|div|span|font)" + _QUIET + rb"\s*+(?:<(span|font|b|strong)" + _QUIET + rb")?+)[^<>]*+"
    rb"((?:<o:p></o:p>)?+\s*+(?(3)</\3>)(?:<o:p></o:p>)?+\s*+</\2>\s*+</td>)"
)
_CELL = re.compile(rb"<td[^<>]*>\Z")
_SAMPLE = 10  # cells, from the middle of the page, where its tables are


def without_wrappings(page: bytes) -> bytes:
    sample = islice(_WRAPPED.finditer(page, len(page) // 2), _SAMPLE)
    wrappings = Counter((found[1], found[4]) for found in sample).most_common(1)
    if not wrappings:
        return page
    (opening, closing), _ = wrappings[0]
    first, *others = page.split(opening)
    made = [first]
    before=first
    for piece in others:
        text, closed, after = piece.partition(closing)
        if closed and b"<" not in text and before.startswith(b"<td", before.rfind(b"<")) and before.endswith(b">"):
            made += (text, b"</td>", after)
        else:
            made += (opening, text, closed, after)
        before=after
    return b"".join(made)
