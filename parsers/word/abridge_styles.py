"""styles.xml → the few styles that a document uses: programs write hundreds into each."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

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
    styles = tuple(
        _style_of(head, piece[at:] + _STYLE_END)
        for head, piece, at in zip(heads, pieces, begins, strict=True)
        if not head.startswith(_OF_NO_PARAGRAPH, len(_STYLE))
    )
    kept = _with_bases(styles, [style.encode() for style in used])
    return content if kept is None else b"".join((opening[0], *(styles[at].content for at in kept), b"</w:styles>"))


class _Style(NamedTuple):
    """A style; its id, if it is certain; whether it may be the default one."""

    content: bytes
    identity: bytes | None
    may_be_default: bool


def _style_of(head: bytes, content: bytes) -> _Style:
    identity = _STYLE_ID.search(head)
    return _Style(content, None if identity is None else identity[1], b"w:default=" in head)


def _with_bases(styles: Sequence[_Style], wanted: list[bytes]) -> list[int] | None:
    """The places of the styles wanted, of default ones and of those they are based on; None if that is not certain."""
    by_id: dict[bytes, list[int]] = {}
    kept = [at for at, style in enumerate(styles) if style.identity is None]  # may be any
    for at, style in enumerate(styles):
        if style.identity is not None:
            by_id.setdefault(style.identity, []).append(at)
            if style.may_be_default:
                wanted.append(style.identity)
    while wanted:
        for at in by_id.pop(wanted.pop(), ()):
            bases = _BASED_ON.findall(styles[at].content)
            if styles[at].content.count(b"basedOn") != len(bases):
                return None
            kept.append(at)
            wanted += bases
    return sorted(kept)
