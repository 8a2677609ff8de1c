"""Scanned reports, clean and degraded, read by sight; and the same pages as RapidOCR reads them whole.

    python -m benchmarks.sight [--only NAME …] [--pages N] [--json FILE]

The documents are those of tests/documents/pdf, by programs and in fonts of many kinds; ``--only`` names some of them.
``--pages``: so many pages are read by RapidOCR as well. Times are of the processor.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.sight.judging import Tally, truth_of
from benchmarks.sight.scanning import CLEAN, DEGRADED, Spoil, draw, scan
from parsers.errors import DocumentError
from parsers.reading import read_documents
from parsers.report import Hints
from parsers.sight.pages import see_page
from parsers.sight.rasters import Raster, rasters_of
from parsers.sight.seeing import see

DOCUMENTS = Path(__file__).parents[2] / "tests" / "documents" / "pdf"


def main(arguments: list[str] | None = None) -> int:
    """The program; exit code 1 where a figure was read wrongly."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sight", description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--pages", type=int, default=12)
    options = parser.parse_args(arguments)
    files = [file for file in sorted(DOCUMENTS.glob("*.pdf")) if not options.only or file.stem in options.only]
    tallies = {name: Tally() for name in ("clean 200", "clean 150", "clean 300", *DEGRADED)}
    for seed, file in enumerate(files):
        for name, dots, spoils in _kinds():
            _judge(tallies[name], f"{file.stem} {name}", file, dots, spoils, seed)
    for name, tally in tallies.items():
        print(
            f"{name:20} {tally.documents:3} documents {tally.pages:4} pages: {tally.share:8.3%} right, "
            f"{tally.unread:4} unread, {tally.wrong} wrong; {tally.identities - tally.unknown} of {tally.identities} "
            f"identities decided; {tally.seconds / max(1, tally.pages):.2f} s a page"
        )
    errors = [error for tally in tallies.values() for error in tally.errors]
    print("\n".join(errors[:40]))
    if options.pages:
        print(_beside(files, options.pages), flush=True)
    return 1 if errors else 0


def _kinds() -> Iterator[tuple[str, int, Sequence[Spoil]]]:
    yield from (("clean 200", 200, CLEAN), ("clean 150", 150, CLEAN), ("clean 300", 300, CLEAN))
    for name, spoils in DEGRADED.items():
        yield name, 200, spoils


def _judge(tally: Tally, name: str, file: Path, dots: int, spoils: Sequence[Spoil], seed: int) -> None:
    payload = scan(file.read_bytes(), dots, spoils, seed)
    pages = sum(1 for _ in rasters_of(payload))
    began = time.process_time()
    try:
        reports = read_documents((see(payload),), Hints())
    except DocumentError as error:
        print(f"{name}: {error.code} {error.says}")
        reports = ()
    tally.add(name, pages, reports, truth_of(file), time.process_time() - began)


def _beside(files: Sequence[Path], pages: int) -> str:
    """Both on the same pages, by turns."""
    from rapidocr import RapidOCR

    one_thread = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    whole = RapidOCR(params={**one_thread, "Global.log_level": "critical"})
    drawn = (pixels for file in files for pixels in draw(file.read_bytes(), 200))
    ours, theirs = [], []
    for pixels in islice(drawn, pages):
        began = time.process_time()
        grey = pixels[:, :, 0].copy()
        see_page(Raster(grey, 200.0, np.zeros_like(grey)), 1)
        between = time.process_time()
        whole(pixels)
        ours.append(between - began)
        theirs.append(time.process_time() - between)
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return (
        f"{len(ratios)} pages: ours {median(ours):.2f} s, RapidOCR's full page {median(theirs):.2f} s, "
        f"ratio {median(ratios):.3f} × (of the sums {sum(ours) / sum(theirs):.3f} ×)"
    )


if __name__ == "__main__":
    sys.exit(main())
