"""A ZIP archive (APPNOTE 6.3) → its members by name and bytes, within limits."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from parsers.errors import Encrypted, TooLarge, Unreadable

MOST_MEMBERS = 300
LARGEST_MEMBER = 128 * 2**20  # bytes
_LARGEST_SUM = 384 * 2**20  # bytes that all members unpack to
_MOST_SHRUNK = 400  # a page of blanks shrinks 100 times, a file of one byte 1000 times
_SMALL = 4 * 2**20  # bytes: nothing that unpacks to less is a bomb
_MOST_ENTRIES = 5_000
_ENCRYPTED = 0x1  # APPNOTE 4.4.4, bit 0
_UTF_8 = 0x800  # bit 11: the name is UTF-8
# What systems put beside the files that a person has packed.
_OF_SYSTEMS = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


def names_of(opened: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    """The members that a person has packed, by the names that person saw; folders and what systems add left out."""
    named = [(_name_of(entry), entry) for entry in opened.infolist()]
    return [(name, entry) for name, entry in named if not name.endswith("/") and not _is_of_system(name)]


def _name_of(entry: zipfile.ZipInfo) -> str:
    """Names without the UTF-8 mark are bytes of the packer's system, in China mostly GBK."""
    if entry.flag_bits & _UTF_8:
        return entry.filename.replace("\\", "/")
    raw = entry.orig_filename.encode("cp437", "replace").partition(b"\0")[0]
    for coding in ("utf-8", "gb18030"):
        try:
            return raw.decode(coding).replace("\\", "/")
        except UnicodeDecodeError:
            continue  # not this one; the name in the code page of the first PCs is left
    return entry.filename


def _is_of_system(name: str) -> bool:
    base = posixpath.basename(name)
    return name.startswith("__MACOSX/") or base.startswith("._") or base.lower() in _OF_SYSTEMS


def members_of(payload: bytes) -> Iterator[tuple[str, bytes | Encrypted | TooLarge | Unreadable]]:
    """Each member's name with its bytes, or with why it cannot be unpacked.

    Members that pass what is left of the bytes for all are too large. Raises Unreadable (no directory) and TooLarge
    (more members than ``MOST_MEMBERS``).
    """
    try:
        opened = zipfile.ZipFile(BytesIO(payload))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable(f"expected a ZIP archive, found a damaged one: {error}") from error
    with opened:
        if len(opened.infolist()) > _MOST_ENTRIES or len(named := names_of(opened)) > MOST_MEMBERS:
            raise TooLarge(f"expected at most {MOST_MEMBERS} members, found {len(opened.infolist())} entries")
        left = _LARGEST_SUM
        for name, entry in named:
            unpacked = _unpack(opened, name, entry, left)
            if isinstance(unpacked, bytes):
                left -= len(unpacked)
            yield name, unpacked


def _unpack(
    opened: zipfile.ZipFile, name: str, entry: zipfile.ZipInfo, left: int
) -> bytes | Encrypted | TooLarge | Unreadable:
    if entry.flag_bits & _ENCRYPTED:
        return Encrypted(f"expected plain members, found {name} behind a password")
    most = min(LARGEST_MEMBER, left, max(_SMALL, entry.compress_size * _MOST_SHRUNK))
    try:
        with opened.open(entry) as stream:
            # A directory may lie about sizes: what comes out is counted, not what is promised.
            content = stream.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError) as error:
        return Unreadable(f"expected {name} to unpack: {error}")
    if len(content) > most:
        return TooLarge(f"expected at most {most} bytes in {name}, which is {entry.compress_size} packed; found more")
    return content
