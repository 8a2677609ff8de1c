"""Memento (RFC 7089): TimeMaps that a strict parser takes, TimeGates, and captures as they were."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import html
from starlette.testclient import TestClient

from archive.payloads import get_payload
from archive.store import Archive
from archive.web.app import create_app
from archive.web.asked import Site
from archive.withdraw import withdraw
from tests.web.originals import GONE, URL, keep_portal, rows_of, wait_for

BASE = "http://127.0.0.1:8000"
PARAMETER = re.compile(r'\s*;\s*([a-z][a-z0-9-]*)\s*=\s*(?:"([^"]*)"|([!#$%&\'*+.^_`|~0-9A-Za-z-]+))')


def links_in(text: str) -> list[tuple[str, dict[str, str]]]:
    """application/link-format (RFC 6690, 2, and RFC 7089, 5) → (target, attributes); anything else is an error."""
    found, at = [], 0
    while True:
        opening = re.compile(r"\s*<([^<>\s\"]*)>").match(text, at)
        assert opening, f"expected a link at {at}: {text[at : at + 40]!r}"
        target, at, stated = opening[1], opening.end(), {}
        while parameter := PARAMETER.match(text, at):
            assert parameter[1] not in stated, f"{parameter[1]} twice"
            stated[parameter[1]] = parameter[2] if parameter[2] is not None else parameter[3]
            at = parameter.end()
        found.append((target, stated))
        if not text[at:].strip():
            return found
        comma = re.compile(r"\s*,").match(text, at)
        assert comma, f"expected a comma at {at}: {text[at : at + 40]!r}"
        at = comma.end()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("memento") / "a"
    keep_portal(made)
    return made


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[TestClient]:
    with TestClient(create_app(folder, Site(BASE)), base_url=BASE, follow_redirects=False) as client:
        yield client


def test_a_timemap_names_every_capture_once(site: TestClient) -> None:
    answer = site.get(f"/timemap/link/{URL}")
    assert answer.headers["content-type"] == "application/link-format"
    links = links_in(answer.text)
    by_rel = {stated["rel"]: (target, stated) for target, stated in links}
    assert by_rel["original"][0] == URL
    assert by_rel["self"][0] == f"{BASE}/timemap/link/{URL}"
    assert by_rel["timegate"][0] == f"{BASE}/timegate/{URL}"
    mementos = [(target, stated) for target, stated in links if "memento" in stated["rel"].split()]
    assert [stated["rel"] for _, stated in mementos] == ["first memento", "memento", "memento", "last memento"]
    for target, stated in mementos:
        moment = parsedate_to_datetime(stated["datetime"])
        assert target == f"{BASE}/memento/{moment:%Y%m%d%H%M%S}/{URL}"
        assert stated["datetime"].endswith(" GMT")
    assert by_rel["self"][1]["from"] == mementos[0][1]["datetime"]
    assert by_rel["self"][1]["until"] == mementos[-1][1]["datetime"]


def test_what_was_not_there_is_no_memento(site: TestClient) -> None:
    links = links_in(site.get(f"/timemap/link/{GONE}").text)
    assert sum("memento" in stated["rel"].split() for _, stated in links) == 2  # of four looks two were a 404


@pytest.mark.parametrize("form", [URL, quote(URL, safe=""), URL.replace("://", ":/"), URL.removeprefix("http://")])
def test_a_url_comes_as_people_and_programs_write_it(site: TestClient, form: str) -> None:
    assert links_in(site.get(f"/timemap/link/{form}").text)[0][0] == URL


def test_a_timegate_leads_to_the_nearest(site: TestClient) -> None:
    last = site.get(f"/timegate/{URL}")
    assert (last.status_code, last.headers["vary"]) == (302, "accept-datetime")
    assert last.headers["location"].startswith("/memento/20250104")
    for wanted, day in (
        ("Wed, 01 Jan 2025 10:00:00 GMT", "20250101"),
        ("Thu, 02 Jan 2025 23:00:00 GMT", "20250103"),
        ("Tue, 01 Jan 2019 00:00:00 GMT", "20250101"),
        ("Fri, 01 Jan 2100 00:00:00 GMT", "20250104"),
    ):
        answer = site.get(f"/timegate/{URL}", headers={"Accept-Datetime": wanted})
        assert answer.headers["location"].startswith(f"/memento/{day}"), wanted
        rels = {stated["rel"] for _, stated in links_in(answer.headers["link"])}
        assert rels == {"original", "timemap"}
    assert site.get(f"/timegate/{URL}", headers={"Accept-Datetime": "yesterday"}).status_code == 400


def test_nothing_leads_out_of_this_site(site: TestClient) -> None:
    for path in (
        "/timegate/http://evil.example/", "/memento/20250101000000/http://evil.example/", "/timegate///evil.example/x",
        "/timemap/link/http://evil.example/",
    ):  # fmt: skip
        answer = site.get(path)
        assert answer.status_code == 404, path
        assert "location" not in answer.headers
    for moment in ("20250101", "20259999999999", "abc"):
        assert site.get(f"/memento/{moment}/{URL}").status_code == 400
    assert site.get(f"/timegate/{URL}").headers["location"].startswith("/memento/")


def test_a_memento_is_the_page_as_it_was(site: TestClient, folder: Path) -> None:
    targets = [t for t, stated in links_in(site.get(f"/timemap/link/{URL}").text) if "memento" in stated["rel"]]
    texts = []
    for target in targets:
        answer = wait_for(site, target.removeprefix(BASE))
        assert answer.status_code == 200
        assert "sandbox" in answer.headers["content-security-policy"]
        moment = parsedate_to_datetime(answer.headers["memento-datetime"])
        assert f"/memento/{moment:%Y%m%d%H%M%S}/" in target
        rels = [word for _, stated in links_in(answer.headers["link"]) for word in stated["rel"].split()]
        assert {"original", "timegate", "timemap", "first", "last", "memento"} <= set(rels)
        texts.append(html.fromstring(answer.text).xpath("//article")[0].text_content())
    assert "新增一句。" not in texts[0]
    assert all("新增一句。" in text for text in texts[1:])
    assert all("首页" in text for text in texts)  # the whole page, not the article alone


def test_the_bytes_of_a_memento(site: TestClient, folder: Path) -> None:
    targets = [t for t, stated in links_in(site.get(f"/timemap/link/{URL}").text) if "memento" in stated["rel"]]
    answer = site.get(re.sub(r"(\d{14})/", r"\1id_/", targets[0].removeprefix(BASE), count=1))
    ((digest,),) = rows_of(folder, "SELECT payload_digest FROM versions WHERE id = 1")
    with Archive.open(folder, write=False) as archive:
        assert answer.content == get_payload(archive, digest)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "memento-datetime" in answer.headers


def test_a_time_between_captures_leads_to_the_nearest(site: TestClient) -> None:
    answer = site.get(f"/memento/20250102230000/{URL}")
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/memento/20250103")


def test_links_within_lead_to_mementos_of_the_same_time(site: TestClient) -> None:
    target = site.get(f"/timegate/{URL}").headers["location"]
    page = html.fromstring(wait_for(site, target).text)
    (home,) = [one for one in page.xpath("//article//a") if one.text_content() == "首页"]
    assert home.get("href") == f"/memento/{target.split('/')[2]}/http://www.shili.example/"
    assert site.get(home.get("href")).status_code == 404  # never captured, and never asked for


def test_withdrawn_bytes_are_gone_here_too(tmp_path: Path) -> None:
    keep_portal(tmp_path / "a")
    with Archive.open(tmp_path / "a", write=True) as archive:
        withdraw(archive, "v1", "个人信息")
    with TestClient(create_app(tmp_path / "a", Site(BASE)), base_url=BASE, follow_redirects=False) as client:
        targets = [t for t, stated in links_in(client.get(f"/timemap/link/{URL}").text) if "memento" in stated["rel"]]
        first = targets[0].removeprefix(BASE)
        assert client.get(first).status_code == 410
        assert client.get(first.replace("/http", "id_/http", 1).replace("id_//", "id_/")).status_code == 410
