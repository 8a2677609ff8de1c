"""The verbs about portals: what probe sees and does not write, what add and scaffold write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.gathering.rosters import bodies_on, names_a_roster
from crawler.pages.links import read_page
from crawler.registry import read_portal
from tests.crawler.conftest import Nianbao
from tests.portals.trs import ROOT, TrsPortal


@pytest.fixture
def portal() -> Iterator[TrsPortal]:
    with TrsPortal() as one:
        yield one


def test_probe_tells_the_family_and_why_and_writes_nothing(
    portal: TrsPortal, nianbao: Nianbao, folder: Path, tmp_path: Path
) -> None:
    url = f"{portal.home.rstrip('/')}{ROOT}2023/"
    done = nianbao("sites", "probe", url, "--allow-host", portal.netloc, "--json")
    assert done.returncode == 0, done.stderr
    probed = json.loads(done.stdout)
    assert (probed["outcome"], probed["family"]) == ("fetched", "trs")
    assert probed["claims"]["trs"] > probed["claims"]["generic"]
    assert probed["take"]
    assert all("年" in label for label, _ in probed["take"])
    assert any(url.endswith("index_1.html") for url in probed["pages"])
    asked = [path for path in portal.asked if path != "/robots.txt"]
    assert len(asked) == 1, "one page and robots.txt"
    assert not folder.exists()
    words = nianbao("sites", "probe", url, "--allow-host", portal.netloc).stdout
    assert "would be taken as reports: " in words
    assert "family: trs (" in words
    assert "pages written by createPageHTML" in words
    assert "links shaped like its articles, such as http" in words


def test_probe_of_what_is_not_there(portal: TrsPortal, nianbao: Nianbao) -> None:
    done = nianbao("sites", "probe", f"{portal.home}nothing.html", "--allow-host", portal.netloc)
    assert done.returncode == 4
    assert "not_found (status 404)" in done.stdout


def test_add_writes_a_file_that_reads(nianbao: Nianbao, tmp_path: Path) -> None:
    settings = {"XDG_CONFIG_HOME": str(tmp_path)}
    words = ("sites", "add", "http://www.shili.example/", "--name", "示例县人民政府", "--region", "150824")
    done = nianbao(*words, "--column", "http://www.shili.example/zfxxgk/nb/", **settings)
    assert done.returncode == 0, done.stderr
    portal = read_portal(tmp_path / "nianbao" / "sites" / "150824_www.shili.example.toml")
    assert (portal.code, portal.name) == ("shili-example", "示例县人民政府")
    assert portal.seeds == ("http://www.shili.example/zfxxgk/nb/",)
    assert "shili-example" in nianbao("sites", "list", **settings).stdout
    assert nianbao(*words, **settings).returncode == 2, "it is registered already"
    shown = nianbao("sites", "show", "shili-example", **settings)
    assert "http://www.shili.example/zfxxgk/nb/" in shown.stdout
    assert nianbao("sites", "add", "http://b.example/", "--name", "x", "--region", "999998", **settings).returncode == 2


def test_check_names_every_file_that_is_wrong(nianbao: Nianbao, tmp_path: Path) -> None:
    assert nianbao("sites", "check").returncode == 0
    wrong = tmp_path / "150824_a.example.toml"
    wrong.write_text('code = "a"\nname = "示例县"\nregion_code = "150824"\nhome = "http://a.example/"\n'
                     'hosts = ["a.example"]\nreports = { least = 3 }\n', encoding="utf-8")  # fmt: skip
    done = nianbao("sites", "check", str(wrong), str(tmp_path / "none.toml"))
    assert done.returncode == 1
    assert "reports must be a table with min, max or both" in done.stdout
    assert "none.toml: No such file" in done.stdout


def test_scaffold_writes_a_file_a_page_and_what_is_expected(
    portal: TrsPortal, nianbao: Nianbao, tmp_path: Path
) -> None:
    checkout = tmp_path / "checkout"
    for folder in ("crawler/sites", "tests/crawler/saved"):
        (checkout / folder).mkdir(parents=True)
    url = f"{portal.home.rstrip('/')}{ROOT}2023/"
    done = nianbao("sites", "scaffold", url, "--into", str(checkout), "--allow-host", portal.netloc)
    assert done.returncode == 0, done.stderr
    (site,) = (checkout / "crawler" / "sites").iterdir()
    assert read_portal(site).family == "trs"
    (said,) = (checkout / "tests" / "crawler" / "saved").glob("trs_*.json")
    expected = json.loads(said.read_text("utf-8"))
    assert expected["url"] == url
    assert expected["rows"]
    assert expected["pages"]
    page = read_page(url, said.with_suffix(".html").read_bytes())
    assert set(expected["rows"]) <= {anchor.url for anchor in page.anchors}
    assert nianbao("sites", "scaffold", url, "--into", str(tmp_path), "--allow-host", portal.netloc).returncode == 2


BODIES = ("县教育局", "示例县发展和改革委员会", "城关镇人民政府", "东街街道办事处", "县人民政府办公室", "县信访局")


def roster(title: str, names: tuple[str, ...] = BODIES) -> bytes:
    links = "".join(f'<li><a href="/jg/{number}/">{name}</a></li>' for number, name in enumerate(names))
    other = '<a href="/">首页</a><a href="/ld/">领导信箱</a><a href="/bs/">办事大厅</a><a href="/x/">局长信箱</a>'
    head = f"<head><meta charset=utf-8><title>{title}</title></head>"
    return f"<html>{head}<body>{other}<ul>{links}</ul></body></html>".encode()


def test_a_list_of_departments_names_bodies() -> None:
    url = "http://a.example/jgsz/"
    assert bodies_on(read_page(url, roster("机构设置")), "") == BODIES
    assert bodies_on(read_page(url, roster("示例县人民政府")), "政府部门") == BODIES
    assert bodies_on(read_page(url, roster("友情链接")), "友情链接") == (), "nothing says that it lists bodies"
    assert bodies_on(read_page(url, roster("机构设置", BODIES[:3])), "") == (), "three names are a menu"
    assert names_a_roster("组成部门")
    assert not names_a_roster("部门文件")
