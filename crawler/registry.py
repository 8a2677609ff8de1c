"""Portals as data: one TOML per portal, and a target's text → the portal that is meant."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from urllib.parse import urlsplit

from archive.register import Site
from crawler.addresses import host_port, read_host_port
from crawler.errors import BadSite, UnknownTarget

SITES = Path(__file__).parent / "sites"


@dataclass(frozen=True, slots=True)
class Portal:
    """One portal. ``allow``: HOST:PORT pairs whose address need not be public; ``family`` "" is recognised."""

    code: str
    name: str
    region_code: str
    home: str
    hosts: tuple[str, ...]
    family: str = ""
    seeds: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    notes: str = ""

    def site(self) -> Site:
        """The portal as the archive keeps it."""
        return Site(self.code, self.name, self.region_code, self.home, self.hosts, self.family, self.seeds)


_LISTS = ("hosts", "seeds", "allow")
_REQUIRED = ("code", "name", "region_code", "home", "hosts")


def read_portal(path: Path) -> Portal:
    """One TOML file → Portal. Raises BadSite naming the file and what is wrong."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSite(f"{path.name}: {error}") from error
    known = {field.name for field in fields(Portal)}
    if unknown := sorted(set(said) - known):
        raise BadSite(f"{path.name}: unknown keys {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    if missing := [name for name in _REQUIRED if name not in said]:
        raise BadSite(f"{path.name}: {', '.join(missing)} missing")
    for name, value in said.items():
        right = isinstance(value, list) and all(isinstance(item, str) for item in value)
        if not (right if name in _LISTS else isinstance(value, str)):
            raise BadSite(f"{path.name}: {name} must be {'a list of texts' if name in _LISTS else 'a text'}")
    texts: dict[str, str] = {name: value for name, value in said.items() if name not in _LISTS}
    lists: dict[str, tuple[str, ...]] = {name: tuple(value) for name, value in said.items() if name in _LISTS}
    portal = Portal(**texts, **lists)  # type: ignore[arg-type]  # each value was checked against its name above
    _check(portal, path)
    return portal


def _check(portal: Portal, path: Path) -> None:
    if path.stem != f"{portal.region_code}_{portal.hosts[0].replace(':', '_')}":
        raise BadSite(f"{path.name}: expected to be named {portal.region_code}_{portal.hosts[0]}.toml")
    for url in (portal.home, *portal.seeds):
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise BadSite(f"{path.name}: {url!r} is not an http or https URL")
    try:
        for pair in portal.allow:
            read_host_port(pair)
    except ValueError as error:
        raise BadSite(f"{path.name}: allow: {error}") from error


def read_registry(folder: Path = SITES) -> tuple[Portal, ...]:
    """Every portal of the folder, by region code. Raises BadSite, also for two portals with one code."""
    portals = tuple(read_portal(path) for path in sorted(folder.glob("*.toml")))
    codes = [portal.code for portal in portals]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise BadSite(f"sites with one code: {', '.join(twice)}")
    return portals


def find_portal(target: str, registry: Iterable[Portal]) -> Portal:
    """A site's code, a host (``HOST`` or ``HOST:PORT``) or a URL → the portal, registered or made up.

    A URL becomes the only seed; a host of a registered portal stands for that portal. Raises UnknownTarget.
    """
    portals = tuple(registry)
    for portal in portals:
        if target == portal.code:
            return portal
    is_url = "://" in target
    url = target if is_url else f"http://{target}/"
    parts = urlsplit(url)
    try:
        host, _ = host_port(url)
    except ValueError as error:
        raise UnknownTarget(f"{target!r}: {error}") from error
    named = is_url or "." in host or ":" in target or host == "localhost"
    if parts.scheme not in ("http", "https") or not host or not named or parts.username or "\\" in url:
        known = ", ".join(portal.code for portal in portals)
        raise UnknownTarget(f"{target!r} is no site's code ({known}), no host and no http or https URL")
    home = f"{parts.scheme}://{parts.netloc}/"
    for portal in portals:
        if parts.netloc.lower() in portal.hosts:
            seeds = (url,) if is_url and parts.path not in ("", "/") else portal.seeds
            return replace(portal, seeds=seeds)
    seeds = (url,) if is_url else (home,)
    return Portal(
        code=parts.netloc.lower(), name="", region_code="", home=home, hosts=(parts.netloc.lower(),), seeds=seeds
    )
