"""The verbs of the season: season, schedule, doctor."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from archive.spread.options import add_place_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive.doctor import Finding
    from archive.season.summaries import SiteSummary
    from crawler.running.plan import Plan
    from crawler.season.night import Schedule

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

EXPECTATION_FAILED = 3


def add_season_verbs(verbs: Verbs) -> None:
    """Adds season, schedule and doctor."""
    season = verbs.add_parser(
        "season",
        help="crawl every portal that is due tonight",
        description="Crawls the portals of the registry that are due: daily in January, weekly to April, monthly "
        "after; what takes more than a night is spread over several. The same command goes on with a season's crawl "
        "that did not end. Exit code 3: an expectation failed.",
    )
    season.add_argument("year", nargs="?", type=int, metavar="YEAR", help="the year reported on (default: last year)")
    season.add_argument("--sweep", action="store_true", help="every portal, reports on all years, over some nights")
    season.add_argument("--region", default="", metavar="CODE", help="only portals of this region code, or beginning")
    season.add_argument("--hours", metavar="FROM-TO", help="ask only between these hours in China, as 20-8")
    season.add_argument("--delay", type=float, metavar="SECONDS", help="as for crawl")
    add_place_options(season)
    season.add_argument("--dry-run", action="store_true", help="say what is due and what it takes, and ask nobody")
    season.add_argument("--json", action="store_true", help="print the plan or the summary as JSON")
    season.set_defaults(run=run_season)

    schedule = verbs.add_parser("schedule", help="the season every evening", description="The season every evening.")
    actions = schedule.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="print units or lines", description="Prints units, lines or a file.")
    show.add_argument(
        "kind", nargs="?", choices=("systemd", "cron", "compose"), default="systemd",
        help="for what: units of systemd, lines for cron, a file for compose (default: systemd)",
    )  # fmt: skip
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
        description="Says what this machine has and lacks, what the lack costs, and how to get it. Exit code 4: "
        "something is lacking.",
    )
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON")
    doctor.set_defaults(run=run_doctor)


def run_season(options: argparse.Namespace) -> int:
    """Plans, and crawls unless it is a dry run. Raises what a crawl raises, Usage for a year that is none."""
    from archive.clock import read_clock
    from archive.season.coverage import CHINA
    from archive.verbs.keep import command_of
    from crawler.errors import Usage
    from crawler.registry import read_registry
    from crawler.running.plan import Plan, polite_delay
    from crawler.season.night import lines_about_schedule, look_up_known, read_hours, schedule_of, season_year

    today = read_clock().astimezone(CHINA).date()
    year = season_year(today) if options.year is None else options.year
    if not 2000 <= year < today.year:
        raise Usage(f"YEAR: expected a year before {today.year}, such as {today.year - 1}, found {year}")
    if options.sweep and options.year is not None:
        raise Usage("--sweep looks for all years; name none")
    registry = [portal for portal in read_registry() if portal.region_code.startswith(options.region)]
    name, report_year = ("sweep", None) if options.sweep else ("season", year)
    name = f"{name} {options.region}".rstrip()
    hours = None if options.hours is None else read_hours(options.hours)
    delay = polite_delay(options.delay, registry)
    plan = Plan((), f"nianbao {_again(options)}", report_year, delay=delay, name=name, hours=hours)
    known = look_up_known(options.archive, report_year, plan.run_scope)
    schedule = schedule_of(registry, report_year, today, known, plan.delay, hours)
    if not options.dry_run and schedule.due:
        return _crawl(options, replace(plan, portals=schedule.tonight), year)
    if options.json and not options.dry_run:
        print(json.dumps({"run": None, "year": year, "sites": []}))
    elif options.json:
        print(json.dumps(_planned(schedule, report_year, str(today)), ensure_ascii=False))
    else:
        print("\n".join(lines_about_schedule(schedule, report_year, len(registry), str(today), hours)))
        print(f"next: {command_of(options)} {_again(options) if schedule.due else f'coverage --year {year}'}")
    return 0


def _again(options: argparse.Namespace) -> str:
    """The words of the same season without ``--dry-run``."""
    words = ["season"]
    words += [] if options.year is None else [str(options.year)]
    words += ["--sweep"] if options.sweep else []
    for name in ("region", "hours", "delay"):
        value = getattr(options, name)
        words += [f"--{name}", f"{value:g}" if isinstance(value, float) else value] if value not in ("", None) else []
    return " ".join(words)


def _planned(schedule: Schedule, report_year: int | None, today: str) -> dict[str, object]:
    """The plan as JSON holds it: what tonight costs, codes of the portals due and of tonight's, and the nights."""
    return {
        "year": report_year,
        "on": today,
        **asdict(schedule.cost),
        "due": [portal.code for portal in schedule.due],
        "tonight": [portal.code for portal in schedule.tonight],
        "nights": [
            {"portals": len(night.portals), "requests": night.requests, "seconds": night.seconds}
            for night in schedule.nights
        ],
    }


