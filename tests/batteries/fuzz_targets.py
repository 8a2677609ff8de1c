"""The readers that coverage-guided fuzzing calls: bytes → ended by a report's blocks or by a typed error.

Called by ``tests/batteries/fuzz_driver.py`` in the environment of atheris, and by the battery without it. Nothing is
caught but the readers' own errors: whatever else is raised is a mistake of ours.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from parsers.document import Document
from parsers.errors import DocumentError
from parsers.formats import html, ofd
from parsers.reading import reports_of
from parsers.report import Hints
from parsers.wire_form import report_from_wire, report_to_wire
from parsers.word import binary
from parsers.word.fib import NotUnderstood

_DOCUMENTS = Path(__file__).parents[1] / "documents"
_OTHERS = Path(__file__).parents[1] / "parsers" / "documents"
_PACKAGE = _OTHERS / "formats" / "easyofd_text.ofd"
_MOST = 40_000  # bytes of a file that fuzzing begins with: a longer one is mutated too slowly


def read_html(payload: bytes) -> None:
    """Any bytes as a web page."""
    html.sniff(payload)
    _read_further(html.convert(payload))


def read_doc(payload: bytes) -> None:
    """Any bytes as Word 97: the compound file's directory, the piece table, properties and tables."""
    _read_further(binary.read_word(payload, "doc"))


def read_ofd(payload: bytes) -> None:
    """Bytes that begin a ZIP as an OFD package; else the first byte says which part of a package the others replace."""
    if payload.startswith(b"PK"):
        ofd.sniff(payload)
        package = payload
    else:
        package = _with_part(payload)
    for document in ofd.documents(package):
        _read_further(document)


@cache
def _parts() -> tuple[tuple[str, bytes], ...]:
    with zipfile.ZipFile(_PACKAGE) as opened:
        return tuple(sorted((name, opened.read(name)) for name in opened.namelist() if name.endswith(".xml")))


def _with_part(payload: bytes) -> bytes:
    parts = _parts()
    chosen = payload[0] % len(parts) if payload else 0
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for at, (name, content) in enumerate(parts):
            package.writestr(name, payload[1:] if at == chosen else content)
    return made.getvalue()


def _read_further(document: Document) -> None:
    """What the limited child does with a document: its reports, there and back as JSON."""
    for report in reports_of(document, Hints()):
        assert report_from_wire(report_to_wire(report)) == report


TARGETS: dict[str, Callable[[bytes], None]] = {"doc": read_doc, "html": read_html, "ofd": read_ofd}
TYPED = (DocumentError, NotUnderstood, MemoryError, RecursionError)
"""What ends a document with a name in the child (parsers/child.py)."""


def seeds_of(name: str) -> list[bytes]:
    """Small documents of the tests to begin with."""
    found = [path.read_bytes() for folder in (_DOCUMENTS, _OTHERS) for path in sorted(folder.rglob(f"*.{name}"))]
    if name == "ofd":
        found += [bytes([at]) + content for at, (_, content) in enumerate(_parts())]
    return [payload for payload in found if len(payload) <= _MOST] or sorted(found, key=len)[:2]


def mistake_in(name: str, payload: bytes) -> str:
    """ "" where a reader ends as it may, else what it raised: the fault that the child would die of."""
    try:
        TARGETS[name](payload)
    except TYPED:
        return ""
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        return f"{type(error).__name__}: {error!s:.200}"
    return ""
