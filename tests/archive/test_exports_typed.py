"""The exports that have types or a standard of their own: SQLite, Parquet, Atom, and a Data Package's validator."""

from __future__ import annotations

import io
import json
import sqlite3
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import newsroom
import pytest
from lxml import etree
from test_exports import Export, export, room, rows_of, run, unpivoted

from archive.exports.parts.columns import CELLS, CHECKS, FACTS, KEYS, VERSIONS, reports_columns
from archive.exports.parts.safe_csv import unguard
from archive.exports.sqlite import _exact
from archive.store import Archive

__all__ = ("export", "room")  # the fixtures of test_exports: one archive is filled for each of the two files
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def database(export: Export, tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    file = tmp_path_factory.mktemp("sqlite") / "export.db"
    file.write_bytes(export("sqlite"))
    return sqlite3.connect(file)


def test_sqlite_holds_the_rows_of_csv(database: sqlite3.Connection, export: Export) -> None:
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    names = [one.name for one in CELLS]
    kept = database.execute(f"SELECT {', '.join(names)} FROM cells").fetchall()
    texts = [
        {name: "" if value is None else str(value) for name, value in zip(names, row, strict=True)} for row in kept
    ]
    said = [
        {name: unguard(value) if name == "raw" else value for name, value in row.items()}
        for row in rows_of(export("csv"))
    ]
    assert sorted(texts, key=str) == sorted(said, key=str)
    facts = [one.name for one in FACTS]
    wide = {row["report"]: row for row in rows_of(export("csv", "--table", "reports"))}
    for row in database.execute(f"SELECT {', '.join(facts)} FROM reports").fetchall():
        assert ["" if value is None else str(value) for value in row] == [wide[row[0]][name] for name in facts]


def test_sqlite_adds_up_and_describes_its_columns(database: sqlite3.Connection, room: Path) -> None:
    types = "SELECT typeof(value), value FROM cells WHERE report = 'r2' AND key = ?"
    assert database.execute(types, (newsroom.NEGATIVE,)).fetchone() == ("integer", -3)
    assert database.execute(types, (newsroom.AMOUNT,)).fetchone() == ("real", 8.25)
    assert database.execute(types, (newsroom.TOO_LARGE,)).fetchone() == ("null", None)
    with Archive.open(room, write=False) as archive:
        sums = "SELECT sum(value) FROM cells WHERE key = ?"
        kept = archive.db.execute(f"{sums} AND latest", (newsroom.RECEIVED,)).fetchone()
        states = archive.db.execute("SELECT state, count(*) FROM checks WHERE latest GROUP BY state").fetchall()
    assert database.execute(sums, (newsroom.RECEIVED,)).fetchone() == kept
    assert database.execute("SELECT state, count(*) FROM checks GROUP BY state").fetchall() == states
    described = database.execute('SELECT "table", name FROM columns').fetchall()
    for table, columns in (
        ("reports", FACTS),
        ("cells", CELLS),
        ("checks", CHECKS),
        ("versions", VERSIONS),
        ("keys", KEYS),
    ):
        assert sorted(name for one, name in described if one == table) == sorted(one.name for one in columns)
    plan = database.execute(
        "EXPLAIN QUERY PLAN SELECT value FROM cells WHERE key = 'requests.received.total'"
    ).fetchall()
    assert [step for *_, step in plan if step.startswith("SCAN f")] == []


@pytest.mark.parametrize(
    ("figure", "kept"),
    [
        (Decimal("25.1"), 25.1),
        (Decimal("1234567890123456.78"), "1234567890123456.78"),
        (2**63 - 1, 2**63 - 1),
        (2**63, "9223372036854775808"),
    ],
)
def test_a_figure_that_a_float_would_round_stays_text(figure: int | Decimal, kept: object) -> None:
    assert (type(_exact(figure)), _exact(figure)) == (type(kept), kept)


def test_parquet_is_typed_and_agrees_with_csv(export: Export) -> None:
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    table = parquet.read_table(io.BytesIO(export("parquet")))
    assert table.schema.field("value").type == arrow.decimal128(38, 10)
    assert table.schema.field("captured").type.tz == "UTC"
    assert table.schema.field("raw").metadata[b"zh"].decode() == "原文"
    for row, said in zip(table.to_pylist(), rows_of(export("csv")), strict=True):
        exact = None if row["exact"] is None else Decimal(row["exact"])
        value = exact if row["value"] is None else row["value"]
        assert value == (Decimal(said["value"]) if said["value"] else None)
        assert row["corrected"] == (Decimal(said["corrected"]) if said["corrected"] else None)
        assert (row["raw"], row["status"], row["key"]) == (unguard(said["raw"]), said["status"], said["key"])
        assert f"{row['captured']:%Y-%m-%dT%H:%M:%SZ}" == said["captured"]
    huge = [row for row in table.to_pylist() if row["raw"] == newsroom.HUGE]
    assert [(row["status"], row["value"], row["exact"]) for row in huge] == [("unread", None, None)]


def test_parquet_of_reports_agrees_with_its_cells(export: Export) -> None:
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    table = parquet.read_table(io.BytesIO(export("parquet", "--table", "reports")))
    assert table.column_names == [one.name for one in reports_columns()]
    assert table.schema.field(newsroom.RECEIVED).type == arrow.int64()
    assert table.schema.field(newsroom.AMOUNT).type == arrow.decimal128(38, 10)
    rows = table.to_pylist()
    assert [row[newsroom.AMOUNT] for row in rows[:2]] == [Decimal("3.25"), Decimal("8.25")]
    assert json.loads(rows[1]["others"])[newsroom.TOO_LARGE] == "unread"
    wide = rows_of(export("csv", "--table", "reports"))
    said = [(report, key, Decimal(value), status) for report, key, value, status, _ in unpivoted(wide) if value]
    found = [
        (row["report"], key, row[key], "number")
        for row in rows
        for key in (one.name for one in reports_columns() if one.kind in ("count", "amount"))
        if "." in key and row[key] is not None
    ]
    assert sorted(found) == sorted(one for one in said if one[1:2] != (newsroom.TOO_LARGE,) or one[0] != "r2")


def test_parquet_without_its_library_names_the_extra(room: Path, tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ImportError('not here')", "utf-8")
    ran = run(room, "parquet", env={"PYTHONPATH": str(tmp_path)})
    assert ran.returncode == 1
    assert "nianbao[parquet]" in ran.stderr.decode()


def test_a_data_package_passes_frictionless(export: Export, tmp_path: Path) -> None:
    frictionless = import_module("frictionless")
    file = tmp_path / "reports.zip"
    file.write_bytes(export("datapackage"))
    report = frictionless.validate(str(file))
    assert report.valid, report.flatten(["title", "message"])
    assert [task.name for task in report.tasks] == ["reports", "cells", "checks", "versions", "keys"]


# RFC 4287, appendix B, as far as a feed of this kind uses it, in the XML syntax that lxml reads.
GRAMMAR = b"""
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="feed"><optional><attribute name="xml:lang"/></optional><interleave>
    <oneOrMore><ref name="author"/></oneOrMore>
    <ref name="id"/><ref name="title"/><ref name="updated"/>
    <optional><element name="subtitle"><text/></element></optional>
    <zeroOrMore><ref name="entry"/></zeroOrMore>
  </interleave></element></start>
  <define name="entry"><element name="entry"><interleave>
    <ref name="id"/><ref name="title"/><ref name="updated"/>
    <optional><element name="published"><ref name="date"/></element></optional>
    <zeroOrMore><element name="link"><attribute name="href"><data type="anyURI"/></attribute>
      <optional><attribute name="rel"/></optional></element></zeroOrMore>
    <optional><element name="content"><attribute name="type"><value>text</value></attribute><text/></element></optional>
  </interleave></element></define>
  <define name="author"><element name="author"><element name="name"><text/></element></element></define>
  <define name="id"><element name="id">
    <data type="anyURI"><param name="pattern">[a-z]+:.+</param></data></element></define>
  <define name="title"><element name="title"><text/></element></define>
  <define name="updated"><element name="updated"><ref name="date"/></element></define>
  <define name="date"><data type="dateTime"><param name="pattern">.*(Z|[+\\-]\\d\\d:\\d\\d)</param></data></define>
</grammar>
"""


def feed_of(said: bytes) -> list[dict[str, str]]:
    feed = etree.fromstring(said)
    etree.RelaxNG(etree.fromstring(GRAMMAR)).assertValid(feed)
    ids = [one.text for one in feed.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids))  # RFC 4287, 4.2.6
    entries = []
    for entry in feed.iterfind(f"{ATOM}entry"):
        link = entry.find(f"{ATOM}link")
        assert link is not None or entry.find(f"{ATOM}content") is not None  # 4.1.2
        texts = {one.tag.removeprefix(ATOM): one.text or "" for one in entry}
        entries.append(texts | {"link": "" if link is None else link.get("href", "")})
    return entries


def test_atom_names_new_reports_and_new_versions(export: Export) -> None:
    said = export("atom")
    entries = feed_of(said)
    assert [one["title"] for one in entries] == [
        "示例县教育局 2024: new version", "示例县司法局 2024: withdrawn", "示例县财政局 2024: new report",
        "示例市民政局 2016: new report", "示例县民政局 2023: new report", "示例县教育局 2024: new report",
    ]  # fmt: skip
    assert (entries[0]["link"], entries[0]["updated"]) == (newsroom.EDUCATION, "2025-01-02T08:00:01Z")
    assert entries[1]["updated"] == "2025-03-01T00:00:00Z"
    assert "Withdrawn: 当事人要求" in entries[1]["content"]
    assert "示例县司法局2024年" not in said.decode()
    assert export("atom") == said
    assert [one["title"] for one in feed_of(export("atom", "--year", "2023"))] == ["示例县民政局 2023: new report"]
    assert feed_of(export("atom", "--region", "65")) == []
    assert [one["id"] for one in feed_of(export("atom", "--since", "2025-01-02T00:00:00Z"))] == [
        entries[0]["id"], entries[1]["id"],
    ]  # fmt: skip


def test_ids_of_a_feed_stay_when_the_archive_grows(tmp_path: Path) -> None:
    folder = tmp_path / "nianbao-archive"
    seen: list[list[str]] = []
    for fill in (newsroom.crawl_first, newsroom.crawl_again):
        with Archive.open(folder, write=True) as archive:
            fill(archive)
        said = run(folder, "atom").stdout
        seen.append([str(etree.fromstring(said).findtext(f"{ATOM}id")), *(one["id"] for one in feed_of(said))])
    assert seen[0][0] == seen[1][0]
    assert seen[1][2:] == seen[0][1:]
