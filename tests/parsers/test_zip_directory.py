"""The plain reader of a ZIP archive's directory says what zipfile says, or nothing."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from pathlib import Path

import pytest

from parsers.zipped.directory import plain_directory, unpacked

ROOT = Path(__file__).parent.parent.parent
PACKAGES = sorted(path for kind in ("docx", "xlsx", "ofd", "zip") for path in (ROOT / "tests").glob(f"**/*.{kind}"))
PARTS = {"word/document.xml": b"<w:document/>" * 50, "word/styles.xml": b"", "\u6b63\u6587.xml": b"7" * 3000}


def packed(method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.comment = comment
        for name, content in PARTS.items():
            archive.writestr(name, content)
    return made.getvalue()


def read_by_zipfile(payload: bytes) -> dict[str, bytes | None]:
    """Each name with what zipfile unpacks, None where it raises."""
    found: dict[str, bytes | None] = {}
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        for entry in archive.infolist():
            try:
                found[entry.filename] = archive.read(entry)
            except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError):
                found[entry.filename] = None
    return found


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.name)
def test_documents_of_many_programs_are_read_alike(path: Path) -> None:
    payload = path.read_bytes()
    entries = plain_directory(payload)
    if entries is not None:
        assert {entry.name: unpacked(payload, entry) for entry in entries} == read_by_zipfile(payload)


def test_most_documents_have_a_plain_directory() -> None:
    documents = [path for path in PACKAGES if path.parent.name == "docx" and path.parent.parent.name == "documents"]
    assert all(plain_directory(path.read_bytes()) is not None for path in documents)
    assert len(documents) > 5


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_names_in_chinese_empty_parts_and_stored_ones_are_read(method: int) -> None:
    payload = packed(method)
    entries = plain_directory(payload)
    assert entries is not None
    assert {entry.name: unpacked(payload, entry) for entry in entries} == PARTS


@pytest.mark.parametrize(
    "payload",
    [packed(comment=b"by"), b"#!" + packed(), packed() + b"\0", packed()[:-30], b"", b"PK\3\4"],
    ids=["comment", "bytes before", "bytes behind", "cut", "nothing", "a beginning"],
)
def test_what_is_unusual_is_left_to_zipfile(payload: bytes) -> None:
    assert plain_directory(payload) is None


def test_other_packing_and_passwords_are_left_to_zipfile() -> None:
    (first, *_) = plain_directory(packed(zipfile.ZIP_BZIP2)) or ()
    assert unpacked(packed(zipfile.ZIP_BZIP2), first) is None
    plain = packed()
    (first, *_) = plain_directory(plain) or ()
    assert unpacked(plain, first._replace(flags=1)) is None
    assert unpacked(plain, first._replace(size=first.size - 1)) is None
    assert unpacked(plain, first._replace(crc=first.crc ^ 1)) is None


def test_damaged_archives_say_nothing_else_than_by_zipfile() -> None:
    chance = random.Random(20241)
    whole = packed()
    said = 0
    for _ in range(3000):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            damaged[chance.randrange(len(damaged))] = chance.choice((0, 1, 0x50, 0x80, 255, chance.randrange(256)))
        payload = bytes(damaged)
        entries = plain_directory(payload)
        if entries is None:
            continue
        expected = read_by_zipfile(payload)
        assert {entry.name for entry in entries} == set(expected)
        for entry in entries:
            content = unpacked(payload, entry)
            said += content is not None
            assert content is None or content == expected[entry.name]
    assert said > 1000
