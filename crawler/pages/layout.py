"""A page without the insides of its tables that have no link: what leads on is found in the rest alone."""

from __future__ import annotations

import re

# A tag that is not one of plain text in cells: <a, <script, <option, <!--, <![CDATA[, </body, a table in a table.
_OTHER = re.compile(
    rb"<(?!/[^abh]|p|span|o:p|t[drhbf]|/?b[>r\s]|[iu]>|font|strong|div|em|su[bp]|img|col|caption)"  # in order of number
)
_ENDED = ((b"<a", b"</a"), (b"<script", b"</script"), (b"<title", b"</title"), (b"<!--", b"-->"))


def layout_of(page: bytes) -> bytes:
    """A page in UTF-8 → the same without what stands in its innermost tables, where that is text and no more.

    Reports consist of such tables: of 1,300 elements as Word pastes them, with their forms, 40 are left. None of them
    is a link, nor has one within; and with ``<table>`` and ``</table>`` left as they are, all others stand as before.
    What is in a link or a title, whose words it may be, in a script or in a comment, is left as it is.
    """
    lowered = page.lower()
    kept: list[bytes] = []
    done = seen = after = 0
    within = [False] * len(_ENDED)
    end = lowered.find(b"</table")
    while end >= 0:
        start = lowered.rfind(b"<table", after, end)  # no stretch is looked through twice, whatever a page consists of
        inside = lowered.find(b">", start, end) + 1 if start >= 0 else 0
        if inside and _OTHER.search(lowered, inside, end) is None:
            for number, (begins, ends) in enumerate(_ENDED):
                begun = lowered.rfind(begins, seen, start)
                if begun >= 0 or within[number]:
                    ended = lowered.rfind(ends, seen, start)
                    within[number] = begun > ended if begun != ended else within[number]
            seen = start
            if not any(within):
                kept.append(page[done:inside])
                done = seen = end
        after = end + 1
        end = lowered.find(b"</table", after)
    return b"".join((*kept, page[done:])) if done else page
