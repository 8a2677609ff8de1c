"""Ratios of reading time, ours to other programs', measured by turns in one run.

    python -m benchmarks.speed [--rounds N] [--python PYTHON] [--only FORMAT] [FILE …]

Without files: those of ``tests/documents`` and of $NIANBAO_CORPUS. PYTHON is one that has pdfplumber, python-docx and
beautifulsoup4 (default: $NIANBAO_BENCH_PYTHON, else this one); what it lacks is said to be not installed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.speed.converting import Converter
from benchmarks.speed.portal_pages import OF_A_PORTAL, portal_pages
from benchmarks.speed.programs import CannotRead, Warm, cpu_of, cpu_of_catdoc, cpu_of_libreoffice, run_time_of
from benchmarks.table.deed import peak_of
from parsers.child import Child
from parsers.report import Hints

_DOCUMENTS = Path(__file__).parent.parent.parent / "tests" / "documents"
_SAME_PYTHON = ("plain_text_of_pdf", "bare_parse_of_html", "bare_parse_of_docx")


@dataclass(frozen=True, slots=True)
class Comparison:
    """``most``: our time is to be at most so many times the other's. ``least``: so many times less than it."""

    suffix: str
    other: str
    most: float | None = None
    least: float | None = None

    def verdict(self, ratio: float) -> str:
        """Our time ÷ theirs, against what is required."""
        if self.most is not None:
            return f"{ratio:6.2f} ×, required at most {self.most:g} ×: {_met(ratio <= self.most)}"
        if self.least is not None:
            return f"{1 / ratio:6.2f} times faster, required at least {self.least:g}: {_met(1 / ratio >= self.least)}"
        return f"{ratio:6.2f} ×"


COMPARISONS = (
    Comparison(".pdf", "plain_text_of_pdf", most=2.0),
    Comparison(".pdf", "tables_of_pdf", least=12.0),
    Comparison(".html", "bare_parse_of_html", most=3.0),
    Comparison(".html", "grids_of_html", least=6.5),
    Comparison(".docx", "bare_parse_of_docx", most=1.5),
    Comparison(".docx", "cells_of_docx", least=12.0),
)


def _met(is_met: bool) -> str:
    return "met" if is_met else "NOT MET"


@dataclass(frozen=True, slots=True)
class Taken:
    """Median seconds for one document: its cells and text; its whole report; the other program.

    ``memory``: the most that the process of the cells, and the other one, had resident after all documents, in MB.
    """

    name: str
    cells: float
    report: float
    other: float
    memory: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Work:
    """What is done with a document, and the number of the process that does it for this one."""

    on: Callable[[bytes], object]
    pid: Callable[[], int]

    def cpu_on(self, payload: bytes) -> float:
        """CPU seconds of both processes: on the wall a busy machine's queue counts, and the shorter work gets most."""
        while True:
            pid = self.pid()
            before = run_time_of(pid) + time.thread_time()
            self.on(payload)
            if pid == self.pid():  # else it was replaced, and began its account anew
                return run_time_of(pid) + time.thread_time() - before


def measure(comparison: Comparison, files: Sequence[Path], python: str, rounds: int) -> list[Taken | str] | str:
    """All files by all three: what was taken, or a line on why not; or what is not installed at all.

    The three take turns by rounds, and in a round each reads one document after another, as it is used: after another
    program's document a reader finds the processor's caches full of that program.
    """
    unread: dict[Path, str] = {}
    with Converter() as converter, Child() as reader, closing(Warm(python, comparison.other)) as warm:
        if warm.missing:
            return warm.missing
        for file in files:
            try:
                warm.work(file.read_bytes())
            except CannotRead as error:
                unread[file] = f"{file.name:28}is not read by the other: {error}"
        payloads = [file.read_bytes() for file in files if file not in unread]
        works = (
            Work(converter.cells, lambda: converter.pid),
            Work(lambda payload: reader.read(payload, Hints()), lambda: reader.pid),
            Work(warm.work, lambda: warm.process.pid),
        )
        spent = [[[work.cpu_on(payload) for payload in payloads] for work in works] for _ in range(rounds + 1)]
        memory = peak_of(converter.pid), peak_of(warm.process.pid)
    # The first round counts for nothing: lazy imports, first pages of memory.
    medians = [[median(of_one) for of_one in zip(*sides, strict=True)] for sides in zip(*spent[1:], strict=True)]
    taken = iter(zip(*medians, strict=True))
    return [unread.get(file) or Taken(file.name, *next(taken), memory) for file in files]


