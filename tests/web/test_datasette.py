"""Datasette beside the pages: every view described, nothing to be written, no SQL of readers unless it is asked for."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
import yaml
from starlette.testclient import TestClient

from archive.errors import ArchiveError, BadQuery, NotAnArchive
from archive.exports.parquet import NeedsExtra
from archive.store import ARCHIVE_DB
from archive.web import datasette
from archive.web.app import create_app
from archive.web.asked import Site
from archive.web.datasette import METADATA, POLICY, create_datasette, expect_one_sqlite
from archive.web.guard import HEADERS
from nianbao import main

SITE = Site("http://127.0.0.1:8000", has_datasette=True)
ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
DESCRIBED: dict[str, Any] = yaml.safe_load(METADATA.read_text("utf-8"))["databases"]["archive"]
VISIBLE = {name for name, said in DESCRIBED["tables"].items() if not said.get("hidden")}


def desk_over(folder: Path, *, allow_sql: bool) -> TestClient:
    app = create_app(folder, SITE, datasette=create_datasette(folder, allow_sql=allow_sql))
    return TestClient(app, base_url=SITE.base, follow_redirects=False)


@pytest.fixture(scope="module")
def desk(newsroom: Path) -> Iterator[TestClient]:
    with desk_over(newsroom, allow_sql=False) as client:
        yield client


@pytest.fixture(scope="module")
def sql_desk(newsroom: Path) -> Iterator[TestClient]:
    with desk_over(newsroom, allow_sql=True) as client:
        yield client


def names_in(folder: Path, kind: str) -> set[str]:
    with closing(sqlite3.connect(folder / ARCHIVE_DB)) as db:
        return {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = ?", (kind,))}


def test_views_are_described_and_tables_are_described_or_hidden(newsroom: Path) -> None:
    views, tables = names_in(newsroom, "view"), names_in(newsroom, "table")
    inside = {name for name in tables if re.fullmatch(r"search_index_\w+|sqlite_stat\d", name)}
    assert views <= VISIBLE
    assert DESCRIBED["tables"].keys() == views | (tables - inside)


def test_every_column_of_what_is_shown_is_described(newsroom: Path) -> None:
    with closing(sqlite3.connect(newsroom / ARCHIVE_DB)) as db:
        for name in VISIBLE:
            columns = [row[0] for row in db.execute(f"SELECT * FROM {name} LIMIT 0").description]
            said = DESCRIBED["tables"][name]
            assert list(said["columns"]) == columns, name
            assert said["title"], name
            assert {*said.get("facets", ()), *filter(None, [said.get("sort_desc")])} <= set(columns), name


@pytest.mark.parametrize("name", sorted(VISIBLE))
def test_each_view_has_its_page(desk: TestClient, name: str) -> None:
    answer = desk.get(f"/datasette/archive/{name}")
    assert answer.status_code == 200, name
    assert DESCRIBED["tables"][name]["title"] in answer.text


def test_the_front_pages_show_views_and_queries_and_no_inner_tables(desk: TestClient) -> None:
    assert desk.get("/datasette/").status_code == 200
    text = desk.get("/datasette/archive").text
    shown = set(re.findall(r'href="/datasette/archive/([a-z_]+)"', text))
    assert shown - set(DESCRIBED["queries"]) == VISIBLE
    assert all(query["title"] in text for query in DESCRIBED["queries"].values())


@pytest.mark.parametrize("name", sorted(DESCRIBED["queries"]))
def test_each_query_of_the_desk_answers(desk: TestClient, newsroom: Path, name: str) -> None:
    with closing(sqlite3.connect(newsroom / ARCHIVE_DB)) as db:
        (body,) = db.execute("SELECT name FROM organisations ORDER BY id LIMIT 1").fetchone()
    rows = []
    for year in range(2020, 2026):
        given = {"year": str(year), "organisation": body, "_shape": "array"}
        answer = desk.get(f"/datasette/archive/{name}.json", params=given)
        assert answer.status_code == 200
        rows += answer.json()
        assert desk.get(f"/datasette/archive/{name}", params=given).status_code == 200
    assert rows or name == "all_zero"


def test_the_most_asked_are_those_of_the_view(desk: TestClient, newsroom: Path) -> None:
    rows = desk.get("/datasette/archive/requests_most.json?year=2023&_shape=array").json()
    with closing(sqlite3.connect(newsroom / ARCHIVE_DB)) as db:
        expected = db.execute(
            """
            SELECT report, value FROM cells
            WHERE key = 'requests.received.total' AND report_year = 2023 AND latest AND status = 'number'
            """
        ).fetchall()
    assert {(row["报告"], row["收到申请"]) for row in rows} == set(expected)
    assert [row["收到申请"] for row in rows] == sorted((value for _, value in expected), reverse=True)


def test_no_sql_of_readers_unless_it_was_asked_for(desk: TestClient, sql_desk: TestClient) -> None:
    query = {"sql": "SELECT count(*) AS n FROM reports", "_shape": "array"}
    assert desk.get("/datasette/archive.json", params=query).status_code == 403
    assert desk.get("/datasette/archive", params=query).status_code == 403
    assert desk.get("/datasette/archive/reports?_where=1").status_code == 403
    answer = sql_desk.get("/datasette/archive.json", params=query)
    assert answer.json()[0]["n"] > 50


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM reports",
        "INSERT INTO organisations (name) VALUES ('x')",
        "DROP VIEW cells",
        "ATTACH DATABASE 'elsewhere.db' AS elsewhere",
        "PRAGMA journal_mode = DELETE",
        "VACUUM INTO 'elsewhere.db'",
        "WITH a AS (SELECT 1) DELETE FROM reports",
        "SELECT load_extension('x')",
        "SELECT writefile('elsewhere', 'x')",
        "SELECT readfile('/etc/hostname')",
    ],
)
def test_nothing_can_be_written_or_read_elsewhere(sql_desk: TestClient, newsroom: Path, sql: str) -> None:
    before = (newsroom / ARCHIVE_DB).read_bytes()
    for path in ("/datasette/archive", "/datasette/archive.json"):
        assert sql_desk.get(path, params={"sql": sql}).status_code == 400
        assert sql_desk.post(path, data={"sql": sql}).status_code in (403, 405)
    assert (newsroom / ARCHIVE_DB).read_bytes() == before
    assert not (newsroom / "elsewhere.db").exists()


def test_a_query_without_end_is_cut_off(sql_desk: TestClient) -> None:
    begun = monotonic()
    answer = sql_desk.get("/datasette/archive.json", params={"sql": ENDLESS})
    assert (answer.status_code, monotonic() - begun < 3) == (400, True)
    assert "took too long" in answer.json()["error"]


def test_it_tells_nothing_of_the_machine(desk: TestClient, newsroom: Path) -> None:
    for name in ("databases", "threads", "plugins", "versions", "settings", "metadata", "actor", "permissions"):
        for path in (f"/datasette/-/{name}.json", f"/datasette/-/{name}", f"/datasette/%2d/{name}.json"):
            assert desk.get(path).status_code == 404, path
    assert desk.get("/datasette/-/static/app.css").status_code == 200
    assert desk.get("/datasette/archive.db").status_code == 403
    for path in ("/datasette/", "/datasette/archive", "/datasette/archive/cells"):
        assert str(newsroom) not in desk.get(path).text


def test_errors_are_answered_and_not_printed(sql_desk: TestClient, capfd: pytest.CaptureFixture[str]) -> None:
    for path in ("archive?sql=SELECT+SOURCENAME", "archive/SOURCENAME", "archive.json?sql=DELETE+SOURCENAME"):
        answer = sql_desk.get(f"/datasette/{path}")
        assert answer.status_code in (400, 404)
        assert "stylesheet" in answer.text or answer.json()["ok"] is False
    told = capfd.readouterr()
    assert "SOURCENAME" not in told.out + told.err


def test_its_policy_is_its_own_and_the_pages_keep_theirs(desk: TestClient) -> None:
    answer = desk.get("/datasette/archive")
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert desk.get("/api/v1").headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
    assert "unsafe-inline" not in HEADERS["Content-Security-Policy"]
    urls = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(https?:)?//([^"')\s/]+)""", answer.text)
    assert {host for _, host in urls} <= {"127.0.0.1:8000", "datasette.io"}  # the last a link, which nobody must follow


