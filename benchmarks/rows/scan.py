"""Scanned pages to cells, by sight, beside RapidOCR on the same full pages; ``python -m benchmarks.sight`` has all.

Pages are drawn from committed PDFs at 200 dots an inch. Ours is from the pixels to the blocks of the page; how many
cells are right, and the identities decided, is of the whole documents that the pages are from.
"""

from __future__ import annotations

import time
from itertools import islice
from typing import Any

from benchmarks.table.deed import do
from benchmarks.table.figures import Required, Row, Scale, beside

TITLE = "Scanned pages"
_DOCUMENTS = ("pdf01", "pdf02", "pdf03", "pdf04", "pdf05", "pdf06", "pdf07", "pdf08")


def measure(scale: Scale) -> list[Row]:
    """CPU of a page, cells not right, identities not decided."""
    names = _DOCUMENTS[: scale.pick(2, len(_DOCUMENTS))]
    pages = do(look, list(names))
    rows: list[Row] = [
        beside("a page", "RapidOCR, full page", pages.value, "s", Required(most=0.25), (pages.peak, None))
    ]
    if not scale.is_short:
        cells, right, identities, decided = do(judge, list(names)).value
        rows.append(beside("cells not right", "all cells", [(cells - right, cells)], "cells", Required(most=0.005)))
        rows.append(beside("identities not decided", "all", [(identities - decided, identities)], "identities",
                           Required(most=0.0)))  # fmt: skip
    return rows


def look(names: list[str]) -> list[tuple[float, float]]:
    """CPU seconds of the first page of each document: ours, RapidOCR's."""
    import numpy as np
    from rapidocr import RapidOCR

    from benchmarks.sight.scanning import draw
    from parsers.sight.pages import see_page
    from parsers.sight.rasters import Raster

    one_thread = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    whole = RapidOCR(params={**one_thread, "Global.log_level": "critical"})
    found: list[tuple[float, float]] = []
    for pixels in [next(draw(source.payload, 200)) for source in _sources(names)]:
        grey = pixels[:, :, 0].copy()
        began = time.process_time()
        see_page(Raster(grey, 200.0, np.zeros_like(grey)), 1)
        between = time.process_time()
        whole(pixels)
        found.append((between - began, time.process_time() - between))
    return found[1:] if len(found) > 2 else found  # the first loads the models


def judge(names: list[str]) -> tuple[int, int, int, int]:
    """Cells, those right, identities that the documents' marks decide, those decided by sight."""
    from benchmarks.sight.judging import Tally, decided_in
    from benchmarks.sight.scanning import CLEAN, scan
    from parsers.reading import read, read_documents
    from parsers.report import Hints
    from parsers.sight.seeing import see

    tally = Tally()
    for seed, source in enumerate(_sources(names)):
        reports = read_documents((see(scan(source.payload, 200, CLEAN, seed)),), Hints())
        tally.add(source.name, 1, reports, source.truth, 0.0, decided_in(read(source.payload)))
    return tally.cells, tally.right, tally.identities, tally.decided


def _sources(names: list[str]) -> list[Any]:
    from benchmarks.sight.sources import sources

    return list(islice(sources(tuple(names)), len(names)))
