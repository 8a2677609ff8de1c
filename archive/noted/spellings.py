"""The URLs under which the pages of one run were found: as many as there are pages, so not kept in memory.

They are kept for one process, in a database that SQLite puts into a temporary file when it outgrows its cache, and
that is gone with the process.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from tempfile import gettempdir

from archive.capture import Target
from archive.packed.texts import clean
from archive.store import naming_errors, open_scratch

_TABLES = """
CREATE TABLE first (page TEXT PRIMARY KEY, url TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE later (id INTEGER PRIMARY KEY, page TEXT NOT NULL, target TEXT NOT NULL) STRICT;
CREATE INDEX later_page ON later (page, id)
"""


class Spellings:
    """``page`` is whatever text names a page. Every method raises NoRoom where the temporary files have none."""

    def __init__(self) -> None:
        with _naming_errors():
            self._db = open_scratch()
            self._db.conn.executescript(_TABLES)

    def is_first(self, page: str, url: str) -> bool:
        """True for the URL under which the page was found first; where it is new, for this one."""
        with _naming_errors():
            self._db.conn.execute(
                "INSERT INTO first (page, url) VALUES (?, ?) ON CONFLICT DO NOTHING", (clean(page), clean(url))
            )
            row = self._db.conn.execute("SELECT url FROM first WHERE page = ?", (clean(page),)).fetchone()
        return bool(row[0] == clean(url))

    def firsts(self, pages: Iterable[str]) -> list[str]:
        """The first URLs of those of the pages that were found, in the order of the pages."""
        with _naming_errors():
            rows = self._db.conn.execute(
                "SELECT f.url FROM json_each(?) p JOIN first f ON f.page = p.value ORDER BY p.key",
                (json.dumps([clean(page) for page in pages]),),
            ).fetchall()
        return [url for (url,) in rows]

    def put_later(self, page: str, target: Target) -> None:
        """Another URL of a page, found after the first."""
        with _naming_errors():
            self._db.conn.execute(
                "INSERT INTO later (page, target) VALUES (?, ?)", (clean(page), json.dumps(asdict(target)))
            )

    def take_later(self, page: str) -> Target | None:
        """The next of the other URLs of a page, which becomes its first; None where nothing is left."""
        with _naming_errors():
            row = self._db.conn.execute(
                "DELETE FROM later WHERE id = (SELECT min(id) FROM later WHERE page = ?) RETURNING target",
                (clean(page),),
            ).fetchone()
            if row is None:
                return None
            target = Target(**json.loads(row[0]))
            self._db.conn.execute("UPDATE first SET url = ? WHERE page = ?", (clean(target.url), clean(page)))
        return target

    def close(self) -> None:
        """Forgets everything."""
        self._db.close()


def _naming_errors() -> AbstractContextManager[None]:
    return naming_errors(_folder())


@cache
def _folder() -> Path:
    return Path(gettempdir())
