"""What one host group's crawl needs to know of an archive → a small archive of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from archive.errors import Damaged, Withdrawn
from archive.frontier import InRun
from archive.merging.evidence import insert_row, rows_of
from archive.merging.origins import identity_of, run_origin
from archive.payloads import get_payload, put_payload
from archive.store import LOCK, Archive
from archive.urls import url_key
from parsers.limited.scratch import scratch_folder

EMPTY = "empty"
_MOST_HOPS = 20  # as many as a redirect is followed
_POINTERS = ("good_capture", "alive_capture", "look_capture")
_PAGES = ("column", "article", "robots", "other")  # kinds whose bytes have links, or rules
_LAST = "\U0010ffff"

Row = dict[str, Any]


@contextmanager
def room_for_slices() -> Iterator[Path]:
    """A folder for slices that are cut and taken home, with an archive of nothing in it (making one takes half a
    second); taken away at the end. Raises NoScratch."""
    with scratch_folder() as folder:
        Archive.open(folder / EMPTY, write=True).close()
        yield folder


def cut_slice(archive: Archive, run: InRun, netlocs: Iterable[str], folder: Path) -> None:
    """Makes an archive at ``folder``, a new name in a ``room_for_slices``, of what some hosts and ports are about.

    Of the run what is queued of them and what has ended, with its looks; the last looks at what is queued; the way that
    led there from other hosts; pages' bytes, and not those of files. Runs and looks have their origins, so that those
    that come home are known.
    """
    shutil.copytree(folder.parent / EMPTY, folder, ignore=shutil.ignore_patterns(LOCK))
    with Archive.open(folder, write=True) as piece:
        _Cut(archive, piece, run).take(tuple(netlocs))
        piece.empty_logs()


class _Cut:
    """One slice being made."""

    def __init__(self, archive: Archive, piece: Archive, run: InRun) -> None:
        self._from, self._to, self._run = archive.db, piece.db, run
        self._archive, self._piece = archive, piece
        self._own = identity_of(archive)
        self._runs: dict[int, int] = {}
        self._taken: dict[int, int] = {}

    def take(self, netlocs: tuple[str, ...]) -> None:
        targets = self._targets(netlocs)
        captures = self._captures({row["capture"] for row in targets if row["capture"] is not None}, targets)
        for digest in sorted({row["payload"] for row in captures if row["payload"] and row["kind"] in _PAGES}):
            self._take_bytes(digest)
        with self._piece.writing():
            self._take_run(self._run.id, is_open=True)
            for row in captures:
                self._take_capture(row)
            self._point(captures)
            for row in targets:
                capture = None if row["capture"] is None else self._taken[row["capture"]]
                state = "done" if row["state"] == "done" else "queued"
                insert_row(self._to, "frontier", {**row, "id": None, "run": 1, "state": state, "capture": capture})
            for table in ("withdrawals", "pauses"):
                for row in rows_of(self._from, f"SELECT * FROM {table}"):
                    insert_row(self._to, table, row)

    def _targets(self, netlocs: tuple[str, ...]) -> list[Row]:
        """Rows of the frontier, in its order: the hosts' own, and the redirects that led to and from them."""
        found: dict[int, Row] = {}
        for netloc in netlocs:
            for row in self._rows("run = ? AND state <> 'done' AND netloc = ?", self._run.id, netloc):
                found[row["id"]] = row
            for prefix in _prefixes(netloc):
                where = "run = ? AND url_key >= ? AND url_key < ? AND state = 'done'"
                for row in self._rows(where, self._run.id, prefix, prefix + _LAST):
                    found[row["id"]] = row
        fresh = list(found.values())
        for _ in range(_MOST_HOPS):
            fresh = [row for one in fresh for row in self._beside(one) if row["id"] not in found]
            if not fresh:
                break
            found |= {row["id"]: row for row in fresh}
        return [found[one] for one in sorted(found)]

    def _beside(self, row: Row) -> list[Row]:
        """The redirect that led to a URL, and the end of where its own leads."""
        ended = "run = ? AND state = 'done' AND url_key = ?"
        around = self._rows(f"{ended} AND outcome = 'alias'", self._run.id, url_key(row["via"])) if row["via"] else []
        if row["outcome"] == "alias":
            (location,) = self._from.execute("SELECT location FROM captures WHERE id = ?", (row["capture"],)).fetchone()
            around += self._rows(ended, self._run.id, url_key(location))
        return around

    def _rows(self, where: str, *values: object) -> list[Row]:
        return list(rows_of(self._from, f"SELECT * FROM frontier WHERE {where}", *values))

    def _captures(self, wanted: set[int], targets: list[Row]) -> list[Row]:
        """The looks of these ids, the last ones at the URLs of the targets, and those that they repeat; in order."""
        keys = json.dumps([row["url_key"] for row in targets])
        for pointed in self._from.execute(
            f"SELECT {', '.join(_POINTERS)} FROM json_each(?) k JOIN resources s ON s.url_key = k.value", (keys,)
        ).fetchall():
            wanted |= {one for one in pointed if one is not None}
        found: dict[int, Row] = {}
        while wanted:
            for row in rows_of(
                self._from,
                """
                SELECT c.*, s.url AS resource_url, s.url_key, s.post AS resource_post, s.site AS resource_site
                FROM json_each(?) k JOIN captures c ON c.id = k.value JOIN resources s ON s.id = c.resource
                """,
                json.dumps(sorted(wanted)),
            ):
                found[row["id"]] = row
            wanted = {row["revisit_of"] for row in found.values() if row["revisit_of"] is not None} - found.keys()
        return [found[one] for one in sorted(found)]

    def _take_run(self, run: int, *, is_open: bool = False) -> int:
        if run not in self._runs:
            row = next(rows_of(self._from, "SELECT * FROM runs WHERE id = ?", run))
            ends = {} if is_open else {"state": "abandoned"}
            self._runs[run] = insert_row(self._to, "runs", {**row, **ends, "id": None})
            origin = run_origin(self._from, self._own, run)
            insert_row(
                self._to, "run_origins", {"run": self._runs[run], "archive": origin.archive, "number": origin.number}
            )
        return self._runs[run]

    def _take_capture(self, row: Row) -> None:
        columns = {
            name: value
            for name, value in row.items()
            if name not in ("resource_url", "url_key", "resource_post", "resource_site")
        }
        resource = self._to.execute(
            """
            INSERT INTO resources (url, post, url_key, site) VALUES (?, ?, ?, ?)
            ON CONFLICT (url_key) DO UPDATE SET site = site RETURNING id
            """,
            (row["resource_url"], row["resource_post"], row["url_key"], row["resource_site"]),
        ).fetchone()[0]
        original = None if row["revisit_of"] is None else self._taken[row["revisit_of"]]
        pointing = {"run": self._take_run(row["run"]), "resource": resource, "revisit_of": original}
        capture = insert_row(self._to, "captures", {**columns, "id": None, **pointing})
        self._taken[row["id"]] = capture
        origin = self._from.execute("SELECT number FROM capture_origins WHERE capture = ?", (row["id"],)).fetchone()
        number = row["id"] if origin is None else origin[0]
        insert_row(self._to, "capture_origins", {"capture": capture, "number": number})

    def _point(self, captures: list[Row]) -> None:
        """The resources' last looks, those that came along."""
        for key in {row["url_key"] for row in captures}:
            pointed = self._from.execute(
                f"SELECT {', '.join(_POINTERS)} FROM resources WHERE url_key = ?", (key,)
            ).fetchone()
            self._to.execute(
                f"UPDATE resources SET {', '.join(f'{name} = ?' for name in _POINTERS)} WHERE url_key = ?",
                (*(self._taken.get(one) for one in pointed), key),
            )

    def _take_bytes(self, digest: str) -> None:
        try:
            put_payload(self._piece, get_payload(self._archive, digest))
        except (Withdrawn, Damaged):
            return  # verify says so; nothing is found on it again


def _prefixes(netloc: str) -> tuple[str, ...]:
    """A host and its port → how the keys of its URLs begin (``archive.urls.url_key``)."""
    host, _, port = netloc.rpartition(":")
    return tuple(
        f"{scheme}://{host}/" if port == usual else f"{scheme}://{netloc}/"
        for scheme, usual in (("http", "80"), ("https", "443"))
    )


def number_looks(piece: Archive, run: int, first: int) -> None:
    """Numbers the looks that were made in a slice, from ``first`` on: they are looks of the archive it was cut from."""
    with piece.writing() as db:
        db.execute(
            """
            INSERT INTO capture_origins (capture, number)
            SELECT c.id, :first + c.id FROM captures c
            WHERE c.run = :run AND NOT EXISTS (SELECT 1 FROM capture_origins g WHERE g.capture = c.id)
            """,
            {"first": first, "run": run},
        )


def open_run_of(piece: Archive) -> tuple[int, str, str]:
    """The run that a slice is of: its id there, when it was begun, its command."""
    row: tuple[int, str, str] = piece.db.execute(
        "SELECT id, started_at, command FROM runs WHERE state = 'open' ORDER BY id LIMIT 1"
    ).fetchone()
    return row
