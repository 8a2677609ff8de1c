"""nianbao doctor: what is there, what a lack costs, how to get it."""

from __future__ import annotations

import json
from pathlib import Path

from crawler.registry import read_registry
from tests.crawler.conftest import ROOT, Nianbao

DOCUMENT = ROOT / "crawler" / "demo" / "documents" / "wlj_2020.docx"


def test_doctor_says_what_a_lack_costs(nianbao: Nianbao, tmp_path: Path) -> None:
    settings = {"PATH": "/nowhere", "XDG_CONFIG_HOME": str(tmp_path)}
    findings = {one["what"]: one for one in json.loads(nianbao("doctor", "--json", **settings).stdout)}
    assert findings["LibreOffice"]["costs"].startswith("DOC that our own reader refuses")
    assert findings["OCR"]["found"].startswith("rapidocr/")
    assert findings["contact"]["found"] == "keeper@archive.example"
    assert not findings["SQLite"]["costs"]
    assert findings["registry"]["found"] == f"{len(read_registry())} portals"
    alone = nianbao("doctor", **settings, NIANBAO_CONTACT="")
    assert alone.returncode == 4
    assert "no portal is asked" in alone.stdout


def test_each_lack_has_its_cost_and_the_way_out(nianbao: Nianbao, tmp_path: Path) -> None:
    said = nianbao("doctor", PATH="/nowhere", XDG_CONFIG_HOME=str(tmp_path), NIANBAO_CONTACT="").stdout
    head, *lacks = said.strip().split("\n\n")
    lacking = {line.split("  ")[1] for line in head.splitlines() if line.startswith("--")}
    assert lacking == {one.partition(":")[0] for one in lacks}
    assert {"LibreOffice", "browser", "contact", "systemd"} <= lacking
    assert "nianbao schedule show cron" in said
    assert [one for one in lacks if not one.startswith("archive") and "\n    " not in one] == []


def test_a_clock_that_is_behind_the_archive_is_seen(nianbao: Nianbao, tmp_path: Path) -> None:
    folder = ("--archive", str(tmp_path / "archive"))
    assert nianbao(*folder, "import", str(DOCUMENT), NIANBAO_NOW="2099-01-31T08:00:00Z").returncode == 0
    said = nianbao(*folder, "doctor", NIANBAO_NOW="").stdout
    assert "it is before the last look, 2099-01-31T08:00:00Z: no crawl goes on" in said
    given = nianbao(*folder, "doctor", NIANBAO_NOW="2099-02-01").stdout
    assert "2099-02-01T00:00:00Z, as NIANBAO_NOW says" in given
    assert "before the last look" not in given
