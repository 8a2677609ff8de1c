"""Scanned reports, clean and degraded, read by sight; and the same pages as RapidOCR reads them whole.

    python -m benchmarks.sight [--only NAME …] [--all] [--beside N] [--memory] [--write]

Every document is read clean at 200 dots an inch, degraded in one of the ways by turn, with ``--all`` in each, and with
seals in other places.
``--beside``: so many pages are read by RapidOCR as well. ``--memory``: 200 documents through one child instead.
``--write``: what is printed is kept in benchmarks/sight/README.md. Times are of the processor.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np

from benchmarks.sight.judging import Tally, decided_in
from benchmarks.sight.scanning import CLEAN, DEGRADED, Spoil, draw, scan
from benchmarks.sight.sources import Source, sources
from parsers.errors import DocumentError
from parsers.limited.limits import resident_of
from parsers.reading import read, read_documents
from parsers.report import Hints
from parsers.sight.child import Seer
from parsers.sight.pages import see_page
from parsers.sight.rasters import Raster, rasters_of
from parsers.sight.seeing import see

README = Path(__file__).parent / "README.md"
_FENCE = "```"
_AT = (1, 10, 50, 100, 150, 200)


class Way(NamedTuple):
    """How a document is scanned."""

    name: str
    dots: int
    spoils: Sequence[Spoil]
    on_a_sheet: int = 1


_CLEAN = Way("clean 200 dpi", 200, CLEAN)
_WAYS = (
    Way("150 dpi, skew, grain", 150, DEGRADED["skew, grain"]),
    *(Way(f"200 dpi, {name}", 200, spoils) for name, spoils in DEGRADED.items()),
    Way("300 dpi, seal, JPEG, skew", 300, DEGRADED["seal, JPEG, skew"]),
    Way("200 dpi, two pages on a sheet", 200, CLEAN, 2),
)
_SEALED = (_WAYS[4], _WAYS[6])
_ELSEWHERE = 100  # added to the seeds: seals in other places
_OTHER_SEALS = "seals in other places"
_BARE = ("without rules: clean", "without rules: degraded")


def main(arguments: list[str] | None = None) -> int:
    """The program; exit code 1 where a figure was read wrongly."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sight", description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--beside", type=int, default=8, metavar="N")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    if options.memory:
        said, failed = _memory(), False
    else:
        said, failed = _measured(tuple(options.only), options.all, options.beside)
    print(said)
    if options.write:
        _keep(said, "memory" if options.memory else "accuracy")
    return 1 if failed else 0


def _measured(only: tuple[str, ...], every: bool, beside: int) -> tuple[str, bool]:
    tallies = {name: Tally() for name in (_CLEAN.name, *(way.name for way in _WAYS), *_BARE, _OTHER_SEALS)}
    scanned = list(sources(only))
    for seed, source in enumerate(scanned):
        identities = decided_in(read(source.payload))
        for way in (_CLEAN, *(_WAYS if every else (_WAYS[seed % len(_WAYS)],))):
            name = _BARE[way is not _CLEAN] if source.bare else way.name
            _judge(tallies[name], source, way, seed, identities)
        _judge(tallies[_OTHER_SEALS], source, _SEALED[seed % 2], seed + _ELSEWHERE, identities)
    ruled, degraded = Tally(), Tally()
    for way in _WAYS:
        ruled += tallies[way.name]
        degraded += tallies[way.name]
    degraded += tallies[_BARE[1]]
    errors = [error for tally in tallies.values() for error in tally.errors]
    sums = [("all degraded, with rules", ruled), ("all degraded", degraded)]
    lines = [_line(name, tally) for name, tally in [*tallies.items(), *sums]]
    head = f"{'':32} docs pages cells    right unread wrong  identities s/page"
    lines = [head, *lines, *errors[:40]]
    if beside:
        lines.append(_beside(scanned, beside))
    return "\n".join(lines), bool(errors)


def _judge(tally: Tally, source: Source, way: Way, seed: int, identities: int) -> None:
    payload = scan(source.payload, way.dots, way.spoils, seed, way.on_a_sheet)
    pages = sum(1 for _ in rasters_of(payload))
    began = time.process_time()
    try:
        reports = read_documents((see(payload),), Hints())
    except DocumentError as error:
        print(f"{source.name} {way.name}: {error.code} {error.says}", file=sys.stderr)
        reports = ()
    before = tally.unread
    tally.add(f"{source.name} {way.name}", pages, reports, source.truth, time.process_time() - began, identities)
    print(f"{source.name:28} {way.name:32} {tally.unread - before:4} unread", file=sys.stderr, flush=True)


def _line(name: str, tally: Tally) -> str:
    identities = f"{tally.decided} of {tally.identities}"
    return (
        f"{name:32}{tally.documents:5}{tally.pages:6}{tally.cells:6}{tally.share:9.2%}{tally.unread:7}{tally.wrong:6}"
        f"{identities:>12}{tally.seconds / max(1, tally.pages):7.2f}"
    )


def _beside(scanned: Sequence[Source], pages: int) -> str:
    """Both on the same pages, by turns."""
    from rapidocr import RapidOCR

    one_thread = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    whole = RapidOCR(params={**one_thread, "Global.log_level": "critical"})
    drawn = (next(draw(source.payload, 200)) for source in scanned)
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


def _memory() -> str:
    """One child over 200 documents of one page each: what it holds in memory."""
    (source,) = sources(("pdf07",))
    (other,) = sources(("pdf04",))
    held = {}
    with Seer() as seer:
        pid = seer.pid
        for number in range(1, _AT[-1] + 1):
            seer.read(scan((source, other)[number % 2].payload, 200, CLEAN, number), Hints())
            if number in _AT:
                held[number] = resident_of(pid) / 2**20
        restarted = seer.pid != pid
    said = ", ".join(f"after {number}: {size:.0f} MB" for number, size in held.items())
    return f"{_AT[-1]} documents through one child{' (restarted)' if restarted else ''}: {said}"


def _keep(said: str, name: str) -> None:
    """Puts what was printed between the marks of its name in the README."""
    first, last = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    text = README.read_text("utf-8")
    head, _, rest = text.partition(first)
    _, _, tail = rest.partition(last)
    README.write_text(f"{head}{first}{_FENCE}\n{said}\n{_FENCE}\n{last}{tail}", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
