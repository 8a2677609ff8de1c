"""What was drawn and converted from kept bytes, on disk beside them: nothing is drawn twice, and all of it may go."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

FOLDER = "pictures"
"""In the archive's folder. It may be deleted at any time."""
MOST_BYTES = 512 * 2**20
_AFTER = 0.8  # of MOST_BYTES are left after a clearing
_UNFINISHED = ".unfinished"


class Shelf:
    """Files by the SHA-256 of the payload they are made of, and a name that says what they are.

    ``room``: bytes in all; beyond it those go that were wanted longest ago.
    """

    def __init__(self, folder: Path, room: int = MOST_BYTES) -> None:
        self.folder = folder
        self._room = room
        self._taken: int | None = None
        self._lock = Lock()

    def get(self, digest: str, name: str) -> bytes | None:
        """What was put there, or None."""
        path = self._path(digest, name)
        try:
            content = path.read_bytes()
            os.utime(path)
        except OSError:  # not there, or taken away by another process in between
            return None
        return content

    def has(self, digest: str, name: str) -> bool:
        """Whether something was put there."""
        return self._path(digest, name).exists()

    def put(self, digest: str, name: str, content: bytes) -> None:
        """Keeps content, whole or not at all; without room on the disk it is not kept."""
        path = self._path(digest, name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(path, content)
        except OSError:  # a full disk costs time at the next reader, and nothing else
            return
        with self._lock:
            self._taken = (self._measured() if self._taken is None else self._taken) + len(content)
            if self._taken > self._room:
                self._taken = self._clear()

    def forget(self, digest: str) -> None:
        """Takes away all that was made of a payload."""
        for path in self._path(digest, "").parent.glob(f"{digest}-*"):
            path.unlink(missing_ok=True)

    def _path(self, digest: str, name: str) -> Path:
        return self.folder / digest[:2] / f"{digest}-{name}"

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self.folder.glob("??/*"):
            try:
                status = path.stat()
            except OSError:  # taken away in between
                continue
            found.append((status.st_mtime, status.st_size, path))
        return found

    def _measured(self) -> int:
        return sum(size for _, size, _ in self._files())

    def _clear(self) -> int:
        """Takes away what was wanted longest ago; the bytes that are left."""
        files = sorted(self._files())
        left = sum(size for _, size, _ in files)
        for _, size, path in files:
            if left <= self._room * _AFTER:
                break
            path.unlink(missing_ok=True)
            left -= size
        return left


def _write_whole(path: Path, content: bytes) -> None:
    descriptor, unfinished = tempfile.mkstemp(suffix=_UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
        Path(unfinished).replace(path)
    finally:
        Path(unfinished).unlink(missing_ok=True)


def shelf_of(archive_folder: Path) -> Shelf:
    """The shelf of an archive: in its folder where that may be written, else one that ends with this process."""
    folder = archive_folder / FOLDER
    try:
        folder.mkdir(exist_ok=True)
    except OSError:  # read-only medium, or another's archive
        return Shelf(_passing())
    return Shelf(folder if os.access(folder, os.W_OK) else _passing())


def forget_pictures(archive_folder: Path, digests: Iterable[str]) -> None:
    """Takes away all that was made of payloads: what is withdrawn is not to be seen in pictures either."""
    shelf = Shelf(archive_folder / FOLDER)
    for digest in digests:
        shelf.forget(digest)


_PASSING: list[tempfile.TemporaryDirectory[str]] = []


def _passing() -> Path:
    """A folder of this process, which is removed when it ends."""
    _PASSING.append(tempfile.TemporaryDirectory(prefix="nianbao-pictures-"))
    return Path(_PASSING[-1].name)
