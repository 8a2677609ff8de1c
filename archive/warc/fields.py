"""``application/warc-fields``: names and values, one a line, in UTF-8 (ISO 28500:2017, 4 and 6.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable

CONTENT_TYPE = "application/warc-fields"

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def write_fields(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Names and values → lines; empty values are left out, and control characters within one become a space.

    >>> write_fields([("via", "http://a.example/"), ("seed", ""), ("says", "two\\nlines")])
    b'via: http://a.example/\\r\\nsays: two lines\\r\\n'
    """
    lines = [f"{name}: {_CONTROL.sub(' ', value).strip()}\r\n" for name, value in pairs if value]
    return "".join(lines).encode("utf-8", "replace")


def read_fields(block: bytes) -> dict[str, str]:
    """Lines → value by lower-case name, the first where one comes twice; folded lines are joined.

    >>> read_fields(b"Via: http://a.example/\\r\\nsays: two\\r\\n lines\\r\\n")
    {'via': 'http://a.example/', 'says': 'two lines'}
    """
    found: dict[str, str] = {}
    for line in re.sub(rb"\r?\n[ \t]+", b" ", block).split(b"\n"):
        name, colon, value = line.partition(b":")
        if colon:
            found.setdefault(name.strip().lower().decode("utf-8", "replace"), value.strip().decode("utf-8", "replace"))
    return found
