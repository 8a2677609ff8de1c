"""One version → the files that prove it: bytes, headers, captures, text, cells, pages with their cells boxed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive.corrections import describe_corrections
from archive.errors import NotFound
from archive.exports.parts.safe_csv import guard
from archive.payloads import get_payload, has_payload
from archive.proof.citing import citation_of, cite_bibtex, cite_gbt
from archive.queries import describe_version
from archive.store import Archive
from parsers.errors import DocumentError
from parsers.forms import label_of
from parsers.pdf.geometry import Box
from parsers.shown.drawing import Artist, to_png, with_boxes

# Where a cell of a PDF stands: "page=2&xywh=547.2,94.1,30.7,16.5", points from the top left.
_PLACE = re.compile(r"page=(\d+)&xywh=(-?[\d.]+),(-?[\d.]+),([\d.]+),([\d.]+)(?:&confidence=[\d.]+)?")
_CAPTURE = (
    "capture", "run", "url", "captured_at", "outcome", "status", "payload_digest", "wire_digest", "seed", "via",
    "link_text", "peer", "proxy", "revisit_of", "revisit_profile",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """One file of the package: its name in it, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Chosen:
    """A version to prove; ``key`` is the one cell to box on its pages, "" for all that are figures."""

    version: int
    key: str = ""


def files_of(archive: Archive, artist: Artist, chosen: Chosen) -> Iterator[File]:
    """The files of one version, each name beginning with ``v34/``. Raises NotFound, Damaged."""
    folder = f"v{chosen.version}"
    document = describe_version(archive, chosen.version) | {
        "corrections": describe_corrections(archive, chosen.version)
    }
    if chosen.key and chosen.key not in document.get("cells", {}):
        raise NotFound(f"expected a cell {chosen.key!r} in {folder}, found none")
    citation = citation_of(archive, chosen.version)
    yield File(f"{folder}/document.json", as_json(document))
    yield File(f"{folder}/citation.txt", f"{cite_gbt(citation)}\n\n{cite_bibtex(citation)}\n".encode())
    captures = captures_of(archive, chosen.version)
    yield File(f"{folder}/captures.json", as_json([facts for facts, _ in captures]))
    for facts, header in captures:
        if header:
            yield File(f"{folder}/headers/{facts['capture']}.txt", header)
    yield from _bytes_of(archive, folder, captures)
    if "cells" in document:
        yield File(f"{folder}/text.txt", document["text"].encode("utf-8", "replace"))
        yield File(f"{folder}/cells.csv", _cells_as_csv(document["cells"]))
    if document.get("format") == "pdf" and has_payload(archive, citation.payload_digest):
        payload = get_payload(archive, citation.payload_digest)
        yield from _pages_of(artist, folder, payload, document["cells"], chosen.key)


def captures_of(archive: Archive, version: int) -> list[tuple[dict[str, Any], bytes]]:
    """Every look that showed a version, in time order: its facts, and its header block as received."""
    rows = archive.db.execute(
        """
        SELECT c.id, c.run, c.url, c.captured_at, c.outcome, c.status, c.payload, c.wire, c.seed, c.via, c.link_text,
            c.peer, c.proxy, c.revisit_of, c.revisit_profile, c.header
        FROM sightings g JOIN captures c ON c.id = g.capture
        WHERE g.version = :version ORDER BY c.captured_at, c.id
        """,
        {"version": version},
    ).fetchall()
    return [(dict(zip(_CAPTURE, row[:-1], strict=True)), bytes(row[-1])) for row in rows]


def as_json(facts: object) -> bytes:
    """JSON as a person reads it too; the same facts give the same bytes."""
    return (json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode("utf-8", "replace")


def _bytes_of(archive: Archive, folder: str, captures: list[tuple[dict[str, Any], bytes]]) -> Iterator[File]:
    """All bytes ever seen under the version, named by their SHA-256; those that were withdrawn are not there."""
    for what, name in (("payload_digest", "payload"), ("wire_digest", "wire")):
        for digest in dict.fromkeys(facts[what] for facts, _ in captures if facts[what]):
            if has_payload(archive, digest):
                yield File(f"{folder}/{name}/{digest}", get_payload(archive, digest))


def _cells_as_csv(cells: dict[str, dict[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(("key", "label", "value", "raw", "status", "where"))
    for key, cell in cells.items():
        raw = guard(cell["raw"])  # nobody's spreadsheet runs what a document prints
        rows.writerow((key, label_of(key), cell["value"], raw, cell["status"], cell["where"]))
    return text.getvalue().encode("utf-8-sig", "replace")


def _pages_of(
    artist: Artist, folder: str, payload: bytes, cells: dict[str, dict[str, Any]], key: str
) -> Iterator[File]:
    """The pages that hold a boxed cell; where pdfium does not draw them, a line that says why."""
    boxes: dict[int, list[Box]] = defaultdict(list)
    for name, cell in cells.items():
        place = _PLACE.fullmatch(cell["where"])
        if place is not None and (name == key if key else cell["status"] in ("number", "unread", "filler")):
            left, top, width, height = map(float, place.groups()[1:])
            boxes[int(place[1])].append(Box(left, top, left + width, top + height))
    try:
        pictures = artist.draw(payload)
    except DocumentError as error:
        yield File(f"{folder}/pages/not_drawn.txt", f"{error.code}: {error.says}\n".encode("utf-8", "replace"))
        return
    for picture in pictures:
        if picture.number in boxes:
            drawn = to_png(with_boxes(picture, boxes[picture.number]))
            yield File(f"{folder}/pages/{picture.number:03}.png", drawn)
