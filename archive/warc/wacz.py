"""A WACZ 1.1.1: a ZIP with the WARC, its index, the pages with their text, and the digest of each file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import IO, BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from archive.progress import with_bar
from archive.readings import get_text
from archive.store import Archive
from archive.warc.index import Sorter, blocks_of
from archive.warc.record import record_id, uri_of
from archive.warc.writer import software, write_warc

WARC = "nianbao.warc.gz"
_INDEX = "index.cdx.gz"
# ZIP's first day: the same archive gives the same file, whenever it is written.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_NO_TIME = "1970-01-01T00:00:00Z"


@dataclass(slots=True)
class _Measured:
    """A file of the package while it is written: its length and digest grow with it."""

    file: IO[bytes]
    length: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def write(self, piece: bytes) -> int:
        self.length += len(piece)
        self.digest.update(piece)
        return self.file.write(piece)


@dataclass(slots=True)
class _Package:
    """The ZIP, and what datapackage.json will say of the files in it."""

    zip: ZipFile
    resources: list[dict[str, object]] = field(default_factory=list)

    @contextmanager
    def file(self, path: str, *, stored: bool = False) -> Iterator[_Measured]:
        told = ZipInfo(path, _EPOCH)
        told.compress_type = ZIP_STORED if stored else ZIP_DEFLATED
        told.external_attr = 0o644 << 16
        with self.zip.open(told, "w", force_zip64=True) as opened:
            measured = _Measured(opened)
            yield measured
        self.resources.append(
            {
                "name": path.rpartition("/")[2],
                "path": path,
                "hash": f"sha256:{measured.digest.hexdigest()}",
                "bytes": measured.length,
            }
        )

    def put(self, path: str, content: bytes) -> str:
        """A whole file; returns its digest."""
        with self.file(path) as file:
            file.write(content)
        return str(self.resources[-1]["hash"])


def write_wacz(archive: Archive, captures: Sequence[int], out: BinaryIO, title: str) -> int:
    """Writes the captures (ids) as one WACZ; ``out`` need not be seekable. Returns how many captures it holds.

    ``title`` says what they are. The same captures give the same bytes: the package's time is that of its last
    capture, no clock is read. Raises Damaged.
    """
    date = _last_time(archive, captures)
    with ExitStack() as stack, ZipFile(out, "w") as package_file:
        package = _Package(package_file)
        index = Sorter(stack)
        with package.file(f"archive/{WARC}", stored=True) as warc:
            bar = with_bar(captures, "export", "captures", len(captures))
            for entry in write_warc(archive, bar, cast(BinaryIO, warc), filename=WARC, date=date, about=title):
                index.add(entry.as_line())
        _put_index(package, index.sorted())
        with package.file("pages/pages.jsonl") as pages:
            for page in _pages(archive, captures):
                pages.write(json.dumps(page, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        described = json.dumps(
            {
                "profile": "data-package",
                "wacz_version": "1.1.1",
                "title": title,
                "software": software(),
                "created": date,
                "modified": date,
                "resources": package.resources,
            },
            ensure_ascii=False,
            indent=2,
        )
        digest = package.put("datapackage.json", described.encode())
        said = {"path": "datapackage.json", "hash": digest}
        package.put("datapackage-digest.json", json.dumps(said, indent=2).encode())
    return len(captures)


def _put_index(package: _Package, lines: Iterable[str]) -> None:
    of_blocks: list[str] = []
    with package.file(f"indexes/{_INDEX}", stored=True) as index:
        for member, said in blocks_of(lines, _INDEX):
            index.write(member)
            of_blocks.append(said)
    package.put("indexes/index.idx", "".join(of_blocks).encode())


def _pages(archive: Archive, captures: Sequence[int]) -> Iterator[dict[str, object]]:
    """The list's head, then each version of a report where it was first seen: title, URL, time, text."""
    yield {"format": "json-pages-1.0", "id": "pages", "title": "Reports", "hasText": True}
    wanted = set(captures)
    rows = archive.db.execute(
        """
        SELECT v.first_capture, v.id, c.url, c.captured_at, r.id, r.title, u.code
        FROM versions v
        JOIN captures c ON c.id = v.first_capture
        LEFT JOIN readings r ON r.version = v.id AND r.current = 1
        LEFT JOIN unread u ON u.version = v.id
        ORDER BY v.id
        """
    )
    for capture, version, url, captured_at, reading, title, code in rows:
        if capture in wanted:
            yield {
                "id": record_id("page", str(version), url, captured_at).strip("<>").removeprefix("urn:uuid:"),
                "url": uri_of(url),
                "ts": captured_at,
                "title": title if reading is not None else f"({code})",
                "text": "" if reading is None else get_text(archive, reading),
            }


def _last_time(archive: Archive, captures: Sequence[int]) -> str:
    wanted = set(captures)
    rows = archive.db.execute("SELECT id, captured_at FROM captures ORDER BY id")
    return max((captured_at for capture, captured_at in rows if capture in wanted), default=_NO_TIME)
