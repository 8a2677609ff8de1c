"""When a file says of itself that it was made."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from parsers.document import Document

# Where the converters put it: Info's /CreationDate of a PDF (ISO 32000-1, 7.9.4), dcterms:created of an Office package
# (ISO 29500-2, annex D) and SummaryInformation of a binary file ([MS-OSHARED] 2.3.3.2.1). A page's own meta tags are
# not the file's: they are what the CMS says of publication.
_NAMES = {"pdf": "creationdate", "docx": "created", "doc": "created"}
# D:20240118093012+08'00' · D:20240118 · 2024-01-18T01:30:12Z
_TIME = re.compile(
    r"(?:D:)?(?P<year>\d{4})-?(?P<month>\d\d)-?(?P<day>\d\d)"
    r"(?:T?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d))?(?:\.\d+)?"
    r"(?:(?P<utc>Z)|(?P<sign>[+-])(?P<hours>\d\d)'?:?(?P<minutes>\d\d)?)?)?"
)


def file_created_of(document: Document) -> str | None:
    """Document → when the file says that it was made, ISO 8601; None where it does not say so, or says no time.

    With an offset it is UTC to the second (``2024-01-18T01:30:12Z``); without one the file's own clock, as it stands.
    """
    name = _NAMES.get(document.format.rpartition("+")[2])
    stated = "" if name is None else document.meta.get(name, "").strip()
    found = _TIME.match(stated)
    return None if found is None else _iso(found)


def _iso(found: re.Match[str]) -> str | None:
    try:
        year, month, day = (int(found[part]) for part in ("year", "month", "day"))
        hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
        moment = datetime(year, month, day, hour, minute, second)
        if found["hour"] is None:
            return f"{moment:%Y-%m-%d}"
        if found["utc"] is None and found["sign"] is None:
            return f"{moment:%Y-%m-%dT%H:%M:%S}"
        offset = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
        zone = timezone(-offset if found["sign"] == "-" else offset)
        return f"{moment.replace(tzinfo=zone).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError):  # D:20241340: a day that no calendar has
        return None