def test_the_pages_are_where_they_were_and_have_no_datasette_by_default(newsroom: Path, desk: TestClient) -> None:
    assert desk.get("/robots.txt").status_code == 200
    with TestClient(create_app(newsroom, Site(SITE.base)), base_url=SITE.base) as client:
        assert client.get("/datasette/").status_code == 404


def test_one_sqlite_library_in_the_process(monkeypatch: pytest.MonkeyPatch, newsroom: Path) -> None:
    assert [name for name in ("pysqlite3", "pysqlite2", "sqlean", "apsw") if find_spec(name)] == []
    expect_one_sqlite()
    monkeypatch.setattr("datasette.utils.sqlite.sqlite3", re)
    with pytest.raises(ArchiveError, match="sqlite3 and no other"):
        create_datasette(newsroom, allow_sql=False)


def test_without_it_the_command_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, newsroom: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(datasette, "import_module", absent)
    with pytest.raises(NeedsExtra, match=re.escape("nianbao[datasette]")):
        create_datasette(newsroom, allow_sql=False)
    assert main(["--archive", str(newsroom), "serve", "--port", "0", "--datasette"]) == 1
    assert "pip install 'nianbao[datasette]'" in capsys.readouterr().err
    with pytest.raises(NotAnArchive):
        create_datasette(tmp_path, allow_sql=False)


