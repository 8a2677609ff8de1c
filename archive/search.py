"""Words of a query → the reports that hold them, in Chinese of two characters as well as of ten.

SQLite's own tokenizers take a run of Chinese for one word (unicode61) or need three characters (trigram). Here
every Han character is given to FTS5 as a word of its own and a term is looked for as a phrase of them, so any
piece of text is found. The index holds no text; it is cleared with its 'delete' command.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from archive.errors import BadQuery
from archive.readings import get_text
from archive.store import Archive
from parsers.text import squeeze

WORDS = "1"
"""Release of ``words_of``: rows that an earlier one indexed must be indexed again before they can be removed."""

_HAN = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(f"[{_HAN}]|(?:(?![{_HAN}])[^\\W_])+")  # 2023年abc → 2023, 年, abc
_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')  # 行政复议 "无 申请" 0478-7678686
_REGION = re.compile(r"\d{2}|\d{4}|\d{6}")
# FTS5 refuses expressions deeper than 256.
_MOST_TERMS = 100
_AROUND = 40


@dataclass(frozen=True, slots=True)
class Hit:
    """One report that holds every term; ``snippet`` shows the first place, terms between 【 and 】."""

    report: int
    organisation: str
    report_year: int
    version: int
    url: str
    snippet: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Which reports are wanted; ``region`` is a code or its first two or four digits (15, 1508, 150824)."""

    year: int | None = None
    region: str | None = None
    organisation: str | None = None


def words_of(text: str) -> list[str]:
    """Text → its words for the index: each Han character, and each run of other letters or digits, folded.

    >>> words_of("２０２３年　行政复议 ABC")
    ['2023', '年', '行', '政', '复', '议', 'abc']
    """
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower())


def terms_of(query: str) -> list[list[str]]:
    """Query → its terms, each the words of one phrase; what holds no letter or digit is no term. Raises BadQuery."""
    straight = query.translate(str.maketrans("“”＂\u3000", '""" '))
    found = [words_of(quoted or plain) for quoted, plain in _TERM.findall(straight)]
    terms = [words for words in found if words]
    if len(terms) > _MOST_TERMS:
        raise BadQuery(f"expected at most {_MOST_TERMS} terms, found {len(terms)}")
    return terms


def find_reports(archive: Archive, query: str, filters: Filters, *, sort: str, limit: int) -> list[Hit]:
    """Reports whose title, organisation or text holds every term of the query, one hit a report.

    ``sort`` is "newest" (by date of publication) or "rank" (FTS5's bm25). A query without a letter or digit finds
    nothing. Raises BadQuery for more terms than can be looked for, or a region that is no code.
    """
    terms = terms_of(query)
    if not terms:
        return []
    order = "h.score" if sort == "rank" else "r.published IS NULL, r.published DESC"
    rows = archive.db.execute(
        f"""
        WITH hits AS MATERIALIZED (
            SELECT rowid AS reading, bm25(search_index, 8.0, 4.0, 1.0) AS score
            FROM search_index WHERE search_index MATCH :match
        ),
        best AS MATERIALIZED (
            SELECT n.report AS report, min(iif(p.reading = h.reading, -1e9, 0) + h.score), h.reading, h.score
            FROM hits h
            JOIN readings r ON r.id = h.reading
            JOIN versions v ON v.id = r.version
            JOIN renditions n ON n.id = v.rendition
            JOIN reports p ON p.id = n.report
            GROUP BY n.report
        )
        SELECT p.id, coalesce(r.organisation, o.name), p.report_year, w.version, w.url, r.id, r.title
        FROM best h
        JOIN readings r ON r.id = h.reading
        JOIN report_versions w ON w.version = r.version
        JOIN reports p ON p.id = h.report
        JOIN organisations o ON o.id = p.organisation
        WHERE (:year IS NULL OR p.report_year = :year)
            AND (:region IS NULL OR coalesce(r.region_code, o.region_code, '') LIKE :region || '%')
            AND (
                :organisation IS NULL
                OR instr(o.name, :organisation) > 0
                OR instr(coalesce(r.organisation, ''), :organisation) > 0
            )
        ORDER BY {order}, p.report_year DESC, p.id
        LIMIT :limit
        """,
        {
            "match": " AND ".join(f'"{" ".join(words)}"' for words in terms),
            "year": filters.year,
            "region": _region_prefix(filters.region),
            "organisation": None if filters.organisation is None else squeeze(filters.organisation),
            "limit": limit,
        },
    ).fetchall()
    return [
        Hit(
            report, organisation, year, version, url, snippet_of(get_text(archive, reading), title, organisation, terms)
        )
        for report, organisation, year, version, url, reading, title in rows
    ]


