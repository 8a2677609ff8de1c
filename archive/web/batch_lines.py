"""What was pasted or uploaded → lines, and the choices beside it."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from archive.errors import BadQuery
from archive.web.asked import Asked
from archive.web.links import with_query
from parsers.forms import labels_by_key

MOST_LINES = 200
MOST_LINES_OF_ALL_YEARS = 40
"""A line has a row for each year then."""
MOST_KEYS = 12
LONGEST_LINE = 200

HEADLINES: dict[str, str] = {
    "received": "requests.received.total",
    "carried_in": "requests.carried_in.total",
    "granted": "requests.granted.total",
    "partly_granted": "requests.partly_granted.total",
    # In the forms of 2019 and 2021 the sum of the eight grounds (archive/comparing/series.py).
    "refused": "statistics.answered_refused.count",
    "not_held": "requests.unavailable_not_held.total",
    "handled": "requests.handled_total.total",
    "carried_out": "requests.carried_out.total",
    "review": "disputes.review.total",
    "lawsuits": "statistics.lawsuits.count",
    "normative": "proactive.normative_documents.issued",
    "penalties": "proactive.penalties.decisions",
}
"""Figures that the form offers: name of the words for it → key. Any other key may stand in the address."""
USUAL = ("received", "granted", "partly_granted", "refused", "carried_out", "review")
FINDS = ("bodies", "terms")

_LONGEST_IN_ADDRESS = 600  # characters of lines that a link may still carry
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Batch:
    """What was asked: ``lines`` to be answered now, ``over`` those beyond what one request takes.

    ``repeated``: how many lines said the same as one before. ``year`` None is all years.
    """

    lines: tuple[str, ...]
    over: tuple[str, ...]
    repeated: int
    find: str
    year: int | None
    keys: tuple[str, ...]
    lang: str

    @property
    def is_short(self) -> bool:
        """Whether an address can hold it."""
        return sum(map(len, (*self.lines, *self.over))) <= _LONGEST_IN_ADDRESS

    def path(self) -> str:
        """The address of this batch; what is as usual is left out."""
        usual = tuple(HEADLINES[name] for name in USUAL)
        return with_query(
            "/batch",
            {
                "lines": "\n".join((*self.lines, *self.over)),
                "find": self.find if self.find != FINDS[0] else "",
                "year": self.year,
                "key": () if self.keys == usual else self.keys,
                "lang": "en" if self.lang == "en" else "",
            },
        )


def read_batch(asked: Asked) -> Batch:
    """A request → the batch, of the fields of a POST or the parameters of a GET.

    ``lines``: one a line, of a row that was copied out of a table the first cell. ``file``: a text or CSV, its first
    column. ``find``: bodies or terms. ``year``; ``key``, several. Raises BadQuery.
    """
    sent = asked.sent
    said = sent.get("lines", "") if sent else asked.text("lines")
    listed = [*_pasted(said), *_first_column(sent.get("file", ""))]
    lines = tuple(dict.fromkeys(listed))
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            raise BadQuery(
                f"lines: expected at most {LONGEST_LINE} characters in a line, line {number} has {len(line)}"
            )
        if _CONTROL.search(line):
            raise BadQuery(f"lines: expected no control characters, line {number} has one")
    find = _choice("find", sent.get("find", "") if sent else asked.text("find"), FINDS)
    year = _year(sent.get("year", "")) if sent else asked.year()
    most = MOST_LINES_OF_ALL_YEARS if year is None and find == "bodies" else MOST_LINES
    keys = _keys(tuple(sent.get("key", "").split()) if sent else asked.texts("key"))
    return Batch(lines[:most], lines[most:], len(listed) - len(lines), find, year, keys, asked.lang)


def _pasted(text: str) -> list[str]:
    return [line for each in re.split(r"[\r\n]+", text) if (line := each.partition("\t")[0].strip())]


def _first_column(text: str) -> list[str]:
    """A file → the first column: of a CSV with commas or semicolons, of a table with tabs, or each line whole."""
    rows = [line for line in re.split(r"[\r\n]+", text.removeprefix("\ufeff")) if line.strip()]
    delimiter = next((one for one in "\t,;" if any(one in row for row in rows)), ",")
    try:
        return [row[0].strip() for row in csv.reader(rows, delimiter=delimiter) if row and row[0].strip()]
    except csv.Error as error:
        raise BadQuery(f"file: expected text or CSV, found neither: {error}") from error


def _choice(name: str, said: str, choices: tuple[str, ...]) -> str:
    found = said.strip() or choices[0]
    if found not in choices:
        raise BadQuery(f"{name}: expected one of {', '.join(choices)}, found {found[:80]!r}")
    return found


def _year(said: str) -> int | None:
    said = said.strip()
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and 1990 <= int(said[:9]) < 2100):
        raise BadQuery(f"year: expected a year as in 2024, found {said[:80]!r}")
    return int(said)


def _keys(said: tuple[str, ...]) -> tuple[str, ...]:
    keys = tuple(dict.fromkeys(said)) or tuple(HEADLINES[name] for name in USUAL)
    if unknown := [key for key in keys if key not in labels_by_key()]:
        raise BadQuery(f"key: expected a cell of a form as in requests.received.total, found {unknown[0][:80]!r}")
    if len(keys) > MOST_KEYS:
        raise BadQuery(f"key: expected at most {MOST_KEYS} figures, found {len(keys)}")
    return keys
