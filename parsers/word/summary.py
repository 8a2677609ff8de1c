"""What an Office document says about itself ([MS-OLEPS], [MS-OSHARED] 2.3.3.2.1): its title, when it was made."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

STREAM = "\x05SummaryInformation"
_CODE_PAGE, _TITLE, _CREATED = 1, 2, 12
_INTEGER, _BYTES, _WIDE, _TIME = 2, 30, 31, 64  # VT_I2, VT_LPSTR, VT_LPWSTR, VT_FILETIME
_ENCODINGS = {
    936: "gb18030",
    54936: "gb18030",
    1200: "utf-16-le",
    65001: "utf-8",
    1252: "cp1252",
    10000: "mac_roman",
    950: "cp950",
}
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)


def read_summary(content: bytes) -> Mapping[str, str]:
    """The stream SummaryInformation → ``title`` and ``created``; what is absent or makes no sense is left out."""
    try:
        stated = _properties(content)
    except struct.error:
        return MappingProxyType({})
    page = stated.get(_CODE_PAGE)
    encoding = _ENCODINGS.get(page & 0xFFFF if isinstance(page, int) else 1252)
    found: dict[str, str] = {}
    title, created = stated.get(_TITLE), stated.get(_CREATED)
    if isinstance(title, bytes) and encoding is not None:
        with suppress(UnicodeDecodeError):  # a title in another encoding than the one it names is none
            found["title"] = " ".join(title.decode(encoding).replace("\0", " ").split())
    elif isinstance(title, str):
        found["title"] = " ".join(title.replace("\0", " ").split())
    if isinstance(created, int) and 0 < created // 10 < (_LATEST - _EPOCH) // timedelta(microseconds=1):
        found["created"] = f"{_EPOCH + timedelta(seconds=created // 10_000_000):%Y-%m-%dT%H:%M:%SZ}"
    return MappingProxyType({name: value for name, value in found.items() if value})


def _properties(content: bytes) -> dict[int, int | bytes | str]:
    """The first set of properties: numbers, times as counts of 100 ns, texts as bytes or as str."""
    (start,) = struct.unpack_from("<I", content, 44)
    (count,) = struct.unpack_from("<I", content, start + 4)
    found: dict[int, int | bytes | str] = {}
    for number in range(min(count, 100)):
        identity, place = struct.unpack_from("<II", content, start + 8 + 8 * number)
        (kind,) = struct.unpack_from("<H", content, start + place)
        at = start + place + 4
        if kind == _INTEGER:
            (found[identity],) = struct.unpack_from("<h", content, at)
        elif kind == _TIME:
            (found[identity],) = struct.unpack_from("<Q", content, at)
        elif kind == _BYTES:
            (size,) = struct.unpack_from("<I", content, at)
            found[identity] = content[at + 4 : at + 4 + size]
        elif kind == _WIDE:
            (size,) = struct.unpack_from("<I", content, at)
            found[identity] = content[at + 4 : at + 4 + 2 * size].decode("utf-16-le", "replace")
    return found
