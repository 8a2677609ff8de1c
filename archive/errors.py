"""Why the archive could not do what it was asked, with the exit code of each."""

from __future__ import annotations

import errno

from parsers.errors import Refusal

_NO_ROOM = {
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR,
}  # fmt: skip
_FAILING = {errno.EIO, errno.ENXIO, errno.ENODEV, errno.ESTALE}


class ArchiveError(Refusal):
    """Anything the archive refuses."""

    code = "archive_error"


class BadClock(ArchiveError):
    """A time that is not ISO 8601."""

    code = "bad_time"
    exit_code = 2


class NotAnArchive(ArchiveError):
    """The folder is not there, holds no archive, or one of a later release."""

    code = "not_an_archive"


class NotFound(ArchiveError):
    """No report, version or run has that name."""

    code = "not_found"


class Conflict(ArchiveError):
    """Two statements about one thing that cannot both be kept."""

    code = "conflict"


class Occupied(ArchiveError):
    """Where a copy was to be put there is something already, and nothing is written over."""

    code = "occupied"


class NoRoom(ArchiveError):
    """The disk is full, or the folder may not be written."""

    code = "no_room"
    exit_code = 5


class DiskFails(NoRoom):
    """The disk does not write, or not give back, what it was asked to."""

    code = "disk_fails"


class ClockJumped(ArchiveError):
    """The clock tells a time that cannot follow the looks that were dated before, or the time that has passed."""

    code = "clock"
    exit_code = 8


class Held(ArchiveError):
    """Another run holds the archive."""

    code = "held"
    exit_code = 6


class Damaged(ArchiveError):
    """Kept bytes do not have the digest they were kept under."""

    code = "damaged"
    exit_code = 7


class Withdrawn(Damaged):
    """The bytes were taken out of the archive for good, for a reason that is kept; nothing is broken."""

    code = "withdrawn"
    exit_code = 1


class BadQuery(ArchiveError):
    """A search, a name of a report or an option that cannot mean anything."""

    code = "bad_query"
    exit_code = 2


def name_os_error(error: OSError, where: object) -> NoRoom | None:
    """The system's refusal of something at a place → ours where the disk is full, forbidden or failing, else None."""
    if error.errno in _NO_ROOM:
        return NoRoom(f"cannot use {where}: {error.strerror}")
    return DiskFails(f"cannot use {where}: {error.strerror}") if error.errno in _FAILING else None
