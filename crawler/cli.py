"""The verbs of this room: crawl, sites, season, schedule, doctor, config, backup, restore, demo."""

from __future__ import annotations

import argparse
import json
import shlex
from typing import TYPE_CHECKING

from archive.spread.options import add_place_options
from crawler.verbs.operation import add_operation_verbs
from crawler.verbs.season import add_season_verbs
from crawler.verbs.sites import add_site_verbs

if TYPE_CHECKING:
    from crawler.running.plan import Plan

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
    add_place_options(crawl)
    crawl.add_argument("--json", action="store_true", help="print the summary of the run as JSON")
    crawl.set_defaults(run=run_crawl)

    add_site_verbs(verbs)
    add_season_verbs(verbs)
    add_operation_verbs(verbs)

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


def make_plan(options: argparse.Namespace) -> Plan:
    """The parsed command line → what the run is to do. Raises Usage, UnknownTarget, BadSite."""
    from crawler.connection.addresses import read_host_port
    from crawler.errors import Usage
    from crawler.registry import find_portal, read_registry
    from crawler.running.plan import Plan, polite_delay

    registry = read_registry()
    portals = tuple(dict.fromkeys(find_portal(target, registry) for target in options.targets))
    try:
        allow = frozenset(read_host_port(text) for text in options.allow_host)
    except ValueError as error:
        raise Usage(f"--allow-host: {error}") from error
    delay = polite_delay(options.delay, portals)
    if options.year is not None and not 2000 <= options.year <= 2100:
        raise Usage(f"--year: expected a year such as 2024, found {options.year}")
    command = shlex.join(["nianbao", "crawl", *options.targets])
    return Plan(portals, command, options.year, options.max_requests, allow, delay)


def run_crawl(options: argparse.Namespace) -> int:
    """Crawls, reads what was captured, prints the summary. Raises the refusals of archive and registry."""
    from crawler.config import equip
    from crawler.outcomes import PARTLY
    from crawler.telling.account import Account
    from crawler.voyages.voyage import voyage

    plan = make_plan(options)
    with Account(options.archive, plan.command) as account:
        done = voyage(options.archive, equip(plan), options.workers, options.scheduler, account.begin)
        if done is None:
            return account.end(4)
        _, summary = done
        outcomes = summary["outcomes"]
        assert isinstance(outcomes, dict)
        print(json.dumps(summary, ensure_ascii=False) if options.json else _render(summary))
        return account.end(4 if PARTLY.intersection(outcomes) else 0)


def _render(summary: dict[str, object]) -> str:
    counts = ("requests", "captures", "revisits", "new_versions", "reports")
    lines = [f"run {summary['run']}: " + " · ".join(f"{name.replace('_', ' ')} {summary[name]}" for name in counts)]
    for title in ("outcomes", "unread"):
        named = summary.get(title)
        if isinstance(named, dict) and named:
            lines.append(f"{title}: " + " · ".join(f"{name} {count}" for name, count in sorted(named.items())))
    return "\n".join(lines)
