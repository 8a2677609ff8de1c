"""Runs and looks of another archive → rows of this one, each once, with the number they were made under."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from archive.merging.origins import Origin, captures_of_number, identity_of, run_origin, runs_of_origin
from archive.merging.told import Told
from archive.resources import ALIVE, NOT_LOOKED
from archive.store import Archive

_SLICE = 1000
# What of a capture says that it is the same one.
_SAME = ("captured_at", "url", "post", "outcome", "status", "payload", "wire")
_POINTERS = ("id", "run", "resource", "revisit_of")

Row = dict[str, Any]


def take_runs(archive: Archive, other: Archive, told: Told) -> dict[int, int]:
    """The other archive's runs → its ids with ours; one that is new is not ended here before ``end_runs``."""
    own, its = identity_of(archive), identity_of(other)
    taken: dict[int, int] = {}
    with archive.writing() as db:
        for row in rows_of(other.db, "SELECT * FROM runs ORDER BY id"):
            origin = run_origin(other.db, its, row["id"])
            candidates = runs_of_origin(db, own, origin)
            same = [one for one in candidates if _is_same_run(db, one, row)]
            if candidates and not same:
                told.conflict("same_origin", f"run {origin.number} of {origin.archive}", _two_runs(db, candidates, row))
            if not same:
                told.counts["runs"] += 1
                same = [_insert_run(db, row, origin)]
            taken[row["id"]] = same[0]
    return taken


def end_runs(archive: Archive, other: Archive, runs: dict[int, int]) -> None:
    """Says of each run how it ended, once everything of it is here. What ended here stays as it ended."""
    with archive.writing() as db:
        for theirs, ours in runs.items():
            row = next(rows_of(other.db, "SELECT * FROM runs WHERE id = ?", theirs))
            db.execute(
                """
                UPDATE runs SET
                    resumed_at = nullif(max(coalesce(resumed_at, ''), coalesce(:resumed_at, '')), ''),
                    state = iif(ended_at IS NULL AND :ended_at IS NOT NULL, :state, state),
                    ended_at = coalesce(ended_at, :ended_at)
                WHERE id = :id
                """,
                {"id": ours, **{name: row[name] for name in ("resumed_at", "state", "ended_at")}},
            )


def take_captures(archive: Archive, other: Archive, runs: dict[int, int], told: Told) -> None:
    """Every look of the other archive, in slices; ``temp.taken`` then has its id and ours for each."""
    db = archive.db
    db.execute("CREATE TEMP TABLE IF NOT EXISTS taken (theirs INTEGER PRIMARY KEY, ours INTEGER NOT NULL)")
    db.execute("CREATE INDEX IF NOT EXISTS temp.taken_ours ON taken (ours)")
    db.execute("DELETE FROM temp.taken")
    last = 0
    while rows := _slice_of(other.db, last):
        with archive.writing():
            _take_slice(archive, other, rows, runs, told)
        last = rows[-1]["id"]


def ours_of(db: Database, theirs: int) -> int:
    """The other archive's capture → ours. Every capture that a row names was taken before it."""
    found: int = db.execute("SELECT ours FROM temp.taken WHERE theirs = :theirs", {"theirs": theirs}).fetchone()[0]
    return found


def rows_of(db: Database, sql: str, *values: object) -> Iterator[Row]:
    """A query → its rows by the names of their columns."""
    cursor = db.conn.execute(sql, values)
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))


