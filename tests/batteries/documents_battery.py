"""Damaged documents, bombs, readers that burn and die, documents that ask for something outside.

Real documents of every format are damaged (bytes, pieces, numbers, parts of packages) and read through the limited
child, and so are small files that ask for much. Each must end as reports or as a typed error, within the CPU seconds,
the seconds and the megabytes of its format, which its row names (CPU counts in whole seconds). Readers that never end,
swell, hang, crash or are killed are ended at their limit and take nobody along. No document makes a reader or
LibreOffice open a file, ask a server or run a macro; LibreOffice is not run where its network cannot be cut off.
Nothing is left: no memory in the parent, no descriptor, no file, no process.
"""

from __future__ import annotations

import ctypes
import gc
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path

from parsers.child import Child
from parsers.convert import recognise
from parsers.errors import DocumentError
from parsers.limited.limits import LIMITS, OTHER, Limits
from tests.batteries.documents_bombs import BOMBS, GIANTS
from tests.batteries.documents_deeds import driven_to_limits, struck, taken_over
from tests.batteries.documents_growing import GROWING
from tests.batteries.documents_measured import End, below, ends_of, resident
from tests.batteries.documents_mutations import mutated
from tests.batteries.documents_office import read_by_libreoffice, stopped_libreoffice, without_namespace
from tests.batteries.documents_outside import for_readers
from tests.batteries.documents_traps import Traps
from tests.batteries.figures import Row, Scale, row_of

TITLE = "Hostile documents"
_SEED = 2024
_MOST_GROWTH = 48.0  # megabytes of the parent, through which every bomb passes
_SLACK = 1.0  # seconds beyond a deadline in which the parent is told of it
_LATE = 20.0  # the same on a machine with other work
_NONE = "no format"
# The longest of them wait for a CPU limit or pass through pdfium: for the whole form.
_SHORT_BOMBS = (
    "entity_bomb_docx", "outside_entity_docx", "deep_docx", "wide_docx", "zip_in_zip", "looping_pdf",
    "deep_arrays_pdf", "braces_rtf", "deep_divs", "deep_tables", "huge_spans", "wide_rows", "near_labels",
    "prose of digits", "prose of claims", "prose of brackets", "title of places", "title of dates", "composite_ofd",
    "same_page_ofd",
)  # fmt: skip


def run(scale: Scale) -> list[Row]:
    """A row for each format, then one for each other kind of attack."""
    slack = _LATE if scale is Scale.SHORT else _SLACK
    with _nothing_left() as left, ThreadPoolExecutor(1) as beside:
        # It waits for most of its time. The whole form does one thing at a time, for what it measures.
        stopped = beside.submit(stopped_libreoffice, scale)
        if scale is Scale.WHOLE:
            stopped.exception()
        rows = _damaged(scale, slack)
        last = stopped.result()
        rows += [*driven_to_limits(scale, slack), struck(scale), taken_over(scale)]
        rows += [_asking(), read_by_libreoffice(scale), without_namespace(), last]
    return [*rows, row_of("left behind: memory of the parent, descriptors, files, processes", left)]


def _damaged(scale: Scale, slack: float) -> list[Row]:
    """Mutants and bombs, by the format that they are recognised as."""
    found: dict[str, list[End]] = defaultdict(list)
    bombs = BOMBS | GROWING | GIANTS
    made = _SHORT_BOMBS if scale is Scale.SHORT else tuple(bombs)
    with Child() as child:
        for name, payload in chain(_mutants(scale), ((name, bombs[name]()) for name in made)):
            (end,) = ends_of([(name, payload)], child)
            found[_format_of(payload)].append(replace(end, reports=()))  # all their cells would look like a leak
            del payload
    rows = []
    for name in [*LIMITS, _NONE]:
        limits = LIMITS.get(name, OTHER)
        rows.append(_row(f"{name} ({_told(limits)})", found[name], limits, slack))
    of_bombs = [end for ends in found.values() for end in ends if end.name in bombs]
    return [*rows, _row("bombs among these, each of another kind", of_bombs, max(LIMITS.values(), key=_size), slack)]


def _mutants(scale: Scale) -> Iterator[tuple[str, bytes]]:
    """The short form leaves Word's binary files to the whole: each asks LibreOffice where its own reader gives up."""
    for name, payload in mutated(scale.pick(66, 2000), _SEED):
        if scale is Scale.WHOLE or not name.partition(" ")[0].endswith((".doc", ".wps")):
            yield name, payload


def _format_of(payload: bytes) -> str:
    try:
        return recognise(payload).NAME
    except DocumentError:
        return _NONE


def _told(limits: Limits) -> str:
    return f"{limits.cpu} s of CPU, {limits.wall} s, {limits.memory >> 20:,} MB"


def _size(limits: Limits) -> tuple[int, int]:
    return limits.wall, limits.memory


def _row(what: str, ends: list[End], limits: Limits, slack: float) -> Row:
    return row_of(
        what,
        [(end.name, end.fault or end.beyond(limits, slack)) for end in ends],
        max((end.seconds for end in ends), default=None),
        max((max(end.megabytes, end.megabytes_below) for end in ends), default=None),
    )


def _asking() -> Row:
    """The readers' own network is left on here: it is their settings that are tried."""
    said = []
    with (
        tempfile.TemporaryDirectory() as name,
        Traps(Path(name)) as traps,
        Child("tests.batteries.documents_connected") as child,
    ):
        for what, payload in for_readers(traps.url, traps.planted):
            (end,) = ends_of([(what, payload)], child)
            told = "the planted text is in its report" if any(traps.secret in one.text for one in end.reports) else ""
            laughed = f"{end.megabytes:.0f} MB" if end.megabytes > 400 else ""
            said.append((what, traps.sprung() or told or end.fault or laughed))
    return row_of("entities, inclusions, links, templates, actions: nothing opened, nobody asked", said)


@contextmanager
def _nothing_left() -> Iterator[list[tuple[str, str]]]:
    """What is left when all is done, as ends; filled at the end."""
    found: list[tuple[str, str]] = []
    kept = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="nianbao-battery-") as folder:
        tempfile.tempdir = folder
        descriptors, processes, memory = _descriptors(), set(below(os.getpid())), resident()
        try:
            yield found
        finally:
            tempfile.tempdir = kept
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)  # what glibc keeps for the next large document is not held by anything
        grown = resident() - memory
        found += [
            ("memory of the parent", f"grown by {grown:.0f} MB" if grown > _MOST_GROWTH else ""),
            ("descriptors", f"{_descriptors() - descriptors} more" if _descriptors() > descriptors else ""),
            ("files", " ".join(path.name for path in Path(folder).iterdir())),
            ("processes", " ".join(map(str, set(below(os.getpid())) - processes))),
        ]


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
