"""Pieces of reports, whether a report holds one (without the index), and what the search says of it."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from archive.readings import get_text
from archive.search import Filters, find_page
from archive.store import Archive

# The plainest Chinese: a letter or digit is one that is none of these.
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(r"[0-9a-z]+(?:[-.][0-9a-z]+)*")


@dataclass(frozen=True, slots=True)
class Report:
    """One report as it is kept; ``said``: its title, name and text."""

    id: int
    organisation: str
    year: int
    said: tuple[str, ...]

    def holds_han(self, piece: str) -> bool:
        """Whether a piece stands in a text, NFKC, in lower case, without white space.

        What stands in quotation marks as a whole is asked for as a phrase, which has none of them.
        """
        if piece.startswith("“") and piece.endswith("”") and "“" not in piece[1:]:
            piece = piece[1:-1]
        return any(piece in "".join(_normal(text).split()) for text in self.said)

    def holds_word(self, word: str) -> bool:
        """Whether a word begins so; white space ends words."""
        pattern = rf"(?<![0-9a-z]){re.escape(word)}"
        return any(re.search(pattern, _normal(text)) for text in self.said)


@dataclass(slots=True)
class Judged:
    """``found`` and right, ``missed`` (there, not found), ``wrong`` (found, not there), ``absent`` and not found."""

    found: int = 0
    missed: int = 0
    wrong: int = 0
    absent: int = 0
    errors: list[str] = field(default_factory=list)

    def add(self, what: str, *, is_there: bool, is_found: bool) -> None:
        """Counts one question."""
        if is_there != is_found:
            self.errors.append(f"{'missed' if is_there else 'wrong'}: {what}")
        self.found += is_there and is_found
        self.missed += is_there and not is_found
        self.wrong += is_found and not is_there
        self.absent += not is_there and not is_found

    def __str__(self) -> str:
        recall = self.found / max(1, self.found + self.missed)
        precision = self.found / max(1, self.found + self.wrong)
        return (
            f"recall {recall:.4f}, precision {precision:.4f} "
            f"({self.found} found, {self.missed} missed, {self.wrong} wrong, {self.absent} rightly not found)"
        )


def load_report(archive: Archive, report: int) -> Report:
    """A report's number → the report."""
    name, year, reading, title = archive.db.execute(
        """
        SELECT o.name, p.report_year, r.id, r.title
        FROM reports p JOIN organisations o ON o.id = p.organisation JOIN readings r ON r.id = p.reading
        WHERE p.id = ?
        """,
        (report,),
    ).fetchone()
    return Report(report, name, year, (title, name, get_text(archive, reading)))


def random_reports(archive: Archive, chance: random.Random) -> Iterator[Report]:
    """Reports at random, for ever."""
    ids = [report for (report,) in archive.db.execute("SELECT id FROM reports WHERE reading IS NOT NULL").fetchall()]
    while True:
        yield load_report(archive, chance.choice(ids))


def han_piece(report: Report, chance: random.Random, length: int) -> str:
    """A piece of so many characters of a text without white space, Han and punctuation; shorter where none is."""
    folded = "".join(_normal(report.said[2]).split())
    runs = [run for run in re.findall(rf"[{_HAN}，、。：；（）“”《》()]+", folded) if re.search(f"[{_HAN}]", run)]
    run = chance.choice([run for run in runs if len(run) >= length] or runs)
    pieces = [run[at : at + length] for at in range(max(1, len(run) - length + 1))]
    return chance.choice([piece for piece in pieces if re.search(f"[{_HAN}]", piece)])


def word_piece(report: Report, chance: random.Random) -> str:
    """The beginning of a word or number, of one or several joined by a dash or stop."""
    word = chance.choice(_WORD.findall(_normal(report.said[2])))
    return word[: chance.randrange(1, len(word) + 1)].rstrip("-.")


def judge_one(archive: Archive, report: Report, query: str, *, is_there: bool, judged: Judged) -> None:
    """Asks for the query among the reports of one body and year, and counts whether this one is found rightly."""
    filters = Filters(year=report.year, organisation=report.organisation)
    found = find_page(archive, query, filters, sort="newest", limit=50)
    what = f"{query!r} in r{report.id}"
    judged.add(what, is_there=is_there, is_found=any(hit.report == report.id for hit in found.hits))


def judge_hits(archive: Archive, query: str, *, is_word: bool, judged: Judged) -> None:
    """Asks for the query among all, in both orders, and counts which hits of the first page hold it."""
    for sort in ("newest", "rank"):
        for hit in find_page(archive, query, Filters(), sort=sort, limit=20).hits:
            report = load_report(archive, hit.report)
            holds = report.holds_word(query) if is_word else report.holds_han(query)
            judged.add(f"{query!r} in r{report.id}", is_there=holds, is_found=True)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
