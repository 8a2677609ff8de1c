"""What must hold of an archive whose writer was killed, and what it says without saying how often it was."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from archive.errors import NotAnArchive
from archive.fixity.verify import verify
from archive.frontier import NOT_LOOKED
from archive.merging.origins import identity_of
from archive.seals.sealed import Sample
from archive.store import ARCHIVE_DB, Archive
from tests.archive.content import content_of, difference_of

Said = dict[str, Any]


def what_is_wrong(folder: Path) -> str:
    """What a reader, SQLite and ``nianbao verify`` complain of, "" if nothing. No writer may be at work."""
    if not (folder / ARCHIVE_DB).exists():
        return ""
    wrong = []
    # NotAnArchive: it was killed before there was one, or before the one of an earlier release was this release's.
    with suppress(NotAnArchive), Archive.open(folder, write=False) as archive:
        for db in (archive.db, archive.payloads):
            wrong += [str(said) for (said,) in db.execute("PRAGMA integrity_check").fetchall() if said != "ok"]
            wrong += [f"foreign key: {one}" for one in db.execute("PRAGMA foreign_key_check").fetchall()]
    with suppress(NotAnArchive):
        damages = verify(folder, Sample()).damages
        wrong += [f"verify: {damage.code} {damage.what}: {damage.says}" for damage in damages]
    return "; ".join(wrong)[:600]


def committed_urls(folder: Path) -> set[str]:
    """URLs that a committed row says were looked at."""
    if not (folder / ARCHIVE_DB).exists():
        return set()
    try:
        with Archive.open(folder, write=False) as archive:
            rows = archive.db.execute("SELECT url, outcome FROM captures").fetchall()
    except NotAnArchive:
        return set()
    return {url for url, outcome in rows if outcome not in NOT_LOOKED}


def is_over(folder: Path) -> bool:
    """Whether the archive has a run and every run has ended."""
    if not (folder / ARCHIVE_DB).exists():
        return False
    try:
        with Archive.open(folder, write=False) as archive:
            states = {state for (state,) in archive.db.execute("SELECT state FROM runs").fetchall()}
    except NotAnArchive:
        return False
    return bool(states) and "open" not in states


def said_by(folder: Path) -> Said:
    """The content of an archive, its looks named by their URLs alone, and runs without when they were gone on with."""
    with Archive.open(folder, write=False) as archive:
        own = identity_of(archive)
        content = content_of(archive)
    content["runs"] = [(*run[:5], None, *run[6:]) for run in content["runs"]]
    return {part: sorted((_plain(one, own) for one in rows), key=repr) for part, rows in content.items()}


def parting(left: Said, right: Said) -> str:
    """Where two archives part, in few words; "" where they do not."""
    return difference_of(left, right)[:1500]


def half_visible(between: Said, before: Said, after: Said) -> str:
    """A version that is neither as it was before the command nor as it is after it; "" if there is none."""
    known = [*_versions(before), *_versions(after)]
    odd = [one for one in _versions(between) if one not in known]
    return f"half visible: {str(odd[0])[:600]}" if odd else ""


def _versions(said: Said) -> list[Any]:
    """Whose report, of which year, in which format and where, and all that was read in it."""
    return [
        (*report[:3], format_, url, read)
        for report in said["reports"]
        for format_, url, versions in report[4]
        for _, read, _ in versions
    ]


def _plain(said: Any, own: str) -> Any:
    if isinstance(said, tuple) and len(said) == 4 and said[1] == own:
        return said[3]
    if isinstance(said, tuple):
        return tuple(_plain(one, own) for one in said)
    if isinstance(said, list):
        plain = [_plain(one, own) for one in said]
        return sorted(plain) if all(isinstance(one, str) for one in plain) else plain
    return "own" if said == own else said
