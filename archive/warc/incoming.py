"""WARC and WACZ files of others → captures that say whose they are; never looks of our own."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile

from archive.capture import Capture
from archive.clock import stamp
from archive.frontier import InRun, record_capture
from archive.noted.provenance import Provenance
from archive.packed.texts import clean
from archive.progress import with_bar
from archive.store import Archive
from archive.urls import url_key
from archive.warc.answers import Look, NotTaken, capture_of, looks_in
from archive.warc.fields import read_fields
from archive.warc.files import digest_of, open_warcs
from archive.warc.reader import Found, Problems, read_warc
from archive.warc.revisits import UNRESOLVED, revisit_of

_MOST_EXAMPLES = 20
# Problems after which a file is not read further, or something of it could not be.
_LOST = ("bomb", "damaged", "truncated")


@dataclass(slots=True)
class Taken:
    """What came of files: records read, captures made (their ids), looks known before, and why others were left."""

    files: int = 0
    records: int = 0
    captures: list[int] = field(default_factory=list)
    known: int = 0
    not_taken: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    examples: list[dict[str, str]] = field(default_factory=list)
    made_by: set[str] = field(default_factory=set)
    failed: int = 0

    def add_problems(self, problems: Problems) -> None:
        """Counts a file's problems with those of the others."""
        self.problems.update(problems.codes)
        self.examples = (self.examples + problems.examples)[:_MOST_EXAMPLES]


def import_warc(archive: Archive, run: InRun, path: Path, now: datetime, taken: Taken) -> None:
    """Takes a WARC or WACZ into the archive as captures of the run; ``taken`` grows by what came of it.

    Answers with status 200 to a GET, and resources, are taken if they may be documents; the others are counted. A look
    that is in the archive already (URL, time and bytes) is not taken twice. A revisit becomes a capture if what it
    repeats is in the archive: in this file, before or behind it, or in one that was imported earlier. One record is in
    memory at a time. What is wrong in a file is told in ``taken.problems``, and it has failed if something of it was
    lost. Raises NoRoom.
    """
    taken.files += 1
    digest = digest_of(path)
    before = len(taken.captures)
    waiting = _import_file(archive, run, path, digest, now, taken, only_revisits=False)
    if waiting and len(taken.captures) > before:
        again = Taken()
        left = _import_file(archive, run, path, digest, now, again, only_revisits=True)
        taken.captures += again.captures
        taken.not_taken[UNRESOLVED] -= waiting - left
        taken.not_taken += Counter()  # what counts nothing any more is left out


def _import_file(
    archive: Archive, run: InRun, path: Path, digest: str, now: datetime, taken: Taken, *, only_revisits: bool
) -> int:
    """One way through a file; returns how many revisits found nothing that they repeat."""
    problems = Problems(path.name)
    waiting = 0
    try:
        for name, raw in open_warcs(path, problems):
            made_by = Provenance(name, digest, "")
            for one in with_bar(looks_in(_counted(read_warc(raw, problems), taken)), "import", "looks"):
                if isinstance(one, Found):
                    made_by = _maker(one, made_by)
                    taken.made_by.add(made_by.made_by or made_by.software or name)
                elif one.answer.kind == "revisit" or not only_revisits:
                    waiting += _take(archive, run, one, made_by, now, taken, problems)
    except BadZipFile as error:
        problems.add("damaged", "", str(error))
    taken.failed += any(problems.codes[code] for code in _LOST)
    taken.add_problems(problems)
    return waiting


def _take(
    archive: Archive, run: InRun, look: Look, made_by: Provenance, now: datetime, taken: Taken, problems: Problems
) -> bool:
    """One look into the archive; True for a revisit that found nothing that it repeats."""
    try:
        if look.answer.kind == "revisit":
            capture = revisit_of(archive, look, made_by, now, problems)
        else:
            capture = capture_of(look, made_by, now, problems)
    except NotTaken as error:
        taken.not_taken[error.why] += 1
        return error.why == UNRESOLVED
    if _is_known(archive, capture):
        taken.known += 1
    else:
        taken.captures.append(record_capture(archive, run, capture))
    return False


def _is_known(archive: Archive, capture: Capture) -> bool:
    row = archive.db.execute(
        """
        SELECT 1 FROM captures c JOIN resources s ON s.id = c.resource LEFT JOIN captures o ON o.id = c.revisit_of
        WHERE s.url_key = :url_key AND c.captured_at = :at AND coalesce(c.payload, o.payload) = :payload
        """,
        {
            "url_key": url_key(clean(capture.url)),
            "at": stamp(capture.captured_at),
            "payload": hashlib.sha256(capture.payload).hexdigest(),
        },
    ).fetchone()
    return row is not None


def _maker(warcinfo: Found, before: Provenance) -> Provenance:
    """What a warcinfo record says of who made the file: a person or body by any of the words in use, the program."""
    fields = read_fields(warcinfo.block or b"")
    names = ("operator", "creator", "publisher", "ispartof", "hostname")
    made_by = next((fields[name] for name in names if fields.get(name)), "")
    return replace(before, made_by=made_by[:500], software=fields.get("software", "")[:500])


def _counted(records: Iterator[Found], taken: Taken) -> Iterator[Found]:
    for record in records:
        taken.records += 1
        yield record


def describe_taken(taken: Taken, codes: dict[str, int]) -> dict[str, object]:
    """What ``import --json`` says of WARCs; ``codes``: what became of the documents in them, by code."""
    return {
        "files": taken.files,
        "records": taken.records,
        "taken": len(taken.captures),
        "known": taken.known,
        "not_taken": dict(sorted(taken.not_taken.items())),
        "documents": dict(sorted(codes.items())),
        "made_by": sorted(taken.made_by),
        "problems": dict(sorted(taken.problems.items())),
        "examples": taken.examples,
    }
