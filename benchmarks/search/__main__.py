"""Search over generated reports: what is found, what it costs, and SQLite's trigram index beside it.

    python -m benchmarks.search [--reports N] [--queries Q] [--sharing S] [--no-trigram] [--folder FOLDER] [--keep]

Times are of the processor. ``--sharing``: so many reports have one text, which takes longest to make. ``--folder`` uses
what an earlier run with ``--keep`` built there.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from statistics import median, quantiles

from archive.search import Filters, count_facets, find_page
from archive.store import Archive
from benchmarks.search.building import BUILT, Built, build, cpu_seconds
from benchmarks.search.judging import (
    Judged,
    han_piece,
    judge_hits,
    judge_one,
    random_reports,
    word_piece,
)

_SEED = 20250120
_LONGEST = 12


def main(arguments: list[str] | None = None) -> int:
    """The program; exit code 1 where something is missed or found wrongly."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--reports", type=int, default=20_000)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--sharing", type=int, default=1)
    parser.add_argument("--no-trigram", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args(arguments)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="search-"))
    try:
        if not (folder / "archive").exists():
            built = build(folder, options.reports, sharing=options.sharing, with_trigram=not options.no_trigram)
            (folder / BUILT).write_text(json.dumps(asdict(built)))
            _print_built(built)
        with Archive.open(folder / "archive", write=False) as archive:
            judged = _judge(archive, options.queries)
            _time(archive, folder / "trigram.db", options.queries)
    finally:
        if not options.keep:
            shutil.rmtree(folder)
    return 1 if any(one.missed or one.wrong for one in judged) else 0


def _print_built(built: Built) -> None:
    print(f"{built.reports:,} reports asked for; texts {_mb(built.raw)} as UTF-8, {_mb(built.kept)} as kept")
    print(f"index {_mb(built.index)}: {built.index / built.raw:.3f} × the texts; beside it {_mb(built.beside)}")
    print(f"indexing took {built.index_seconds:.0f} s of CPU")
    if built.trigram:
        ratios = built.index_seconds / built.trigram_seconds, built.index / built.trigram
        print(f"trigram {_mb(built.trigram)}, {built.trigram_seconds:.0f} s of CPU")
        print(f"ours ÷ trigram: time {ratios[0]:.2f} ×, size {ratios[1]:.3f} ×", flush=True)


def _judge(archive: Archive, queries: int) -> tuple[Judged, Judged]:
    """Random pieces of Han and of words: asked of the report that they are from, of another one, and of all."""
    chance = random.Random(_SEED)
    reports = random_reports(archive, chance)
    han, words = Judged(), Judged()
    for number in range(queries * 5):
        one, other = next(reports), next(reports)
        piece = han_piece(one, chance, number % _LONGEST + 1)
        for report in (one, other):
            judge_one(archive, report, piece, is_there=report.holds_han(piece), judged=han)
        word = word_piece(one, chance)
        for report in (one, other):
            judge_one(archive, report, word, is_there=report.holds_word(word), judged=words)
        if number < queries:
            judge_hits(archive, piece, is_word=False, judged=han)
            judge_hits(archive, word, is_word=True, judged=words)
    print(f"Han pieces of 1 to {_LONGEST} characters: {han}")
    print(f"words and numbers from their beginning: {words}", flush=True)
    for error in (han.errors + words.errors)[:20]:
        print(error)
    return han, words


def _time(archive: Archive, trigram: Path, queries: int) -> None:
    chance = random.Random(_SEED + 1)
    reports = random_reports(archive, chance)
    asked = [han_piece(next(reports), chance, number % _LONGEST + 1) for number in range(queries)]
    asked += [word_piece(next(reports), chance) for _ in range(queries // 10)]
    names: dict[str, Callable[[str], object]] = {
        "newest first": lambda query: find_page(archive, query, Filters(), sort="newest", limit=20),
        "best first": lambda query: find_page(archive, query, Filters(), sort="rank", limit=20),
        "facets": lambda query: count_facets(archive, query, Filters()),
    }
    with closing(sqlite3.connect(trigram if trigram.exists() else ":memory:")) as db:
        if trigram.exists():
            names["trigram"] = lambda query: _ask_trigram(db, query)
        took: dict[str, list[float]] = {name: [] for name in names}
        both: dict[str, list[float]] = {name: [] for name in names}
        for query in asked:
            for name, ask in names.items():
                if name != "trigram" or len(query) >= 3:
                    seconds = cpu_seconds(lambda ask=ask, query=query: ask(query))  # type: ignore[misc]
                    took[name].append(seconds)
                    if len(query) >= 3:
                        both[name].append(seconds)
    for name, seconds in took.items():
        print(f"{name}: median {_ms(median(seconds))}, p95 {_ms(_p95(seconds))}, longest {_ms(max(seconds))}")
    print(f"newest first ÷ best first, p95: {_p95(took['newest first']) / _p95(took['best first']):.3f} ×")
    if "trigram" in names:
        ratio = _p95(both["best first"]) / _p95(both["trigram"])
        print(f"best first ÷ trigram, p95, where trigram can answer: {ratio:.2f} ×")


def _ask_trigram(db: sqlite3.Connection, query: str) -> object:
    phrase = query.replace('"', '""')
    return db.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 20", (f'"{phrase}"',)).fetchall()


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


if __name__ == "__main__":
    sys.exit(main())
