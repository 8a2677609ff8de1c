"""What this machine has and lacks for keeping and reading, and what the lack costs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path

from archive.errors import NotAnArchive
from archive.store import Archive
from parsers.sight.installed import is_installed, release
from parsers.word.libreoffice import why_not_run

_LEAST_ROOM = 2 * 2**30  # bytes: a season of a few hundred portals


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``costs``: what cannot be done for lack of it, "" where nothing is lacking."""

    what: str
    found: str
    costs: str = ""


def examine(folder: Path) -> tuple[Finding, ...]:
    """What keeping and reading need, for the archive in ``folder``; reads the machine, changes nothing."""
    return (
        Finding("Python", sys.version.split()[0]),
        _sqlite(),
        Finding("LibreOffice", "none that can be run", f"DOC that our own reader refuses stays unread: {office}")
        if (office := why_not_run())
        else Finding("LibreOffice", "runs, its network cut off"),
        Finding("OCR", release())
        if is_installed()
        else Finding("OCR", "the extra nianbao[ocr] is not installed", "scans and pictures stay unread, as needs_ocr"),
        _archive(folder),
        _room(folder),
    )


def _sqlite() -> Finding:
    version = sqlite3.sqlite_version
    with_words = any("ENABLE_FTS5" in row[0] for row in sqlite3.connect(":memory:").execute("PRAGMA compile_options"))
    lacks = [] if sqlite3.sqlite_version_info >= (3, 40) else ["3.40 or later is needed"]
    lacks += [] if with_words else ["it is built without FTS5: no search"]
    return Finding("SQLite", version, "; ".join(lacks))


def _archive(folder: Path) -> Finding:
    try:
        with Archive.open(folder, write=False) as archive:
            reports = archive.db.execute("SELECT count(*) FROM reports").fetchone()[0]
    except NotAnArchive as error:
        return Finding("archive", f"none in {folder}", str(error))
    return Finding("archive", f"{folder}, {reports} reports")


def _room(folder: Path) -> Finding:
    place = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    if not os.access(place, os.W_OK):
        return Finding("room", f"{place} may not be written", "nothing can be kept there")
    free = shutil.disk_usage(place).free
    return Finding("room", f"{free / 2**30:.1f} GiB free", "a season may not fit" if free < _LEAST_ROOM else "")