def insert_row(db: Database, table: str, row: Row) -> int:
    """Writes a row whole; its id."""
    names = ", ".join(f'"{name}"' for name in row)
    cursor = db.conn.execute(
        f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' for _ in row)})", tuple(row.values())
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _is_same_run(db: Database, run: int, row: Row) -> bool:
    kept = next(rows_of(db, "SELECT * FROM runs WHERE id = ?", run))
    return all(kept[name] == row[name] for name in ("command", "scope", "started_at"))


def _two_runs(db: Database, candidates: list[int], row: Row) -> str:
    kept = next(rows_of(db, "SELECT * FROM runs WHERE id = ?", candidates[0]))
    return f"{kept['command']} of {kept['started_at']}, and {row['command']} of {row['started_at']}: both are kept"


def _insert_run(db: Database, row: Row, origin: Origin) -> int:
    # Never open: only the archive that began a run goes on with it.
    run = insert_row(db, "runs", {**row, "id": None, "state": "abandoned", "ended_at": None})
    db.execute(
        "INSERT INTO run_origins (run, archive, number) VALUES (:run, :archive, :number)",
        {"run": run, "archive": origin.archive, "number": origin.number},
    )
    return run


def _slice_of(db: Database, last: int) -> list[Row]:
    return list(
        rows_of(
            db,
            """
            SELECT c.*, s.url AS resource_url, s.url_key, s.site AS resource_site, coalesce(g.number, c.id) AS number
            FROM captures c JOIN resources s ON s.id = c.resource LEFT JOIN capture_origins g ON g.capture = c.id
            WHERE c.id > ? ORDER BY c.id LIMIT ?
            """,
            last,
            _SLICE,
        )
    )


def _take_slice(archive: Archive, other: Archive, rows: list[Row], runs: dict[int, int], told: Told) -> None:
    db = archive.db
    fresh: list[tuple[int, int]] = []
    states = _States(archive)
    for row in rows:
        theirs, run = row["id"], runs[row["run"]]
        ours = _find_capture(db, run, row, told)
        if ours is None:
            told.counts["captures"] += 1
            resource = take_resource(db, row["resource_url"], row["url_key"], row["post"], row["resource_site"])
            ours = _insert_capture(db, row, run, resource)
            fresh.append((theirs, ours))
            if not row["third_party"]:
                states.saw(resource, ours, row)
        else:
            told.counts["known"] += 1
        db.execute("INSERT INTO temp.taken (theirs, ours) VALUES (?, ?)", (theirs, ours))
    states.write()
    for theirs, ours in fresh:
        _take_satellites(db, other.db, theirs, ours)


def _find_capture(db: Database, run: int, row: Row, told: Told) -> int | None:
    candidates = captures_of_number(db, run, row["number"])
    for one in candidates:
        kept = next(rows_of(db, "SELECT * FROM captures WHERE id = ?", one))
        if all(kept[name] == row[name] for name in _SAME):
            return one
    if candidates:
        said = f"{kept['url']} on {kept['captured_at']}, and {row['url']} on {row['captured_at']}: both are kept"
        told.conflict("same_origin", f"capture {row['number']} of run {run}", said)
    return None


def take_resource(db: Database, url: str, key: str, post: str, site: str) -> int:
    """A URL as another archive knows it → our resource."""
    identity: int = db.execute(
        """
        INSERT INTO resources (url, post, url_key, site) VALUES (:url, :post, :url_key, :site)
        ON CONFLICT (url_key) DO UPDATE SET site = iif(site = '', excluded.site, site)
        RETURNING id
        """,
        {"url": url, "post": post, "url_key": key, "site": site},
    ).fetchone()[0]
    return identity


def _insert_capture(db: Database, row: Row, run: int, resource: int) -> int:
    columns = {
        name: value for name, value in row.items() if name not in ("number", "resource_url", "url_key", "resource_site")
    }
    original = None if row["revisit_of"] is None else ours_of(db, row["revisit_of"])
    capture = insert_row(
        db, "captures", {**columns, "id": None, "run": run, "resource": resource, "revisit_of": original}
    )
    db.execute("INSERT INTO capture_origins (capture, number) VALUES (?, ?)", (capture, row["number"]))
    return capture


def _take_satellites(db: Database, other: Database, theirs: int, ours: int) -> None:
    """What was noted of a page when it was looked at."""
    for row in rows_of(other, "SELECT * FROM listings WHERE capture = ?", theirs):
        insert_row(db, "listings", {**row, "capture": ours})
    for row in rows_of(
        other,
        "SELECT s.* FROM namings n JOIN resources s ON s.id = n.resource WHERE n.capture = ?",
        theirs,
    ):
        resource = take_resource(db, row["url"], row["url_key"], row["post"], row["site"])
        insert_row(db, "namings", {"capture": ours, "resource": resource})


class _States:
    """What a slice says of the present state of URLs: the latest look, the latest alive, the latest good."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.own = identity_of(archive)
        self.seen: dict[tuple[int, str], tuple[tuple[str, str, int], int, str]] = {}

    def saw(self, resource: int, capture: int, row: Row) -> None:
        """One new look of our own kind; what asked nothing says nothing."""
        if row["outcome"] in NOT_LOOKED:
            return
        good = row["outcome"] == "fetched" and (row["status"] == 200 or row["kind"] == "import")
        for column, counts in (("look", True), ("alive", row["outcome"] in ALIVE), ("good", good)):
            if counts:
                order = self._order(capture)
                kept = self.seen.get((resource, column))
                if kept is None or kept[0] < order:
                    self.seen[resource, column] = (order, capture, row["resource_site"])

    def write(self) -> None:
        """The state of each URL that was seen, where it is newer than the one that is kept."""
        for (resource, column), (order, capture, site) in self.seen.items():
            kept = self.archive.db.execute(
                f"SELECT {column}_capture FROM resources WHERE id = :id", {"id": resource}
            ).fetchone()[0]
            if kept is not None and self._order(kept) >= order:
                continue
            self.archive.db.execute(
                f"""
                UPDATE resources SET {column}_capture = :capture, site = iif(:site = '', site, :site)
                WHERE id = :id
                """,
                {"capture": capture, "site": site if column == "look" else "", "id": resource},
            )

    def _order(self, capture: int) -> tuple[str, str, int]:
        row = self.archive.db.execute(
            """
            SELECT c.captured_at, coalesce(w.archive, :own), coalesce(g.number, c.id)
            FROM captures c
            LEFT JOIN run_origins w ON w.run = c.run
            LEFT JOIN capture_origins g ON g.capture = c.id
            WHERE c.id = :capture
            """,
            {"own": self.own, "capture": capture},
        ).fetchone()
        return (row[0], row[1], row[2])


def take_frontier(archive: Archive, other: Archive, runs: dict[int, int]) -> None:
    """What became of each URL that a run had to visit. What is still open is left to the archive that began the run."""
    last = 0
    while rows := list(
        rows_of(
            other.db, "SELECT * FROM frontier WHERE id > ? AND state = 'done' ORDER BY id LIMIT ?", last, 5 * _SLICE
        )
    ):
        with archive.writing() as db:
            for row in rows:
                capture = None if row["capture"] is None else ours_of(db, row["capture"])
                _take_target(db, {**row, "id": None, "run": runs[row["run"]], "capture": capture})
        last = rows[-1]["id"]


def _take_target(db: Database, row: Row) -> None:
    names = ", ".join(row)
    db.conn.execute(
        f"""
        INSERT INTO frontier ({names}) VALUES ({", ".join(f":{name}" for name in row)})
        ON CONFLICT (run, url_key) DO UPDATE SET
            state = 'done', outcome = excluded.outcome, capture = excluded.capture
        WHERE state <> 'done'
        """,
        row,
    )
