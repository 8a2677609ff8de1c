"""Every export says the same of one archive, by a real command: rows, types, odd texts, corrections, withdrawals."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import newsroom
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.changes import last_change
from archive.corrections import Correction
from archive.exports import export_names, find_export
from archive.exports.parts.columns import CELLS, FACTS, form_keys, reports_columns
from archive.exports.parts.rows import ReportRow, Row, cells_of, wide_of
from archive.exports.parts.safe_csv import guard, unguard, write_rows
from archive.exports.parts.selected import Selected
from archive.store import Archive
from parsers.report import Status, Value
from tests import forked

ROOT = Path(__file__).resolve().parents[2]
Export = Callable[..., bytes]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("room") / "nianbao-archive"
    with pytest.MonkeyPatch.context() as patch, Archive.open(folder, write=True) as archive:
        patch.setenv("NIANBAO_NOW", "2025-01-10T00:00:00Z")
        newsroom.fill(archive)
        patch.setenv("NIANBAO_NOW", "2025-03-01T00:00:00Z")
        newsroom.take_out(archive)
    return folder


def run(folder: Path, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    words = (sys.executable, str(ROOT / "nianbao.py"), "--archive", str(folder), "export", *words)
    return forked.run_bytes(words, env=os.environ | (env or {}))


@pytest.fixture(scope="module")
def export(room: Path) -> Export:
    def exported(*words: str) -> bytes:
        ran = run(room, *words)
        assert ran.returncode == 0, ran.stderr.decode()
        return ran.stdout

    return exported


def rows_of(said: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(said.decode("utf-8"), newline="")))


def cells_by_name(said: bytes) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["report"], row["key"]): row for row in rows_of(said)}


def unpivoted(wide: list[dict[str, str]]) -> Iterator[tuple[str, str, str, str, str]]:
    """Rows of reports → (report, key, value, status, what a person says): what rows of cells say."""
    for row in wide:
        others = json.loads(row["others"] or "{}")
        corrected = json.loads(row["corrected"] or "{}")
        for key in form_keys():
            said = corrected.get(key, "")
            if row[key]:
                assert key not in others
                yield row["report"], key, row[key], "number", said
            elif key in others:
                yield row["report"], key, "", others[key], said
            else:
                assert not said


def as_unpivoted(cell: dict[str, str]) -> tuple[str, str, str, str, str]:
    said = cell["corrected"] if cell["corrected_status"] == "number" else cell["corrected_status"]
    return cell["report"], cell["key"], cell["value"], cell["status"], said


def test_long_and_wide_agree(export: Export) -> None:
    cells = rows_of(export("csv"))
    wide = rows_of(export("csv", "--table", "reports"))
    assert sorted(unpivoted(wide)) == sorted(map(as_unpivoted, cells))
    assert len(cells) == 200 + 200 + 58
    assert [list(cells[0]), list(wide[0])] == [[one.name for one in CELLS], [one.name for one in reports_columns()]]


def test_cells_say_what_the_archive_says(export: Export, room: Path) -> None:
    cells = cells_by_name(export("csv"))
    with Archive.open(room, write=False) as archive:
        kept = archive.db.execute("SELECT report, key, value, raw, status FROM cells WHERE latest").fetchall()
    assert len(kept) == len(cells)
    for report, key, value, raw, status in kept:
        row = cells[f"r{report}", key]
        assert (unguard(row["raw"]), row["status"]) == (raw, status)
        assert (float(row["value"]) if row["value"] else None) == (None if value is None else float(value))
    r2 = {key: cells["r2", key] for key in newsroom.ODD}
    assert [r2[key]["status"] for key in newsroom.ODD] == ["number", "blank", "filler", "unread", "unread", "filler"]
    assert [r2[key]["value"] for key in newsroom.ODD] == ["-3", "", "", "", "", ""]
    assert r2[newsroom.TOO_LARGE]["raw"] == newsroom.HUGE
    assert cells["r2", newsroom.AMOUNT]["value"] == "8.25"
    assert (r2[newsroom.BLANK]["label"], r2[newsroom.BLANK]["unit"]) == ("规章 · 本年制发件数", "count")
    assert cells["r2", newsroom.AMOUNT]["unit"] == "10k_yuan"
    first = cells["r1", newsroom.RECEIVED]
    assert (first["organisation"], first["region_code"], first["report_year"]) == ("示例县教育局", "150824", "2024")
    assert (first["url"], first["captured"][:10]) == (newsroom.EDUCATION, "2025-01-02")


def test_a_correction_stands_beside_what_was_read(export: Export) -> None:
    cells = cells_by_name(export("csv"))
    assert {
        name: (row["value"], row["status"], row["corrected"], row["corrected_status"])
        for name, row in cells.items()
        if row["corrected_status"]
    } == {
        ("r1", newsroom.RECEIVED): ("77", "number", "78", "number"),
        ("r1", newsroom.AMOUNT): ("3.25", "number", "3.5", "number"),
        ("r2", newsroom.UNREAD): ("", "unread", "", "blank"),
    }
    wide = {row["report"]: row for row in rows_of(export("csv", "--table", "reports"))}
    assert json.loads(wide["r1"]["corrected"]) == {newsroom.RECEIVED: "78", newsroom.AMOUNT: "3.5"}
    assert wide["r1"][newsroom.RECEIVED] == "77"
    lines = {line["report"]: line for line in map(json.loads, export("jsonl").splitlines())}
    assert [(one["key"], one["said"]["value"]) for one in lines["r1"]["corrections"]] == [
        (newsroom.AMOUNT, 3.5),
        (newsroom.RECEIVED, 78),
    ]


def test_what_is_not_read_is_named_and_has_no_cells(export: Export) -> None:
    wide = {row["report"]: row for row in rows_of(export("csv", "--table", "reports"))}
    assert {report: row["state"] for report, row in wide.items()} == {
        "r1": "read", "r2": "read", "r3": "read", "r4": "unreadable", "r5": "withdrawn",
    }  # fmt: skip
    assert (wide["r5"]["organisation"], wide["r5"]["url"]) == ("示例县司法局", newsroom.WITHDRAWN)
    assert len(wide["r5"]["payload_digest"]) == 64
    assert {row["report"] for row in rows_of(export("csv"))} == {"r1", "r2", "r3"}
    lines = {line["report"]: line for line in map(json.loads, export("jsonl").splitlines())}
    assert (lines["r5"]["unread"]["code"], "cells" in lines["r5"]) == ("withdrawn", False)


def test_selections(export: Export, room: Path) -> None:
    def reports(*words: str) -> list[str]:
        return [row["report"] for row in rows_of(export("csv", "--table", "reports", *words))]

    assert reports("--year", "2024") == ["r1", "r4", "r5"]
    assert reports("--region", "1508", "--report", "r2") == ["r2"]
    assert reports("--region", "150800") == reports()
    assert reports("--region", "65") == []
    assert reports("--report", "示例县教育局 2024") == ["r1"]
    with Archive.open(room, write=False) as archive:
        last = last_change(archive)
    assert reports("--since", str(last)) == []
    assert reports("--since", str(last - 1)) == ["r5"]
    assert reports("--since", "2025-03-01") == ["r5"]
    assert reports("--since", "0") == reports()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("csv", "--site", "x"), "--site"),
        (("jsonl", "--bom"), "--bom"),
        (("jsonl", "--table", "reports"), "--table"),
        (("datapackage", "--run", "1"), "--run"),
        (("csv", "--region", "x"), "region code"),
        (("csv", "--since", "20250101"), "cursor"),
        (("csv", "--since", "yesterday"), "yesterday"),
    ],
)
def test_what_an_export_does_not_know_is_refused(room: Path, tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    out = tmp_path / "out"
    ran = run(room, *words, "-o", str(out))
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert says in ran.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_csv_is_rfc_4180_and_has_a_mark_where_asked(export: Export) -> None:
    said = export("csv")
    assert said.startswith(b"report,organisation,")
    assert export("csv", "--bom") == b"\xef\xbb\xbf" + said
    assert said.count(b"\r\n") == said.count(b"\n") == 459
    unread = next(line for line in said.decode().split("\r\n") if newsroom.UNREAD in line and line[:2] == "r2")
    assert '"\'=1+1,""x"""' in unread
    negative = next(line for line in said.decode().split("\r\n") if newsroom.NEGATIVE in line and line[:2] == "r2")
    assert ",-3,'-3,number," in negative  # the figure is a number, the text is none


