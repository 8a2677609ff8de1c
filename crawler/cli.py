"""The verbs of this room: crawl, sites, demo."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.plan import Plan

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def add_verbs(verbs: Verbs) -> None:
    """Adds this room's verbs; each sets ``run``, a function from the parsed options to an exit code."""
    crawl = verbs.add_parser(
        "crawl",
        help="crawl portals into the archive",
        description="Crawls portals into the archive. The same command goes on with a crawl that did not end; one "
        "older than seven days is closed first. Exit code 4: something that was wanted was not had.",
    )
    crawl.add_argument("targets", nargs="+", metavar="TARGET", help="a site's code, a host or a URL")
    crawl.add_argument("--year", type=int, metavar="Y", help="only reports on this year")
    crawl.add_argument("--max-requests", type=_positive, metavar="N", help="stop asking after so many requests")
    crawl.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="HOST:PORT",
        help="follow this host and port, and connect to it even if its address is not public; repeatable",
    )
    crawl.add_argument(
        "--delay",
        type=float,
        metavar="SECONDS",
        help="between two requests to one host, varied by half; under 2 only for loopback hosts (default: 2)",
    )
    crawl.add_argument("--json", action="store_true", help="print the summary of the run as JSON")
    crawl.set_defaults(run=run_crawl)

    sites = verbs.add_parser("sites", help="the registry of portals", description="The registry of portals.")
    actions = sites.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="portals that have a file", description="Portals that have a file.")
    listing.add_argument("--json", action="store_true", help="print the list as JSON")
    listing.set_defaults(run=run_sites_list)

    demo = verbs.add_parser(
        "demo",
        help="crawl the bundled demo portal twice, with an edit between",
        description="Crawls the portal of an invented county on loopback, lets it change, and crawls it again.",
    )
    demo.add_argument("--json", action="store_true", help="print what happened as JSON")
    demo.set_defaults(run=run_demo_verb)


def run_demo_verb(options: argparse.Namespace) -> int:
    """Runs the demo in the archive's folder."""
    from crawler.demo.run import run_demo

    return run_demo(options.archive, options.json)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, found {number}")
    return number


def run_sites_list(options: argparse.Namespace) -> int:
    """Prints every portal of the registry. Raises BadSite."""
    from crawler.registry import read_registry

    portals = read_registry()
    if options.json:
        rows = [
            {
                "code": portal.code,
                "name": portal.name,
                "region_code": portal.region_code,
                "home": portal.home,
                "hosts": list(portal.hosts),
                "family": portal.family,
                "seeds": list(portal.seeds),
                "notes": portal.notes,
            }
            for portal in portals
        ]
        print(json.dumps(rows, ensure_ascii=False))
    else:
        for portal in portals:
            print(f"{portal.region_code:6}  {portal.code:12}  {portal.family or '?':8}  {portal.name}  {portal.home}")
    return 0


def make_plan(options: argparse.Namespace) -> Plan:
    """The parsed command line → what the run is to do. Raises Usage, UnknownTarget, BadSite."""
    from crawler.addresses import is_loopback, read_host_port
    from crawler.errors import Usage
    from crawler.plan import Plan
    from crawler.politeness import POLITE_DELAY
    from crawler.registry import find_portal, read_registry

    registry = read_registry()
    portals = tuple(dict.fromkeys(find_portal(target, registry) for target in options.targets))
    try:
        allow = frozenset(read_host_port(text) for text in options.allow_host)
    except ValueError as error:
        raise Usage(f"--allow-host: {error}") from error
    delay = POLITE_DELAY if options.delay is None else options.delay
    hosts = {host.rpartition(":")[0] if ":" in host else host for portal in portals for host in portal.hosts}
    if not 0 <= delay <= 3600:
        raise Usage(f"--delay: expected 0 to 3600 seconds, found {delay:g}")
    if delay < POLITE_DELAY and not all(is_loopback(host) for host in hosts):
        raise Usage(f"--delay under {POLITE_DELAY:g} seconds is for loopback hosts only")
    if options.year is not None and not 2000 <= options.year <= 2100:
        raise Usage(f"--year: expected a year such as 2024, found {options.year}")
    command = shlex.join(["nianbao", "crawl", *options.targets])
    return Plan(portals, command, options.year, options.max_requests, allow, delay)


def run_crawl(options: argparse.Namespace) -> int:
    """Crawls, reads what was captured, prints the summary. Raises the refusals of archive and registry."""
    from archive.ingest import read_pending
    from archive.runs import end_run
    from archive.store import Archive
    from crawler.expedition import Expedition
    from crawler.journey import travel
    from crawler.outcomes import PARTLY

    plan = make_plan(options)
    with Archive.open(options.archive, write=True) as archive:
        expedition = Expedition(archive, plan)
        if expedition.run.resumed:
            print(f"going on with run {expedition.run.id}, begun {expedition.run.started_at}", file=sys.stderr)
        travel(expedition)
        read_pending(archive, expedition.run)
        if not expedition.is_done():
            print("a host asks for a longer pause than a run waits; the same command goes on", file=sys.stderr)
            return 4
        expedition.finish()
        summary = end_run(archive, expedition.run)
    outcomes = summary["outcomes"]
    assert isinstance(outcomes, dict)
    print(json.dumps(summary, ensure_ascii=False) if options.json else _render(summary))
    return 4 if PARTLY.intersection(outcomes) else 0


def _render(summary: dict[str, object]) -> str:
    counts = ("requests", "captures", "revisits", "new_versions", "reports")
    lines = [f"run {summary['run']}: " + " · ".join(f"{name.replace('_', ' ')} {summary[name]}" for name in counts)]
    for title in ("outcomes", "unread"):
        named = summary.get(title)
        if isinstance(named, dict) and named:
            lines.append(f"{title}: " + " · ".join(f"{name} {count}" for name, count in sorted(named.items())))
    return "\n".join(lines)
