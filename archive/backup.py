"""A copy of an archive while a run is writing to it, one state of it whole; the same copy put back."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
import sys
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from tqdm import tqdm

from archive.clock import read_clock, stamp
from archive.errors import Damaged, Held, NoRoom, NotAnArchive, Occupied
from archive.fixity.manifests import Manifest
from archive.fixity.verify import SEAL_CODES, verify
from archive.payloads import erase_withdrawn
from archive.seals.copied_pages import Witness
from archive.seals.seal import seal_of
from archive.seals.sealed import Damage, Sample
from archive.store import ARCHIVE_DB, LOCK, PAYLOADS_DB, Archive, naming_errors
from archive.withdraw import leave_no_trace

SAYS = "backup.json"
"""What a copy says of itself; by it a copy is known."""
RUNS = "runs"
SETTINGS = "settings"
_FILES = (ARCHIVE_DB, PAYLOADS_DB)
_MAKING = "making"
_PAGES = 4096  # a step of SQLite's: 16 MB
_PATIENCE = 10  # tries, a second apart: withdrawals do not follow one another faster


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was made, or put back.

    ``files``: name → bytes of those at its top. ``head``: its last manifest, None where no run has ended. ``damages``:
    what is damaged in it as in its source; ``notes``: what else is to be known.
    """

    place: Path
    files: dict[str, int]
    runs: int
    head: Manifest | None
    damages: list[Damage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def back_up(folder: Path, target: Path, settings: Mapping[str, bytes]) -> Copied:
    """An archive's folder → a copy of it at ``target``: a folder, or one file where the name ends in ``.tar``.

    Both databases are copied by SQLite (https://sqlite.org/backup.html) as they stood at one moment, whoever writes
    meanwhile: all bytes that archive.db names are in payloads.db. ``settings``: path → bytes, kept under ``settings/``.
    Every page is compared with what the seals say of it, the copy is verified, and sealed anew if it is sound. Where
    it is damaged as its source is, the copy is kept, without seals, and ``damages`` says what. The copy has its name
    when it is whole and on the disk; until then, and after a failure, nothing has.

    Raises NotAnArchive, Occupied (something is at ``target``), Held (another copy is made there), NoRoom, Damaged
    (SQLite cannot read the source).
    """
    _expect_free(target)
    with _made_beside(target) as part:
        damages, notes = _copy_databases(folder, part)
        runs = _copy_runs(folder, part)
        for name, content in settings.items():
            with naming_errors(part):
                (part / SETTINGS / name).parent.mkdir(parents=True, exist_ok=True)
                (part / SETTINGS / name).write_bytes(content)
        _finish_withdrawals(part)
        verified = verify(part, Sample())
        damages += [damage for damage in verified.damages if damage.code not in SEAL_CODES]
        if not damages:
            Archive.seal_anew(part)
        _tidy(part)
        copied = Copied(target, _sizes(part), runs, verified.head, damages, notes)
        _say(part, copied)
        if target.suffix == ".tar":
            _put_file(_pack(part), target)
        else:
            (part / _MAKING).unlink()
            _put(part, target)
    return copied


def restore(source: Path, folder: Path) -> Copied:
    """A copy that ``back_up`` made, folder or file → an archive at ``folder``, where none is yet; verified before it
    has its name. The settings in the copy stay there.

    Raises NotAnArchive (no copy is at ``source``), Occupied, Held, NoRoom, Damaged (it is not as it was made: nothing
    is put back).
    """
    _expect_free(folder)
    with _made_beside(folder) as part:
        _unpack(source, part) if source.is_file() else _copy_whole(source, part)
        verified = verify(part, Sample())
        if verified.damages:
            told = "; ".join(f"{one.what}: {one.says}" for one in verified.damages[:3])
            raise Damaged(f"{source} is not as it was made, and was not put back: {told}")
        _tidy(part)
        copied = Copied(folder, _sizes(part), len(_numbered(part / RUNS)), verified.head, [], verified.notes)
        (part / _MAKING).unlink()
        _put(part, folder)
    return copied


def _expect_free(target: Path) -> None:
    """Raises Occupied for all but nothing, or an empty folder where a folder is to come."""
    if (
        target.is_symlink()
        or target.is_file()
        or (target.exists() and (target.suffix == ".tar" or any(target.iterdir())))
    ):
        raise Occupied(f"expected nothing at {target}, found something: it is not written over")


@contextmanager
def _made_beside(target: Path) -> Iterator[Path]:
    """A hidden folder beside the target to make it in; what a killed process left there is taken away first."""
    part = target.absolute().with_name(f".{target.absolute().name}.nianbao-part")
    with naming_errors(part):
        part.mkdir(parents=True, exist_ok=True)
        lock = os.open(part / _MAKING, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise Held(f"another nianbao is making {target}") from error
    try:
        with naming_errors(part):
            for left in part.iterdir():
                if left.is_dir():
                    shutil.rmtree(left)
                elif left.name != _MAKING:
                    left.unlink()
            yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)
        os.close(lock)


def _copy_databases(folder: Path, part: Path) -> tuple[list[Damage], list[str]]:
    """Copies both files as of one moment → pages that are not as they were sealed, and notes."""
    damages: list[Damage] = []
    notes: list[str] = []
    with _one_state(folder) as archive:
        for file, db in zip(_FILES, (archive.db, archive.payloads), strict=True):
            with naming_errors(part), closing(sqlite3.connect(part / file)) as copy, _bar(file) as tick:
                db.conn.backup(copy, pages=_PAGES, progress=tick)
            if not seal_of(folder / file).is_file():
                notes.append(f"{file} has no seal in {folder}: its pages are copied as they lie")
                continue
            damages += Witness(folder / file).damages_in(part / file)
    return damages, notes


@contextmanager
def _one_state(folder: Path) -> Iterator[Archive]:
    """The archive open to read, both files held as they are at one moment.

    Bytes are kept before what names them, and erased after what says that they were withdrawn. So payloads.db as of a
    moment after that of archive.db has all that is named, unless bytes were withdrawn between the two.
    """
    for _ in range(_PATIENCE):
        with Archive.open(folder, write=False) as archive, naming_errors(folder):
            withdrawn = _hold(archive)
            with Archive.open(folder, write=False) as later:
                if _count_withdrawn(later) == withdrawn:
                    yield archive
                    return
        time.sleep(1)
    raise Held(f"withdrawals are under way in {folder}; the same command makes the copy when they have ended")


def _hold(archive: Archive) -> int:
    archive.db.execute("BEGIN")
    withdrawn = _count_withdrawn(archive)
    archive.payloads.execute("BEGIN")
    archive.payloads.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return withdrawn


def _count_withdrawn(archive: Archive) -> int:
    count: int = archive.db.execute("SELECT count(*) FROM withdrawals").fetchone()[0]
    return count


@contextmanager
def _bar(file: str) -> Iterator[Callable[[int, int, int], None]]:
    with tqdm(desc=file, unit=" pages", delay=2, leave=False, disable=None, file=sys.stderr) as bar:

        def tick(_: int, remaining: int, total: int) -> None:
            bar.total = total
            bar.update(total - remaining - bar.n)

        yield tick


def _finish_withdrawals(part: Path) -> None:
    """Bytes of which archive.db says already that they were withdrawn are not carried along."""
    with Archive.open(part, write=True) as archive:
        withdrawn = archive.db.execute("SELECT payload_digest FROM withdrawals").fetchall()
        if erase_withdrawn(archive):
            leave_no_trace(archive, tuple(digest for (digest,) in withdrawn))


def _numbered(runs: Path) -> list[Path]:
    return sorted(one for one in runs.iterdir() if one.is_dir() and one.name.isdigit()) if runs.is_dir() else []


def _copy_runs(folder: Path, part: Path) -> int:
    """The folders of runs; a log that grows is copied as far as it is."""
    found = _numbered(folder / RUNS)
    with naming_errors(part):
        for run in found:
            (part / RUNS / run.name).mkdir(parents=True)
            for file in run.iterdir():
                if file.is_file() and not file.is_symlink():
                    shutil.copyfile(file, part / RUNS / run.name / file.name)
    return len(found)


def _tidy(part: Path) -> None:
    """Takes away what looking into the copy left: our lock, and SQLite's logs, which are empty. Raises NoRoom."""
    for log in (part / f"{file}-wal" for file in _FILES):
        if log.is_file() and log.stat().st_size:
            raise NoRoom(f"{log.name} did not come into its file: the disk of {part.parent} is full")
    for name in (LOCK, *(f"{file}{end}" for file in _FILES for end in ("-wal", "-shm"))):
        (part / name).unlink(missing_ok=True)


def _sizes(part: Path) -> dict[str, int]:
    names = {one.name for one in part.iterdir() if one.is_file()} - {_MAKING, LOCK, SAYS}
    return {name: (part / name).stat().st_size for name in sorted(names)}


def _say(part: Path, copied: Copied) -> None:
    said = {
        "nianbao": version("nianbao"),
        "made_at": stamp(read_clock()),
        "files": copied.files,
        "runs": copied.runs,
        "manifest": None if copied.head is None else {"number": copied.head.number, "digest": copied.head.digest},
        "damaged": [asdict(damage) for damage in copied.damages],
    }
    (part / SAYS).write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _pack(part: Path) -> Path:
    """All of it in one TAR (POSIX.1-2001); payloads are packed already."""
    packed = part / "packed"
    names = sorted(one.name for one in part.iterdir() if one.name != _MAKING)
    with tarfile.open(packed, "x", format=tarfile.PAX_FORMAT) as tar:
        for name in names:
            tar.add(part / name, name)
    return packed


def _unpack(source: Path, part: Path) -> None:
    try:
        with tarfile.open(source, "r:") as tar:  # packed by us it never was: nothing is unpacked to look into it
            members = tar.getmembers()
            if not {*_FILES, SAYS} <= {one.name for one in members}:
                raise NotAnArchive(f"expected a copy that nianbao backup made, found another file at {source}")
            taken = [one for one in members if _is_taken(one.name) and (one.isreg() or one.isdir())]
            tar.extractall(part, members=taken, filter="data")
    except tarfile.ReadError as error:
        with source.open("rb") as opened:
            is_tar = opened.read(262)[257:] == b"ustar"  # POSIX.1-2001, pax: the magic of a header
        if is_tar:
            raise Damaged(f"{source} is not as it was made: {error}") from error
        raise NotAnArchive(f"expected a copy that nianbao backup made, found another file at {source}") from error
    except tarfile.FilterError as error:
        raise NotAnArchive(f"{source} was not made by nianbao backup: {error}") from error


def _is_taken(name: str) -> bool:
    return name in {*_FILES, *(seal_of(Path(file)).name for file in _FILES)} or name.split("/")[0] == RUNS


def _copy_whole(source: Path, part: Path) -> None:
    if not (source / SAYS).is_file():
        raise NotAnArchive(f"expected a copy that nianbao backup made, found no {SAYS} in {source}")
    with naming_errors(part):
        for name in (*_FILES, *(seal_of(Path(file)).name for file in _FILES)):
            if (source / name).is_file():
                shutil.copyfile(source / name, part / name)
    _copy_runs(source, part)


def _put(part: Path, target: Path) -> None:
    """A finished folder → its name, when all of it is on the disk."""
    for path in (*sorted(one for one in part.rglob("*")), part):
        _sync(path)
    if target.is_dir():
        target.rmdir()
    part.rename(target)
    _sync(target.absolute().parent)


def _put_file(packed: Path, target: Path) -> None:
    _sync(packed)
    packed.rename(target)
    _sync(target.absolute().parent)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