@given(st.text() | st.builds(str.__add__, st.sampled_from("=+-@\t\r\n＝＋－＠'"), st.text()))
def test_a_guarded_text_runs_nowhere_and_comes_back(text: str) -> None:
    assert not guard(text).startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert unguard(guard(text)) == text


def test_the_file_has_its_name_only_when_it_is_whole(room: Path, tmp_path: Path, export: Export) -> None:
    assert run(room, "csv", "-o", str(tmp_path / "a.csv")).stdout == b""
    assert (tmp_path / "a.csv").read_bytes() == export("csv")
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]
    assert run(room, "csv", "-o", str(tmp_path / "none" / "a.csv")).returncode in (1, 5)


def test_help_names_every_export() -> None:
    ran = subprocess.run([sys.executable, str(ROOT / "nianbao.py"), "export", "--help"], capture_output=True, text=True)
    for name in export_names():
        assert f"{name}:" in " ".join(ran.stdout.split()), name
        assert name == find_export(name).NAME
        assert find_export(name).CAPTION


def package(said: bytes) -> tuple[dict[str, Any], dict[str, list[dict[str, str]]]]:
    with zipfile.ZipFile(io.BytesIO(said)) as kept:
        assert kept.testzip() is None
        described = json.loads(kept.read("datapackage.json"))
        return described, {one["name"]: rows_of(kept.read(one["path"])) for one in described["resources"]}


