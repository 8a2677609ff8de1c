"""Every verb of this room on a real archive, by a real command; its JSON against docs/schema."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from county import article, crawl, figures_of, page
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from archive.store import Archive
from tests import forked

ROOT = Path(__file__).resolve().parents[2]
BUREAU = "示例县教育局"
URL = "http://www.shili.example/zfxxgknb/202501/t20250120_1.html"
OTHER = "http://www.shili.example/zfxxgknb/202501/t20250120_2.html"


def nianbao(folder: Path, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    words = (sys.executable, str(ROOT / "nianbao.py"), "--archive", str(folder), *words)
    return forked.run(words, env=os.environ | {"PYTHONIOENCODING": "utf-8"} | (env or {}))


def validator(name: str) -> Draft202012Validator:
    schemas = {file.name: json.loads(file.read_text("utf-8")) for file in (ROOT / "docs" / "schema").glob("*.json")}
    resources = [(key, Resource.from_contents(schema)) for key, schema in schemas.items()]
    Draft202012Validator.check_schema(schemas[f"{name}.json"])
    return Draft202012Validator(schemas[f"{name}.json"], registry=Registry().with_resources(resources))


def facts(folder: Path, schema: str, *words: str, code: int = 0) -> Any:
    """One JSON document on standard output, nothing else there, and as its schema says."""
    ran = nianbao(folder, *words, "--json")
    assert ran.returncode == code, ran.stderr
    document = json.loads(ran.stdout)
    assert ran.stdout.count("\n") == 1
    validator(schema).validate(document)
    return document


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two crawls: a report that was edited, and one that is not seen any more."""
    folder = tmp_path_factory.mktemp("kept") / "nianbao-archive"
    figures = figures_of(3)
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URL: article(BUREAU, 2024, figures), OTHER: article("示例县民政局", 2024, figures_of(8))})
        crawl(
            archive, 1, {URL: article(BUREAU, 2024, figures | {"requests.received.enterprise": "77"}, note="已修改。")}
        )
    return folder


def test_search(kept: Path) -> None:
    hits = facts(kept, "search", "search", "行政复议")
    assert {(hit["report"], hit["version"]) for hit in hits} == {("r1", "v3"), ("r2", "v2")}
    assert "【行政复议】" in hits[0]["snippet"]
    (only,) = facts(kept, "search", "search", "修改", "--year", "2024", "--region", "1508", "--organisation", "教育")
    assert (only["report"], only["organisation"], only["report_year"], only["url"]) == ("r1", BUREAU, 2024, URL)
    assert facts(kept, "search", "search", "修改", "--year", "2023") == []
    assert facts(kept, "search", "search", "修改", "--region", "15", "--limit", "1", "--sort", "newest") == [only]
    assert facts(kept, "search", "search", "修改", "--region", "65") == []
    assert "示例县教育局" in nianbao(kept, "search", "修改").stdout


def test_show_history_and_diff(kept: Path) -> None:
    shown = facts(kept, "show", "show", "r1")
    assert (shown["version"], shown["cells"]["requests.received.enterprise"]["value"]) == ("v3", 77)
    assert facts(kept, "show", "show", "v1")["cells"]["requests.received.enterprise"]["value"] != 77
    assert facts(kept, "show", "show", BUREAU, "2024") == shown
    assert [one["version"] for one in facts(kept, "history", "history", "r1")] == ["v1", "v3"]
    difference = facts(kept, "diff", "diff", "v1", "v3")
    assert [(one["key"], one["after"]) for one in difference["cells"]] == [("requests.received.enterprise", 77)]
    assert any(line.startswith("+") and "已修改" in line for line in difference["text"])
    (absent,) = facts(kept, "show", "show", "2")["not_seen"]
    assert (absent["outcome"], absent["looks"]) == ("not_found", 1)


def test_people_read_columns_and_the_next_command(kept: Path) -> None:
    shown = nianbao(kept, "show", "r1").stdout
    assert shown.startswith("r1 v3  示例县教育局2024年政府信息公开工作年度报告")
    command = f"nianbao --archive {kept}"
    assert f"next: {command} show v3 --cells · {command} history r1" in shown
    usual = nianbao(kept, "history", "r1", env={"NIANBAO_ARCHIVE": str(kept)}).stdout
    assert "next: nianbao diff v1 v3" in usual
    assert "一、本年新收政府信息公开申请数量 · 商业企业" in nianbao(kept, "diff", "v1", "v3").stdout
    assert "公开内容有待充实" in nianbao(kept, "show", "v3", "--text").stdout
    cells = nianbao(kept, "show", "v3", "--cells").stdout.splitlines()
    assert len(cells) == 200
    (line,) = [line for line in cells if line.startswith("requests.received.enterprise ")]
    assert "77" in line.split()
    assert "xpath=/html" in line
    assert "not seen: r2 示例县民政局 2024 (html): present on 2025-01-01" in nianbao(kept, "status").stdout
    assert "crawl 150899_www.shili.example" in nianbao(kept, "runs").stdout


