"""The data interface gives what the documents say, each row once, exact, with its errors in words."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from archive.corrections import Correction, put_correction
from archive.ledgers import ledgers
from archive.queries import describe_version
from archive.readings import get_report
from archive.store import Archive
from archive.web.api.interface import mount_interface
from archive.web.asked import Site
from archive.web.door import Door
from nianbao import main
from parsers.forms import label_of
from parsers.report import Status
from tests.web.serving import NOW

Rows = list[dict[str, Any]]


def site_over(folder: Path) -> TestClient:
    app = FastAPI(openapi_url=None)
    mount_interface(app, Door(folder), Site("http://127.0.0.1:8000"))
    return TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)


@pytest.fixture(scope="module")
def api(newsroom: Path) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch, site_over(newsroom) as client:
        patch.setenv("NIANBAO_NOW", NOW)
        yield client


@pytest.fixture(scope="module")
def archive(newsroom: Path) -> Iterator[Archive]:
    with Archive.open(newsroom, write=False) as archive:
        yield archive


def walk(api: TestClient, path: str) -> Rows:
    """Every row of a list, page by page."""
    rows: Rows = []
    following: str | None = path
    while following:
        answer = api.get(following)
        assert answer.status_code == 200, (following, answer.text)
        page = answer.json()
        rows += page["items"]
        following = page["next"]
    return rows


def test_every_cell_is_as_the_archive_has_it(api: TestClient, archive: Archive) -> None:
    cells = walk(api, "/api/v1/cells?limit=1000")
    found: dict[str, Rows] = {}
    for cell in cells:
        found.setdefault(cell["report"], []).append(cell)
    standing = archive.db.execute("SELECT id, reading FROM reports WHERE reading IS NOT NULL ORDER BY id").fetchall()
    assert list(found) == [f"r{report}" for report, _ in standing]
    statuses = set()
    for report, reading in standing:
        rows = found[f"r{report}"]
        values = get_report(archive, reading).values
        assert [row["key"] for row in rows] == [value.key for value in values]
        for row, value in zip(rows, values, strict=True):
            exact = str(value.value) if isinstance(value.value, Decimal) else value.value
            assert (row["value"], row["raw"], row["status"], row["where"]) == (
                exact,
                value.raw,
                value.status.value,
                value.where,
            )
            assert row["label"] == label_of(value.key)
            statuses.add(value.status)
    assert statuses >= {Status.NUMBER, Status.BLANK, Status.FILLER, Status.UNREAD}


def test_amounts_are_exact_texts(api: TestClient) -> None:
    amounts = walk(api, "/api/v1/cells?key=proactive.fees.amount&status=number")
    texts = [cell["value"] for cell in amounts if isinstance(cell["value"], str)]
    assert texts
    assert all("." in text and Decimal(text) == Decimal(text) for text in texts)
    assert all(cell["unit"] == "10k_yuan" for cell in amounts)


def test_one_figure_of_a_year_is_what_the_view_says(api: TestClient, archive: Archive) -> None:
    key = "requests.received.total"
    cells = walk(api, f"/api/v1/cells?key={key}&year=2023&limit=7")
    expected = archive.db.execute(
        "SELECT report, value, raw, status FROM cells WHERE key = ? AND report_year = 2023 AND latest ORDER BY report",
        (key,),
    ).fetchall()
    assert len(expected) > 7
    assert [(int(one["report"][1:]), one["value"], one["raw"], one["status"]) for one in cells] == expected


@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_a_status_is_found_wherever_it_stands(api: TestClient, archive: Archive, limit: int) -> None:
    found = walk(api, f"/api/v1/cells?status=unread&limit={limit}")
    expected = archive.db.execute("SELECT report, key FROM cells WHERE status = 'unread' AND latest").fetchall()
    assert expected
    assert sorted((int(one["report"][1:]), one["key"]) for one in found) == sorted(expected)


def test_checks_are_those_of_the_view(api: TestClient, archive: Archive) -> None:
    found = walk(api, "/api/v1/checks?state=BROKEN&limit=4")
    expected = archive.db.execute(
        'SELECT report, id, across, "left", "right" FROM checks WHERE state = \'BROKEN\' AND latest'
    ).fetchall()
    assert len(expected) > 4
    rows = [tuple(one[name] for name in ("report", "id", "across", "left", "right")) for one in found]
    assert sorted(rows) == sorted((f"r{report}", *rest) for report, *rest in expected)
    assert len(walk(api, "/api/v1/checks?limit=1000")) == sum(
        archive.db.execute("SELECT count(*) FROM checks WHERE latest").fetchone()
    )


def test_a_report_is_the_parse_document_with_exact_figures(api: TestClient, archive: Archive) -> None:
    for report, version in archive.db.execute("SELECT report, version FROM annual_reports WHERE version").fetchall():
        said = api.get(f"/api/v1/reports/r{report}").json()
        document = describe_version(archive, version)
        for name in ("title", "organisation", "body", "report_year", "forms", "text", "problems", "url", "parser"):
            assert said[name] == document[name], name
        assert said["leftover"] == [{"label": "", **one} for one in document["leftover"]]
        assert {key: cell["raw"] for key, cell in said["cells"].items()} == {
            key: cell["raw"] for key, cell in document["cells"].items()
        }
        for key, cell in document["cells"].items():
            own = said["cells"][key]["value"]
            assert (own if not isinstance(own, str) else float(own)) == cell["value"]


def test_a_report_that_is_not_read_says_why(api: TestClient, archive: Archive) -> None:
    (report, code) = archive.db.execute(
        """
        SELECT u.report, u.code FROM unread_reports u JOIN annual_reports a ON a.report = u.report
        WHERE a.reading IS NULL LIMIT 1
        """
    ).fetchone()
    said = api.get(f"/api/v1/reports/r{report}").json()
    assert (said["unread"]["code"], said["cells"], said["text"]) == (code, {}, None)
    (listed,) = walk(api, f"/api/v1/reports?report=r{report}")
    assert (listed["state"], listed["numbers"]) == (code, None)


def test_bytes_lead_to_their_versions(api: TestClient, archive: Archive) -> None:
    digest, version = archive.db.execute("SELECT payload_digest, id FROM versions ORDER BY id LIMIT 1").fetchone()
    said = api.get(f"/api/v1/versions/{digest}").json()
    assert f"v{version}" in [one["version"] for one in said["versions"]]
    assert [one["version"] for one in said["documents"]] == [one["version"] for one in said["versions"]]
    assert said["withdrawn"] is None
    versions = walk(api, "/api/v1/versions?limit=13")
    assert len(versions) == archive.db.execute("SELECT count(*) FROM versions").fetchone()[0]


def test_bodies_are_found_by_region_and_name(api: TestClient, archive: Archive) -> None:
    bodies = walk(api, "/api/v1/bodies?limit=9")
    rows = archive.db.execute("SELECT name, region_code FROM organisations ORDER BY id").fetchall()
    assert [(one["name"], one["region_code"]) for one in bodies] == rows
    name, region = rows[0]
    whole = api.get(f"/api/v1/bodies/{region}/{quote(name)}").json()
    assert api.get(bodies[0]["url"]).json() == whole
    assert [one["report_year"] for one in whole["reports"]] == bodies[0]["report_years"]
    police = walk(api, "/api/v1/bodies?kind=police")
    assert police
    assert all("公安" in one["name"] for one in police)
    assert api.get(f"/api/v1/bodies/{region}/没有这个机构").status_code == 404


def test_the_register_counts_every_body_whatever_the_page_shows(api: TestClient) -> None:
    page = api.get("/api/v1/register?year=2024&limit=3&on=2026-06-01").json()
    everybody = walk(api, "/api/v1/register?year=2024&limit=3&on=2026-06-01")
    assert (page["year"], page["on"]) == (2024, "2026-06-01")
    assert sum(page["counts"].values()) == len(everybody) > 3
    late = walk(api, "/api/v1/register?year=2024&state=late&on=2026-06-01")
    assert len(late) == page["counts"]["late"] > 0
    assert all(one["days_late"] > 0 for one in late)


def test_changes_are_those_of_the_command(api: TestClient, newsroom: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for since in (0, 25):
        main(["--archive", str(newsroom), "changes", "--since", str(since), "--limit", "1000", "--json"])
        told = json.loads(capsys.readouterr().out)
        page = api.get(f"/api/v1/changes?since={since}&limit=1000").json()
        assert (page["items"], page["cursor"], page["next"] is not None) == (
            told["changes"],
            told["next"],
            told["more"],
        )
    last = walk(api, "/api/v1/changes?limit=700")[-1]["seq"]
    end = api.get(f"/api/v1/changes?since={last}").json()
    assert end == {"items": [], "next": None, "cursor": last}


@pytest.mark.parametrize("kind", sorted(ledgers()))
def test_each_ledger_can_be_asked(api: TestClient, kind: str) -> None:
    # Copies are sought among all that reported on a year, which takes its time.
    found = walk(api, f"/api/v1/events?kind={kind}&limit=2{'&year=2024' if kind == 'copy' else ''}")
    assert all(one["kind"] == kind for one in found)
    assert [one["last"] for one in found] == sorted(one["last"] for one in found)
    main_kinds = {"silent_edit", "not_seen", "contradiction"}
    assert found or kind not in main_kinds


def test_the_search_is_that_of_the_site(api: TestClient, archive: Archive) -> None:
    first = api.get("/api/v1/search?q=行政复议&limit=5").json()
    results, following = first["results"], first["next"]
    while following:
        page = api.get(following).json()
        results, following = results + page["results"], page["next"]
    reports = [one["report"] for one in results]
    assert len(reports) == len(set(reports))
    assert not first["is_exact"] or len(reports) == first["total"]
    texts = {row[0] for row in archive.db.execute("SELECT 'r' || report FROM annual_reports WHERE reading").fetchall()}
    assert set(reports) == texts
    for one in results:
        for passage in one["passages"]:
            assert all(passage["text"][start:end] == "行政复议" for start, end in passage["spans"])


def test_every_row_comes_once_while_a_writer_adds(newsroom: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    shutil.copytree(newsroom, folder)
    with site_over(folder) as api:
        before = [one["id"] for one in walk(api, "/api/v1/bodies?limit=1000")]
        seen: list[str] = []
        following, added = "/api/v1/bodies?limit=2", 0
        while following:
            page = api.get(following).json()
            seen += [one["id"] for one in page["items"]]
            following = page["next"]
            if added < 5:
                added += 1
                with Archive.open(folder, write=True) as writer, writer.writing() as db:
                    db.execute("INSERT INTO organisations (name) VALUES (?)", (f"示例局{added}",))
    assert seen[: len(before)] == before
    assert len(seen) == len(set(seen)) == len(before) + 5


def test_a_correction_stands_beside_what_was_read(newsroom: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    shutil.copytree(newsroom, folder)
    with site_over(folder) as api:
        cell = api.get("/api/v1/cells?key=proactive.fees.amount&limit=1").json()["items"][0]
        correction = Correction(
            cell["payload_digest"], cell["key"], "number", Decimal("123456789012345678.90"), "编辑部", "电话核实", "",
            "2026-11-01T00:00:00Z",
        )  # fmt: skip
        with Archive.open(folder, write=True) as writer:
            put_correction(writer, correction)
        again = api.get("/api/v1/cells?key=proactive.fees.amount&limit=1").json()["items"][0]
        change = walk(api, "/api/v1/changes?limit=1000")[-1]
    assert (again["corrected"], again["corrected_status"]) == ("123456789012345678.90", "number")
    assert {**again, "corrected": None, "corrected_status": None} == cell
    assert (change["kind"], change["value"]) == ("corrected", "123456789012345678.90")
