"""`nianbao parse FILE --json` from outside: shape, meaning of the statuses, exit codes, error codes."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image

from parsers.report import RELEASE
from tests import forked
from tests.documents.official_forms import keys_of
from tests.reading.generated import draw, in_medium

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT / "tests" / "documents"
SCHEMA = ROOT / "docs" / "schema" / "parse.json"
ONE_OF_EACH = ("html/html01.html", "docx/docx01.docx", "pdf/pdf01.pdf", "doc/doc01.doc")
KEYS: dict[str, type | tuple[type, ...]] = {
    "organisation": (str, type(None)),
    "body": dict,
    "report_year": (int, type(None)),
    "forms": dict,
    "published": (str, type(None)),
    "region_code": (str, type(None)),
    "phone": (str, type(None)),
    "title": str,
    "cells": dict,
    "leftover": list,
    "claims": list,
    "checks": list,
    "problems": list,
    "format": str,
    "converter": str,
    "text": str,
}
ERRORS = {
    "unknown_format", "unreadable", "encrypted", "not_a_report", "needs_ocr", "needs_libreoffice", "too_large",
    "timeout", "memory", "crash", "unsupported_archive",
}  # fmt: skip


def nianbao(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return forked.run([sys.executable, "-m", "nianbao", *words])


def parsed(path: Path, *options: str) -> dict[str, Any]:
    """The one JSON document of a run that must succeed."""
    done = nianbao("parse", path, "--json", *options)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def refused(path: Path) -> str:
    """The error code of a run that must fail as the contract says."""
    done = nianbao("parse", path, "--json")
    assert done.returncode == 1, (done.returncode, done.stdout[:200], done.stderr)
    answer = json.loads(done.stdout)
    assert set(answer) == {"error"}
    assert set(answer["error"]) == {"code", "says"}
    assert answer["error"]["says"]
    assert "Traceback" not in done.stderr
    code: str = answer["error"]["code"]
    assert code in ERRORS
    return code


def written(folder: Path, name: str, payload: bytes) -> Path:
    path = folder / name
    path.write_bytes(payload)
    return path


@pytest.fixture(scope="module", params=ONE_OF_EACH)
def answer(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The parse document of one file of each format."""
    return parsed(DOCUMENTS / request.param)


def test_shape(answer: dict[str, Any]) -> None:
    assert set(KEYS) <= set(answer)
    for key, kind in KEYS.items():
        assert isinstance(answer[key], kind), key
    assert set(answer["body"]) == {"name", "region_code"}
    assert list(answer["forms"]) == ["proactive", "requests", "disputes"]
    members = {
        "leftover": {"raw", "where", "why"},
        "claims": {"key", "value", "span", "where"},
        "checks": {"id", "across", "state", "left", "right"},
        "problems": {"code", "says", "where", "severity"},
    }
    for name, fields in members.items():
        assert all(set(member) == fields for member in answer[name]), name
    assert {check["state"] for check in answer["checks"]} == {"HOLDS"}


def test_cells(answer: dict[str, Any]) -> None:
    assert set(answer["cells"]) == set(keys_of(answer["forms"]))
    for key, cell in answer["cells"].items():
        assert set(cell) == {"value", "raw", "status", "where"}, key
        assert (cell["value"] is None) == (cell["status"] != "number"), key
        assert cell["status"] == "number", key
        assert isinstance(cell["value"], int | float), key
        assert cell["where"], key


def test_schema(answer: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(answer, schema, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda answer: answer.pop("cells"), "'cells' is a required property"),
        (lambda answer: answer["checks"][0].update(state="MAYBE"), "'MAYBE'"),
        (lambda answer: next(iter(answer["cells"].values())).update(status="empty"), "Failed validating"),
        (lambda answer: answer.update(report_year="2023"), "'2023'"),
    ],
)
def test_the_schema_can_fail(change: Any, says: str) -> None:
    answer = parsed(DOCUMENTS / "html" / "html01.html")
    change(answer)
    with pytest.raises(jsonschema.ValidationError, match=says):
        jsonschema.validate(answer, json.loads(SCHEMA.read_text("utf-8")), cls=jsonschema.Draft202012Validator)


def test_decimals_and_wide_letters_are_plain_json() -> None:
    cells = parsed(DOCUMENTS / "html" / "html02.html")["cells"]
    truth = json.loads((DOCUMENTS / "html" / "html02.json").read_text("utf-8"))["cells"]
    key = "proactive.procurement.amount"
    assert str(cells[key]["value"]) == truth[key]["value"]
    assert cells[key]["raw"] == truth[key]["raw"] == f"{truth[key]['value']}万元"


def test_without_json_a_person_reads_it() -> None:
    done = nianbao("parse", DOCUMENTS / "html" / "html01.html")
    assert done.returncode == 0
    assert "示例县教育局" in done.stdout
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(done.stdout)


