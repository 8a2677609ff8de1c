"""For the keeper: runs, sites, what is unread and why, what is queued, the disk, whom we leave alone until when."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from archive.clock import read_clock
from archive.fixity.manifests import head_of
from archive.lookups.keeper import last_done, last_runs, queues, room_of, unread_by_reason
from archive.queries import summarise_archive
from archive.season.coverage import CHINA
from archive.season.status import season_facts
from archive.season.summaries import is_over, summaries_of
from archive.web.answers import Head, Page
from archive.web.asked import Asked
from archive.web.briefly import briefly
from archive.web.pages_found import Path
from archive.web.report_events import problem_in
from archive.web.words import words_in

T = TypeVar("T")

COUNTS = (
    "sites", "runs", "captures", "organisations", "reports", "renditions", "versions", "readings", "cells",
    "checks_broken", "not_seen",
)  # fmt: skip
_RUNS, _SITES = 12, 200
_FAILURES = (
    (re.compile(r"(\d+) reports, at least (\d+) expected"), "too_few"),
    (re.compile(r"(\d+) reports, at most (\d+) expected"), "too_many"),
    (re.compile(r"list (\w+): (.*?)( \(.*\))?", re.DOTALL), "list_alarm"),
    (re.compile(r"layout changed: (\d+) lists moved, (\d+) others were found"), "layout"),
    (re.compile(r"([a-z_]+) (\d+)"), "lost"),
)
# As archive.noted.listings says them.
_ALARMS = (
    (re.compile(r"its first page ended as (\w+)"), "alarm_ended"),
    (re.compile(r"nothing leads to it any more"), "alarm_unlinked"),
    (re.compile(r"(\d+) reports where there were (\d+)"), "alarm_fewer"),
    (re.compile(r"no rows where there were (\d+)"), "alarm_none"),
    (re.compile(r"says (\d+) rows, (\d+) were seen"), "alarm_unseen"),
)


def show_status(asked: Asked) -> Page:
    """``/status``: what ``nianbao status`` says. ``cut`` names the parts that would have taken too long: they are null,
    and the command line has them."""
    archive = asked.archive
    year = read_clock().astimezone(CHINA).date().year - 1
    head, done = head_of(archive), last_done(archive)
    cut: list[str] = []

    def part(name: str, seconds: float, make: Callable[[], T]) -> T | None:
        found = None if asked.deadline.passed() else briefly(asked, seconds, make)
        if found is None:
            cut.append(name)
        return found

    facts: dict[str, Any] = {
        "runs": [asdict(one) for one in last_runs(archive, _RUNS)],
        "queue": [asdict(one) for one in queues(archive)],
        "unread": unread_by_reason(archive),
        "disk": asdict(room_of(archive)),
        "manifest": None if head is None else {"number": head.number, "digest": head.digest},
        "season": part("season", 0.4, lambda: season_facts(archive)),
        "sites": part("sites", 0.2, lambda: [] if done is None else _sites(asked, done, year)),
        "counts": part("counts", 0.2, lambda: summarise_archive(archive)),
        "year": year,
        "last_done": done,
        "cut": cut,
    }
    alarms = facts["season"]["alarms"] if facts["season"] else []
    extra = {
        "counts": COUNTS,
        "alarms": [(one, *_alarm(asked, one["code"], one["says"])) for one in alarms],
        "sites": (facts["sites"] or [])[:_SITES],
        "size": _size,
        "problem": lambda code: problem_in(asked.lang, code),
    }
    return Page("status.html", asked.say("status.title"), facts, extra, head=Head(is_listed=False))


def _sites(asked: Asked, run: int, year: int) -> list[dict[str, Any]]:
    """Each site of a run, found against expected; those with something that failed first."""
    over = is_over(year, read_clock().astimezone(CHINA).date())
    rows = [
        {
            "site": one.site,
            "name": one.name,
            "region_code": one.region_code,
            "found": one.found,
            "fewest": one.fewest,
            "most": one.most,
            "before": one.before,
            "requests": one.requests,
            "new": one.new,
            "changed": one.changed,
            "unread": one.unread,
            "failed": list(one.failures(over)),
            "says": [_said(asked, piece) for piece in one.failures(over)],
        }
        for one in summaries_of(asked.archive, run, year)
    ]
    return sorted(rows, key=lambda row: not row["failed"])


def _said(asked: Asked, piece: str) -> str:
    """An expectation that does not hold, as archive.season.summaries says it, in the reader's language."""
    for pattern, key in _FAILURES:
        found = pattern.fullmatch(piece)
        if found is not None and asked.lang == "zh":
            one, two = found[1], found[2]
            if key == "list_alarm":
                one, two = _alarm(asked, found[1], found[2])
            elif key == "lost":
                one = _outcome(asked, found[1])
            return asked.say(f"status.{key}", one=one, two=two)
    return piece


def _alarm(asked: Asked, code: str, says: str) -> tuple[str, str]:
    """An alarm about a list → its flag and what is said of it. A list whose page did not answer has not moved."""
    for pattern, key in _ALARMS:
        found = pattern.fullmatch(says)
        if found is not None:
            given = (*found.groups(), "", "")
            one = _outcome(asked, given[0]) if key == "alarm_ended" else given[0]
            flag = "status.alarm_not_reached" if key == "alarm_ended" else f"status.alarm_{code}"
            return asked.say(flag), asked.say(f"status.{key}", one=one, two=given[1])
    return asked.say(f"status.alarm_{code}"), says


def _outcome(asked: Asked, name: str) -> str:
    """How a look ended, in words; a name that has none stays as it is."""
    key = f"history.outcome_{name}"
    return asked.say(key) if key in words_in(asked.lang) else name


def _size(count: int) -> str:
    """Bytes as people read them: powers of ten, as disks are sold.

    >>> _size(999), _size(37_859_328)
    ('999 B', '37.9 MB')
    """
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


PATHS = (Path("/status", show_status, ("json",)),)