def test_sql_alone_means_nothing(newsroom: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--archive", str(newsroom), "serve", "--port", "0", "--sql"]) == 2
    assert "--datasette" in capsys.readouterr().err


def test_a_path_that_it_would_misread_is_refused(newsroom: Path, tmp_path: Path) -> None:
    (tmp_path / "a?mode=rwc").symlink_to(newsroom)
    twin = tmp_path / "b#c"
    twin.mkdir()
    for file in newsroom.glob("*.db"):
        (twin / file.name).write_bytes(file.read_bytes())
    with pytest.raises(BadQuery):
        create_datasette(twin, allow_sql=False)


def test_the_metadata_serves_the_program_itself(newsroom: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "datasette", str(newsroom / ARCHIVE_DB), "-m", str(METADATA), "--get",
         "/archive/annual_reports.json?_size=1&_shape=array"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert '"organisation"' in said.stdout


def test_the_command_serves_it_beside_the_interface_and_keeps_no_log(newsroom: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as out:
        command = [sys.executable, "-m", "nianbao", "--archive", str(newsroom), "serve", "--port", "0", "--datasette"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=out, text=True)
        try:
            assert process.stdout is not None
            base = process.stdout.readline().partition("/ ")[0]
            with httpx.Client(base_url=base, timeout=30) as reader:
                assert reader.get("/datasette/archive/cells.json?key__contains=SOURCENAME&_size=1").status_code == 200
                assert reader.get("/datasette/archive.json?sql=SELECT+SOURCENAME").status_code == 403
                assert reader.get("/api/v1/search?q=SOURCENAME").json()["total"] == 0
                assert reader.get("/api/v1/bodies?SOURCENAME=1").status_code == 400
                head = reader.head("/api/v1/keys")
                assert (head.status_code, head.content) == (200, b"")
                assert int(head.headers["content-length"]) > 10_000
        finally:
            process.terminate()
            told = process.communicate(timeout=20)[0]
    assert process.returncode in (0, -15)
    assert "SOURCENAME" not in told + log.read_text("utf-8")
