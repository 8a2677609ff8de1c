"""Files that hold WARCs, recognised by content: a WARC, plain or gzipped; a WACZ."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from archive.warc.reader import Problems

_PIECE = 1024 * 1024
_FOLDER, _ENDINGS = "archive/", (".warc", ".warc.gz")
_BOMB_RATIO, _BOMB_BYTES = 200, 512 * 2**20


def is_warc(path: Path) -> bool:
    """Whether a file is a WARC (plain or gzipped) or a WACZ, by its content."""
    with path.open("rb") as file:
        beginning = file.read(4096)
    if beginning.startswith(b"\x1f\x8b\x08"):
        try:
            beginning = zlib.decompressobj(31).decompress(beginning, 64)
        except zlib.error:
            return False
    return beginning.startswith(b"WARC/") or (beginning.startswith(b"PK\x03\x04") and bool(_warcs_in(path)))


def open_warcs(path: Path, problems: Problems) -> Iterator[tuple[str, BinaryIO]]:
    """A file → (name, open WARC): itself, or those in a WACZ; an entry that cannot be opened is told to ``problems``.

    Raises BadZipFile.
    """
    with path.open("rb") as file:
        is_zip = file.read(2) == b"PK"
        file.seek(0)
        if not is_zip:
            yield path.name, file
            return
    with ZipFile(path) as package:
        for entry in _warcs_of(package):
            name = f"{path.name}!{entry.filename}"
            if entry.file_size > _BOMB_BYTES and entry.file_size > _BOMB_RATIO * max(1, entry.compress_size):
                problems.add("bomb", name, f"{entry.file_size} bytes packed into {entry.compress_size}")
                continue
            try:
                opened: IO[bytes] = package.open(entry)
            except (RuntimeError, NotImplementedError) as error:  # encrypted; a compression that zipfile has not
                problems.add("damaged", name, str(error))
                continue
            with opened:
                yield name, cast(BinaryIO, opened)


def _warcs_in(path: Path) -> list[ZipInfo]:
    """The WARCs of a WACZ; none for a ZIP of another kind, or what is none."""
    try:
        with ZipFile(path) as package:
            return _warcs_of(package) if "datapackage.json" in package.namelist() else []
    except (BadZipFile, ValueError, NotImplementedError, EOFError):
        return []


def _warcs_of(package: ZipFile) -> list[ZipInfo]:
    entries = package.infolist()
    return [one for one in entries if one.filename.startswith(_FOLDER) and one.filename.endswith(_ENDINGS)]


def digest_of(path: Path) -> str:
    """The SHA-256 of a whole file, as hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
