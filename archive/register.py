"""Which bodies publish where: the registry of portals as the archive knows it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from archive.store import Archive


@dataclass(frozen=True, slots=True)
class Site:
    """One portal: ``code`` as in the registry, ``region_code`` "" where it belongs to no region."""

    code: str
    name: str
    region_code: str
    home: str
    hosts: tuple[str, ...]
    family: str
    seeds: tuple[str, ...]


def put_sites(archive: Archive, sites: Iterable[Site]) -> None:
    """Keeps what the registry says now about each site; sites it no longer names stay as they were."""
    with archive.writing() as db:
        for site in sites:
            db.execute(
                """
                INSERT INTO sites (code, name, region_code, home, hosts, family, seeds)
                VALUES (:code, :name, :region_code, :home, :hosts, :family, :seeds)
                ON CONFLICT (code) DO UPDATE SET
                    name = excluded.name,
                    region_code = excluded.region_code,
                    home = excluded.home,
                    hosts = excluded.hosts,
                    family = excluded.family,
                    seeds = excluded.seeds
                """,
                {
                    "code": site.code,
                    "name": site.name,
                    "region_code": site.region_code,
                    "home": site.home,
                    "hosts": json.dumps(site.hosts, ensure_ascii=False),
                    "family": site.family,
                    "seeds": json.dumps(site.seeds, ensure_ascii=False),
                },
            )


def find_site(archive: Archive, code: str) -> Site | None:
    """The site of that code as last put, or None."""
    row = archive.db.execute(
        "SELECT code, name, region_code, home, hosts, family, seeds FROM sites WHERE code = :code", {"code": code}
    ).fetchone()
    if row is None:
        return None
    return Site(row[0], row[1], row[2], row[3], tuple(json.loads(row[4])), row[5], tuple(json.loads(row[6])))
