"""Everything that says when a report was published, side by side: what is printed, and what nobody meant to say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from archive.clock import parse_time
from archive.findings.chains import Chain
from archive.frontier import validators
from archive.season.coverage import CHINA, read_date
from archive.store import Archive

# Each with a path that has it.
_URL_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"/t(\d{4})(\d\d)(\d\d)_",  # TRS: /202401/t20240131_12345.html
        r"/[PW]0(\d{4})(\d\d)(\d\d)\d{6,}",  # TRS, a file: /202401/P020240131612345678901.pdf
        r"/art/(\d{4})/(\d{1,2})/(\d{1,2})/",  # Hanweb: /art/2024/1/31/art_123_45678.html
        r"/(\d{4})-(\d\d)/(\d\d)/",  # Kaipu: /2024-01/31/content_123.htm
        r"/(\d{4})/(\d\d)/(\d\d)/",
        r"/(\d{4})/(\d\d)(\d\d)/",  # /2024/0131/12345.html
        r"/(\d{4})(\d\d)(\d\d)/",  # Epoint: /001/20240131/….html
    )
)


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Days (Asia/Shanghai) of a report; None where nothing says one.

    ``printed``: what the report gives as its date. ``meta``: PubDate of its page. ``url``: the day in its address.
    ``modified``: Last-Modified of the first answer. ``made``: when a file says that it was made. ``seen``: our first
    look that saw it. Of several the earliest.
    """

    printed: date | None
    meta: date | None
    url: date | None
    modified: date | None
    made: date | None
    seen: date | None

    def others(self) -> dict[str, date]:
        """All but what is printed, by name."""
        return {
            name: day
            for name in ("meta", "url", "modified", "made", "seen")
            if (day := getattr(self, name)) is not None
        }


def witnesses_of(archive: Archive, chains: Sequence[Chain], report_year: int) -> Witnesses:
    """A report's chains → what says when it was published; of each chain as it was first seen.

    A file that says it was made before the end of the year reported on tells of its template.
    """
    crawled = [chain.crawled()[0] for chain in chains if chain.crawled()]
    heads = {one.capture for one in crawled}
    rows = archive.db.execute(
        "SELECT url, published, header FROM captures WHERE id IN (SELECT value FROM json_each(:ids))",
        {"ids": json.dumps(sorted(heads))},
    ).fetchall()
    return Witnesses(
        printed=read_date(_printed(archive, chains[0].lines[0].report)) if chains else None,
        meta=_earliest(read_date(published) for _, published, _ in rows),
        url=_earliest(day_in_url(url) for url, _, _ in rows),
        modified=_earliest(_modified(header) for _, _, header in rows),
        made=_earliest(made for chain in chains if (made := _made(archive, chain)) and made.year > report_year),
        seen=_earliest(day_of(one.at) for one in crawled),
    )


def day_of(at: str) -> date:
    """A time of the archive → its day in China."""
    return parse_time(at).astimezone(CHINA).date()


def day_in_url(url: str) -> date | None:
    """URL → the day in its path, as the families of portals write it there; None where there is none.

    >>> day_in_url("http://www.shili.example/art/2024/1/31/art_123_45678.html")
    datetime.date(2024, 1, 31)
    """
    for pattern in _URL_DATES:
        for found in pattern.finditer(url):
            try:
                return date(*(int(part) for part in found.groups()))
            except ValueError:  # /2024/1340/: eight digits that are no day
                continue
    return None


def _earliest(days: Iterator[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _printed(archive: Archive, report: int) -> str | None:
    row = archive.db.execute(
        "SELECT r.published FROM reports p JOIN readings r ON r.id = p.reading WHERE p.id = :report",
        {"report": report},
    ).fetchone()
    return None if row is None else row[0]


def _modified(header: bytes) -> date | None:
    """Header block → the day of its Last-Modified (RFC 9110, 8.8.2)."""
    stated = validators(header)[1]
    try:
        return parsedate_to_datetime(stated).astimezone(CHINA).date() if stated else None
    except (ValueError, OverflowError):  # "Last-Modified: 0": no date
        return None


def _made(archive: Archive, chain: Chain) -> date | None:
    """When the chain's first file says that it was made; a time after we had it is a clock's error: None."""
    row = archive.db.execute(
        "SELECT file_created FROM readings WHERE version = :version AND current = 1",
        {"version": chain.sightings[0].version},
    ).fetchone()
    if row is None or row[0] is None:
        return None
    moment = datetime.fromisoformat(row[0].replace("Z", "+00:00"))
    day = moment.astimezone(CHINA).date() if moment.tzinfo == UTC else moment.date()
    return day if day <= day_of(chain.sightings[0].at) else None
