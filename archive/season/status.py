"""How the present season stands: who has published, what the last night brought, whom we leave alone until when."""

from __future__ import annotations

from typing import Any

from archive.clock import read_clock
from archive.noted.listings import list_alarms
from archive.runs.hosts import list_pauses, list_robots
from archive.season.coverage import CHINA, count_states, coverage_of
from archive.season.summaries import is_over, summaries_of
from archive.store import Archive

_SHOWN = 10


def season_facts(archive: Archive) -> dict[str, Any]:
    """The season of the present report year (last year's, in Asia/Shanghai), as JSON holds it.

    ``states``: coverage state → bodies. ``last_night``: the last run of ``nianbao season`` or its sweep, None where
    there was none: ``run``, ``state`` (open, done, abandoned), ``started_at``, ``year`` (None: all), ``open`` (URLs
    not asked for yet), ``sites`` (how many), ``failed`` (site → expectations that do not hold, of a run that is done).
    ``alarms``: what the lists of the last done run did that lists should not. ``pauses``: groups of hosts that asked to
    be left alone, until when and why. ``robots_unreachable``: hosts that are not asked because nobody knows whether
    they allow it.
    """
    today = read_clock().astimezone(CHINA).date()
    year = today.year - 1
    row = archive.db.execute(
        "SELECT id FROM runs WHERE state = 'done' ORDER BY started_at DESC, id DESC LIMIT 1"
    ).fetchone()
    done = None if row is None else row[0]
    alarms = () if done is None else list_alarms(archive, done)
    return {
        "year": year,
        "on": str(today),
        "states": count_states(coverage_of(archive, year, today)),
        "last_night": _last_night(archive, year),
        "alarms": [
            {"site": one.site, "code": one.code, "says": one.says, "list": one.list_key, "run": done} for one in alarms
        ],
        "pauses": [
            {"host_group": one.host_group, "until": f"{one.until:%Y-%m-%dT%H:%M:%SZ}", "why": one.why}
            for one in list_pauses(archive)
        ],
        "robots_unreachable": [
            {"host": one.netloc, "seen_at": one.seen_at, "says": one.says}
            for one in list_robots(archive)
            if one.state == "unreachable"
        ],
    }


def _last_night(archive: Archive, present: int) -> dict[str, Any] | None:
    row = archive.db.execute(
        """
        SELECT id, state, started_at, scope,
            (SELECT count(*) FROM frontier WHERE run = r.id AND state <> 'done'),
            (SELECT count(DISTINCT site) FROM captures WHERE run = r.id AND site <> '')
        FROM runs r WHERE scope LIKE 'season %' OR scope LIKE 'sweep %' ORDER BY id DESC LIMIT 1
        """
    ).fetchone()
    if row is None:
        return None
    run, state, started_at, scope, left, sites = row
    said = scope.rpartition("=")[2]
    year = int(said) if said.isdigit() else None
    failed = {}
    if state == "done":
        asked = present if year is None else year
        over = is_over(asked, read_clock().astimezone(CHINA).date())
        failed = {
            one.site: list(failures) for one in summaries_of(archive, run, asked) if (failures := one.failures(over))
        }
    return {"run": run, "state": state, "started_at": started_at, "year": year, "open": left, "sites": sites,
            "failed": failed}  # fmt: skip


def season_lines(archive: Archive, nianbao: str = "nianbao") -> list[str]:
    """The facts in words; nothing where no portal was ever crawled. ``nianbao``: how a person calls this program."""
    if archive.db.execute("SELECT 1 FROM sites LIMIT 1").fetchone() is None:
        return []
    facts = season_facts(archive)
    counts = " · ".join(f"{state.replace('_', ' ')} {count}" for state, count in facts["states"].items() if count)
    lines = [f"reports on {facts['year']}, on {facts['on']}: {counts or 'no body is known that should publish'}"]
    night = facts["last_night"]
    if night is not None:
        says = f"{night['sites']} sites, {len(night['failed'])} with something that failed"
        says = says if night["state"] == "done" else f"{night['sites']} sites, {night['open']} URLs left"
        lines.append(f"last night of the season: run {night['run']} ({night['state']}), {night['started_at']}: {says}")
        lines += _few([f"  {site}: {'; '.join(said)}" for site, said in night["failed"].items()])
    told = set(night["failed"]) if night is not None else set()
    lines += _few(
        [
            f"list {one['code']}: {one['site']}: {one['says']} ({one['list']}, run {one['run']})"
            for one in facts["alarms"]
            if one["site"] not in told
        ]
    )
    lines += _few([f"paused: {one['host_group']} until {one['until']}: {one['why']}" for one in facts["pauses"]])
    lines += _few(
        [
            f"robots.txt unreachable: {one['host']}, {one['seen_at']}{': ' if one['says'] else ''}{one['says']}"
            for one in facts["robots_unreachable"]
        ]
    )
    lines.append(f"due tonight: {nianbao} season --dry-run")
    return lines


def _few(lines: list[str]) -> list[str]:
    """The first of them, and how many more there are."""
    more = [f"  … and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return [*lines[:_SHOWN], *more]
