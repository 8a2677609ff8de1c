"""Files, folders, web archives → captures of kind import, then read like everything else."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from urllib.parse import quote, urlsplit

from archive.capture import Capture
from archive.clock import read_clock
from archive.errors import BadQuery, NotFound
from archive.frontier import record_capture
from archive.ingest import read_pending
from archive.packed.texts import clean
from archive.progress import with_bar
from archive.runs.run import Run, begin_run, end_run
from archive.store import Archive
from archive.warc.files import is_warc
from archive.warc.incoming import Taken, describe_taken, import_warc


@dataclass(frozen=True, slots=True)
class Found:
    """One file to take in: where it lies, and the name under which the archive will know it."""

    path: Path
    url: str


def import_files(archive: Archive, paths: list[Path], url: str | None, captured_at: datetime) -> dict[str, object]:
    """Takes files and folders (all files below, sorted) into the archive as one run; returns its summary.

    ``url`` is where the one file came from; without it a file is known by a ``file:`` URL. The summary has
    ``files``, ``failed`` (those of which no reading was made, whatever the reason) and ``codes`` (their error
    codes) besides. The same files again are revisits; a run that was killed goes on without those that it has taken.
    WARC and WACZ files, recognised by content, are taken in by ``import_warc``, whatever ``url`` and ``captured_at``
    say; what came of them is in ``warcs``, and one of them has failed if something of it was lost. Raises NotFound (no
    such path), BadQuery (a URL for several files), NoRoom.
    """
    files = list(list_files(paths))
    if url is not None and (len(files) != 1 or not paths[0].is_file()):
        raise BadQuery(f"expected one file for --url, found {len(files)}")
    if url is not None and "@" in urlsplit(url).netloc:
        raise BadQuery("--url: expected where the file came from without a name and a password")
    command = "import " + " ".join(file_url(path, PurePath()) for path in paths)
    run = begin_run(archive, command, f"{command} {url or ''}")
    taken = _taken_before(archive, run)
    warcs = Taken()
    refused = 0
    for found in with_bar(files, "import", "files", len(files)):
        try:
            if is_warc(found.path):
                import_warc(archive, run, found.path, read_clock(), warcs)
                continue
            payload = found.path.read_bytes()
        except OSError as error:
            print(f"nianbao: {found.path}: {error.strerror}", file=sys.stderr)
            refused += 1
            continue
        capture = _capture(found, url, captured_at, payload)
        if (clean(capture.url), hashlib.sha256(payload).hexdigest()) not in taken:
            record_capture(archive, run, capture)
    read_pending(archive, run)
    codes = _count_codes(archive, run, of_others=False)
    if refused:
        codes["no_right_to_read"] = refused
    summary = end_run(archive, run) | {
        "files": len(files),
        "failed": sum(codes.values()) + warcs.failed,
        "codes": codes,
    }
    if warcs.files:
        summary["warcs"] = describe_taken(warcs, _count_codes(archive, run, of_others=True))
    return summary


def list_files(paths: list[Path]) -> Iterator[Found]:
    """Paths → the files they name or hold, each folder sorted, names that begin with a dot left out.

    A first path ``warc`` that is not there is a word: ``nianbao import warc FILE…``. Raises NotFound for a path that
    is not there.
    """
    if len(paths) > 1 and paths[0] == Path("warc") and not paths[0].exists():
        paths = paths[1:]
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                below = file.relative_to(path)
                if file.is_file() and not any(part.startswith(".") for part in below.parts):
                    yield Found(file, file_url(path, below))
        elif path.exists():
            yield Found(path, file_url(path, PurePath()))
        else:
            raise NotFound(f"expected a file or folder {path}, found none")


def file_url(given: PurePath, below: PurePath) -> str:
    """The path as it was given → a ``file:`` URL that tells nothing of the machine around it.

    A path from the root, or one that leaves the working folder, begins with its last name. Chinese stays readable
    (an IRI, RFC 3987).

    >>> file_url(PurePath("/home/someone/2023"), PurePath("a b.html"))
    'file:2023/a%20b.html'
    """
    inside = not given.is_absolute() and ".." not in given.parts
    named = PurePath(given if inside else given.name) / below
    return "file:" + "".join(one if ord(one) > 127 else quote(one) for one in named.as_posix())


def _capture(found: Found, url: str | None, captured_at: datetime, payload: bytes) -> Capture:
    return Capture(
        url=url if url is not None else found.url,
        captured_at=captured_at,
        outcome="fetched",
        payload=payload,
        wire=payload,
        kind="import",
        seed=found.url,
        link_text=found.path.stem,
    )


def _taken_before(archive: Archive, run: Run) -> set[tuple[str, str]]:
    """URL and digest of what earlier processes of this run have taken."""
    rows = archive.db.execute(
        """
        SELECT c.url, coalesce(c.payload, o.payload, :nothing)
        FROM captures c LEFT JOIN captures o ON o.id = c.revisit_of
        WHERE c.run = :run AND c.third_party = ''
        """,
        {"run": run.id, "nothing": hashlib.sha256(b"").hexdigest()},
    ).fetchall()
    return {(url, payload) for url, payload in rows}


def _count_codes(archive: Archive, run: Run, *, of_others: bool) -> dict[str, int]:
    """Of the run's captures, or of those that others made: how many were not read, by code."""
    rows = archive.db.execute(
        """
        SELECT d.code, count(*) FROM captures c JOIN documents d ON d.capture = c.id
        WHERE c.run = :run AND (c.third_party <> '') = :of_others AND d.code <> 'report'
        GROUP BY d.code ORDER BY min(c.id)
        """,
        {"run": run.id, "of_others": of_others},
    ).fetchall()
    return dict(rows)
