"""Which bodies publish where: the registry of portals as the archive knows it, and the bodies that portals list."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from archive.clock import read_clock, stamp
from archive.packed.texts import clean
from archive.store import Archive
from parsers.document import Document
from parsers.facts import body_of, region_of
from parsers.report import Body, Hints
from parsers.text import squeeze


@dataclass(frozen=True, slots=True)
class Site:
    """One portal: ``code`` as in the registry, ``region_code`` "" where it belongs to no region.

    ``reports``: the fewest and the most reports of a year, 0 where nobody knows. ``aliases``: printed name → body.
    ``bodies`` should publish there; ``mergers`` are (body, successor, first report year that the successor has).
    """

    code: str
    name: str
    region_code: str
    home: str
    hosts: tuple[str, ...]
    family: str
    seeds: tuple[str, ...]
    reports: tuple[int, int] = (0, 0)
    aliases: tuple[tuple[str, str], ...] = ()
    bodies: tuple[str, ...] = ()
    mergers: tuple[tuple[str, str, int], ...] = ()


def put_sites(archive: Archive, sites: Iterable[Site]) -> None:
    """Keeps what the registry says now about each site; sites it no longer names stay as they were, and so does a
    family that was remembered where the registry names none."""
    with archive.writing() as db:
        for site in sites:
            db.execute(
                """
                INSERT INTO sites (code, name, region_code, home, hosts, family, seeds, fewest, most, aliases)
                VALUES (:code, :name, :region_code, :home, :hosts, :family, :seeds, :fewest, :most, :aliases)
                ON CONFLICT (code) DO UPDATE SET
                    name = excluded.name,
                    region_code = excluded.region_code,
                    home = excluded.home,
                    hosts = excluded.hosts,
                    family = iif(excluded.family = '', family, excluded.family),
                    seeds = excluded.seeds,
                    fewest = excluded.fewest,
                    most = excluded.most,
                    aliases = excluded.aliases
                """,
                {
                    "code": site.code,
                    "name": site.name,
                    "region_code": site.region_code,
                    "home": site.home,
                    "hosts": json.dumps(site.hosts, ensure_ascii=False),
                    "family": site.family,
                    "seeds": json.dumps(site.seeds, ensure_ascii=False),
                    "fewest": site.reports[0],
                    "most": site.reports[1],
                    "aliases": json.dumps(site.aliases, ensure_ascii=False),
                },
            )
            _put_expected(db, site)


def remember_family(archive: Archive, code: str, family: str) -> None:
    """Keeps the family that a site's own pages were recognised as. Commits."""
    with archive.writing() as db:
        db.execute("UPDATE sites SET family = :family WHERE code = :code", {"family": family, "code": code})


def _put_expected(db: Database, site: Site) -> None:
    """The registry's bodies and mergers of a site, in place of those it named before."""
    db.execute("DELETE FROM site_bodies WHERE site = :site AND source = 'registry'", {"site": site.code})
    db.execute("DELETE FROM mergers WHERE site = :site", {"site": site.code})
    for name in site.bodies:
        _put_body(db, site, name, "registry", "")
    for body, into, report_year in site.mergers:
        names = {"body": _body_named(site, body).name, "into_body": _body_named(site, into).name}
        db.execute(
            """
            INSERT INTO mergers (site, body, into_body, report_year) VALUES (:site, :body, :into_body, :report_year)
            ON CONFLICT DO NOTHING
            """,
            {"site": site.code, "report_year": report_year, **names},
        )


def note_bodies(archive: Archive, code: str, names: Iterable[str], url: str) -> None:
    """Keeps the bodies that a page of a site (its list of departments, 机构) names; ``url`` is that page's."""
    site = find_site(archive, code)
    if site is None:
        return
    with archive.writing() as db:
        for name in names:
            _put_body(db, site, name, "roster", url)


def _put_body(db: Database, site: Site, printed: str, source: str, url: str) -> None:
    body = _body_named(site, printed)
    if not body.name:
        return
    db.execute(
        """
        INSERT INTO site_bodies (site, name, region_code, source, url, first_listed, last_listed)
        VALUES (:site, :name, :region_code, :source, :url, :now, :now)
        ON CONFLICT (site, name, source) DO UPDATE SET url = excluded.url, last_listed = excluded.last_listed
        """,
        {
            "site": site.code,
            "name": body.name,
            "region_code": body.region_code,
            "source": source,
            "url": clean(url),
            "now": stamp(read_clock()),
        },
    )


def _body_named(site: Site, printed: str) -> Body:
    """A name as it is printed at a site → the body, by the rules that its reports are named by."""
    hints = Hints(site_name=site.name, site_region_code=site.region_code, aliases=site.aliases)
    meant = hints.meant(squeeze(printed))
    region_code, _ = region_of(meant, None, Document(blocks=(), format="", converter=""), hints)
    return body_of(meant, region_code, None, hints)


def find_site(archive: Archive, code: str) -> Site | None:
    """The site of that code as last put, or None; without the bodies and mergers that the registry names."""
    row = archive.db.execute(
        """
        SELECT code, name, region_code, home, hosts, family, seeds, fewest, most, aliases
        FROM sites WHERE code = :code
        """,
        {"code": code},
    ).fetchone()
    if row is None:
        return None
    return Site(
        row[0],
        row[1],
        row[2],
        row[3],
        tuple(json.loads(row[4])),
        row[5],
        tuple(json.loads(row[6])),
        (row[7], row[8]),
        tuple((printed, body) for printed, body in json.loads(row[9])),
    )
