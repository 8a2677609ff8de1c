"""A ZIP package → the XML of its parts, within limits."""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from lxml import etree

from parsers.errors import Encrypted, OutOfMemory, TooLarge, Unreadable

ZIP = b"PK\x03\x04"
_LARGEST_PART = 48 * 2**20  # bytes of one part; the official form's text takes 250 KB
_LARGEST_SUM = 96 * 2**20  # bytes of all XML parts together
_LARGEST_REMEMBERED = 2**20  # bytes of a payload that is kept until it is opened or another comes
_MOST_ENTRIES = 20_000
_ENCRYPTED_FLAG = 0x1  # APPNOTE 4.4.4, bit 0
_UTF_8 = 0x800  # bit 11: the name is UTF-8
_HARMLESS_FLAGS = _UTF_8 | 0x8 | 0x6  # bits 1 to 3: how hard it was packed, sizes behind the bytes
_LOCAL = struct.Struct("<4s2xH18xHH")  # APPNOTE 4.3.7: its signature, flags, the lengths of name and extra field


def names_in(payload: bytes) -> frozenset[str]:
    """The names of the entries, for sniffing; empty for bytes that are no ZIP or a damaged one."""
    if not payload.startswith(ZIP):
        return frozenset()
    try:
        return frozenset(_opened(payload).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return frozenset()


def _opened(payload: bytes) -> zipfile.ZipFile:
    """Several formats ask one payload in turn for its names before it is read: a small one is opened once for all."""
    return _opened_last(_Same(payload)) if len(payload) <= _LARGEST_REMEMBERED else zipfile.ZipFile(BytesIO(payload))


class _Same:
    """A payload that equals nothing but itself: to hash its bytes takes longer than to unpack what is read of them."""

    __slots__ = ("payload",)

    def __init__(self, payload: bytes) -> None:
        self.payload = payload

    def __hash__(self) -> int:
        return id(self.payload)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.payload is self.payload


@lru_cache(maxsize=1)
def _opened_last(same: _Same) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(same.payload))


@dataclass(frozen=True, slots=True)
class Package:
    """An open package: ``part`` reads one entry, ``names`` are the entries there are."""

    opened: zipfile.ZipFile
    names: frozenset[str]
    payload: bytes

    @classmethod
    def open(cls, payload: bytes) -> Package:
        """Raises Unreadable (no ZIP, damaged), TooLarge (what the directory says it unpacks to)."""
        try:
            opened = _opened(payload)
            _opened_last.cache_clear()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise Unreadable(f"expected a ZIP package, found a damaged one: {error}") from error
        entries = opened.infolist()
        total = sum(entry.file_size for entry in entries if entry.filename.lower().endswith((".xml", ".rels")))
        if len(entries) > _MOST_ENTRIES or total > _LARGEST_SUM:
            raise TooLarge(
                f"expected at most {_MOST_ENTRIES} entries and {_LARGEST_SUM} bytes of XML, "
                f"found {len(entries)} entries that unpack to {total} bytes of XML"
            )
        return cls(opened, frozenset(opened.namelist()), payload)

    def part(self, name: str) -> bytes:
        """The bytes of one entry. Raises Encrypted, TooLarge, Unreadable (also where there is no such entry)."""
        try:
            entry = self.opened.getinfo(name)
            content = _plainly_packed(self.payload, entry)
            if content is not None:
                return content
            if entry.flag_bits & _ENCRYPTED_FLAG:
                raise Encrypted(f"expected plain entries, found {name} behind a password")
            with self.opened.open(entry) as stream:
                # A directory may lie about sizes: what comes out is counted, not what is promised.
                content = stream.read(_LARGEST_PART + 1)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError) as error:
            raise Unreadable(f"expected the part {name}, found none that can be unpacked: {error}") from error
        if len(content) > _LARGEST_PART:
            raise TooLarge(f"expected at most {_LARGEST_PART} bytes in {name}, found more")
        return content

    def xml(self, name: str) -> etree._Element:
        """The root element of one XML part; no entity is resolved and nothing is fetched. Raises like ``part``."""
        return parse_xml(self.part(name), name)


def _plainly_packed(payload: bytes, entry: zipfile.ZipInfo) -> bytes | None:
    """What an entry that is deflated, and nothing else, unpacks to; None for any other, and for a damaged one.

    zipfile's own stream takes 15 µs to open and hands on its bytes in pieces: half the time of a small part.
    """
    begins = entry.header_offset
    if entry.compress_type != zipfile.ZIP_DEFLATED or entry.flag_bits & ~_HARMLESS_FLAGS or begins < 0:
        return None
    if len(payload) < begins + _LOCAL.size or entry.file_size > _LARGEST_PART:
        return None
    magic, flags, name_size, extra_size = _LOCAL.unpack_from(payload, begins)
    begins += _LOCAL.size
    name = entry.orig_filename.encode("utf-8" if flags & _UTF_8 else "cp437", "replace")
    if magic != ZIP or flags & ~_HARMLESS_FLAGS or payload[begins : begins + name_size] != name:
        return None
    begins += name_size + extra_size
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = unpacking.decompress(payload[begins : begins + entry.compress_size], entry.file_size + 1)
    except zlib.error:
        return None  # zipfile says what is wrong
    is_whole = unpacking.eof and len(content) == entry.file_size and zlib.crc32(content) == entry.CRC
    return content if is_whole else None


# ISO 29500 Strict names the same elements in other namespaces.
_ANY_STRICT = b"http://purl.oclc.org/ooxml/"
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)


def usual_names(content: bytes) -> bytes:
    """XML with the namespaces of ISO 29500 Strict → with the usual ones, which name the same."""
    if _ANY_STRICT in content:
        for strict, usual in _STRICT:
            content = content.replace(strict, usual)
    return content


def parse_xml(content: bytes, name: str) -> etree._Element:
    """XML bytes → root element. Raises Unreadable (broken, or declares entities) and OutOfMemory."""
    content = usual_names(content)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        if any(found.type == etree.ErrorTypes.ERR_NO_MEMORY for found in parser.error_log):
            raise OutOfMemory(f"the elements of {name} need more memory than there is") from error
        raise Unreadable(f"expected XML in {name}: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(f"expected plain XML in {name}, found a document type declaration")
    return root
