"""Portals as data: one TOML per portal, and a target's text → the portal that is meant."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from archive.register import Site
from crawler.connection.addresses import read_host_port, repeatable, web_parts
from crawler.errors import BadSite, UnknownTarget

SITES = Path(__file__).parent / "sites"


_HOST = re.compile(r"[^\s/?#@]+/?")  # or a host and its port


@dataclass(frozen=True, slots=True)
class Merger:
    """A body that publishes no more: from the report year on, its reports are those of ``into``."""

    body: str
    into: str
    report_year: int


@dataclass(frozen=True, slots=True)
class Portal:
    """One portal.

    ``allow``: HOST:PORT pairs whose address need not be public. ``old_tls``: those that speak nothing newer than TLS
    1.1, or with keys too weak for today, and are asked all the same. ``family`` "" is recognised from the pages.
    ``verified`` is False where nobody has seen the portal answer under this name. ``group``: a platform shared with
    other portals, asked as one host. ``budget``: the most requests of one run, 0 for no bound. ``browser``: its pages
    are to be drawn by a browser. ``reports``: the fewest and the most reports that a year of this portal has, (0, 0)
    where nobody knows. ``aliases``: names printed there → bodies; ``lookups``: words of links there → column, report
    or look_alike, against what the words say elsewhere. ``bodies``: those that should publish there.
    """

    code: str
    name: str
    region_code: str
    home: str
    hosts: tuple[str, ...]
    family: str = ""
    seeds: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    notes: str = ""
    verified: bool = True
    group: str = ""
    budget: int = 0
    browser: bool = False
    reports: tuple[int, int] = (0, 0)
    aliases: tuple[tuple[str, str], ...] = ()
    lookups: tuple[tuple[str, str], ...] = ()
    bodies: tuple[str, ...] = ()
    mergers: tuple[Merger, ...] = ()
    old_tls: tuple[str, ...] = ()

    def site(self) -> Site:
        """The portal as the archive keeps it."""
        return Site(
            self.code,
            self.name,
            self.region_code,
            self.home,
            self.hosts,
            self.family,
            self.seeds,
            reports=self.reports,
            aliases=self.aliases,
            bodies=self.bodies,
            mergers=tuple((one.body, one.into, one.report_year) for one in self.mergers),
        )


_REQUIRED = ("code", "name", "region_code", "home", "hosts")
_LOOKED_UP = ("column", "report", "look_alike")


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
    try:
        read: dict[str, Any] = {}
        for name, value in said.items():
            reader: Callable[[str, Any], Any] = _READERS.get(name, _text)
            read[name] = reader(name, value)
        portal = Portal(**read)
    except ValueError as error:
        raise BadSite(f"{path.name}: {error}") from error
    _check(portal, path)
    return portal


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a text")
    return value


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        raise ValueError(f"{name} must be a list of texts")
    return tuple(value)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")
    return value


def _count(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name} must be a number from 0")
    return value


def _pairs(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    if not (isinstance(value, dict) and all(isinstance(item, str) for item in value.values())):
        raise ValueError(f"{name} must be a table of texts")
    return tuple(value.items())


def _lookups(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    pairs = _pairs(name, value)
    if odd := [kind for _, kind in pairs if kind not in _LOOKED_UP]:
        raise ValueError(f"{name}: {odd[0]!r} is none of {', '.join(_LOOKED_UP)}")
    return pairs


def _reports(name: str, value: Any) -> tuple[int, int]:
    if not isinstance(value, dict) or set(value) - {"min", "max"}:
        raise ValueError(f"{name} must be a table with min, max or both")
    least, most = _count(f"{name}.min", value.get("min", 0)), _count(f"{name}.max", value.get("max", 0))
    if most and least > most:
        raise ValueError(f"{name}: min {least} is more than max {most}")
    return least, most


def _mergers(name: str, value: Any) -> tuple[Merger, ...]:
    keys = {field.name for field in fields(Merger)}
    if not (isinstance(value, list) and all(isinstance(item, dict) and set(item) == keys for item in value)):
        raise ValueError(f"each of {name} must have {', '.join(sorted(keys))} and nothing else")
    return tuple(
        Merger(_text(name, item["body"]), _text(name, item["into"]), _count(name, item["report_year"]))
        for item in value
    )


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(("hosts", "seeds", "allow", "bodies", "old_tls"), _texts),
    **dict.fromkeys(("verified", "browser"), _flag),
    "budget": _count,
    "reports": _reports,
    "aliases": _pairs,
    "lookups": _lookups,
    "mergers": _mergers,
}


def _check(portal: Portal, path: Path) -> None:
    if path.stem != f"{portal.region_code}_{portal.hosts[0].replace(':', '_')}":
        raise BadSite(f"{path.name}: expected to be named {portal.region_code}_{portal.hosts[0]}.toml")
    for url in (portal.home, *portal.seeds):
        if web_parts(url) is None:
            raise BadSite(f"{path.name}: {url!r} is not an http or https URL")
    for name, pairs in (("allow", portal.allow), ("old_tls", portal.old_tls)):
        try:
            for pair in pairs:
                read_host_port(pair)
        except ValueError as error:
            raise BadSite(f"{path.name}: {name}: {error}") from error


def own_sites() -> Path:
    """Where this user's own portals are kept: ``$XDG_CONFIG_HOME/nianbao/sites``, which need not exist."""
    base = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".config") / "nianbao" / "sites"


def read_registry(*folders: Path) -> tuple[Portal, ...]:
    """Every portal of the folders (default: those shipped and the user's own), by region code.

    Raises BadSite, also for two portals with one code.
    """
    files = [path for folder in folders or (SITES, own_sites()) for path in folder.glob("*.toml")]
    portals = tuple(read_portal(path) for path in sorted(files, key=lambda path: path.name))
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
    parts = web_parts(url)
    host = "" if parts is None else (parts.hostname or "").rstrip(".")
    named = is_url or (_HOST.fullmatch(target) is not None and ("." in host or ":" in target or host == "localhost"))
    if parts is None or not host or not named or parts.username or "\\" in url:
        known = ", ".join(portal.code for portal in portals)
        raise UnknownTarget(f"{repeatable(target)!r} is no site's code ({known}), no host and no http or https URL")
    home = f"{parts.scheme}://{parts.netloc}/"
    for portal in portals:
        if parts.netloc.lower() in portal.hosts:
            seeds = (url,) if is_url and parts.path not in ("", "/") else portal.seeds
            return replace(portal, seeds=seeds)
    seeds = (url,) if is_url else (home,)
    return Portal(
        code=parts.netloc.lower(), name="", region_code="", home=home, hosts=(parts.netloc.lower(),), seeds=seeds
    )
