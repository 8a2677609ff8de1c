"""A new portal's file, and the saved page and expectation that test its family."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

from archive.errors import NoRoom
from crawler.connection.addresses import repeatable, web_parts
from crawler.contributing.probe import Probed
from crawler.errors import Usage
from crawler.registry import Portal, read_portal, read_registry
from parsers.divisions import load_divisions


def draft_portal(url: str, name: str, region_code: str, columns: tuple[str, ...] = (), family: str = "") -> Portal:
    """A home page, whose it is, and where → a portal. Raises Usage for what cannot be one."""
    parts = web_parts(url if "://" in url else f"http://{url}/")
    if parts is None or not parts.hostname or "@" in parts.netloc:
        raise Usage(f"{repeatable(url)!r} is no http or https URL, or has a password in it")
    if not re.fullmatch(r"\d{6}", region_code):
        raise Usage(f"--region: expected six digits, found {region_code!r}")
    if region_code != "000000" and load_divisions().find_code(region_code) is None:
        raise Usage(f"--region: no division has the code {region_code}")
    code = parts.hostname.removeprefix("www.").removesuffix(".gov.cn").replace(".", "-")
    if any(portal.code == code for portal in read_registry()):
        raise Usage(f"a portal with the code {code} is registered already: nianbao sites show {code}")
    home = f"{parts.scheme}://{parts.netloc}/"
    return Portal(code, name, region_code, home, (parts.netloc.lower(),), family, columns)


def write_portal(portal: Portal, folder: Path) -> Path:
    """Writes the portal's file, reads it again, and gives its path. Raises NoRoom, BadSite."""
    path = folder / f"{portal.region_code}_{portal.hosts[0].replace(':', '_')}.toml"
    empty = Portal("", "", "", "", ())
    lines = [
        f"{one.name} = {_toml(getattr(portal, one.name))}"
        for one in fields(portal)
        if getattr(portal, one.name) != getattr(empty, one.name)
    ]
    _write(path, "\n".join(lines) + "\n")
    read_portal(path)
    return path


def scaffold_site(probed: Probed, checkout: Path) -> tuple[Path, ...]:
    """Writes a portal's file, the page and what is expected of it into a checkout; gives their paths.

    The expectation is what the family reads now: a person is to go through it. Raises Usage, NoRoom.
    """
    sites, saved = checkout / "crawler" / "sites", checkout / "tests" / "crawler" / "saved"
    if not sites.is_dir() or not saved.is_dir():
        raise Usage(f"{checkout.absolute()} is no checkout of this project: it has no crawler/sites and tests")
    parts = urlsplit(probed.url)
    columns = (probed.url,) if parts.path not in ("", "/") else ()
    portal = draft_portal(probed.url, probed.site_name or "?", probed.region_code or "000000", columns, probed.family)
    stem = f"{probed.family}_{portal.code}"
    page, expected = saved / f"{stem}.html", saved / f"{stem}.json"
    _write(page, probed.source)
    said = {"url": probed.url, "family": probed.family, "rows": list(probed.rows), "pages": list(probed.pages)}
    _write(expected, json.dumps(said, ensure_ascii=False, indent=2) + "\n")
    return write_portal(portal, sites), page, expected


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=False)  # a JSON text or number is a TOML one


def _write(path: Path, content: str | bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    except OSError as error:
        raise NoRoom(f"{path} cannot be written: {error}") from error
