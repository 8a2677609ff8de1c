"""Pieces of generated reports asked of the search, of SQLite's trigram index and of tantivy."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from archive.readings import get_text
from archive.search import Filters, find_page
from archive.store import Archive
from benchmarks.search.building import cpu_seconds
from benchmarks.search.judging import han_piece, random_reports

_SEED = 20250121
_LONGEST = 12
_KNOWN = 3  # of fewer characters trigram knows nothing
_OF_TRIGRAM = 150  # of a million reports it takes seconds


def ask_all(folder: str, queries: int) -> dict[str, list[float]]:
    """Newest first, best first, trigram's ranking → CPU seconds of each query, by turns; of trigram the first only.

    "ranked" are those of "best" of which trigram knows something.
    """
    trigram = Path(folder) / "trigram.db"
    with Archive.open(Path(folder) / "archive", write=False) as archive, closing(sqlite3.connect(trigram)) as db:
        names: dict[str, Callable[[str], object]] = {
            "newest": lambda query: find_page(archive, query, Filters(), sort="newest", limit=20),
            "best": lambda query: find_page(archive, query, Filters(), sort="rank", limit=20),
            "trigram": lambda query: db.execute(
                "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 20", (_phrase(query),)
            ).fetchall(),
        }
        took = {name: list[float]() for name in (*names, "ranked")}
        for query in pieces(archive, queries):
            for name, ask in names.items():
                if name == "trigram" and (len(query) < _KNOWN or len(took[name]) == _OF_TRIGRAM):
                    continue
                took[name].append(cpu_seconds(lambda ask=ask, query=query: ask(query)))  # type: ignore[misc]
            took["ranked"] += took["best"][-1:] if len(query) >= _KNOWN else []
    return took


def pieces(archive: Archive, queries: int) -> list[str]:
    """Pieces of Han of 1 to 12 characters, from reports drawn by chance; always the same."""
    chance = random.Random(_SEED)
    reports = random_reports(archive, chance)
    lengths = range(1, _LONGEST + 1)
    return [han_piece(next(reports), chance, lengths[number % len(lengths)]) for number in range(queries)]


def write_texts(folder: str, file: str, queries: int) -> None:
    """Titles, texts and queries as lines of JSON, for a program that cannot read an archive."""
    with Archive.open(Path(folder) / "archive", write=False) as archive, Path(file).open("w", encoding="utf-8") as out:
        out.write(json.dumps([query for query in pieces(archive, queries) if len(query) >= _KNOWN]) + "\n")
        for reading, title in archive.db.execute("SELECT id, title FROM readings ORDER BY published, id"):
            out.write(json.dumps([reading, f"{title}\n{get_text(archive, reading)}"]) + "\n")


def _phrase(query: str) -> str:
    quoted = query.replace('"', '""')
    return f'"{quoted}"'
