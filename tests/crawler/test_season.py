"""The season: which portals are due when, what it costs, the schedule, and one night's crawl with its summary."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest

from archive.season.summaries import SiteSummary, is_over
from archive.store import Archive
from crawler.registry import Portal
from crawler.season.due import DAILY, MONTHLY, WEEKLY, is_due
from crawler.season.night import SWEPT, Known, in_order_of_need, next_step, schedule_of
from crawler.season.schedule import KINDS, SHIPPED, render_schedule
from nianbao import build_parser
from tests.crawler.conftest import ROOT, Nianbao
from tests.portals.trs import TrsPortal

PORTALS = tuple(
    Portal(f"site{number}", "示例县人民政府", "150824", "http://a.example/", ("a.example",)) for number in range(70)
)


def nights(portal: Portal, first: date, days: int) -> list[date]:
    """The nights on which a portal is looked at, each look being done."""
    looked: date | None = first - timedelta(days=1)
    found = []
    for offset in range(days):
        day = first + timedelta(days=offset)
        if is_due(portal, day, 2025, looked):
            found.append(day)
            looked = day
    return found


@pytest.mark.parametrize(
    ("first", "days", "interval"),
    [(date(2026, 1, 2), 28, DAILY), (date(2026, 2, 2), 56, WEEKLY), (date(2026, 6, 1), 112, MONTHLY)],
)
def test_looks_are_as_dense_as_the_law_makes_them(first: date, days: int, interval: int) -> None:
    for portal in PORTALS:
        seen = nights(portal, first, days)
        assert days / interval <= len(seen) <= days / interval + 1, portal.code
        assert all(later - earlier <= timedelta(days=interval) for earlier, later in pairwise(seen))


def test_the_weekly_load_is_spread_over_the_nights() -> None:
    by_night = Counter(night.weekday() for portal in PORTALS for night in nights(portal, date(2026, 2, 9), 7))
    assert set(by_night) == set(range(7))
    assert max(by_night.values()) <= len(PORTALS) // 2


def test_a_portal_never_looked_at_is_due_and_one_looked_at_today_is_not() -> None:
    assert is_due(PORTALS[0], date(2026, 6, 1), 2025, None)
    assert not is_due(PORTALS[0], date(2026, 1, 15), 2025, date(2026, 1, 15))


def test_a_plan_counts_requests_by_group() -> None:
    portals = [
        Portal("a", "", "", "http://a.example/", ("a.example",), group="platform"),
        Portal("b", "", "", "http://b.example/", ("b.example", "c.example"), group="platform"),
        Portal("d", "", "", "http://d.example/", ("d.example",)),
    ]
    known = Known(requests={"a": 100, "b": 50, "d": 120}, bytes_each=1000)
    schedule = schedule_of(portals, 2025, date(2026, 1, 5), known, 2.0, None)
    assert schedule.tonight == schedule.due == tuple(portals)
    cost = schedule.cost
    assert (cost.portals, cost.hosts, cost.groups, cost.requests) == (3, 4, 2, 270)
    assert (cost.seconds, cost.bytes) == (300.0, 270_000)
    slow = replace(known, delays={"d.example:80": 5.0, "c.example:443": 1.0})
    assert schedule_of(portals, 2025, date(2026, 1, 5), slow, 2.0, None).cost.seconds == 600.0


def test_a_sweep_goes_on_with_those_that_were_not_swept() -> None:
    today = date(2026, 9, 7)
    known = Known({"site1": today - timedelta(days=1), "site2": today - SWEPT}, under_way=frozenset({"site3"}))
    swept = schedule_of(PORTALS, None, today, known, 2.0, None)
    assert {portal.code for portal in PORTALS} - {portal.code for portal in swept.due} == {"site1"}


def test_what_is_under_way_is_in_the_plan_on_whatever_day() -> None:
    today = date(2026, 6, 3)
    looked = {portal.code: today for portal in PORTALS}
    nothing = schedule_of(PORTALS, 2025, today, Known(looked), 2.0, None)
    assert (nothing.due, nothing.tonight, nothing.nights, nothing.cost.seconds) == ((), (), (), 0.0)
    assert nothing.next_on is not None
    assert today < nothing.next_on <= today + timedelta(days=7), "70 portals have their nights in 28 days"
    known = Known(looked, under_way=frozenset({"site3"}))
    assert [portal.code for portal in schedule_of(PORTALS, 2025, today, known, 2.0, None).tonight] == ["site3"]


def test_too_few_reports_fail_only_after_the_last_deadline() -> None:
    one = SiteSummary("a", "示例县人民政府", "150824", fewest=20, most=25, found=12)
    assert not is_over(2025, date(2026, 3, 31))
    assert is_over(2025, date(2026, 4, 1))
    assert one.failures(False) == ()
    assert one.failures(True) == ("12 reports, at least 20 expected",)
    assert next_step(one, 2025, True, "nianbao") == "nianbao coverage --year 2025 --region 150824 --state missing"
    one.found, one.lost = 26, {"challenge": 3}
    assert one.failures(False) == ("26 reports, at most 25 expected", "challenge 3")
    assert next_step(one, 2025, False, "nianbao") == "nianbao sites show a"


def test_sites_that_need_somebody_come_first_and_many_quiet_ones_are_counted() -> None:
    blocked = SiteSummary("blocked", "", "15", 0, 0, lost={"challenge": 2})
    fresh = SiteSummary("fresh", "", "11", 0, 0, new=1)
    quiet = [SiteSummary(f"quiet{number}", "", "10", 0, 0) for number in range(21)]
    assert in_order_of_need([*quiet, fresh, blocked], False) == [blocked, fresh]
    assert in_order_of_need([*quiet[:20], fresh, blocked], False) == [blocked, fresh, *quiet[:20]]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[TrsPortal, Path]]:
    """A portal on loopback that stands in the user's own registry, and the folder of the user's settings."""
    with TrsPortal() as portal:
        sites = tmp_path / "config" / "nianbao" / "sites"
        sites.mkdir(parents=True)
        (sites / f"999999_{portal.netloc.replace(':', '_')}.toml").write_text(
            f'code = "shili"\nname = "示例县人民政府"\nregion_code = "999999"\nhome = "{portal.home}"\n'
            f'hosts = ["{portal.netloc}"]\nallow = ["{portal.netloc}"]\nreports = {{ min = 2 }}\n',
            encoding="utf-8",
        )
        yield portal, tmp_path / "config"


def test_a_night_of_the_season(own: tuple[TrsPortal, Path], nianbao: Nianbao, folder: Path) -> None:
    _, config = own
    words = ("season", "2025", "--region", "999999", "--delay", "0")
    settings = {"XDG_CONFIG_HOME": str(config), "NIANBAO_NOW": "2026-01-20T14:00:00Z"}
    planned = json.loads(nianbao(*words, "--dry-run", "--json", **settings).stdout)
    assert planned["due"] == ["shili"]
    assert planned["requests"] > 0
    jsonschema.validate(planned, json.loads((ROOT / "docs" / "schema" / "season_plan.json").read_text("utf-8")))
    assert planned["tonight"] == planned["due"]
    first = nianbao(*words, "--json", **settings)
    summary = json.loads(first.stdout)
    jsonschema.validate(summary, json.loads((ROOT / "docs" / "schema" / "season.json").read_text("utf-8")))
    assert [site["site"] for site in summary["sites"]] == ["shili"]
    assert first.returncode == (3 if summary["sites"][0]["failures"] else 0), first.stderr
    again = json.loads(nianbao(*words, "--dry-run", "--json", **settings).stdout)
    assert again["due"] == []
    idle = nianbao(*words, **settings)
    assert idle.returncode == 0
    assert "0 of 1 portals are due\nthe next are due on 2026-01-21" in idle.stdout
    assert json.loads(nianbao(*words, "--json", **settings).stdout) == {"run": None, "year": 2025, "sites": []}
    with Archive.open(folder, write=False) as archive:
        assert archive.db.execute("SELECT count(*) FROM runs").fetchone() == (1,), "a night without portals is no run"
    later = nianbao(*words, **(settings | {"NIANBAO_NOW": "2026-04-02T14:00:00Z"}))
    assert later.returncode == 3, later.stderr
    assert "at least 2 expected" in later.stdout


def test_a_night_that_was_cut_off_goes_on_the_next_evening(own: tuple[TrsPortal, Path], nianbao: Nianbao) -> None:
    portal, config = own
    words = ("season", "2025", "--region", "999999", "--delay", "0", "--hours", "20-8")
    noon = nianbao(*words, XDG_CONFIG_HOME=str(config), NIANBAO_NOW="2026-01-20T04:00:00Z")
    assert noon.returncode == 4
    assert "it is not the hour for requests; the same command goes on" in noon.stderr
    assert not portal.asked
    evening = {"XDG_CONFIG_HOME": str(config), "NIANBAO_NOW": "2026-01-21T12:30:00Z"}
    assert json.loads(nianbao(*words, "--dry-run", "--json", **evening).stdout)["tonight"] == ["shili"]
    done = json.loads(nianbao(*words, "--json", **evening).stdout)
    assert (done["run"], [site["site"] for site in done["sites"]]) == (1, ["shili"])


def test_a_year_that_is_not_over_is_refused(nianbao: Nianbao) -> None:
    refused = nianbao("season", "2026", "--dry-run", NIANBAO_NOW="2026-06-01T00:00:00Z")
    assert refused.returncode == 2
    assert "expected a year before 2026" in refused.stderr


def test_units_hold_what_systemd_wants(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        assert os.environ.get("CI") != "true", "systemd-analyze is not installed"
        pytest.skip("systemd-analyze is not installed")
    units = render_schedule("systemd", tmp_path / "an archive", "keeper@archive.example")
    for name, text in units.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    checked = subprocess.run(
        [program, "verify", *(str(tmp_path / name) for name in units)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert "nianbao-" not in checked.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_a_schedule_says_only_what_the_command_line_takes(kind: str, tmp_path: Path) -> None:
    said = []
    for text in render_schedule(kind, tmp_path / "archive", "keeper@archive.example").values():
        assert not re.search("@[A-Z]+@", text)
        for line in text.splitlines():
            if "--archive" in line and not line.startswith("#"):
                words = line.split("--archive", 1)[1].replace('"', " ").replace(",", " ").replace("]", " ").split()
                said.append(build_parser().parse_args(["--archive", *words]).verb)
    assert set(said) - {"serve"} == {"season"}


def test_compose_and_cron_take_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / 'a "b": $HOME 100%'
    text = render_schedule("compose", folder, "keeper@archive.example")["compose.yaml"]
    said = dict(line.strip().split(": ", 1) for line in text.splitlines() if ": " in line and "#" not in line)
    assert json.loads(said["source"]).replace("$$", "$") == str(folder)
    assert "$$HOME" in said["source"], "compose would put a variable in its place"
    assert json.loads(said["context"]) == str(ROOT)
    assert json.loads(said["user"]) == f"{os.getuid()}:{os.getgid()}", "the folder is the keeper's, not nobody's"
    for line in render_schedule("cron", folder, "")["crontab"].splitlines():
        if "--archive" in line:
            command = line.partition("--archive ")[2].replace(r"\%", "%")
            assert shlex.split(command)[0] == str(folder)
            assert "%" not in line.replace(r"\%", ""), "cron ends the line there"


def test_every_shipped_file_is_rendered_or_used() -> None:
    named = {name for names in KINDS.values() for name in names}
    assert {path.name for path in SHIPPED.iterdir()} == named | {"Dockerfile"}
    copied = (SHIPPED / "Dockerfile").read_text("utf-8")
    for word in copied.split("COPY ", 1)[1].splitlines()[0].split()[:-1]:
        assert (ROOT / word).exists(), word


def test_install_writes_units_and_says_what_to_type(nianbao: Nianbao, tmp_path: Path) -> None:
    done = nianbao("schedule", "install", XDG_CONFIG_HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "systemctl --user enable --now" in done.stdout
    assert {path.name for path in (tmp_path / "systemd" / "user").iterdir()} == set(KINDS["systemd"])
