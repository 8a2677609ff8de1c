"""The clock jumps a year forward or back, in the middle of a crawl and between two, and stands in other time zones.

A crawl whose clock has jumped stops with exit code 8 and one line, dates no look by it, and goes on with the same
command when the clock is right: nothing is lost or asked twice, no look is dated before the one made before it, no
version ends before it begins, the chain of manifests holds. Smaller corrections do not stop it. Days are those of
Asia/Shanghai whatever TZ says, also where summer time begins or ends that night. A pause that was noted under a clock
that was ahead holds nobody off for a year, and neither does a look that seems to be of tomorrow. The time of day is
read in one place.
"""

from __future__ import annotations

import ast
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from archive.clock import stamp
from archive.runs.hosts import Pause, list_pauses, put_pause
from archive.store import Archive
from crawler.manners.courtesy import Courtesy
from crawler.manners.watch import resume_pauses
from crawler.politeness import LONGEST_HONOURED, read_retry_after
from crawler.registry import read_registry
from crawler.season.due import is_due
from crawler.season.night import Known, schedule_of
from tests import forked
from tests.batteries.disk_deeds import BODIES, Portal
from tests.batteries.figures import Row, Scale, row_of

TITLE = "Clock"
ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
LOOKS = len(BODIES) + 2  # robots.txt, the list, the reports
# A night on which clocks are put forward or back somewhere, and the zones in which nobody else lives.
NIGHTS = ("2026-03-08T06:59:59Z", "2026-11-01T06:00:01Z", "2026-03-29T01:00:00Z", "2026-10-25T00:59:59Z")
ZONES = ("", "UTC", "Asia/Shanghai", "America/New_York", "Europe/London", "Pacific/Kiritimati", "Pacific/Apia")
_TIME_OF_DAY = {"now", "utcnow", "today", "localtime", "gmtime", "ctime", "time_ns", "clock_gettime"}

Ends = Iterator[tuple[str, str]]


def nianbao(folder: Path, moment: datetime | str, *words: str, jump: tuple[int, datetime] | None = None,
            zone: str = "UTC") -> subprocess.CompletedProcess[str]:  # fmt: skip
    """Runs a verb at a moment; ``jump``: after so many looks it is another one."""
    now = moment if isinstance(moment, str) else stamp(moment)
    through = ["nianbao"] if jump is None else ["tests.batteries.clock_driver", str(jump[0]), stamp(jump[1])]
    env = {**os.environ, "NIANBAO_NOW": now, "TZ": zone}
    if not zone:
        del env["TZ"]
    return forked.run([sys.executable, "-m", *through, "--archive", str(folder), *words], env=env, timeout=300)


class Crawls:
    """A portal, and archives of it in a folder."""

    def __init__(self, folder: Path, portal: Portal) -> None:
        self.folder = folder
        self.portal = portal
        self.words = ("crawl", f"http://{portal.host_port}/", "--allow-host", portal.host_port, "--delay", "0")
        self.seconds = 0.0
        self._places = 0

    def place(self) -> Path:
        self._places += 1
        return self.folder / f"a{self._places}"

    def crawl(self, at: Path, moment: datetime, jump: tuple[int, datetime] | None = None) -> tuple[int, str]:
        """(exit code, what it said on standard error)."""
        began = time.monotonic()
        done = nianbao(at, moment, *self.words, jump=jump)
        self.seconds = max(self.seconds, time.monotonic() - began)
        return done.returncode, done.stderr.strip()

    def wrong(self, at: Path, *, runs: int = 1) -> str:
        """What is wrong with an archive of so many completed crawls; "" for nothing."""
        if said := disorder_in(at):
            return said
        verified = nianbao(at, NOW, "verify")
        if verified.returncode != 0:
            return f"verify: {verified.stdout.strip()[:300]}"
        with closing(sqlite3.connect(at / "archive.db")) as db:
            reports = db.execute("SELECT count(*) FROM reports").fetchone()[0]
            twice = db.execute(
                "SELECT url FROM captures WHERE kind <> 'robots' GROUP BY url, run HAVING count(*) > 1"
            ).fetchall()
            done = db.execute("SELECT count(*) FROM runs WHERE state = 'done'").fetchone()[0]
        if twice:
            return f"asked twice in a run: {twice}"
        return "" if (reports, done) == (len(BODIES), runs) else f"{reports} reports, {done} runs completed"


