"""A small archive as one sequence of bytes, and as a folder again."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

from archive.errors import Damaged
from archive.store import ARCHIVE_DB, PAYLOADS_DB

_LENGTH = struct.Struct(">I")
_LARGEST = 4 * 2**30  # bytes of one file
_FILES = (ARCHIVE_DB, PAYLOADS_DB)


def pack(said: dict[str, Any], folder: Path | None = None) -> bytes:
    """What is to be said in JSON, and the closed archive in a folder, if any → bytes."""
    header = json.dumps(said, ensure_ascii=False).encode()
    packed = io.BytesIO()
    packed.write(_LENGTH.pack(len(header)) + header)
    if folder is not None:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as parcel:
            for name in _FILES:
                parcel.write(folder / name, name)
    return packed.getvalue()


def unpack(parcel: bytes, folder: Path | None = None) -> Any:
    """Bytes → what is said in JSON; the archive's files go into a folder, which is made. Raises Damaged."""
    try:
        (length,) = _LENGTH.unpack_from(parcel)
        said = json.loads(parcel[_LENGTH.size : _LENGTH.size + length])
        if folder is not None:
            folder.mkdir()
            with zipfile.ZipFile(io.BytesIO(parcel[_LENGTH.size + length :])) as files:
                for name in _FILES:
                    _write(files, name, folder)
    except (struct.error, ValueError, KeyError, EOFError, zipfile.BadZipFile, RecursionError) as error:
        raise Damaged(f"what came home is no parcel: {error}") from error
    return said


def _write(files: zipfile.ZipFile, name: str, folder: Path) -> None:
    if files.getinfo(name).file_size > _LARGEST:
        raise Damaged(f"what came home has a {name} of {files.getinfo(name).file_size} bytes")
    with files.open(name) as source, (folder / name).open("wb") as sink:
        while piece := source.read(2**20):
            sink.write(piece)
