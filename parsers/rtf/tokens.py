"""Bytes of an RTF file → its tokens: groups, control words, symbols and text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# "\cellx2160 ", "\'b1", "\~", "{", line ends (which mean nothing), text.
_TOKEN = re.compile(
    rb"\\([A-Za-z]{1,40})(-?\d{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\(.)|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)|\\", re.S
)


class Token(NamedTuple):
    """``kind`` is "word", "byte", "symbol", "open", "close" or "text"; ``number`` is a control word's, if it has one.

    ``raw`` holds the bytes of text, of one escaped character ("byte"), or of a symbol.
    """

    kind: str
    name: str = ""
    number: int | None = None
    raw: bytes = b""


_OPEN, _CLOSE = Token("open"), Token("close")


def tokens_of(payload: bytes) -> Iterator[Token]:
    """The tokens in order; binary runs (``\\bin``) are left out."""
    at, end = 0, len(payload)
    while at < end:
        found = _TOKEN.match(payload, at)
        if found is None:
            return
        at = found.end()
        word, number, escaped, symbol, brace, text = found.groups()
        if text is not None:
            yield Token("text", raw=text)
        elif word is not None:
            value = None if number is None else int(number)
            if word == b"bin":
                at += max(0, value or 0)
            else:
                yield Token("word", word.decode("ascii"), value)
        elif escaped is not None:
            yield Token("byte", raw=bytes.fromhex(escaped.decode("ascii")))
        elif brace is not None:
            yield _OPEN if brace == b"{" else _CLOSE
        elif symbol is not None:
            yield Token("symbol", raw=symbol)