def test_a_data_package_describes_every_column(export: Export, room: Path) -> None:
    described, tables = package(export("datapackage"))
    assert list(tables) == ["reports", "cells", "checks", "versions", "keys"]
    for resource in described["resources"]:
        schema, rows = resource["schema"], tables[resource["name"]]
        assert list(rows[0]) == [field["name"] for field in schema["fields"]]
        for field in schema["fields"]:
            assert any("一" <= letter <= "鿿" for letter in field["title"]), field
            assert field["description"].isprintable()
            for row in rows:
                expect_type(field, row[field["name"]])
        keys = [tuple(row[name] for name in schema["primaryKey"]) for row in rows]
        assert len(keys) == len(set(keys))
        for foreign in schema["foreignKeys"]:
            there = {row[foreign["reference"]["fields"]] for row in tables[foreign["reference"]["resource"]]}
            assert {row[foreign["fields"]] for row in rows} <= there
    with Archive.open(room, write=False) as archive:
        assert described["cursor"] == last_change(archive)
    assert tables["cells"] == rows_of(export("csv"))
    assert tables["reports"] == rows_of(export("csv", "--table", "reports"))
    assert {row["state"] for row in tables["checks"]} == {"HOLDS", "BROKEN", "UNKNOWN"}
    assert [row["version"] for row in tables["versions"] if row["report"] == "r1"] == ["v1", "v6"]
    assert export("datapackage") == export("datapackage")


def expect_type(field: dict[str, Any], text: str) -> None:
    constraints = field.get("constraints", {})
    if not text:
        assert not constraints.get("required"), field
    elif field["type"] == "integer":
        assert str(int(text)) == text
    elif field["type"] == "number":
        assert Decimal(text).is_finite()
    if text and "enum" in constraints:
        assert text in constraints["enum"]


FIGURES = st.one_of(
    st.integers(-(10**20), 10**20),
    st.integers(0, 99).map(lambda cents: Decimal(cents) / 100 + Decimal("0.005")),
    st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**15), max_value=10**15),
)
READ = st.one_of(
    FIGURES.map(lambda figure: (Status.NUMBER, figure)),
    st.sampled_from([Status.BLANK, Status.FILLER, Status.MISSING, Status.UNREAD]).map(lambda status: (status, None)),
)
SAID = st.none() | FIGURES.map(lambda figure: ("number", figure)) | st.sampled_from([("blank", None), ("unread", None)])


@given(st.dictionaries(st.sampled_from(form_keys()), st.tuples(READ, st.text(), SAID), max_size=8))
def test_whatever_was_read_and_said_long_and_wide_agree(read: dict[str, Any]) -> None:
    values = tuple(Value(key, number, raw, status) for key, ((status, number), raw, _) in read.items())
    corrections = {
        key: Correction("0" * 64, key, *said, "编辑部", "核对", "", "2025-01-01T00:00:00Z")
        for key, (_, _, said) in read.items()
        if said is not None
    }
    facts: Row = dict.fromkeys(column.name for column in FACTS) | {"report": "r1"}
    row = ReportRow(Selected(1, 1), facts, values, corrections)
    long, wide = io.BytesIO(), io.BytesIO()
    write_rows(CELLS, cells_of(row), long)
    write_rows(reports_columns(), [wide_of(row)], wide)
    cells = rows_of(long.getvalue())
    assert sorted(unpivoted(rows_of(wide.getvalue()))) == sorted(map(as_unpivoted, cells))
    for cell in cells:
        (status, number), raw, _ = read[cell["key"]]
        assert (unguard(cell["raw"]), cell["status"]) == (raw, status)
        assert (Decimal(cell["value"]) if cell["value"] else None) == number


def test_every_column_is_said_once() -> None:
    for columns in (CELLS, reports_columns()):
        names = [one.name for one in columns]
        assert len(names) == len(set(names))
    assert len(form_keys()) == len(reports_columns()) - len(FACTS) - 2
