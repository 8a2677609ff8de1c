"""ROOM 3  understand: pure functions, bytes → Document → Report; no network, no SQL, no clock.

As a library, without any archive: bytes in, reports out.

    from pathlib import Path
    from parsers import NotAReport, read

    for report in read(Path("report.pdf").read_bytes()):
        print(report.organisation, report.report_year)
        for value in report.values:
            print(value.key, value.status, value.value, value.raw)

``read`` raises a ``DocumentError``; its ``code`` says which: ``NotAReport``, ``unknown_format``, ``needs_ocr`` … It
reads in the caller's own process; ``Child`` reads in a limited one, which a hostile document cannot take along:

    from parsers import Child, Hints

    with Child() as child:
        (report,) = child.read(payload, Hints())

Importing this package loads nothing: each name is loaded when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parsers.child import Child
    from parsers.errors import DocumentError, NotAReport
    from parsers.parse_document import report_to_dict
    from parsers.reading import read
    from parsers.report import Hints, Report, Status, Value

__all__ = (
    "Child", "DocumentError", "Hints", "NotAReport", "Report", "Status", "Value", "read", "report_to_dict",
)  # fmt: skip

# Where each name lives; none of them is the name of a module of this folder, which would take its place.
_HOMES = {
    "Child": "child",
    "DocumentError": "errors",
    "Hints": "report",
    "NotAReport": "errors",
    "Report": "report",
    "Status": "report",
    "Value": "report",
    "read": "reading",
    "report_to_dict": "parse_document",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
