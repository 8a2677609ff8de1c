"""Search over generated reports: the index beside SQLite's own trigram index, and what pieces of reports cost to find.

``python -m benchmarks.search`` generates the reports, builds both, and judges whether all is found and nothing else;
here are the ratios. Asked for are pieces of Han of 1 to 12 characters, by turns: a page of 20 with total and passages
of ours, row numbers alone of trigram's and tantivy's, which are asked for those of three and more. tantivy has pairs of
characters for words and is asked for their phrase; no ratio to it is required. What is required of queries is required
of a million reports (``--folder``). Times are of the processor, of queries the 95th percentile.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from statistics import quantiles
from typing import Any

from archive.store import Archive
from benchmarks.generated.archives import generated
from benchmarks.generated.searching import ask_all, write_texts
from benchmarks.search.building import BUILT
from benchmarks.table.deed import do
from benchmarks.table.figures import Missing, Required, Row, Scale, beside
from benchmarks.table.other_python import PYTHON, ask, has

TITLE = "Index and search"
_ROUNDS = 3
_MANY = 990_000  # a million, of which some dozens are made twice
_ASKED = 1500  # of a million: a twentieth of these decides a 95th percentile
_SCRIPT = Path(__file__).parent.parent / "others" / "tantivy_search.py"


def measure(scale: Scale) -> list[Row]:
    """Time and size of the index, time of queries."""
    known = None if scale.folder else generated(scale.pick(2_000, 20_000))
    folder = str(known.folder if known else scale.folder)
    built = known.built if known else _read_built(Path(folder) / BUILT)
    with Archive.open(Path(folder) / "archive", write=False) as archive:
        (reports,) = archive.db.execute("SELECT count(*) FROM reports").fetchone()
    of = f"{reports:,} reports"
    queries = _ASKED if reports >= _MANY else scale.pick(60, 300)
    rows: list[Row] = [] if built is None else _of_index(of, built, is_short=scale.is_short)
    rounds = [do(ask_all, folder, queries) for _ in range(_ROUNDS)]
    peak = max(one.peak for one in rounds)
    names = ("newest", "best", "ranked", "trigram")
    newest, best, ranked, trigram = ([_p95(one.value[name]) for one in rounds] for name in names)
    to_best, to_trigram = (Required(most=0.1), Required(most=0.5)) if reports >= _MANY else (None, None)
    pairs = [*zip(newest, best, strict=True)]
    rows.append(beside(f"newest first, {of}, p95", "best first", pairs, "ms", to_best, (peak, None)))
    pairs = [*zip(ranked, trigram, strict=True)]
    rows.append(beside(f"best first, {of}, p95", "trigram, ranked", pairs, "ms", to_trigram, (peak, None)))
    if not has("tantivy"):
        return [*rows, Missing("tantivy", f"not in {Path(PYTHON).name}")]
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        do(write_texts, folder, file.name, queries)
        theirs = ask(_SCRIPT, [file.name])
    other, memory = _p95(theirs["asking"]), (peak, theirs["peak"])
    for what, ours in (("newest first", newest), ("best first", ranked)):
        pairs = [(one, other) for one in ours]
        rows.append(beside(f"{what}, {of}, p95", "tantivy, ranked", pairs, "ms", None, memory, loose=True))
    if built is not None:
        seconds, sizes = (built["index_seconds"], theirs["indexing"]), (built["index"] / 1e6, theirs["size"] / 1e6)
        rows.append(beside(f"index of {of}, time", "tantivy", [seconds], "s", loose=True))
        rows.append(beside(f"index of {of}, size", "tantivy", [sizes], "MB", loose=True))
    return rows


def _read_built(file: Path) -> dict[str, Any] | None:
    """What an earlier run noted of an archive that it left with a trigram index."""
    built: dict[str, Any] | None = json.loads(file.read_text()) if file.exists() else None
    return built if built and built["trigram"] else None


def _of_index(of: str, built: dict[str, Any], *, is_short: bool) -> list[Row]:
    """Built once: a short one says too little of the time to be held against another."""
    seconds, sizes = (
        (built["index_seconds"], built["trigram_seconds"]), (built["index"] / 1e6, built["trigram"] / 1e6),
    )  # fmt: skip
    return [
        beside(f"index of {of}, time", "trigram", [seconds], "s", Required(most=1.1), loose=is_short),
        beside(f"index of {of}, size", "trigram", [sizes], "MB", Required(most=0.2)),
    ]


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1] * 1e3
