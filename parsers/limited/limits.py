"""What reading one document may cost, by format."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass

_MB = 2**20
_PAGE = resource.getpagesize()


@dataclass(frozen=True, slots=True)
class Limits:
    """``payload`` and ``memory`` (address space) in bytes, ``cpu`` and ``wall`` in seconds."""

    payload: int
    memory: int
    cpu: int
    wall: int


# A report with all its tables takes 250 KB as HTML or DOCX, 5 MB as a PDF with pictures, and 0.1 s.
LIMITS = {
    "dump": Limits(16 * _MB, 768 * _MB, 20, 40),
    "html": Limits(24 * _MB, 1024 * _MB, 20, 40),
    "docx": Limits(64 * _MB, 1024 * _MB, 20, 40),
    "pdf": Limits(128 * _MB, 1536 * _MB, 60, 120),
    "xlsx": Limits(32 * _MB, 1024 * _MB, 20, 40),
    "xls": Limits(32 * _MB, 1024 * _MB, 30, 60),
    "xml": Limits(48 * _MB, 1024 * _MB, 20, 40),
    "rtf": Limits(64 * _MB, 1024 * _MB, 40, 80),
    "mhtml": Limits(48 * _MB, 1024 * _MB, 20, 40),
    "ofd": Limits(64 * _MB, 1536 * _MB, 60, 120),
    # The members of an archive are read one after another, each within its own format's bounds for payloads; none is
    # begun after a third of the time (parsers/formats/zip.py).
    "zip": Limits(128 * _MB, 1536 * _MB, 120, 400),
    # The reader itself waits for LibreOffice, which has limits of its own below and ends before the wall.
    "doc": Limits(64 * _MB, 1024 * _MB, 20, 180),
}
# Pages that are pictures: a page takes 1 to 3 s, and the model dies under 1 GB of address space.
SIGHT = Limits(128 * _MB, 4096 * _MB, 300, 900)
OTHER = Limits(64 * _MB, 1024 * _MB, 20, 40)
LIBREOFFICE = Limits(64 * _MB, 4096 * _MB, 90, 120)
LARGEST_PAYLOAD = max(limits.payload for limits in LIMITS.values())
LARGEST_MEMORY = max(LIBREOFFICE.memory, *(limits.memory for limits in LIMITS.values()))
LARGEST_FILE = 512 * _MB
OPEN_FILES = 256


def lower_limit(which: int, wanted: int, *, also_hard: bool = False) -> None:
    """Sets one of this process's resource limits, as far as the hard limit it already has allows."""
    _, hard = resource.getrlimit(which)
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(which, (soft, soft if also_hard else hard))


def cpu_seconds() -> float:
    """What this process has used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def limit_to(limits: Limits, since: float | None = None) -> None:
    """The soft limits for the next document: memory as it is, CPU from ``since`` (``cpu_seconds``) or from now.

    The kernel counts whole seconds of the process: a document may have up to a second less, and never more.
    """
    lower_limit(resource.RLIMIT_AS, limits.memory)
    lower_limit(resource.RLIMIT_CPU, int(cpu_seconds() if since is None else since) + limits.cpu)


def resident_of(pid: int) -> int:
    """Bytes a process holds in memory; 0 where the system does not say (no /proc)."""
    try:
        said = os.open(f"/proc/{pid}/statm", os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(said, 256).split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0
    finally:
        os.close(said)


def limits_of(name: str) -> Limits:
    """The limits of a format; those of ``OTHER`` for a format without limits of its own."""
    return LIMITS.get(name, OTHER)
