"""The bodies that should publish on a year, each with the report that it has, if any."""

from __future__ import annotations

from dataclasses import dataclass, field

from archive.bodies.places import lies_in
from archive.store import Archive
from parsers.divisions import load_divisions

SEEN, REGISTRY, ROSTER = "seen", "registry", "roster"
_Key = tuple[str, str]


@dataclass(slots=True)
class Expected:
    """``sources``: why it is expected (seen, registry, roster). ``report`` … ``unread`` are of the year asked for.

    ``into`` and ``merged_from``: the body that its reports are part of, and the first report year they are.
    """

    name: str
    region_code: str | None
    sites: tuple[str, ...] = ()
    sources: set[str] = field(default_factory=set)
    report: int | None = None
    printed: str | None = None
    first_seen: str | None = None
    unread: str = ""
    into: str = ""
    merged_from: int = 0


def expected_bodies(archive: Archive, report_year: int, region: str = "") -> list[Expected]:
    """Bodies with a report on that or an earlier year, and those that registry and portals name, by region and name.

    A body that first published on a later year is not expected: it may not have existed. ``region``: a code or its
    beginning; what it costs grows with the bodies there, not with the archive.
    """
    values: dict[str, int | str] = {"year": report_year, "region": region}
    bodies: dict[_Key, Expected] = {}
    for name, region_code, site in archive.db.execute(
        f"""
        SELECT o.name, o.region_code, s.site
        FROM organisations o INDEXED BY organisations_region
        CROSS JOIN reports p ON p.organisation = o.id
        JOIN renditions n ON n.report = p.id
        JOIN resources s ON s.id = n.resource
        WHERE p.report_year <= :year AND {lies_in("o", ":region")}
        """,
        values,
    ).fetchall():
        _note(bodies, name, region_code, site, SEEN)
    for site, name, region_code, source in archive.db.execute(
        f"""
        SELECT b.site, b.name, b.region_code, b.source FROM site_bodies b
        WHERE {lies_in("b", ":region")}
        """,
        values,
    ).fetchall():
        _note(bodies, name, region_code, site, source)
    _add_reports(archive, bodies, values)
    _add_mergers(archive, bodies, report_year)
    return sorted(bodies.values(), key=lambda body: (body.region_code or "", body.name))


def _note(bodies: dict[_Key, Expected], name: str, region_code: str | None, site: str, source: str) -> None:
    key = name, region_code or ""
    body = bodies.get(key)
    if body is None:
        body = bodies[key] = Expected(name, region_code)
    body.sources.add(source)
    if site and site not in body.sites:
        body.sites = tuple(sorted((*body.sites, site)))


def _add_reports(archive: Archive, bodies: dict[_Key, Expected], values: dict[str, int | str]) -> None:
    """The year's reports: the date that the reading gives, the first look that saw any rendition."""
    for name, region_code, report, published, first_seen, unread in archive.db.execute(
        f"""
        SELECT o.name, coalesce(o.region_code, ''), p.id, r.published, min(v.first_captured),
            CASE WHEN p.reading IS NULL THEN max(u.code) END
        FROM organisations o
        CROSS JOIN reports p ON p.organisation = o.id AND p.report_year = :year
        JOIN renditions n ON n.report = p.id
        JOIN versions v ON v.rendition = n.id
        LEFT JOIN unread u ON u.version = v.id
        LEFT JOIN readings r ON r.id = p.reading
        WHERE {lies_in("o", ":region")}
        GROUP BY p.id
        """,
        values,
    ).fetchall():
        body = bodies[name, region_code]
        body.report, body.printed, body.first_seen, body.unread = report, published, first_seen, unread or ""


def _add_mergers(archive: Archive, bodies: dict[_Key, Expected], report_year: int) -> None:
    """What the registry says of a body; else, of a body whose division is gone, the division that came after it."""
    said = {
        (site, body): (into, first)
        for site, body, into, first in archive.db.execute(
            "SELECT site, body, into_body, report_year FROM mergers"
        ).fetchall()
    }
    table = load_divisions()
    for body in bodies.values():
        for site in body.sites:
            if (site, body.name) in said:
                body.into, body.merged_from = said[site, body.name]
        division = table.find_code(body.region_code, report_year) if body.region_code else None
        if body.into or division is None or division.until is None or division.until > report_year:
            continue
        standing = table.history.in_year(division, report_year)
        if standing is not None:
            own = body.name.removeprefix(division.name) if body.name.startswith(division.name) else ""
            body.into, body.merged_from = standing[0].name + own, division.until
