"""The captures of a URL as mementos (RFC 7089): what it showed, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from archive.clock import parse_time
from archive.store import Archive
from archive.urls import url_key

_SHOWN = ("fetched", "not_modified", "soft_404")
"""Outcomes of a look at which the URL itself showed something: a firewall's challenge is not it."""
_KEPT = "%:/?#[]@!$&'()*+,;=~"  # RFC 3986, 2.2, with "%" for what is encoded already


@dataclass(frozen=True, slots=True)
class Memento:
    """One capture: its URL as it was asked for, time (RFC 3339, UTC), the digest of what was shown."""

    capture: int
    url: str
    at: str
    payload: str

    @property
    def moment(self) -> str:
        """14 digits, as in URLs of mementos."""
        return re.sub(r"\D", "", self.at)[:14]


def list_mementos(archive: Archive, url: str) -> tuple[Memento, ...]:
    """A URL, percent-encoded or as people write it → its captures by time, one a second: the last of it.

    Without a scheme it is looked for under both. Only what a GET showed is a memento. None where none is known.
    """
    for key in _keys(url):
        rows = archive.db.execute(
            f"""
            SELECT c.id, c.url, c.captured_at, coalesce(c.payload, o.payload)
            FROM resources s
            JOIN captures c ON c.resource = s.id
            LEFT JOIN captures o ON o.id = c.revisit_of
            WHERE s.url_key = :key AND c.outcome IN ({", ".join(f"'{one}'" for one in _SHOWN)})
                AND coalesce(c.payload, o.payload) IS NOT NULL
            ORDER BY c.captured_at, c.id
            """,
            {"key": key},
        ).fetchall()
        if rows:
            found = (Memento(*row) for row in rows)
            return tuple({one.moment: one for one in found}.values())
    return ()


def nearest(mementos: tuple[Memento, ...], at: datetime) -> Memento:
    """Mementos, at least one, and a time in UTC → the one nearest to it; of two as near, the earlier."""
    return min(mementos, key=lambda one: (abs(parse_time(one.at) - at), one.at))


def _keys(url: str) -> tuple[str, ...]:
    """The forms in which the archive may know a URL, the one that was asked for first."""
    wholes = (url,) if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", url) else (f"http://{url}", f"https://{url}")
    forms = (form for whole in wholes for form in (whole, unquote(whole), quote(unquote(whole), safe=_KEPT)))
    return tuple(dict.fromkeys(url_key(form) for form in forms))
