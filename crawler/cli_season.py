"""The verbs of the season: season, schedule, doctor."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.plan import Plan
    from crawler.season import Cost

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

EXPECTATION_FAILED = 3


def add_season_verbs(verbs: Verbs) -> None:
    """Adds season, schedule and doctor."""
    season = verbs.add_parser(
        "season",
        help="crawl every portal that is due tonight",
        description="Crawls every portal of the registry that is due: daily in January, weekly to April, monthly "
        "after. The same command goes on with a season's crawl that did not end. Exit code 3: an expectation failed.",
    )
    season.add_argument("year", nargs="?", type=int, metavar="YEAR", help="the year reported on (default: last year)")
    season.add_argument("--sweep", action="store_true", help="every portal, reports on all years")
    season.add_argument("--region", default="", metavar="CODE", help="only portals of this region code, or beginning")
    season.add_argument("--hours", metavar="FROM-TO", help="ask only between these hours in China, as 20-8")
    season.add_argument("--delay", type=float, metavar="SECONDS", help="as for crawl")
    season.add_argument("--dry-run", action="store_true", help="say what is due and what it takes, and ask nobody")
    season.add_argument("--json", action="store_true", help="print the plan or the summary as JSON")
    season.set_defaults(run=run_season)

    schedule = verbs.add_parser("schedule", help="the season every evening", description="The season every evening.")
    actions = schedule.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="print units or lines", description="Prints units, lines or a file.")
    show.add_argument("kind", nargs="?", choices=("systemd", "cron", "compose"), default="systemd")
    show.set_defaults(run=run_schedule_show)
    install = actions.add_parser(
        "install",
        help="write systemd's units for this user",
        description="Writes units for systemd into this user's folder, and says what to type to start them.",
    )
    install.set_defaults(run=run_schedule_install)

    doctor = verbs.add_parser(
        "doctor",
        help="what is installed, what is missing, what that costs",
        description="Says what this machine has and lacks, and what the lack costs. Exit code 4: something is lacking.",
    )
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON")
    doctor.set_defaults(run=run_doctor)


def run_season(options: argparse.Namespace) -> int:
    """Plans, and crawls unless it is a dry run. Raises what a crawl raises, Usage for a year that is none."""
    from archive.clock import read_clock
    from archive.coverage import CHINA
    from crawler.errors import Usage
    from crawler.plan import Plan, polite_delay
    from crawler.registry import read_registry
    from crawler.season import cost_of, portals_due, read_hours, season_year

    today = read_clock().astimezone(CHINA).date()
    year = season_year(today) if options.year is None else options.year
    if not 2000 <= year < today.year:
        raise Usage(f"YEAR: expected a year before {today.year}, such as {today.year - 1}, found {year}")
    if options.sweep and options.year is not None:
        raise Usage("--sweep looks for all years; name none")
    registry = [portal for portal in read_registry() if portal.region_code.startswith(options.region)]
    due, requests, size = portals_due(options.archive, registry, None if options.sweep else year, today)
    name, report_year = ("sweep", None) if options.sweep else ("season", year)
    hours = None if options.hours is None else read_hours(options.hours)
    plan = Plan(due, f"nianbao {name}", report_year, delay=polite_delay(options.delay, due), name=name, hours=hours)
    cost = cost_of(due, requests, size, plan.delay)
    if options.dry_run:
        if options.json:
            print(json.dumps({"year": None if options.sweep else year, "on": str(today), **asdict(cost),
                              "due": [portal.code for portal in due]}, ensure_ascii=False))  # fmt: skip
        else:
            print("\n".join(lines_about_cost(cost, plan.delay, year, len(registry), str(today))))
        return 0
    return _crawl(options, plan, year)


def lines_about_cost(cost: Cost, delay: float, year: int, registered: int, today: str) -> list[str]:
    """What is due and what it takes, in words."""
    return [
        f"reports on {year}, on {today}: {cost.portals} of {registered} portals are due",
        f"{cost.hosts} hosts in {cost.groups} groups at most, about {cost.requests} requests",
        f"at least {timedelta(seconds=round(cost.seconds))} at one request to a group every {delay:g} seconds",
        f"about {cost.bytes / 2**20:.0f} MiB on disk",
    ]


def _crawl(options: argparse.Namespace, plan: Plan, year: int) -> int:
    from archive.cli_keep import command_of
    from archive.clock import read_clock
    from archive.columns import aligned
    from archive.coverage import CHINA
    from archive.ingest import read_pending
    from archive.runs import end_run
    from archive.store import Archive
    from crawler.config import equip
    from crawler.expedition import Expedition
    from crawler.journey import travel
    from crawler.season import is_over, lines_about, summaries_of

    with Archive.open(options.archive, write=True) as archive:
        expedition = Expedition(archive, equip(plan))
        travel(expedition)
        read_pending(archive, expedition.run)
        if not expedition.is_done():
            print(f"{expedition.why_stuck()}; the same command goes on", file=sys.stderr)
            return 4
        expedition.finish()
        end_run(archive, expedition.run)
        summaries = summaries_of(archive, expedition.run.id, year)
    over = is_over(year, read_clock().astimezone(CHINA).date())
    failed = [one for one in summaries if one.failures(over)]
    if options.json:
        sites = [asdict(one) | {"failures": one.failures(over)} for one in summaries]
        print(json.dumps({"run": expedition.run.id, "year": year, "sites": sites}, ensure_ascii=False))
    else:
        head = ("site", "", "found", "new", "changed", "revisited", "unread", "failed", "next")
        rows = lines_about(summaries, year, over, command_of(options))
        print("\n".join(aligned([head, *rows], right=frozenset({3, 4, 5, 6}))))
        print(f"run {expedition.run.id}: {len(summaries)} sites, {len(failed)} with something that failed")
    return EXPECTATION_FAILED if failed else 0


def run_schedule_show(options: argparse.Namespace) -> int:
    """Prints the schedule. Raises what a broken config raises."""
    from crawler.config import read_config
    from crawler.schedule import render_schedule

    for name, text in render_schedule(options.kind, options.archive, read_config().contact).items():
        print(f"# {name}" if options.kind == "systemd" else "", text, sep="\n" if options.kind == "systemd" else "")
    return 0


def run_schedule_install(options: argparse.Namespace) -> int:
    """Writes the units. Raises NoRoom, and Usage without a contact: no terminal asks for one at night."""
    from crawler.config import read_config
    from crawler.errors import Usage
    from crawler.schedule import TIMERS, install_units

    contact = read_config().contact
    if not contact:
        raise Usage("no contact: set NIANBAO_CONTACT, or contact in config.toml; a timer has nobody to ask")
    folder = install_units(options.archive, contact)
    print(f"written to {folder}")
    print(f"next: systemctl --user daemon-reload && systemctl --user enable --now {' '.join(TIMERS)}")
    print("      loginctl enable-linger   (so that they run while you are not logged in)")
    return 0


def run_doctor(options: argparse.Namespace) -> int:
    """Prints the findings; 4 where something is lacking."""
    from archive.columns import aligned
    from crawler.doctor import examine

    findings = examine(options.archive)
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        print("\n".join(aligned([(one.what, one.found, one.costs) for one in findings])))
    return 4 if any(finding.costs for finding in findings) else 0