def test_export_is_one_line_a_report(kept: Path, tmp_path: Path) -> None:
    ran = nianbao(kept, "export", "jsonl")
    assert ran.returncode == 0
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    for line in lines:
        validator("export").validate(line)
    assert [(line["report"], line["version"], len(line["cells"])) for line in lines] == [
        ("r1", "v3", 200),
        ("r2", "v2", 200),
    ]
    assert nianbao(kept, "export", "jsonl", "-o", str(tmp_path / "out.jsonl")).stdout == ""
    assert (tmp_path / "out.jsonl").read_text("utf-8") == ran.stdout


def test_status_runs_and_reparse(kept: Path) -> None:
    status = facts(kept, "status", "status")
    assert (status["reports"], status["versions"], status["cells"], status["not_seen"]) == (2, 3, 400, 1)
    assert status["last_run"] == facts(kept, "runs", "runs")[0]
    assert status["last_run"]["outcomes"] == {"fetched": 1, "not_found": 1}
    done = facts(kept, "reparse", "reparse")
    assert done == {"tried": 0, "read": 0, "codes": {}, "documents": 0, "found": 0}


def test_import(folder: Path, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "示例县财政局 2023.html").write_bytes(page("示例县财政局", 2023, figures_of(2)))
    (papers / "b.bin").write_bytes(b"\x00\x01 nothing that is a document")
    summary = facts(folder, "import", "import", str(papers), "--captured-at", "2024-02-01T00:00:00+08:00", code=4)
    assert (summary["files"], summary["failed"], summary["codes"]) == (2, 1, {"unknown_format": 1})
    assert (summary["new_versions"], summary["reports"], summary["requests"]) == (1, 1, 0)
    (version,) = facts(folder, "history", "history", "r1")
    assert version["first_captured"] == "2024-01-31T16:00:00Z"
    assert version["url"] == "file:papers/示例县财政局%202023.html"
    again = facts(folder, "import", "import", str(papers), code=4)
    assert (again["new_versions"], again["revisits"]) == (0, 2)
    assert len(facts(folder, "history", "history", "r1")) == 1
    assert facts(folder, "import", "import", str(papers / "b.bin"), code=1)["failed"] == 1
    page_url = "http://www.shili.example/nb/1.html"
    one = facts(folder, "import", "import", str(papers / "示例县财政局 2023.html"), "--url", page_url)
    assert one["files"] == 1
    assert [one["url"] for one in facts(folder, "history", "history", "r1")] == [page_url]


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("show", "r99"), 1, "not_found"),
        (("show", "what"), 2, "bad_query"),
        (("history", "示例县", "2024"), 2, "bad_query"),
        (("diff", "v1", "v99"), 1, "not_found"),
        (("search", "年", "--region", "x"), 2, "bad_query"),
        (("import", "no-such-file"), 1, "not_found"),
        (("import", str(ROOT / "docs" / "schema"), "--url", "http://a.example/"), 2, "bad_query"),
        (("import", str(ROOT / "pyproject.toml"), "--captured-at", "yesterday"), 2, "bad_time"),
    ],
)
def test_refusals_are_one_json_document_and_their_exit_code(
    kept: Path, words: tuple[str, ...], code: int, error: str
) -> None:
    ran = nianbao(kept, *words, "--json")
    assert ran.returncode == code
    document = json.loads(ran.stdout)
    validator("error").validate(document)
    assert document["error"]["code"] == error


def test_reading_where_there_is_no_archive(tmp_path: Path) -> None:
    ran = nianbao(tmp_path / "none", "status", "--json")
    assert (ran.returncode, json.loads(ran.stdout)["error"]["code"]) == (1, "not_an_archive")
    assert not (tmp_path / "none").exists()


def test_a_broken_page_is_damage_and_not_a_traceback(kept: Path, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(kept, folder)
    with (folder / "archive.db").open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * (folder / "archive.db").stat().st_size)
    ran = nianbao(folder, "status", "--json")
    assert (ran.returncode, json.loads(ran.stdout)["error"]["code"]) == (7, "damaged"), ran.stderr


def test_the_command_line_is_built_without_a_database_or_a_document_library() -> None:
    heavy = ("sqlite3", "sqlite_utils", "lxml", "pypdfium2", "scrapy", "tqdm")
    code = f"import sys, nianbao; nianbao.build_parser(); print([m for m in {heavy!r} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout.strip() == "[]"
