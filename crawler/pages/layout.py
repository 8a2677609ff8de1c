"""A page without the insides of its tables that have no link: what leads on is found in the rest alone."""

from __future__ import annotations

import re

# What is in no table's inside that is left out: a tag that is not one of plain text in cells. <a, <script, <option,
# <!--, <![CDATA[ and a table in a table are among the others.
_OTHER = re.compile(
    rb"<(?!/?(?:[pbiu]|t[drh]|span|o:p|br|font|strong|tbody|div|em|su[bp]|img|thead|tfoot|col(?:group)?|caption)[\s/>])"
)
_ENDED = ((b"<a", b"</a"), (b"<script", b"</script"), (b"<title", b"</title"), (b"<!--", b"-->"))


def layout_of(page: bytes) -> bytes:
    """A page in UTF-8 → the same without what stands in its innermost tables, where that is text and no more.

    Reports consist of such tables: of 1,300 elements as Word pastes them, with their forms, 40 are left. None of them
    is a link, nor has one within; and with ``<table>`` and ``</table>`` left as they are, all others stand as before.
    """
    lowered = page.lower()
    kept, done = b"", 0
    end = lowered.find(b"</table")
    while end >= 0:
        start = lowered.rfind(b"<table", done, end)
        inside = lowered.find(b">", start, end) + 1 if start >= 0 else 0
        if inside and _OTHER.search(lowered, inside, end) is None and not _is_within_another(lowered, start):
            kept, done = kept + page[done:inside], end
        end = lowered.find(b"</table", end + 1)
    return kept + page[done:] if done else page


def _is_within_another(lowered: bytes, place: int) -> bool:
    """True for a place in a link or a title, whose words it may be, in a script or in a comment."""
    return any(lowered.rfind(begins, 0, place) > lowered.rfind(ends, 0, place) for begins, ends in _ENDED)
