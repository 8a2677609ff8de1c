"""The registry: every shipped file reads, nothing unknown passes, and targets find their portal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crawler.errors import BadSite, UnknownTarget
from crawler.families import families
from crawler.registry import find_portal, read_portal, read_registry
from crawler.running.plan import Plan, first_targets

GOOD = """
code = "demo"
name = "示例县人民政府"
region_code = "000001"
home = "http://www.demo.example/"
hosts = ["www.demo.example", "xxgk.demo.example"]
family = "trs"
seeds = ["http://www.demo.example/zfxxgk/zfxxgknb/"]
allow = ["127.0.0.1:8080"]
notes = "invented"
"""


def write(folder: Path, text: str, name: str = "000001_www.demo.example.toml") -> Path:
    """A site's file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_shipped_portal_reads() -> None:
    portals = read_registry()
    assert "wltzq" in {portal.code for portal in portals}
    for portal in portals:
        assert portal.family in ("", *families())
        # Three platforms answer on a bare address only; each was written down by name.
        assert all(host.endswith(".gov.cn") or re.fullmatch(r"[\d.]+:\d+", host) for host in portal.hosts)
        assert all(portal.hosts[0] in url for url in (portal.home, *portal.seeds))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("notes", "note"), "unknown keys note"),
        (('code = "demo"', ""), "code missing"),
        (('"http://www.demo.example/"', '"ftp://www.demo.example/"'), "not an http or https URL"),
        (('["127.0.0.1:8080"]', '["127.0.0.1"]'), "allow: expected HOST:PORT"),
        (('"trs"', '["trs"]'), "family must be a text"),
        (('name = "示例县人民政府"', "name = 示例"), "Invalid value"),
        (("000001", "000002"), "expected to be named 000002"),
    ],
)
def test_files_that_say_something_else(change: tuple[str, str], says: str, tmp_path: Path) -> None:
    with pytest.raises(BadSite, match=says):
        read_portal(write(tmp_path, GOOD.replace(*change)))


def test_two_portals_with_one_code(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    write(tmp_path, GOOD.replace("000001", "000002"), "000002_www.demo.example.toml")
    with pytest.raises(BadSite, match="one code: demo"):
        read_registry(tmp_path)


def test_a_target_is_a_code_a_host_or_a_url(tmp_path: Path) -> None:
    portal = read_portal(write(tmp_path, GOOD))
    assert find_portal("demo", [portal]) == portal
    assert find_portal("xxgk.demo.example", [portal]) == portal
    narrowed = find_portal("http://www.demo.example/bm/jyj/nb/", [portal])
    assert (narrowed.code, narrowed.seeds) == ("demo", ("http://www.demo.example/bm/jyj/nb/",))
    made_up = find_portal("127.0.0.1:8080", [portal])
    assert (made_up.code, made_up.home, made_up.hosts) == (
        "127.0.0.1:8080",
        "http://127.0.0.1:8080/",
        ("127.0.0.1:8080",),
    )
    assert first_targets(find_portal("https://other.example/x/", [portal]))[0].url == "https://other.example/x/"
    for nothing in ("demoo", "", "ftp://a.example/", "http://", "http://a@b.example/", "http://a.example:port/", "a b"):
        with pytest.raises(UnknownTarget):
            find_portal(nothing, [portal])


def test_a_plan_follows_what_its_portals_name(tmp_path: Path) -> None:
    plan = Plan((read_portal(write(tmp_path, GOOD)), find_portal("127.0.0.1:9", [])), "test")
    assert plan.guard.allowed == {("127.0.0.1", 8080)}, "a host given as a target may be followed, not connected to"
    assert all(
        plan.scope.follows(url)
        for url in ("http://xxgk.demo.example/", "http://127.0.0.1:9/", "http://127.0.0.1:8080/")
    )
    assert not plan.scope.follows("http://127.0.0.1:10/")
    assert plan.run_scope == Plan(tuple(reversed(plan.portals)), "again").run_scope
    assert plan.run_scope != Plan(plan.portals, "test", report_year=2023).run_scope
