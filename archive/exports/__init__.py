"""One file per export, discovered from this folder."""

from __future__ import annotations

import pkgutil
import re
from dataclasses import dataclass, fields
from importlib import import_module
from typing import BinaryIO, Protocol, cast

from archive.errors import BadQuery
from archive.store import Archive

_REGION = re.compile(r"\d{2}|\d{4}|\d{6}")


@dataclass(frozen=True, slots=True)
class Selection:
    """What of the archive is wanted, and in what shape; a field left as it is here was not asked for.

    ``region`` is a code or its beginning; ``since`` an ISO 8601 time or a cursor of ``nianbao changes`` (digits): only
    reports with a change at or after that time, or after that cursor. ``table`` is "cells" or "reports". ``bom`` asks
    for a byte order mark, without which Excel takes UTF-8 for the machine's code page.
    """

    year: int | None = None
    region: str = ""
    since: str = ""
    site: str = ""
    run: int | None = None
    report: int | None = None
    table: str = ""
    bom: bool = False

    def asked(self) -> frozenset[str]:
        """The names of the fields that were asked for."""
        return frozenset(one.name for one in fields(self) if getattr(self, one.name) != one.default)

    def region_prefix(self) -> str:
        """The region without the zeros that stand for all below it (150800 → 1508). Raises BadQuery.

        >>> Selection(region="150800").region_prefix()
        '1508'
        """
        region = self.region
        if region and not _REGION.fullmatch(region):
            raise BadQuery(f"expected a region code of 2, 4 or 6 digits (15, 1508, 150824), found {region!r}")
        while len(region) > 2 and region.endswith("00"):
            region = region[:-2]
        return region


class Export(Protocol):
    """What each module here offers.

    ``SELECTS`` names the fields of Selection that it honours; what is asked beyond them is refused before it is called.
    ``write_export`` writes to an open binary file, which need not be seekable, and returns how many reports it wrote.
    No export holds all reports in memory.
    """

    NAME: str
    CAPTION: str
    SELECTS: frozenset[str]

    def write_export(self, archive: Archive, selection: Selection, out: BinaryIO) -> int: ...


OF_REPORTS = frozenset({"year", "region", "since", "report"})
"""What every export of reports honours."""


def export_names() -> tuple[str, ...]:
    """The exports there are, without loading any."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.ispkg))


def find_export(name: str) -> Export:
    """One of ``export_names`` → its module."""
    return cast(Export, import_module(f"{__name__}.{name}"))


def expect_honoured(export: Export, selection: Selection) -> None:
    """Raises BadQuery where a selection asks what the export does not know: it would be left out in silence."""
    beyond = sorted(selection.asked() - export.SELECTS)
    if beyond:
        raise BadQuery(f"export {export.NAME} knows no --{', --'.join(beyond)}; it has {_options(export.SELECTS)}")


def _options(names: frozenset[str]) -> str:
    return ", ".join(f"--{name}" for name in sorted(names)) or "no options"
