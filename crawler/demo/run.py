"""The demo from end to end: two crawls of the county's portal, and what the archive then says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from archive.errors import NoRoom
from crawler.demo import county
from crawler.demo.portal import Portal, Request
from crawler.demo.story import render_story
from crawler.errors import CrawlError

Facts = dict[str, Any]
"""A JSON object as a verb prints it."""

ENDINGS = {"crawl": (0, 4), "show": (0, 1)}
"""Exit codes that are an answer: a crawl may end partly done, and what is to be shown may not be there."""
QUIET = ("show", "export")
"""Verbs whose progress is of no interest beside the demo's own."""
LAST_DAY = (3, 31)
"""The last day on which a report may be published: the government's own (政府信息公开条例, article 49)."""


class DemoFailed(CrawlError):
    """A verb of the demo did not end as it should."""

    code = "demo_failed"


@dataclass(frozen=True, slots=True)
class Crawl:
    """One crawl: its day, its length, the summary that it printed, and what the portal says it sent.

    ``answers`` counts answers by status; ``unchanged`` are the requests for pages whose bytes are those of the
    crawl before, ``unchanged_bytes`` what was sent for them; ``counting`` the visits to pages that the server
    writes anew each time.
    """

    day: str
    seconds: float
    summary: Facts
    answers: dict[int, int]
    sent_bytes: int
    unchanged: int
    unchanged_bytes: int
    counting: int