def test_two_reports_in_one_page(tmp_path: Path) -> None:
    """The first is printed with a problem; --all prints both, each with its own cells."""
    drawn = [draw(seed, ("2021", "2021")) for seed in (21, 22)]
    pages = [in_medium(one, "html").decode() for one in drawn]
    second = pages[1].replace("教育局", "水务局").replace("2023年", "2022年").replace("2024年", "2023年")
    path = written(
        tmp_path, "two.html", (pages[0].replace("</body></html>", "") + second[second.index("<p>") :]).encode()
    )
    first = parsed(path)
    assert (first["organisation"], first["report_year"]) == ("示例县教育局", 2023)
    assert "several_reports" in {problem["code"] for problem in first["problems"]}
    both = parsed(path, "--all")
    assert list(both) == ["reports"]
    assert [report["organisation"] for report in both["reports"]] == ["示例县教育局", "示例县水务局"]
    assert [report["report_year"] for report in both["reports"]] == [2023, 2022]
    for report, one in zip(both["reports"], drawn, strict=True):
        assert [key for key, cell in report["cells"].items() if cell["value"] != float(one.figures[key])] == []


def test_all_of_one_report() -> None:
    both = parsed(DOCUMENTS / "html" / "html01.html", "--all")
    assert len(both["reports"]) == 1
    assert "several_reports" not in {problem["code"] for problem in both["reports"][0]["problems"]}


def test_a_blank_form_is_a_report_without_a_body(tmp_path: Path) -> None:
    drawn = draw(23, ("2021", "2021"))
    text = in_medium(drawn, "html").decode()
    for figure in sorted(map(str, drawn.figures.values()), key=len, reverse=True):
        text = text.replace(f">{figure}</td>", "></td>")
    for fact in ("示例县教育局", "2023年", "2024年1月12日"):
        text = text.replace(fact, "")
    answer = parsed(written(tmp_path, "blank.html", text.encode()))
    assert answer["forms"] == {"proactive": "2021", "requests": "2021", "disputes": "2019"}
    assert len(answer["cells"]) == 200
    assert {cell["status"] for cell in answer["cells"].values()} == {"blank"}
    assert (answer["organisation"], answer["report_year"]) == (None, None)
    assert {check["state"] for check in answer["checks"]} == {"UNKNOWN"}


def test_a_table_that_is_not_there_has_no_keys(tmp_path: Path) -> None:
    text = in_medium(draw(24, ("2021", "2021")), "html").decode()
    start = text.rindex("<table")
    text = text[:start] + text[text.index("</table>", start) :]
    answer = parsed(written(tmp_path, "two_tables.html", text.encode()))
    assert answer["forms"] == {"proactive": "2021", "requests": "2021", "disputes": None}
    assert len(answer["cells"]) == 185


def blank_picture() -> bytes:
    """A white page, by Pillow: no extra finds print on it."""
    kept = io.BytesIO()
    Image.new("L", (800, 1100), 255).save(kept, "PNG")
    return kept.getvalue()


def test_a_picture_too_small_to_be_read_has_no_figures() -> None:
    """33 KB of a page at 60 dots an inch: the tables are there, and no cell of them is said to be known."""
    answer = parsed(DOCUMENTS / "refused" / "picture_only.pdf")
    assert {cell["status"] for cell in answer["cells"].values()} <= {"unread", "missing", "blank", "filler"}
    assert {"recognised"} <= {problem["code"] for problem in answer["problems"]}


def test_errors(tmp_path: Path) -> None:
    docx = (DOCUMENTS / "docx" / "docx01.docx").read_bytes()
    ordinary = "<meta charset='utf-8'><title>通知</title><h1>示例县教育局关于放假的通知</h1><p>各校：</p>"
    cases = {
        "unknown_format": written(tmp_path, "noise.bin", random.Random(1).randbytes(4096)),
        "unreadable": written(tmp_path, "cut.docx", docx[: len(docx) // 2]),
        "not_a_report": written(tmp_path, "notice.html", ordinary.encode()),
        "needs_ocr": written(tmp_path, "nothing.png", blank_picture()),
        "encrypted": DOCUMENTS / "refused" / "locked.pdf",
        "unsupported_archive": written(tmp_path, "report.rar", b"Rar!\x1a\x07\x01\x00" + bytes(200)),
    }
    assert {code: refused(path) for code, path in cases.items()} == {code: code for code in cases}


def test_only_a_document_that_nothing_else_reads_needs_libreoffice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine has none: a DOC is read all the same, but for one whose merged cells contradict each other."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert parsed(DOCUMENTS / "doc" / "doc06.doc")["converter"] == f"nianbao-doc/{RELEASE}"
    assert refused(DOCUMENTS.parent / "parsers/documents/word/libreoffice_refused.doc") == "needs_libreoffice"


def test_an_empty_file_and_no_file(tmp_path: Path) -> None:
    assert refused(written(tmp_path, "empty.html", b"")) in {"unknown_format", "unreadable"}
    done = nianbao("parse", tmp_path / "nothing.html", "--json")
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr


def test_usage() -> None:
    assert nianbao("parse").returncode == 2


def test_the_name_of_a_file_does_not_matter(tmp_path: Path) -> None:
    """A PDF called .doc is a PDF: formats are recognised by content."""
    path = written(tmp_path, "named.doc", (DOCUMENTS / "pdf" / "pdf06.pdf").read_bytes())
    assert parsed(path)["format"] == "pdf"