def _crawl(options: argparse.Namespace, plan: Plan, year: int) -> int:
    from archive.clock import read_clock
    from archive.season.coverage import CHINA
    from archive.season.summaries import is_over, summaries_of
    from archive.store import Archive
    from archive.verbs.keep import command_of
    from crawler.config import equip
    from crawler.season.night import next_step
    from crawler.telling.account import Account
    from crawler.voyages.voyage import voyage

    with Account(options.archive, plan.command) as account:
        done = voyage(options.archive, equip(plan), options.workers, options.scheduler, account.begin)
        if done is None:
            return account.end(4)
        run, _ = done
        with Archive.open(options.archive, write=False) as archive:
            summaries = summaries_of(archive, run, year)
        over = is_over(year, read_clock().astimezone(CHINA).date())
        sites = [asdict(one) | {"failures": one.failures(over)} for one in summaries]
        if options.json:
            print(json.dumps({"run": run, "year": year, "sites": sites}, ensure_ascii=False))
        else:
            _print_night(run, summaries, year, over, command_of(options))
        nexts = [next_step(one, year, over, command_of(options)) for one in summaries]
        told = [site | {"next": following} for site, following in zip(sites, nexts, strict=True)]
        failed = any(site["failures"] for site in sites)
        return account.end(EXPECTATION_FAILED if failed else 0, year=year, sites=told)


def _print_night(run: int, summaries: Sequence[SiteSummary], year: int, over: bool, nianbao: str) -> None:
    from archive.verbs.columns import aligned
    from crawler.season.night import in_order_of_need, lines_about

    head = ("site", "", "found", "new", "changed", "revisited", "unread", "failed", "next")
    shown = in_order_of_need(summaries, over)
    print("\n".join(aligned([head, *lines_about(shown, year, over, nianbao)], right=frozenset({3, 4, 5, 6}))))
    if len(shown) < len(summaries):
        print(f"and {len(summaries) - len(shown)} sites with nothing new and nothing that failed: --json has them")
    failed = sum(1 for one in summaries if one.failures(over))
    print(f"run {run}: {len(summaries)} sites, {failed} with something that failed")


def run_schedule_show(options: argparse.Namespace) -> int:
    """Prints the schedule. Raises what a broken config raises."""
    from crawler.preferences import read_config
    from crawler.season.schedule import render_schedule

    for name, text in render_schedule(options.kind, options.archive, read_config().contact).items():
        print(f"# {name}" if options.kind == "systemd" else "", text, sep="\n" if options.kind == "systemd" else "")
    return 0


def run_schedule_install(options: argparse.Namespace) -> int:
    """Writes the units. Raises NoRoom, and Usage without a contact: no terminal asks for one at night."""
    from crawler.errors import Usage
    from crawler.preferences import read_config
    from crawler.season.schedule import TIMERS, install_units

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
    from crawler.doctor import examine

    findings = examine(options.archive)
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        print("\n".join(_lines_of(findings)))
    return 4 if any(finding.costs for finding in findings) else 0


def _lines_of(findings: Sequence[Finding]) -> Iterator[str]:
    """What is there, aligned; then what is not, each with what that costs and how to get it."""
    from archive.verbs.columns import aligned

    yield from aligned([("ok" if not one.costs else "--", one.what, one.found) for one in findings])
    for one in findings:
        if one.costs:
            yield f"\n{one.what}: {one.costs}"
        if one.remedy:
            yield f"    {one.remedy}"