@dataclass(frozen=True, slots=True)
class Change:
    """One report that reads differently after the second crawl; cells are {key, before, after}."""

    report: Any
    organisation: str
    report_year: int
    format: str
    before: Any
    after: Any
    cells: list[Facts]


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that the demo found out, through the command line alone."""

    archive: str
    portal: str
    left_alone: str
    first: Crawl
    second: Crawl
    reports_by_year: dict[int, int]
    cells: dict[str, int]
    checks: dict[str, int]
    broken: list[Facts]
    unread: list[Facts]
    late: list[Facts]
    missing: list[Facts]
    changes: list[Change]
    not_seen: list[Facts]
    register: list[Facts]


def run_demo(archive_folder: Path, as_json: bool) -> int:
    """Starts the portal, crawls it into ``archive_folder``, lets it change, crawls again, prints the story.

    A folder that holds anything is left alone: the next free name beside it is used, and the story says so.
    Returns the exit code. Raises DemoFailed when a verb fails, NoRoom.
    """
    folder = _free_folder(archive_folder)
    with Portal() as portal:
        first = _crawl(portal, folder, "first")
        seen = _export(folder)
        before = dict(portal.pages)
        portal.change()
        unchanged = {path for path, page in portal.pages.items() if before.get(path) is page and page.counting is None}
        second = _crawl(portal, folder, "second", unchanged)
        address = portal.url
    exported = _export(folder)
    unread, missing = _absent(folder, seen)
    story = Story(
        archive=_spell(folder),
        portal=address,
        left_alone=_spell(archive_folder) if folder != archive_folder else "",
        first=first,
        second=second,
        unread=unread,
        missing=missing,
        changes=_changes(folder, seen, exported),
        not_seen=_not_seen(folder, exported),
        register=_register(folder, date.fromisoformat(second.day)),
        **_tally(seen, unread),
    )
    print(json.dumps(asdict(story), ensure_ascii=False, default=str) if as_json else render_story(story))
    return 0


def _free_folder(wanted: Path) -> Path:
    """The folder itself where it is absent or empty, else ``…-2``, ``…-3`` and so on."""
    folder, turn = wanted, 1
    while folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        turn += 1
        folder = wanted.with_name(f"{wanted.name}-{turn}")
    return folder


def _spell(folder: Path) -> str:
    """As short as it can be typed from here: relative below the working directory, else whole."""
    whole = Path.cwd() / folder
    return f"./{whole.relative_to(Path.cwd())}" if whole.is_relative_to(Path.cwd()) else str(whole)


def _call(folder: Path, *arguments: str, day: date | None = None) -> str:
    """Runs one verb in a process of its own; a crawl's progress is passed through. Raises DemoFailed, NoRoom."""
    moment = {} if day is None else {"NIANBAO_NOW": f"{day.isoformat()}T09:00:00+08:00"}
    done = subprocess.run(
        [sys.executable, "-m", "nianbao", "--archive", str(folder), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if arguments[0] in QUIET else None,
        env={**os.environ, **moment},
        check=False,
    )
    if done.returncode == NoRoom.exit_code:
        raise NoRoom(f"the demo cannot write to {folder}")
    if done.returncode not in ENDINGS.get(arguments[0], (0,)):
        last = (done.stderr or b"").decode("utf-8", errors="replace").strip().rpartition("\n")[2]
        raise DemoFailed(f"nianbao {arguments[0]} ended with exit code {done.returncode}{': ' if last else ''}{last}")
    return done.stdout.decode("utf-8")


def _ask(folder: Path, *arguments: str) -> Facts:
    answer: Facts = json.loads(_call(folder, *arguments, "--json"))
    return answer


def _export(folder: Path) -> list[Facts]:
    """Every report's current reading: the parse document with report, version and url."""
    return [json.loads(line) for line in _call(folder, "export", "jsonl").splitlines()]


def _crawl(portal: Portal, folder: Path, which: str, unchanged: set[str] | None = None) -> Crawl:
    print(f"demo: the {which} crawl of {portal.url} …", file=sys.stderr)
    start, logged = time.monotonic(), len(portal.requests)
    target = (portal.url, "--allow-host", portal.host_port, "--delay", "0")
    summary = json.loads(_call(folder, "crawl", *target, "--json", day=portal.today))
    made = portal.requests[logged:]
    return Crawl(
        day=portal.today.isoformat(),
        seconds=round(time.monotonic() - start, 1),
        summary=summary,
        answers=dict(sorted(Counter(request.status for request in made).items())),
        sent_bytes=sum(request.sent for request in made),
        counting=sum(portal.is_counting(request.path) for request in made),
        **_unchanged(made, unchanged or set()),
    )


def _unchanged(made: list[Request], paths: set[str]) -> dict[str, int]:
    sent = [request.sent for request in made if request.path in paths]
    return {"unchanged": len(sent), "unchanged_bytes": sum(sent)}


def _absent(folder: Path, exported: list[Facts]) -> tuple[list[Facts], list[Facts]]:
    """Reports that the county's bodies owe and that no reading stands for: (kept and not read, not found)."""
    read = {(line["organisation"], line["report_year"]) for line in exported}
    unread, missing = [], []
    for body in county.BODIES:
        for year in county.YEARS:
            if (body.name, year) in read:
                continue
            answer = _ask(folder, "show", body.name, str(year))
            named = {"organisation": body.name, "report_year": year}
            if "unread" in answer:
                unread.append({**named, "report": answer["report"], **answer["unread"]})
            elif answer.get("error", {}).get("code") == "not_found":
                missing.append(named)
            else:
                raise DemoFailed(f"expected {body.name} {year} to be unread or not found, found {sorted(answer)}")
    return unread, missing


def _not_seen(folder: Path, exported: list[Facts]) -> list[Facts]:
    """Reports whose last look found nothing, with when they were present and how often they were looked for."""
    last = max((line["last_captured"] for line in exported), default="")
    stale = [line for line in exported if line["last_captured"] < last]
    return [{**_name(line), **fact} for line in stale for fact in _ask(folder, "show", line["report"])["not_seen"]]


def _register(folder: Path, day: date) -> list[Facts]:
    """Each report year with its count of bodies by state, and those of them that did not publish in time."""
    asked = [json.loads(_call(folder, "coverage", "--year", str(year), "--json", day=day)) for year in county.YEARS]
    return [{**one, "bodies": [body for body in one["bodies"] if body["state"] != "on_time"]} for one in asked]


def _tally(exported: list[Facts], unread: list[Facts]) -> Facts:
    """What the first crawl found, summed up from the exported reports."""
    known = {(line["organisation"], line["report_year"]) for line in (*exported, *unread)}
    checks = [(line, check) for line in exported for check in line["checks"]]
    return {
        "reports_by_year": dict(sorted(Counter(year for _, year in known).items())),
        "cells": dict(Counter(cell["status"] for line in exported for cell in line["cells"].values())),
        "checks": dict(Counter(check["state"] for _, check in checks)),
        "broken": [{**_name(line), **check} for line, check in checks if check["state"] == "BROKEN"],
        "late": [{**_name(line), "published": line["published"]} for line in exported if _is_late(line)],
    }


def _name(line: Facts) -> Facts:
    return {"organisation": line["organisation"], "report_year": line["report_year"], "report": line["report"]}


def _is_late(line: Facts) -> bool:
    published, year = line["published"], line["report_year"]
    return published is not None and date.fromisoformat(published) > date(year + 1, *LAST_DAY)


def _changes(folder: Path, before: list[Facts], after: list[Facts]) -> list[Change]:
    """The reports whose current version is another after the second crawl, with their cells that differ."""
    old = {line["report"]: line for line in before}
    changed = [line for line in after if line["report"] in old and line["version"] != old[line["report"]]["version"]]
    return [
        Change(
            report=line["report"],
            organisation=line["organisation"],
            report_year=line["report_year"],
            format=line["format"],
            before=old[line["report"]]["version"],
            after=line["version"],
            cells=_ask(folder, "diff", str(old[line["report"]]["version"]), str(line["version"]))["cells"],
        )
        for line in changed
    ]
