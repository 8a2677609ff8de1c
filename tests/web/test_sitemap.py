"""Search engines are told of every report and place once, and kept away from lists without end."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import pytest
from lxml import etree
from starlette.testclient import TestClient

from archive.store import Archive
from archive.web.app import create_app
from archive.web.asked import Site
from archive.web.links import place_path, report_path
from archive.web.pages import sitemap

BASE = "http://127.0.0.1:8000"
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def tree_of(client: TestClient, url: str) -> etree._Element:
    answer = client.get(urlsplit(url).path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml"), url
    assert len(answer.content) <= 50 * 1024 * 1024
    return etree.fromstring(answer.content)


def addresses_in(client: TestClient) -> dict[str, str | None]:
    """Every address of every part → when it last changed."""
    index = tree_of(client, f"{BASE}/sitemap.xml")
    assert index.tag == f"{{{SPACE['s']}}}sitemapindex"
    found: dict[str, str | None] = {}
    for part in index.xpath("s:sitemap/s:loc/text()", namespaces=SPACE):
        urls = tree_of(client, part).xpath("s:url", namespaces=SPACE)
        assert 0 < len(urls) <= 50_000
        for url in urls:
            address = url.findtext("s:loc", namespaces=SPACE)
            assert address not in found
            found[address] = url.findtext("s:lastmod", namespaces=SPACE)
    return found


@pytest.fixture(scope="module")
def archive(newsroom: Path) -> Archive:
    with Archive.open(newsroom, write=False) as archive:
        yield archive


def test_every_report_stands_there_with_the_time_of_its_last_version(client: TestClient, archive: Archive) -> None:
    rows = archive.db.execute(
        """
        SELECT p.region_code, p.organisation, p.report_year, max(w.first_captured)
        FROM annual_reports p LEFT JOIN report_versions w ON w.report = p.report GROUP BY p.report
        """
    ).fetchall()
    expected = {BASE + report_path(code or "", name, year): changed for code, name, year, changed in rows}
    found = {url: changed for url, changed in addresses_in(client).items() if url.startswith(f"{BASE}/r/")}
    assert found == expected
    assert len(found) > 50


def test_every_place_stands_there_with_those_around_it(client: TestClient, archive: Archive) -> None:
    found = {url for url in addresses_in(client) if url.startswith(f"{BASE}/place/")}
    codes = {code for (code,) in archive.db.execute("SELECT region_code FROM organisations").fetchall() if code}
    assert found >= {BASE + place_path(code) for code in codes}
    assert found >= {BASE + place_path(f"{code[:2]}0000") for code in codes}
    assert BASE + place_path("") in found


def test_many_reports_make_many_parts(client: TestClient, monkeypatch: pytest.MonkeyPatch, archive: Archive) -> None:
    whole = addresses_in(client)
    monkeypatch.setattr(sitemap, "IN_A_PART", 7)
    (last,) = archive.db.execute("SELECT max(id) FROM reports").fetchone()
    parts = tree_of(client, f"{BASE}/sitemap.xml").xpath("s:sitemap", namespaces=SPACE)
    assert len(parts) == 1 + -(-last // 7)
    assert addresses_in(client) == whole
    for part in ("reports-0.xml", f"reports-{len(parts)}.xml", "reports-1", "reports-９.xml", "x"):
        assert client.get(f"/sitemap/{part}").status_code == 404, part


def test_a_name_that_xml_and_addresses_dislike_stays_itself(newsroom: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    shutil.copytree(newsroom, folder)
    name = "示例<&\"'>局 ]]>?#%2F/.."
    with Archive.open(folder, write=True) as writer, writer.writing() as db:
        db.execute("INSERT INTO organisations (id, name, region_code) VALUES (9999, ?, '98&x')", (name,))
        db.execute("INSERT INTO reports (organisation, report_year) VALUES (9999, 2024)")
    with TestClient(create_app(folder, Site(BASE)), base_url=BASE) as client:
        assert BASE + report_path("98&x", name, 2024) in addresses_in(client)


def test_robots_may_read_reports_and_need_not_read_the_rest(client: TestClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    rules = RobotFileParser()
    rules.parse(answer.text.splitlines())
    assert rules.site_maps() == [f"{BASE}/sitemap.xml"]
    for path in (
        "/",
        "/r/150824/%E7%A4%BA%E4%BE%8B%E5%8E%BF/2024",
        "/place/150824",
        "/v/ab",
        "/leads",
        "/static/site.css",
    ):
        assert rules.can_fetch("anybody", BASE + path), path
    for path in ("/search?q=a", "/original/ab/view", "/datasette/", "/api/v1/cells", "/diff/a/b", "/compare?x=1"):
        assert not rules.can_fetch("anybody", BASE + path), path
    # Wildcards (RFC 9309, 2.2.3), which Python's parser does not know.
    assert {"Disallow: /*.csv", "Disallow: /*.json", "Disallow: /*.atom"} <= set(answer.text.splitlines())