def disorder_in(folder: Path) -> str:
    """Whether dates and numbers of looks, versions and manifests go the same way; "" where they do."""
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        dates = [at for (at,) in db.execute("SELECT captured_at FROM captures ORDER BY id")]
        spans = db.execute("SELECT id FROM versions WHERE first_captured > last_captured").fetchall()
        order = db.execute(
            "SELECT rendition FROM versions a JOIN versions b USING (rendition) "
            "WHERE a.number < b.number AND a.first_captured > b.first_captured"
        ).fetchall()
    if dates != sorted(dates):
        return "a look is dated before one that was made before it"
    return f"versions {spans or order} run backwards" if spans or order else ""


def said_clock(code: int, err: str) -> str:
    """A stop → "" if it is the one that a jump of the clock should end in."""
    if "Traceback" in err:
        return f"a traceback: {err[-300:]}"
    lines = [line for line in err.splitlines() if line.startswith("nianbao: ")]
    return "" if code == 8 and len(lines) == 1 and lines[0].startswith("nianbao: clock: ") else f"{code}: {err[-300:]}"


def jumps_within(crawls: Crawls, by: timedelta, places: range) -> Ends:
    """After each so many looks the clock is a year off; then the same command, with the clock right."""
    for looks in places:
        at = crawls.place()
        wrong = said_clock(*crawls.crawl(at, NOW, (looks, NOW + by)))
        with closing(sqlite3.connect(at / "archive.db")) as db:
            kept = db.execute("SELECT count(*) FROM captures").fetchone()[0]
        if not wrong and kept != looks:
            wrong = f"{kept} looks were kept, {looks} before the jump"
        code, err = crawls.crawl(at, NOW + timedelta(minutes=5))
        wrong = wrong or ("" if code == 0 else f"the same command ended with {code}: {err[-300:]}") or crawls.wrong(at)
        yield f"after {looks} looks", wrong


def corrections(crawls: Crawls, minutes: tuple[int, ...]) -> Ends:
    """The clock is set right by minutes while it crawls."""
    for by in minutes:
        at = crawls.place()
        code, err = crawls.crawl(at, NOW, (3, NOW + timedelta(minutes=by)))
        yield f"by {by} minutes", ("" if code == 0 else f"{code}: {err[-300:]}") or crawls.wrong(at)


def jumps_between(crawls: Crawls) -> Ends:
    """A crawl under a clock that is a year behind the last look, and one under a clock that is a year ahead."""
    at = crawls.place()
    code, err = crawls.crawl(at, NOW)
    before = (at / "archive.db").read_bytes()
    yield "the first", ("" if code == 0 else f"{code}: {err[-300:]}") or crawls.wrong(at)
    wrong = said_clock(*crawls.crawl(at, NOW - YEAR))
    same = (at / "archive.db").read_bytes() == before
    yield "a year back", wrong or ("" if same else "something was written")
    code, err = crawls.crawl(at, NOW + timedelta(days=1))
    yield "right again", ("" if code == 0 else f"{code}: {err[-300:]}") or crawls.wrong(at, runs=2)
    code, err = crawls.crawl(at, NOW + YEAR)
    yield "a year ahead", ("" if code == 0 else f"{code}: {err[-300:]}") or crawls.wrong(at, runs=3)
    wrong = said_clock(*crawls.crawl(at, NOW + timedelta(days=2)))
    yield "right, after a year ahead", wrong or crawls.wrong(at, runs=3)
    other = crawls.place()
    code, err = crawls.crawl(other, NOW + timedelta(days=2))
    merged = nianbao(other, NOW + timedelta(days=2), "merge", str(at))
    wrong = "" if (code, merged.returncode) == (0, 0) else f"{code} {merged.returncode}: {err} {merged.stderr}"[-300:]
    yield "in another archive, and merged", wrong or _verified(other)


def _verified(at: Path) -> str:
    verified = nianbao(at, NOW, "verify")
    return "" if verified.returncode == 0 else verified.stdout.strip()[:300]


def zones(crawls: Crawls, nights: tuple[str, ...], named: tuple[str, ...]) -> Ends:
    """What is due, and what is late, on nights when somewhere the hour changes."""
    at = crawls.place()
    crawls.crawl(at, NOW)
    for night in nights:
        said: dict[str, str] = {}
        for zone in named:
            asked = (("season", "--dry-run", "--json"), ("coverage", "--year", "2024", "--json"), ("runs", "--json"))
            done = [nianbao(at, night, *words, zone=zone) for words in asked]
            said[zone] = "".join(f"{one.returncode}{one.stdout}{one.stderr}" for one in done)
        for zone in named:
            yield f"{night} {zone or 'TZ unset'}", "" if said[zone] == said["UTC"] else "another answer than in UTC"


