"""What an address of the pages means: a body and a year, or the digest of bytes."""

from __future__ import annotations

from dataclasses import dataclass

from archive.bodies.organisations import list_relatives
from archive.queries import Named
from archive.store import Archive


@dataclass(frozen=True, slots=True)
class Address:
    """A report by what names it: where it stands in the archive, and what its page is called."""

    report: int
    region_code: str
    organisation: str
    report_year: int


@dataclass(frozen=True, slots=True)
class BodyKnown:
    """A body of the archive and the years that it has reports on, the latest first."""

    id: int
    name: str
    region_code: str
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A version that certain bytes were seen under. ``is_present``: the report stands on it now."""

    version: int
    address: Address
    format: str
    ordinal: int
    url: str
    is_read: bool
    is_present: bool

    @property
    def named(self) -> Named:
        """As the queries name it."""
        return Named(self.address.report, self.version)


def find_address(archive: Archive, region_code: str, organisation: str, report_year: int) -> Address | None:
    """A region's code ("" for none), a body's name and a year → the report, under the name that it stands under.

    The name may be one that it was printed under, or one of another year of the same body. None where there is none.
    """
    bodies = _bodies_named(archive, region_code, organisation)
    for body in bodies:
        if (found := _report_of(archive, body, report_year)) is not None:
            return found
    for body in bodies:
        for kin in list_relatives(archive.db, body):
            if kin.same and (found := _report_of(archive, kin.organisation, report_year)) is not None:
                return found
    return None


def address_of(archive: Archive, report: int) -> Address:
    """A report's id → its address."""
    row = archive.db.execute(
        """
        SELECT p.id, coalesce(o.region_code, ''), o.name, p.report_year
        FROM reports p JOIN organisations o ON o.id = p.organisation WHERE p.id = :report
        """,
        {"report": report},
    ).fetchone()
    return Address(*row)


def bodies_known(archive: Archive, organisation: str, limit: int = 20) -> tuple[BodyKnown, ...]:
    """A name → the bodies that bear it or were printed under it, wherever they are; else those whose name holds it."""
    ids = _bodies_named(archive, None, organisation)[:limit]
    if not ids:
        rows = archive.db.execute(
            "SELECT id FROM organisations WHERE instr(name, :name) > 0 ORDER BY region_code, name LIMIT :limit",
            {"name": organisation, "limit": limit},
        ).fetchall()
        ids = [body for (body,) in rows]
    return tuple(_body_known(archive, body) for body in ids)


def standings_of(archive: Archive, payload_digest: str) -> tuple[Standing, ...]:
    """A digest → the versions that these bytes were seen under: read ones first, then those that reports stand on."""
    rows = archive.db.execute(
        """
        SELECT w.version, p.id, coalesce(o.region_code, ''), o.name, p.report_year, w.format, w.ordinal, w.url,
            w.reading IS NOT NULL, coalesce(w.reading = p.reading, 0)
        FROM report_versions w JOIN reports p ON p.id = w.report JOIN organisations o ON o.id = p.organisation
        WHERE w.version IN (
            SELECT g.version FROM captures c JOIN sightings g ON g.capture = c.id WHERE c.payload = :digest
        )
        ORDER BY w.reading IS NULL, w.reading IS NOT p.reading, w.version
        """,
        {"digest": payload_digest},
    ).fetchall()
    return tuple(
        Standing(version, Address(report, code, name, year), format_, ordinal, url, bool(is_read), bool(is_present))
        for version, report, code, name, year, format_, ordinal, url, is_read, is_present in rows
    )


def is_captured(archive: Archive, payload_digest: str) -> bool:
    """Whether any look brought these bytes, whatever they are."""
    found = archive.db.execute(
        "SELECT 1 FROM captures WHERE payload = :digest OR wire = :digest LIMIT 1", {"digest": payload_digest}
    )
    return found.fetchone() is not None


def digest_of(archive: Archive, version: int) -> str:
    """A version's id → the SHA-256 of the bytes it was first seen as."""
    (digest,) = archive.db.execute(
        "SELECT payload_digest FROM versions WHERE id = :version", {"version": version}
    ).fetchone()
    return str(digest)


def report_of_year(archive: Archive, report: int, report_year: int) -> tuple[Address, int] | None:
    """A report's id → the same body's report on another year and the reading that it stands on; None where it has
    none that was read. A body's report under its name of that year counts."""
    (body,) = archive.db.execute("SELECT organisation FROM reports WHERE id = :id", {"id": report}).fetchone()
    found = _report_of(archive, body, report_year)
    if found is None:
        kin = (one.organisation for one in list_relatives(archive.db, body) if one.same)
        found = next((other for one in kin if (other := _report_of(archive, one, report_year)) is not None), None)
    if found is None:
        return None
    (reading,) = archive.db.execute("SELECT reading FROM reports WHERE id = :id", {"id": found.report}).fetchone()
    return None if reading is None else (found, reading)


def _bodies_named(archive: Archive, region_code: str | None, name: str) -> list[int]:
    """Bodies by their name or one that they were printed under, own names first; any region where it is None."""
    rows = archive.db.execute(
        """
        SELECT o.id FROM organisations o
        WHERE (:region IS NULL OR coalesce(o.region_code, '') = :region) AND (
            o.name = :name OR o.id IN (SELECT n.organisation FROM organisation_names n WHERE n.printed = :name)
        )
        ORDER BY o.name <> :name, o.region_code, o.id
        """,
        {"region": region_code, "name": name},
    ).fetchall()
    return [body for (body,) in rows]


def _report_of(archive: Archive, organisation: int, report_year: int) -> Address | None:
    row = archive.db.execute(
        "SELECT id FROM reports WHERE organisation = :organisation AND report_year = :year",
        {"organisation": organisation, "year": report_year},
    ).fetchone()
    return None if row is None else address_of(archive, row[0])


def _body_known(archive: Archive, organisation: int) -> BodyKnown:
    name, code = archive.db.execute(
        "SELECT name, coalesce(region_code, '') FROM organisations WHERE id = :id", {"id": organisation}
    ).fetchone()
    years = archive.db.execute(
        "SELECT report_year FROM reports WHERE organisation = :id ORDER BY report_year DESC", {"id": organisation}
    ).fetchall()
    return BodyKnown(organisation, name, code, tuple(year for (year,) in years))
