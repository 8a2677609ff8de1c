"""What the keeper sees is what the command line says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from starlette.testclient import TestClient

from archive.fixity.manifests import head_of
from archive.queries import summarise_archive
from archive.season.status import season_facts
from archive.season.summaries import summaries_of
from archive.store import Archive
from archive.web.app import create_app
from archive.web.asked import Site
from archive.web.pages import status as page
from benchmarks.newsroom.script import Script


@pytest.fixture
def archive(newsroom: Path) -> Iterator[Archive]:
    with Archive.open(newsroom, write=False) as opened:
        yield opened


@pytest.fixture
def facts(client: TestClient) -> dict[str, Any]:
    answer = client.get("/status.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_it_says_what_the_command_line_says(client: TestClient, facts: dict[str, Any], archive: Archive) -> None:
    assert facts["cut"] == []
    assert facts["season"] == season_facts(archive)
    said = summarise_archive(archive)
    assert {name: facts["counts"][name] for name in page.COUNTS} == {name: said[name] for name in page.COUNTS}
    head = head_of(archive)
    assert head is not None
    assert facts["manifest"] == {"number": head.number, "digest": head.digest}
    assert facts["unread"] == said["unread"]
    page_text = client.get("/status").text
    assert f"{said['captures']:,}" in page_text
    assert head.digest in page_text


def test_sites_are_held_against_what_is_expected_of_them(
    client: TestClient, facts: dict[str, Any], archive: Archive, script: Script
) -> None:
    told = {one.site: one for one in summaries_of(archive, facts["last_done"], facts["year"])}
    assert {one["site"]: one["found"] for one in facts["sites"]} == {site: one.found for site, one in told.items()}
    assert {one["site"] for one in facts["sites"] if one["failed"]} >= set(script.troubles)
    tree = html.fromstring(client.get("/status").text)
    rows = tree.xpath("//table[contains(@class, 'sites')]/tbody/tr")
    assert len(rows) == len(told)
    assert "应至少" in rows[0].text_content()


def test_an_open_run_and_its_queue_are_shown(facts: dict[str, Any], archive: Archive) -> None:
    states = dict(
        archive.db.execute(
            "SELECT state, count(*) FROM frontier WHERE run IN (SELECT id FROM runs WHERE state = 'open') GROUP BY 1"
        ).fetchall()
    )
    assert sum(one["queued"] for one in facts["queue"]) == states.get("queued", 0)
    assert sum(one["leased"] for one in facts["queue"]) == states.get("leased", 0)
    assert facts["runs"][0]["run"] == max(one["run"] for one in facts["runs"])


def test_the_disk_is_what_the_files_take(facts: dict[str, Any], newsroom: Path) -> None:
    assert facts["disk"]["archive"] >= (newsroom / "archive.db").stat().st_size
    assert facts["disk"]["payloads"] >= (newsroom / "payloads.db").stat().st_size
    assert facts["disk"]["free"] > 0


def test_an_empty_archive_has_a_status_too(tmp_path: Path) -> None:
    Archive.open(tmp_path / "a", write=True).close()
    with TestClient(create_app(tmp_path / "a", Site("http://testserver"))) as client:
        for path in ("/status", "/status?lang=en", "/place/", "/leads", "/compare", "/status.json", "/place/.json"):
            assert client.get(path).status_code == 200, path


def test_a_part_that_takes_too_long_is_left_out_and_named(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "briefly", lambda *_: None)
    facts = client.get("/status.json").json()
    assert facts["cut"] == ["season", "sites", "counts"]
    assert (facts["season"], facts["sites"], facts["counts"]) == (None, None, None)
    assert "nianbao status" in client.get("/status").text


@pytest.mark.parametrize(("count", "says"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (37_859_328, "37.9 MB")])
def test_bytes_are_said_as_disks_are_sold(count: int, says: str) -> None:
    assert page._size(count) == says
