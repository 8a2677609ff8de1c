"""Bytes of RTF text → characters, by the code page of the font they are set in."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

# Windows character sets by number (RTF 1.9.1, \fcharset) → code pages.
_OF_CHARSET = {77: 10000, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255,
               178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250}  # fmt: skip
_SYMBOLS = 2
_NAMES = {936: "gb18030", 54936: "gb18030", 10000: "mac_roman", 65001: "utf-8", 1361: "johab"}
_USUAL = "cp1252"


@dataclass(slots=True)
class Fonts:
    """The fonts of a document by number → their character sets; ``page`` is the document's own code page."""

    charsets: dict[int, int] = field(default_factory=dict)
    page: int = 1252
    usual: int = 0
    lost: int = 0

    def decode(self, raw: bytes, font: int | None) -> str:
        """Bytes in a font → text. The font's code page is tried, then the document's; what fits none is counted."""
        if raw.isascii():
            return raw.decode("ascii")
        charset = self.charsets.get(self.usual if font is None else font, 0)
        if charset == _SYMBOLS:
            return "".join(chr(0xF000 + byte) if byte > 0x7F else chr(byte) for byte in raw)
        own = _OF_CHARSET.get(charset)
        names = [_name(page) for page in (own, self.page) if page is not None]
        for name in (*names, _USUAL):
            try:
                return raw.decode(name)
            except UnicodeDecodeError:
                continue  # the next code page is tried; losses are counted below
        text = raw.decode(names[0], "replace")
        self.lost += text.count("\ufffd")
        return text


def _name(page: int) -> str:
    name = _NAMES.get(page, f"cp{page}")
    try:
        codecs.lookup(name)
    except LookupError:
        return _USUAL
    return name
