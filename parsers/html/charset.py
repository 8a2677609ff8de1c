"""Bytes → text by evidence: labels and headers lie, so they are asked last."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from parsers.document import Problem

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the one of UTF-16-LE
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# <meta charset=gb2312>, <meta … content="text/html; charset=gb2312">, <?xml version="1.0" encoding="GBK"?>
_LABEL = re.compile(rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)
_LABEL_WITHIN = 4096
# WHATWG Encoding Standard 4.2: these labels mean the larger set; GB18030 holds GB2312 and GBK.
_LARGER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "big5": "big5hkscs"}

_NO_CHARSETS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape"})  # of Python


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the name of the encoding that gave it, and what was doubtful about it."""

    text: str
    encoding: str
    problems: tuple[Problem, ...] = ()


def label_of(payload: bytes) -> str | None:
    """The encoding that the payload claims for itself, as Python names it; None without a known claim."""
    found = _LABEL.search(payload[:_LABEL_WITHIN])
    if found is None:
        return None
    label = found.group(1).decode("ascii", "replace").lower()
    try:
        name = codecs.lookup(_LARGER.get(label, label)).name
        b"    ".decode(name)  # "hex" is a codec, but none of text
    except (LookupError, UnicodeError):
        return None
    return None if name in _NO_CHARSETS else name


def decode(payload: bytes) -> Decoded:
    """Bytes → text. Evidence in this order: byte-order mark, strict UTF-8, strict GB18030, the label.

    Where none of them fits all bytes, the encoding with the fewest unreadable characters is taken and
    problem ``bad_encoding`` says how many they were. Never raises.
    """
    for mark, name in _BOMS:
        if payload.startswith(mark):
            return _with_losses(payload[len(mark) :], name)
    tried = []
    for name in _named(payload):
        try:
            return Decoded(payload.decode(name), name)
        except UnicodeDecodeError:
            tried.append(name)  # not this one; what is lost is counted below
    readings = [_with_losses(payload, name) for name in reversed(tried)]
    return min(readings, key=lambda found: found.text.count("\ufffd"))


def _named(payload: bytes) -> Iterator[str]:
    yield from ("utf-8", "gb18030")
    label = label_of(payload)
    if label is not None:
        yield label


def decode_opening(payload: bytes, size: int) -> str | None:
    """The text of the first ``size`` bytes, for sniffing; None for bytes that are not text.

    A character cut at the end is left out.
    """
    return _text_of_opening(payload[:size])


@lru_cache(maxsize=4)
def _text_of_opening(opening: bytes) -> str | None:
    """Several formats ask for the same opening."""
    for mark, name in _BOMS:
        if opening.startswith(mark):
            return opening[len(mark) :].decode(name, "ignore")
    if b"\0" in opening:
        return None
    for decode_opened in (codecs.utf_8_decode, _gb18030):
        try:
            return decode_opened(opening, "strict", False)[0]
        except UnicodeDecodeError:
            continue  # tried in turn; the lossy reading below is the last
    lossy = min((opening.decode(name, "replace") for name in ("utf-8", "gb18030")), key=lambda t: t.count("\ufffd"))
    return lossy if lossy.count("\ufffd") * 20 <= len(lossy) else None


def _gb18030(opening: bytes, errors: str, final: bool) -> tuple[str, int]:
    """As ``codecs.utf_8_decode``: Python has no such function for this encoding."""
    return codecs.getincrementaldecoder("gb18030")(errors).decode(opening, final), len(opening)


def _with_losses(payload: bytes, name: str) -> Decoded:
    try:
        return Decoded(payload.decode(name), name)
    except UnicodeDecodeError:
        text = payload.decode(name, "replace")
    lost = text.count("\ufffd")
    says = f"{lost} characters could not be decoded as {name}"
    return Decoded(text, name, (Problem("bad_encoding", says),))
