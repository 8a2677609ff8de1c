"""styles.xml → the few styles that a document uses: programs write hundreds into each."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from parsers.word.abridge import OPENING, WORD

_MAIN = b"wordprocessingml/2006/main"
_STYLE, _STYLE_END = b"<w:style ", b"</w:style>"
_STYLE_ID = re.compile(rb' w:styleId="([^"&\t\r\n]*)"')
_BASED_ON = re.compile(rb'<w:basedOn w:val="([^"&\t\r\n]*)"')
_OF_NO_PARAGRAPH = (b'w:type="table"', b'w:type="character"', b'w:type="numbering"')


def abridge_styles(content: bytes, used: Collection[str]) -> bytes:
    """styles.xml → the styles of paragraphs with these ids, those that they are based on, and the default one.

    Programs write up to 350 KB of others into every document. What is not certain to be made as styles are is returned
    as it is.
    """
    opening = OPENING.match(content)
    if opening is None or WORD not in opening[0] or content.count(_MAIN) != 1:
        return content
    if b"!" in content and (b"<!--" in content or b"<![CDATA[" in content):  # one sign is found in a tenth of the time
        return content
    *pieces, _ = content.split(_STYLE_END)
    begins = [piece.find(_STYLE) for piece in pieces]
    heads = [piece[at : piece.find(b">", at)] for piece, at in zip(pieces, begins, strict=True)]
    if -1 in begins or any(head.endswith(b"/") for head in heads):  # an empty one has no end of its own
        return content
    kept = _with_bases(heads, pieces, [style.encode() for style in used])
    if kept is None:
        return content
    return b"".join((opening[0], *(pieces[at][begins[at] :] + _STYLE_END for at in kept), b"</w:styles>"))


def _with_bases(heads: Sequence[bytes], pieces: Sequence[bytes], wanted: list[bytes]) -> list[int] | None:
    """Tags of styles, what they hold, ids → the places of the styles wanted, of default ones and of those they are
    based on; None if that is not certain."""
    by_id: dict[bytes, list[int]] = {}
    kept = []
    for at, head in enumerate(heads):
        if head.startswith(_OF_NO_PARAGRAPH, len(_STYLE)):
            continue
        identity = _STYLE_ID.search(head)
        if identity is None:
            kept.append(at)  # may be any
            continue
        by_id.setdefault(identity[1], []).append(at)
        if b"w:default=" in head:
            wanted.append(identity[1])
    while wanted:
        for at in by_id.pop(wanted.pop(), ()):
            bases = _BASED_ON.findall(pieces[at])
            if pieces[at].count(b"basedOn") != len(bases):
                return None
            kept.append(at)
            wanted += bases
    return sorted(kept)