def leap_seconds(crawls: Crawls) -> Ends:
    """23:59:60 on the clock, in an option and in a header."""
    page = crawls.folder / "page.html"
    page.write_text("<html><body>示例</body></html>", encoding="utf-8")
    for name, now, words in (
        ("on the clock", "2016-12-31T23:59:60Z", ()),
        ("in an option", NOW, ("--captured-at", "2017-01-01T07:59:60+08:00")),
    ):
        at = crawls.place()
        done = nianbao(at, now, "import", str(page), *words)
        with closing(sqlite3.connect(at / "archive.db")) as db:
            dated = db.execute("SELECT captured_at FROM captures").fetchall()
        yield name, "" if dated == [("2016-12-31T23:59:59Z",)] else f"{done.returncode}: {dated} {done.stderr[-200:]}"
    asked = read_retry_after("Sat, 31 Dec 2016 23:59:60 GMT", datetime(2016, 12, 31, 23, 59, tzinfo=UTC))
    yield "in Retry-After", "" if asked is None or 0 <= asked <= 61 else f"{asked} seconds"


def pauses(crawls: Crawls) -> Ends:
    """Pauses that were noted a year ahead, and ones that are to be kept."""
    for ahead, kept in ((YEAR, False), (timedelta(days=8), False), (timedelta(hours=2), True), (-YEAR, False)):
        with Archive.open(crawls.place(), write=True) as archive:
            now = datetime.now(UTC)
            put_pause(archive, Pause("a.example", now + ahead, "Retry-After: 120"))
            courtesy = Courtesy(0, lambda: 0.0)
            resume_pauses(archive, courtesy)
            wait = courtesy.wait("a.example")
            listed = [pause.host_group for pause in list_pauses(archive)]
        right = (wait > 0, bool(listed)) == (kept, kept) and wait <= LONGEST_HONOURED
        yield f"until {ahead} from now", "" if right else f"waits {wait} seconds, listed {listed}"


def nights_after(days: range) -> Ends:
    """A season's plan after looks that seem to be of tomorrow or of next year."""
    portals = tuple(read_registry())[:40]
    for day in days:
        today = date(2026, 1, 5) + timedelta(days=day)
        ahead = {portal.code: today + timedelta(days=1 + number * 9) for number, portal in enumerate(portals)}
        held = [portal.code for portal in portals if not is_due(portal, today, 2025, ahead[portal.code])]
        swept = schedule_of(portals, None, today, Known(looked=ahead), 2.0, None).due
        planned = schedule_of(portals, 2025, today, Known(looked=ahead), 2.0, None)
        in_nights = {code for night in planned.nights for code in night.portals}
        right = not held and len(swept) == len(portals) and in_nights == {portal.code for portal in portals}
        yield str(today), "" if right else f"not due: {held}, swept {len(swept)}, planned {len(in_nights)}"


def doors() -> Ends:
    """Every module of the three rooms: none but archive/clock.py asks what time of day it is."""
    for file in sorted(path for room in ("parsers", "archive", "crawler") for path in (ROOT / room).rglob("*.py")):
        name = str(file.relative_to(ROOT))
        asks = [
            ast.unparse(node)
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value)
            in ("datetime", "date", "time", "dt.datetime", "datetime.datetime", "dt.date")
            and (node.func.attr in _TIME_OF_DAY or ast.unparse(node.func) == "time.time")
        ]
        yield name, "" if name == "archive/clock.py" or not asks else ", ".join(asks)


def run(scale: Scale) -> list[Row]:
    """Some forty crawls of a small portal in the whole form, nine in the short one."""
    folder = Path(tempfile.mkdtemp(prefix="nianbao-clock-"))
    within = range(1, LOOKS) if scale is Scale.WHOLE else range(2, 3)
    try:
        with Portal() as portal:
            crawls = Crawls(folder, portal)
            ends = [
                ("forward a year in the middle of a crawl", list(jumps_within(crawls, YEAR, within))),
                ("back a year in the middle of a crawl", list(jumps_within(crawls, -YEAR, within))),
                ("set right by minutes in the middle of a crawl",
                 list(corrections(crawls, (-45, -1, 1, 45) if scale is Scale.WHOLE else (-45,)))),
                ("a year back or ahead between two crawls", list(jumps_between(crawls))),
                ("other time zones, summer time", list(zones(crawls, NIGHTS[: scale.pick(1, 4)],
                                                              ZONES if scale is Scale.WHOLE else ZONES[1:4:2]))),
                ("leap seconds", list(leap_seconds(crawls))),
            ]  # fmt: skip
            rows = [row_of(what, found, crawls.seconds) for what, found in ends]
        rows.append(row_of("pauses noted under a clock that was ahead", pauses(crawls)))
        rows.append(row_of("nights planned after looks that seem to be of the future", nights_after(range(0, 200, 5))))
        return [*rows, row_of("modules that read the time of day by no other door than archive/clock.py", doors())]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
