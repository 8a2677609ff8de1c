"""styles.xml → the few styles that a document uses: programs write hundreds into each."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from parsers.word.abridge import opening_of

_MAIN = b"wordprocessingml/2006/main"
_STYLE, _STYLE_END = b"<w:style ", b"</w:style>"
_ENDS, _CLOSING = re.compile(rb"</w:style\s*>\s*"), re.compile(rb"</w:styles\s*>\s*")
_QUOTE = ord('"')
_STYLE_ID = re.compile(rb' w:styleId="([^"&\t\r\n]*)"')
_BASED_ON = re.compile(rb'<w:basedOn w:val="([^"&\t\r\n]*)"')
_OF_NO_PARAGRAPH = tuple(_STYLE + b'w:type="%s"' % kind for kind in (b"table", b"character", b"numbering"))


def abridge_styles(content: bytes, used: Collection[str]) -> bytes:
    """styles.xml → the styles of paragraphs with these ids, those that they are based on, and the default one.

    Programs write up to 350 KB of others into every document. What is not certain to be made as styles are, one behind
    the other and nothing between them, is returned as it is.
    """
    opening = opening_of(content)
    if opening is None or _says_more(content, len(opening)):
        return content
    # One pass over all; what is asked of each style besides concerns its tag.
    first, *styles = _ENDS.split(content)
    if not styles or _CLOSING.fullmatch(styles.pop()) is None:
        return content
    before, begins, rest = first.partition(_STYLE)
    if before.count(_MAIN) != 1 or b"<w:style" in before[len(opening) :]:
        return content
    styles.insert(0, begins + rest)
    # '<w:style w:type="paragraph" w:styleId="a">': an empty one would have no end of its own.
    if not all(style.startswith(_STYLE) and style[style.find(b">") - 1] == _QUOTE for style in styles):
        return content
    kept = _with_bases(styles, [style.encode() for style in used])
    if kept is None:
        return content
    return b"".join((opening, *(styles[at] + _STYLE_END for at in kept), b"</w:styles>"))


def _says_more(content: bytes, behind: int) -> bool:
    """A comment, CDATA, an instruction, or a quote that may hide a tag's end; one sign is found in a tenth of the time
    that two take."""
    if b"!" in content and (b"<!--" in content or b"<![CDATA[" in content):
        return True
    return content.find(b"'", behind) >= 0 or (content.find(b"?", behind) >= 0 and content.find(b"<?", behind) >= 0)


def _with_bases(styles: Sequence[bytes], wanted: list[bytes]) -> list[int] | None:
    """Styles, ids → the places of the styles wanted, of default ones and of those they are based on; None if that is
    not certain."""
    by_id: dict[bytes, list[int]] = {}
    kept = []
    for at, style in enumerate(styles):
        if style.startswith(_OF_NO_PARAGRAPH):
            continue
        head = style[: style.find(b">")]
        identity = _STYLE_ID.search(head)
        if identity is None:
            kept.append(at)  # may be any
            continue
        by_id.setdefault(identity[1], []).append(at)
        if b"w:default=" in head:
            wanted.append(identity[1])
    while wanted:
        for at in by_id.pop(wanted.pop(), ()):
            bases = _BASED_ON.findall(styles[at])
            if styles[at].count(b"basedOn") != len(bases):
                return None
            kept.append(at)
            wanted += bases
    return sorted(kept)