def lines_about(comparison: Comparison, taken: Sequence[Taken | str]) -> Iterator[str]:
    """The table of one comparison, and the two medians of its ratios with what is required."""
    yield f"\n{comparison.suffix[1:]}: ours beside {comparison.other} (medians, ms of CPU)"
    yield f"{'':28}{'cells':>9}{'report':>9}{'other':>9}{'cells ÷':>9}{'report ÷':>9}"
    yield from (one for one in taken if isinstance(one, str))
    measured = [one for one in taken if not isinstance(one, str)]
    for one in measured:
        times = "".join(f"{seconds * 1e3:9.2f}" for seconds in (one.cells, one.report, one.other))
        yield f"{one.name:28}{times}{one.cells / one.other:9.2f}{one.report / one.other:9.2f}"
    cells, report = (median(getattr(one, what) / one.other for one in measured) for what in ("cells", "report"))
    for whose, of_portals in (("of the documents", False), ("of portals' pages", True)):
        ratios = [one.cells / one.other for one in measured if one.name.startswith(OF_A_PORTAL) is of_portals]
        if 0 < len(ratios) < len(measured):
            yield f"{whose:19}{median(ratios):6.2f} × ({len(ratios)}, to cells and text)"
    yield f"to cells and text  {comparison.verdict(cells)}"
    yield f"to the report      {comparison.verdict(report)}"


def lines_about_doc(files: Sequence[Path], rounds: int) -> Iterator[str]:
    """CPU of DOC through the child, with all that it starts, beside catdoc and a running LibreOffice."""
    ours, _ = cpu_of_ours(files, rounds)
    yield f"\ndoc: CPU a document (mean of {len(files)} documents, ms)"
    yield f"ours          {ours * 1e3:9.1f}"
    catdoc = [cpu_of_catdoc(file) for file in files for _ in range(rounds)]
    spent = [one for one in catdoc if one is not None]
    if spent:
        mean = sum(spent) / len(spent)
        yield f"catdoc        {mean * 1e3:9.1f}  ours ÷ catdoc {ours / mean:.2f}"
    else:
        yield "catdoc        not installed"
    office = cpu_of_libreoffice(files)
    if office is None:
        yield "LibreOffice   not installed"
    else:
        verdict = Comparison(".doc", "", least=10.0).verdict(ours / office)
        yield f"LibreOffice   {office * 1e3:9.1f}  {verdict.strip()}"


def cpu_of_ours(files: Sequence[Path], rounds: int) -> tuple[float, float]:
    """CPU seconds a document, of the child and of what it ran, from the warm child's own account; its memory in MB."""
    payloads = [file.read_bytes() for file in files]
    with Converter() as converter:
        for payload in payloads:
            converter.cells(payload)
        before = cpu_of(converter.pid)
        for _ in range(rounds):
            for payload in payloads:
                converter.cells(payload)
        return (cpu_of(converter.pid) - before) / (rounds * len(payloads)), peak_of(converter.pid)


def files_of(suffix: str, named: Sequence[Path]) -> list[Path]:
    """The documents of one format that can be read: named ones, else the fixtures and the corpus."""
    if named:
        return [file for file in named if file.suffix == suffix]
    corpus = os.environ.get("NIANBAO_CORPUS", "")
    folders = [_DOCUMENTS / suffix[1:], *([Path(corpus) / suffix[1:]] if corpus else [])]
    return [file for folder in folders for file in sorted(folder.glob(f"*{suffix}"))]


def main(arguments: Sequence[str]) -> int:
    """Prints every comparison for which there are documents."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=15, help="measurements of each document by each side")
    parser.add_argument("--python", default=os.environ.get("NIANBAO_BENCH_PYTHON", sys.executable))
    parser.add_argument("--only", choices=("pdf", "html", "docx", "doc"))
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        return print_all(given, [] if given.files else portal_pages(Path(folder)))


def print_all(given: argparse.Namespace, pages: Sequence[Path]) -> int:
    """The comparisons asked for; ``pages`` are measured beside the HTML documents."""
    for comparison in COMPARISONS:
        files = [
            *files_of(comparison.suffix, given.files),
            *(page for page in pages if page.suffix == comparison.suffix),
        ]
        if not files or given.only not in (None, comparison.suffix[1:]):
            continue
        python = sys.executable if comparison.other in _SAME_PYTHON else given.python
        taken = measure(comparison, files, python, given.rounds)
        if isinstance(taken, str):
            print(f"\n{comparison.suffix[1:]}: {comparison.other} is not installed: {taken}", flush=True)
        else:
            print("\n".join(lines_about(comparison, taken)), flush=True)
    documents = files_of(".doc", given.files)
    if documents and given.only in (None, "doc"):
        print("\n".join(lines_about_doc(documents, given.rounds)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