def snippet_of(text: str, title: str, organisation: str, terms: list[list[str]]) -> str:
    """The first place where a term stands, in one line, all terms there marked; the beginning where none does.

    >>> snippet_of("本年度无行政复议案件。", "", "", [["行", "政", "复", "议"]])
    '本年度无【行政复议】案件。'
    """
    pattern = re.compile("|".join(_pattern_of(words) for words in terms))
    for source in (text, title, organisation):
        folded, origin = _fold_by_character(source)
        spans = [(origin[found.start()], origin[found.end() - 1] + 1) for found in pattern.finditer(folded)]
        if spans:
            return _marked(source, spans)
    return " ".join(text[: 2 * _AROUND].split())


def add_words(db: Database, reading: int, title: str, organisation: str, text: str) -> None:
    """Puts a reading into the index."""
    db.execute(
        "INSERT INTO search_index (rowid, title, organisation, body) VALUES (:reading, :title, :organisation, :body)",
        _row(reading, title, organisation, text),
    )
    db.execute("INSERT INTO searched (reading, words) VALUES (:reading, :words)", {"reading": reading, "words": WORDS})


def remove_words(db: Database, reading: int, title: str, organisation: str, text: str) -> None:
    """Takes a reading out of the index; a contentless index must be told what it was given."""
    db.execute(
        """
        INSERT INTO search_index (search_index, rowid, title, organisation, body)
        VALUES ('delete', :reading, :title, :organisation, :body)
        """,
        _row(reading, title, organisation, text),
    )
    db.execute("DELETE FROM searched WHERE reading = :reading", {"reading": reading})


def _row(reading: int, title: str, organisation: str, text: str) -> dict[str, int | str]:
    return {
        "reading": reading,
        "title": " ".join(words_of(title)),
        "organisation": " ".join(words_of(organisation)),
        "body": " ".join(words_of(text)),
    }


def _region_prefix(region: str | None) -> str | None:
    if region is None:
        return None
    if not _REGION.fullmatch(region):
        raise BadQuery(f"expected a region code of 2, 4 or 6 digits (15, 1508, 150824), found {region!r}")
    while len(region) > 2 and region.endswith("00"):
        region = region[:-2]
    return region


def _pattern_of(words: list[str]) -> str:
    letter = f"(?![{_HAN}])[^\\W_]"
    ends = (f"(?<!{letter})" if _is_run(words[0]) else "", f"(?!{letter})" if _is_run(words[-1]) else "")
    return ends[0] + r"[\W_]*".join(re.escape(word) for word in words) + ends[1]


def _is_run(word: str) -> bool:
    return re.fullmatch(f"[{_HAN}]", word) is None


def _fold_by_character(text: str) -> tuple[str, list[int]]:
    """Text → folded text, and for each of its characters the position it came from."""
    folded: list[str] = []
    origin: list[int] = []
    for position, character in enumerate(text):
        for one in _folded(character):
            folded.append(one)
            origin.append(position)
    return "".join(folded), origin


def _folded(character: str) -> str:
    return character if "\u4e00" <= character <= "\u9fff" else unicodedata.normalize("NFKC", character).lower()


def _marked(text: str, spans: list[tuple[int, int]]) -> str:
    start = max(0, spans[0][0] - _AROUND)
    end = min(len(text), spans[0][1] + 2 * _AROUND)
    line = " ".join("".join(_pieces(text, start, end, spans)).split())
    return f"{'…' if start else ''}{line}{'…' if end < len(text) else ''}"


def _pieces(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> Iterator[str]:
    at = start
    for first, last in spans:
        if first >= at and last <= end:
            yield text[at:first]
            yield f"【{text[first:last]}】"
            at = last
    yield text[at:end]
