"""Growth: what a report costs in time and room as the archive becomes larger.

Generated reports, five of other bodies with one text; written as a run, a look and a reading would have left them, and
put into the index for search. Time is the processor's for all of that, room all files of the archive, both for one
report; the larger archive beside that of the tenth part.
"""

from __future__ import annotations

from itertools import pairwise

from benchmarks.generated.archives import SHARING, generated
from benchmarks.table.figures import Required, Row, Scale, beside

TITLE = "Growth"
_FLAT = Required(most=1.15)


def measure(scale: Scale) -> list[Row]:
    """Each size beside the one before."""
    sizes = (500, 5_000) if scale.is_short else (10_000, 100_000, *([1_000_000] if scale.to_a_million else []))
    built = {size: generated(size, trigram=False, sharing=SHARING).built or {} for size in sizes}
    rows: list[Row] = []
    for fewer, more in pairwise(sizes):
        for name, what, unit, factor in (("seconds", "time", "ms", 1e3), ("size", "room", "KB", 1 / 1024)):
            pairs = [(built[more][name] / more * factor, built[fewer][name] / fewer * factor)]
            rows.append(
                beside(f"{what} of a report, {more:,}", f"{fewer:,}", pairs, unit, _FLAT, loose=name == "seconds")
            )
    return rows
