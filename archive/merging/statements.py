"""What another archive says beside its looks: corrections, its registry, what hosts asked for."""

from __future__ import annotations

import json
from typing import Any

from sqlite_utils import Database

from archive.merging.evidence import insert_row, rows_of
from archive.merging.told import Told
from archive.store import Archive


def take_corrections(archive: Archive, other: Archive, told: Told) -> None:
    """Corrections that are not here yet; of one cell the latest is in force, whoever made it."""
    with archive.writing() as db:
        for row in rows_of(other.db, "SELECT * FROM corrections ORDER BY made_at, digest"):
            if db.execute("SELECT 1 FROM corrections WHERE digest = ?", (row["digest"],)).fetchone() is not None:
                continue
            kept = next(_latest(db, row), None)
            if kept is not None and (kept["status"], kept["value"]) != (row["status"], row["value"]):
                said = (
                    f"{_said(kept)} by {kept['who']} on {kept['made_at']}, and "
                    f"{_said(row)} by {row['who']} on {row['made_at']}: the later is in force"
                )
                told.conflict("correction", f"{row['key']} in {row['payload_digest']}", said)
            insert_row(db, "corrections", {**row, "id": None})
            told.counts["corrections"] += 1


def _latest(db: Database, row: dict[str, Any]) -> Any:
    return rows_of(
        db,
        "SELECT * FROM corrections WHERE payload_digest = ? AND key = ? ORDER BY made_at DESC, digest DESC LIMIT 1",
        row["payload_digest"],
        row["key"],
    )


def _said(row: dict[str, Any]) -> str:
    return str(row["value"]) if row["status"] == "number" else str(row["status"])


def take_registry(archive: Archive, other: Archive) -> None:
    """What the registry said of each site: the statement of the archive that looked there last stands.

    Bodies that portals list are added up. To be called before any look of the other archive is taken.
    """
    with archive.writing() as db:
        ours, theirs = _last_looks(db), _last_looks(other.db)
        for row in rows_of(other.db, "SELECT * FROM sites ORDER BY code"):
            code = row["code"]
            if _statement(db, code) is None or (theirs.get(code, ""), _statement(other.db, code)) > (
                ours.get(code, ""),
                _statement(db, code),
            ):
                _put_statement(db, other.db, row)
            _add_roster(db, other.db, code)


def take_rosters(archive: Archive, other: Archive) -> None:
    """Bodies that portals list, and the families that sites were recognised as."""
    with archive.writing() as db:
        for row in rows_of(other.db, "SELECT code, family FROM sites ORDER BY code"):
            _add_roster(db, other.db, row["code"])
            if row["family"]:
                db.execute("UPDATE sites SET family = ? WHERE code = ?", (row["family"], row["code"]))


def _last_looks(db: Database) -> dict[str, str]:
    return dict(db.execute("SELECT site, max(captured_at) FROM captures WHERE site <> '' GROUP BY site").fetchall())


def _statement(db: Database, code: str) -> str | None:
    """All that the registry says of a site, as one text; None where it is not there."""
    row = next(rows_of(db, "SELECT * FROM sites WHERE code = ?", code), None)
    if row is None:
        return None
    bodies = db.execute(
        "SELECT name, region_code FROM site_bodies WHERE site = ? AND source = 'registry' ORDER BY name", (code,)
    ).fetchall()
    mergers = db.execute(
        "SELECT body, into_body, report_year FROM mergers WHERE site = ? ORDER BY body", (code,)
    ).fetchall()
    return json.dumps([row, bodies, mergers], ensure_ascii=False, sort_keys=True)


def _put_statement(db: Database, other: Database, row: dict[str, Any]) -> None:
    code = row["code"]
    names = [name for name in row if name != "code"]
    db.conn.execute(
        f"""
        INSERT INTO sites ({", ".join(row)}) VALUES ({", ".join(f":{name}" for name in row)})
        ON CONFLICT (code) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in names)}
        """,
        row,
    )
    db.execute("DELETE FROM site_bodies WHERE site = ? AND source = 'registry'", (code,))
    db.execute("DELETE FROM mergers WHERE site = ?", (code,))
    for table, where in (("site_bodies", "AND source = 'registry'"), ("mergers", "")):
        for one in rows_of(other, f"SELECT * FROM {table} WHERE site = ? {where}", code):
            insert_row(db, table, one)


def _add_roster(db: Database, other: Database, code: str) -> None:
    for row in rows_of(other, "SELECT * FROM site_bodies WHERE site = ? AND source = 'roster'", code):
        db.conn.execute(
            f"""
            INSERT INTO site_bodies ({", ".join(row)}) VALUES ({", ".join(f":{name}" for name in row)})
            ON CONFLICT (site, name, source) DO UPDATE SET
                first_listed = min(first_listed, excluded.first_listed),
                url = iif((excluded.last_listed, excluded.url) > (last_listed, url), excluded.url, url),
                last_listed = max(last_listed, excluded.last_listed)
            """,
            row,
        )


def take_manners(archive: Archive, other: Archive, runs: dict[int, int]) -> None:
    """What hosts asked for: of two pauses the longer, of two readings of robots.txt the later."""
    with archive.writing() as db:
        for row in rows_of(other.db, "SELECT * FROM pauses"):
            db.execute(
                """
                INSERT INTO pauses (host_group, until, why) VALUES (:host_group, :until, :why)
                ON CONFLICT (host_group) DO UPDATE SET until = excluded.until, why = excluded.why
                WHERE (excluded.until, excluded.why) > (until, why)
                """,
                row,
            )
        for row in rows_of(other.db, "SELECT * FROM robots"):
            names = ", ".join(row)
            db.conn.execute(
                f"""
                INSERT INTO robots ({names}) VALUES ({", ".join(f":{name}" for name in row)})
                ON CONFLICT (netloc) DO UPDATE SET
                    run = excluded.run, seen_at = excluded.seen_at, state = excluded.state, url = excluded.url,
                    delay = excluded.delay, says = excluded.says
                WHERE (excluded.seen_at, excluded.state, excluded.says) > (seen_at, state, says)
                """,
                {**row, "run": runs[row["run"]]},
            )
