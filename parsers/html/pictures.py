"""The pictures in the text of a page: where each stands among its blocks, with the bytes that the page holds."""

from __future__ import annotations

import base64
import binascii
import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

_HELD = re.compile(r"data:(?:image/[\w.+-]+)?(?:;[\w-]+=[^;,]*)*(;base64)?,", re.I)  # data:image/png;base64,iVBO…


class Picture(NamedTuple):
    """``before``: the number of the block it stands before; ``source`` as the page says it; ``where`` as a block's."""

    before: int
    source: str
    where: str


def picture_bytes(source: str) -> bytes | None:
    """What a ``data:`` address holds (RFC 2397), perhaps nothing; None for any other address.

    >>> picture_bytes("data:image/gif;base64,R0lGODlh"), picture_bytes("data:,a%20b"), picture_bytes("a.png")
    (b'GIF89a', b'a b', None)
    """
    source = source.strip()
    found = _HELD.match(source)
    if found is None:
        return None
    content = unquote_to_bytes(source[found.end() :])
    if found[1] is None:
        return content
    try:
        return base64.b64decode(b"".join(content.split()) + b"==")
    except binascii.Error:
        return b""  # no picture: whoever opens it says so
