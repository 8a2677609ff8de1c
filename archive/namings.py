"""Which reports and files a page named: noted page by page, so that a report can be missed from its list."""

from __future__ import annotations

import json
from collections.abc import Iterable

from archive.capture import Target
from archive.resources import clean, find_or_add_resource
from archive.store import Archive
from archive.urls import url_key

_NAMED_KINDS = ("article", "attachment")


def note_namings(archive: Archive, capture: int, found: Iterable[Target], named: Iterable[str]) -> None:
    """Keeps what a page named; inside the caller's transaction, if there is one.

    ``found``: what was taken from it to be visited; of these the articles and files. ``named``: all URLs it links to,
    whatever was made of them; of these the ones at which a report has stood before, so that a rule of ours that takes
    fewer links makes none vanish.
    """
    with archive.writing() as db:
        (own,) = db.execute("SELECT resource FROM captures WHERE id = :id", {"id": capture}).fetchone()
        resources = {own}
        for target in found:
            if target.kind in _NAMED_KINDS:
                resources.add(find_or_add_resource(db, clean(target.url), target.site, clean(target.post)))
        keys = sorted({url_key(clean(url)) for url in named})
        known = db.execute(
            """
            SELECT s.id FROM json_each(:keys) k JOIN resources s ON s.url_key = k.value
            WHERE EXISTS (SELECT 1 FROM renditions n WHERE n.resource = s.id)
            """,
            {"keys": json.dumps(keys)},
        ).fetchall()
        resources.update(identity for (identity,) in known)
        db.conn.executemany(
            "INSERT INTO namings (capture, resource) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(capture, resource) for resource in sorted(resources)],
        )
