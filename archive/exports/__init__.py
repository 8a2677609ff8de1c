"""One file per export, discovered from this folder."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Protocol, TextIO, cast

from archive.store import Archive


class Export(Protocol):
    """What each module here offers. ``write_export`` writes to an open text file and returns the lines written."""

    NAME: str

    def write_export(self, archive: Archive, out: TextIO) -> int: ...


def export_names() -> tuple[str, ...]:
    """The exports there are, without loading any."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__)))


def find_export(name: str) -> Export:
    """One of ``export_names`` → its module."""
    return cast(Export, import_module(f"{__name__}.{name}"))
