"""Whether the bytes of a page mention a URL, whatever links our rules of that day took from it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import urlsplit

from archive.errors import ArchiveError
from archive.payloads import get_payload
from archive.store import Archive

_SHORTEST = 6  # "1.html" could be any page's


def list_mentions(archive: Archive, run: int, url: str) -> bool:
    """Whether any page of a list that a run read mentions a URL; see ``page_mentions``."""
    rows = archive.db.execute(
        "SELECT c.id FROM captures c JOIN listings l ON l.capture = c.id WHERE c.run = :run", {"run": run}
    ).fetchall()
    return page_mentions(archive, (capture for (capture,) in rows), url)


def page_mentions(archive: Archive, captures: Iterable[int], url: str) -> bool:
    """Whether the page that any of the captures shows has the URL's last part in its bytes.

    True also where the bytes cannot be had (damaged, withdrawn): then nobody can say that it was not named.
    """
    name = _name_in(url).encode("utf-8", "replace")
    if len(name) < _SHORTEST:
        return False
    rows = archive.db.execute(
        """
        SELECT DISTINCT coalesce(c.payload, o.payload)
        FROM json_each(:captures) k
        JOIN captures c ON c.id = k.value
        LEFT JOIN captures o ON o.id = c.revisit_of
        WHERE coalesce(c.payload, o.payload) IS NOT NULL
        """,
        {"captures": json.dumps(sorted(captures))},
    ).fetchall()
    return any(_holds(archive, digest, name) for (digest,) in rows)


def _holds(archive: Archive, digest: str, name: bytes) -> bool:
    try:
        return name in get_payload(archive, digest)
    except ArchiveError:
        return True


def _name_in(url: str) -> str:
    """What of a URL stands in every link to it: its last segments, from one that no other page has.

    >>> _name_in("http://www.shili.example/zfxxgknb/202501/t20250120_1.html")
    't20250120_1.html'
    """
    parts = urlsplit(url)
    *before, last = parts.path.split("/")
    name = f"{before[-1]}/{last}" if before and last.startswith(("index.", "content.")) else last
    return f"{name}?{parts.query}" if parts.query else name
