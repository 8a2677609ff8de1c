"""Why a page could not be given, beyond what the archive itself refuses."""

from __future__ import annotations

from archive.errors import ArchiveError


class TooSlow(ArchiveError):
    """The answer would have taken longer than a page may."""

    code = "too_slow"


class TooBusy(ArchiveError):
    """All connections were in use for longer than anybody should wait."""

    code = "too_busy"


class TooLong(ArchiveError):
    """What was sent is larger than what is taken."""

    code = "too_long"
