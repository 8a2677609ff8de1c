"""The verbs about portals: sites list, show, check, probe, add, scaffold."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.registry import Portal

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def add_site_verbs(verbs: Verbs) -> None:
    """Adds sites and its actions."""
    sites = verbs.add_parser("sites", help="the registry of portals", description="The registry of portals.")
    actions = sites.add_subparsers(dest="action", metavar="ACTION", required=True)

    listing = actions.add_parser("list", help="portals that have a file", description="Portals that have a file.")
    listing.add_argument("--region", default="", metavar="CODE", help="region code, or its beginning")
    listing.add_argument("--json", action="store_true", help="print the list as JSON")
    listing.set_defaults(run=run_list)

    show = actions.add_parser(
        "show", help="one portal and how it answered", description="One portal: its file, and how it answered last."
    )
    show.add_argument("code", metavar="SITE", help="a site's code or host")
    show.add_argument("--json", action="store_true", help="print it as JSON")
    show.set_defaults(run=run_show)

    check = actions.add_parser(
        "check",
        help="read every file, or those named",
        description="Reads every portal's file and says what is wrong. Exit code 1: something is.",
    )
    check.add_argument("files", nargs="*", type=Path, metavar="FILE", help="default: those shipped and your own")
    check.set_defaults(run=run_check)

    add = actions.add_parser(
        "add", help="write a portal's file into your own folder", description="Writes a file into your own folder."
    )
    add.add_argument("url", metavar="URL", help="the portal's home page")
    add.add_argument("--name", required=True, metavar="NAME", help="whose portal it is: 示例县人民政府")
    add.add_argument("--region", required=True, metavar="CODE", help="its six digits; 000000 for a body of the state")
    add.add_argument("--column", action="append", default=[], metavar="URL", help="where its reports are; repeatable")
    add.set_defaults(run=run_add)

    probe = actions.add_parser(
        "probe",
        help="look at one page, and write nothing",
        description="Asks for one page as a crawl would, and says which family made it and why, which links would be "
        "followed and which taken as reports. Writes nothing.",
    )
    _add_asking(probe, "a page, a site's code or a host")
    probe.add_argument("--json", action="store_true", help="print what was found as JSON")
    probe.set_defaults(run=run_probe)

    scaffold = actions.add_parser(
        "scaffold",
        help="write a portal's file, a saved page and a test",
        description="Asks for one page, and writes a portal's file, the page and what is expected of it, for a test.",
    )
    _add_asking(scaffold, "the portal's column of reports, or its home page")
    scaffold.add_argument("--into", type=Path, default=Path(), metavar="DIR", help="a checkout (default: here)")
    scaffold.set_defaults(run=run_scaffold)


def _add_asking(verb: argparse.ArgumentParser, what: str) -> None:
    verb.add_argument("target", metavar="URL", help=what)
    verb.add_argument("--allow-host", action="append", default=[], metavar="HOST:PORT", help="as for crawl; repeatable")


def run_list(options: argparse.Namespace) -> int:
    """Prints every portal of the registry. Raises BadSite."""
    from archive.verbs.columns import aligned, cut
    from crawler.registry import read_registry

    portals = [portal for portal in read_registry() if portal.region_code.startswith(options.region)]
    if options.json:
        print(json.dumps([asdict(portal) for portal in portals], ensure_ascii=False))
    else:
        rows = [
            (one.region_code, one.code, one.family or "?", cut(one.name, 30), one.home,
             "" if one.verified else "unverified")
            for one in portals
        ]  # fmt: skip
        print("\n".join(aligned(rows)))
    return 0


def run_show(options: argparse.Namespace) -> int:
    """Prints one portal with its robots.txt and its last looks. Raises BadSite, UnknownTarget."""
    from archive.errors import NotAnArchive
    from archive.store import Archive
    from archive.verbs.keep import command_of
    from crawler.registry import find_portal, read_registry
    from crawler.seen import look_back

    portal = find_portal(options.code, read_registry())
    try:
        with Archive.open(options.archive, write=False) as archive:
            seen = look_back(archive, portal)
    except NotAnArchive:  # a portal can be looked up before anything was crawled
        seen = {}
    if options.json:
        print(json.dumps(asdict(portal) | {"seen": seen}, ensure_ascii=False))
        return 0
    for name, value in asdict(portal).items():
        if name == "reports" and any(portal.reports):
            bounds = zip(("at least", "at most"), portal.reports, strict=True)
            print(f"reports     {', '.join(f'{word} {count}' for word, count in bounds if count)} a year")
        elif value not in ("", (), 0, False, (0, 0)):
            print(f"{name:12}{_said(value)}")
    for name, value in seen.items():
        print(f"{name.replace('_', ' '):12}{_said(value)}")
    print(f"next: {command_of(options)} {'sites probe' if seen.get('alarms') else 'crawl'} {portal.code}")
    return 0


def _said(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return "\n            ".join(_said(one) for one in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(one)}" for name, one in value.items()) or "none"
    return str(value)


def run_check(options: argparse.Namespace) -> int:
    """Reads the files and prints what is wrong; 1 where something is."""
    from crawler.errors import BadSite
    from crawler.families import families
    from crawler.registry import SITES, own_sites, read_portal

    files = options.files or sorted((*SITES.glob("*.toml"), *own_sites().glob("*.toml")))
    portals: list[Portal] = []
    wrong = []
    for file in files:
        try:
            portals.append(read_portal(file))
        except BadSite as error:
            wrong.append(str(error))
        except OSError as error:
            wrong.append(f"{file}: {error.strerror}")
    wrong += [f"{one.code}: no family {one.family}" for one in portals if one.family not in ("", *families())]
    wrong += _doubles(portals)
    print("\n".join([*wrong, f"{len(files)} files, {len(wrong)} wrong"]))
    return 1 if wrong else 0


def _doubles(portals: Sequence[Portal]) -> list[str]:
    """Portals of one code, and of one place and host."""
    codes = [portal.code for portal in portals]
    return [f"{code}: {codes.count(code)} files have this code" for code in sorted(set(codes)) if codes.count(code) > 1]


def run_add(options: argparse.Namespace) -> int:
    """Writes a portal's file into the user's own folder. Raises Usage, BadSite, NoRoom."""
    from crawler.contributing.new_site import draft_portal, write_portal
    from crawler.registry import own_sites

    portal = draft_portal(options.url, options.name, options.region, tuple(options.column))
    path = write_portal(portal, own_sites())
    print(f"written to {path}\nnext: nianbao sites probe {portal.code} · nianbao crawl {portal.code}")
    return 0


def run_probe(options: argparse.Namespace) -> int:
    """Asks for one page and says what a crawl would make of it; 4 where it was not had."""
    from archive.verbs.keep import command_of
    from crawler.contributing.probe import lines_about, next_step, probe_page

    probed = probe_page(options.target, options.allow_host)
    if options.json:
        print(json.dumps({k: v for k, v in asdict(probed).items() if k != "source"}, ensure_ascii=False))
    else:
        print("\n".join(lines_about(probed)))
        print(f"next: {command_of(options)} {next_step(probed, options.target)}")
    return 0 if probed.outcome == "fetched" else 4


def run_scaffold(options: argparse.Namespace) -> int:
    """Asks for one page and writes the three files; 4 where it was not had. Raises Usage, NoRoom."""
    from crawler.contributing.new_site import scaffold_site
    from crawler.contributing.probe import probe_page

    probed = probe_page(options.target, options.allow_host)
    if probed.outcome != "fetched":
        print(f"{probed.url}: {probed.outcome} {probed.says}; nothing was written")
        return 4
    for path in scaffold_site(probed, options.into):
        print(f"written: {path}")
    print("next: read them, then run the tests")
    return 0
