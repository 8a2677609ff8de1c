"""A WARC or WACZ against the digests that it holds itself."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from archive.errors import NotFound
from archive.seals.sealed import Damage
from archive.warc.files import open_warcs
from archive.warc.reader import Found, Problems, read_warc

_KINDS = ("sha1", "sha256", "sha512")
_PIECE = 2**20


def check_warc(path: Path) -> tuple[int, list[Damage]]:
    """A file → (records read, what is damaged): cut, not unpacking, or with other bytes than its digests say.

    Of a WACZ also every file that its datapackage.json names. Raises NotFound.
    """
    if not path.is_file():
        raise NotFound(f"expected a file {path}, found none")
    records = 0
    damages: list[Damage] = []
    try:
        with path.open("rb") as opened:
            is_zip = opened.read(2) == b"PK"
        if is_zip:
            damages += _check_package(path)
        problems = Problems(path.name)
        for name, raw in open_warcs(path, problems):
            for record in read_warc(raw, problems):
                records += 1
                damages += _check_record(name, record)
    except (BadZipFile, zlib.error, EOFError) as error:
        return records, [*damages, Damage("warc", path.name, f"cannot be read any further: {error}")]
    damages += [
        Damage("warc", f"{one['file']} {one['record']}", f"{one['code']}: {one['says']}") for one in problems.examples
    ]
    if records == 0 and not damages:
        damages.append(Damage("warc", path.name, "has no record"))
    return records, damages


def _check_record(name: str, record: Found) -> Iterator[Damage]:
    named = record.fields.get("warc-block-digest", "")
    if record.block is not None and named and not _agrees(record.block, named):
        yield Damage("warc", f"{name} {record.identity}", "has other bytes than its block digest says")


def _agrees(content: bytes, named: str) -> bool:
    """Whether bytes have a digest, in hex or base32; one of a kind that we do not know is believed."""
    kind, _, value = named.partition(":")
    if kind.lower() not in _KINDS:
        return True
    digest = hashlib.new(kind.lower(), content).digest()
    return value.lower() == digest.hex() or value.upper().rstrip("=") == base64.b32encode(digest).decode().rstrip("=")


def _check_package(path: Path) -> Iterator[Damage]:
    """WACZ 1.1.1: datapackage.json names each file with its digest, datapackage-digest.json names its own."""
    with ZipFile(path) as package:
        names = set(package.namelist())
        if "datapackage.json" not in names:
            yield Damage("warc", path.name, "has no datapackage.json")
            return
        described = package.read("datapackage.json")
        try:
            said = [(f"{one['path']}", f"{one['hash']}") for one in json.loads(described)["resources"]]
            if "datapackage-digest.json" in names:
                said.append(("datapackage.json", f"{json.loads(package.read('datapackage-digest.json'))['hash']}"))
        except (ValueError, KeyError, TypeError) as error:
            yield Damage("warc", path.name, f"its datapackage.json cannot be understood: {error}")
            return
        for name, named in said:
            if name not in names:
                yield Damage("warc", f"{path.name}!{name}", "is named by datapackage.json and is not there")
            elif not _has_digest(package, name, named):
                yield Damage("warc", f"{path.name}!{name}", "has other bytes than datapackage.json says")


def _has_digest(package: ZipFile, name: str, named: str) -> bool:
    kind, _, value = named.partition(":")
    if kind not in _KINDS:
        return True
    digest = hashlib.new(kind)
    with package.open(name) as opened:
        while piece := opened.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest() == value
