"""A ZIP package → the XML of its parts, within limits."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from lxml import etree

from parsers.errors import Encrypted, OutOfMemory, TooLarge, Unreadable
from parsers.zipped.directory import Entry, plain_directory, unpacked

ZIP = b"PK\x03\x04"
_LARGEST_PART = 48 * 2**20  # bytes of one part; the official form's text takes 250 KB
_LARGEST_SUM = 96 * 2**20  # bytes of all XML parts together
_LARGEST_REMEMBERED = 2**20  # bytes of a payload that is kept until it is opened or another comes
_MOST_ENTRIES = 20_000
_ENCRYPTED_FLAG = 0x1  # APPNOTE 4.4.4, bit 0


def names_in(payload: bytes) -> frozenset[str]:
    """The names of the entries, for sniffing; empty for bytes that are no ZIP or a damaged one."""
    if not payload.startswith(ZIP):
        return frozenset()
    try:
        return _directory(payload).names
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return frozenset()


@dataclass(frozen=True, slots=True)
class _Directory:
    """What a package says it holds: ``size`` are the bytes of its XML; ``plain`` entries need no zipfile to be read."""

    names: frozenset[str]
    count: int
    size: int
    plain: Mapping[str, Entry]


class _Same:
    """A payload that equals nothing but itself: to hash its bytes takes longer than to unpack what is read of them."""

    __slots__ = ("payload",)

    def __init__(self, payload: bytes) -> None:
        self.payload = payload

    def __hash__(self) -> int:
        return id(self.payload)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.payload is self.payload


def _directory(payload: bytes) -> _Directory:
    """Several formats ask one payload in turn for its names before it is read: a small one is asked once for all."""
    return _directory_of_last(_Same(payload)) if len(payload) <= _LARGEST_REMEMBERED else _directory_of(payload)


@lru_cache(maxsize=1)
def _directory_of_last(same: _Same) -> _Directory:
    return _directory_of(same.payload)


def _directory_of(payload: bytes) -> _Directory:
    plain = plain_directory(payload)
    if plain is not None:
        sizes = [(entry.name, entry.size) for entry in plain]
        by_name = {entry.name: entry for entry in plain}
    else:
        sizes = [(entry.filename, entry.file_size) for entry in zipfile.ZipFile(BytesIO(payload)).infolist()]
        by_name = {}
    total = sum(size for name, size in sizes if name.lower().endswith((".xml", ".rels")))
    return _Directory(frozenset([name for name, _ in sizes]), len(sizes), total, by_name)


@dataclass(frozen=True, slots=True)
class Package:
    """An open package: ``part`` reads one entry, ``names`` are the entries there are."""

    payload: bytes
    names: frozenset[str]
    plain: Mapping[str, Entry]

    @classmethod
    def open(cls, payload: bytes) -> Package:
        """Raises Unreadable (no ZIP, damaged), TooLarge (what the directory says it unpacks to)."""
        try:
            found = _directory(payload)
            _directory_of_last.cache_clear()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise Unreadable(f"expected a ZIP package, found a damaged one: {error}") from error
        if found.count > _MOST_ENTRIES or found.size > _LARGEST_SUM:
            raise TooLarge(
                f"expected at most {_MOST_ENTRIES} entries and {_LARGEST_SUM} bytes of XML, "
                f"found {found.count} entries that unpack to {found.size} bytes of XML"
            )
        return cls(payload, found.names, found.plain)

    def part(self, name: str) -> bytes:
        """The bytes of one entry. Raises Encrypted, TooLarge, Unreadable (also where there is no such entry)."""
        entry = self.plain.get(name)
        content = None if entry is None or entry.size > _LARGEST_PART else unpacked(self.payload, entry)
        return self._unusual(name) if content is None else content

    def _unusual(self, name: str) -> bytes:
        """One entry as zipfile reads it: too large, damaged, or not plain, as all are where the directory is not."""
        try:
            opened = zipfile.ZipFile(BytesIO(self.payload))
            entry = opened.getinfo(name)
            if entry.flag_bits & _ENCRYPTED_FLAG:
                raise Encrypted(f"expected plain entries, found {name} behind a password")
            with opened.open(entry) as stream:
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
