"""What hosts asked of us, kept over restarts: pauses, and what robots.txt said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.clock import parse_time, read_clock, stamp
from archive.frontier import InRun
from archive.packed.texts import clean
from archive.store import Archive


@dataclass(frozen=True, slots=True)
class Pause:
    """A group of hosts that is left alone until a moment (UTC), and why."""

    host_group: str
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class RobotsSeen:
    """What a host's robots.txt said when last asked for.

    ``netloc``: host and port. ``state``: rules, absent, moved (``url`` is where to), unreachable, refused_address.
    ``delay``: seconds that Crawl-delay asks for, 0.0 if nothing. ``run`` is the run that asked, at ``seen_at``.
    """

    netloc: str
    run: int
    seen_at: str
    state: str
    url: str
    delay: float
    says: str


def put_pause(archive: Archive, pause: Pause) -> None:
    """Keeps a pause, if it is not shorter than the one that is kept. Pauses that are over are forgotten. Commits."""
    with archive.writing() as db:
        db.execute("DELETE FROM pauses WHERE until <= :now", {"now": stamp(read_clock())})
        db.execute(
            """
            INSERT INTO pauses (host_group, until, why) VALUES (:host_group, :until, :why)
            ON CONFLICT (host_group) DO UPDATE SET until = excluded.until, why = excluded.why
            WHERE excluded.until > until
            """,
            {"host_group": pause.host_group, "until": stamp(pause.until), "why": clean(pause.why)},
        )


def forget_pause(archive: Archive, host_group: str) -> None:
    """Takes a pause back. Commits."""
    with archive.writing() as db:
        db.execute("DELETE FROM pauses WHERE host_group = :host_group", {"host_group": host_group})


def list_pauses(archive: Archive) -> tuple[Pause, ...]:
    """Pauses that are not over, the longest last."""
    rows = archive.db.execute(
        "SELECT host_group, until, why FROM pauses WHERE until > :now ORDER BY until, host_group",
        {"now": stamp(read_clock())},
    ).fetchall()
    return tuple(Pause(host_group, parse_time(until), why) for host_group, until, why in rows)


def note_robots(archive: Archive, run: InRun, netloc: str, state: str, url: str, delay: float, says: str) -> None:
    """Keeps what a host's robots.txt says now. Commits."""
    with archive.writing() as db:
        db.execute(
            """
            INSERT INTO robots (netloc, run, seen_at, state, url, delay, says)
            VALUES (:netloc, :run, :seen_at, :state, :url, :delay, :says)
            ON CONFLICT (netloc) DO UPDATE SET
                run = excluded.run,
                seen_at = excluded.seen_at,
                state = excluded.state,
                url = excluded.url,
                delay = excluded.delay,
                says = excluded.says
            """,
            {
                "netloc": netloc,
                "run": run.id,
                "seen_at": stamp(read_clock()),
                "state": state,
                "url": clean(url),
                "delay": delay,
                "says": clean(says),
            },
        )


def list_robots(archive: Archive) -> tuple[RobotsSeen, ...]:
    """What every host's robots.txt said when last asked for, by host and port."""
    rows = archive.db.execute(
        "SELECT netloc, run, seen_at, state, url, delay, says FROM robots ORDER BY netloc"
    ).fetchall()
    return tuple(RobotsSeen(*row) for row in rows)


def robots_state(archive: Archive, host: str) -> tuple[RobotsSeen, ...]:
    """``HOST`` or ``HOST:PORT`` → what each port's robots.txt said when last asked for; empty: never asked."""
    wanted = host.lower()
    return tuple(one for one in list_robots(archive) if wanted in (one.netloc, one.netloc.rpartition(":")[0]))
