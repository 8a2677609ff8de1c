"""The batch search: each line answered for itself, figures as they are read, nothing dropped in silence."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx import Response
from lxml import html
from starlette.testclient import TestClient

from archive.readings import get_values
from archive.store import Archive
from archive.web import batch_rows
from archive.web.batch_lines import HEADLINES, MOST_LINES, MOST_LINES_OF_ALL_YEARS
from tests.web.conftest import BASE
from tests.web.patience import Patient

RECEIVED = "requests.received.total"


@pytest.fixture
def client(client: TestClient) -> Patient:
    return Patient(client)


@pytest.fixture
def archive(newsroom: Path) -> Iterator[Archive]:
    with Archive.open(newsroom, write=False) as opened:
        yield opened


@pytest.fixture
def names(archive: Archive) -> list[str]:
    """The bodies that have a report on 2023 that is read, and whose name no other body has."""
    rows = archive.db.execute(
        """
        SELECT o.name FROM organisations o JOIN reports p ON p.organisation = o.id
        WHERE p.report_year = 2023 AND p.reading IS NOT NULL
        GROUP BY o.name HAVING count(*) = 1 ORDER BY o.name
        """
    ).fetchall()
    assert len(rows) > 10
    return [name for (name,) in rows]


def rows_of(client: Patient, **parameters: Any) -> list[dict[str, Any]]:
    answer = client.get("/batch.json", params=parameters)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


def table_of(answer: Response) -> list[dict[str, str]]:
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_figures_are_those_of_the_reading(client: Patient, archive: Archive, names: list[str]) -> None:
    keys = (
        "requests.received.total",
        "requests.granted.total",
        "requests.received.enterprise",
        "disputes.review.total",
    )
    rows = rows_of(client, lines="\n".join(names[:20]), year=2023, key=keys)
    assert [row["line"] for row in rows] == names[:20]
    compared = 0
    for row in rows:
        assert (row["organisation"], row["report_year"], row["state"]) == (row["line"], 2023, "read")
        (reading,) = archive.db.execute(
            "SELECT reading FROM reports WHERE id = :report", {"report": row["report"][1:]}
        ).fetchone()
        read = {value.key: value for value in get_values(archive, reading)}
        for key, figure in row["figures"].items():
            said = figure["read"] or figure
            expected = read[key]
            assert (said["status"], said["value"], said["raw"]) == (str(expected.status), expected.value, expected.raw)
            compared += 1
    assert compared == 4 * len(rows) >= 40


def test_the_sum_of_refusals_is_no_figure_where_a_ground_is_none(
    client: Patient, archive: Archive, names: list[str]
) -> None:
    refused = HEADLINES["refused"]
    numbers = 0
    for row in rows_of(client, lines="\n".join(names), year=2023, key=refused):
        figure = row["figures"][refused]
        (reading,) = archive.db.execute(
            "SELECT reading FROM reports WHERE id = :report", {"report": row["report"][1:]}
        ).fetchone()
        grounds = [
            value
            for value in get_values(archive, reading)
            if value.key.startswith("requests.refused_") and value.key.endswith(".total")
        ]
        assert len(grounds) in (0, 8)
        if grounds and all(one.value is not None for one in grounds):
            assert figure["value"] == sum(one.value for one in grounds if one.value is not None)
            numbers += 1
        else:
            assert figure["value"] is None
            assert figure["status"] != "number"
    assert numbers > 5


def test_all_years_of_a_body_and_those_without_a_report(client: Patient, archive: Archive, names: list[str]) -> None:
    for name in names[:6]:
        years = [
            year
            for (year,) in archive.db.execute(
                """
                SELECT p.report_year FROM reports p JOIN organisations o ON o.id = p.organisation
                WHERE o.name = :name ORDER BY p.report_year DESC
                """,
                {"name": name},
            ).fetchall()
        ]
        rows = rows_of(client, lines=name)
        assert [row["report_year"] for row in rows if row["report"]] == years
        assert {row["state"] for row in rows if not row["report"]} <= {"no_report"}
        assert [row["report_year"] for row in rows] == list(range(rows[0]["report_year"], years[-1] - 1, -1))


def test_what_is_not_in_the_archive_is_said(client: Patient, names: list[str]) -> None:
    (row,) = rows_of(client, lines=names[0], year=2009)
    assert (row["state"], row["report"], row["path"]) == ("no_report", None, None)
    assert {figure["value"] for figure in row["figures"].values()} == {None}
    (row,) = rows_of(client, lines="示例无此县教育局", year=2023)
    assert (row["state"], row["bodies"]) == ("unknown_body", [])
    page = client.get("/batch", params={"lines": f"{names[0]}\n示例无此县教育局", "year": 2009}).text
    assert "库里没有这一年的" in page
    assert "查不到机构" in page


def test_several_bodies_are_named_and_none_is_picked(client: Patient, archive: Archive) -> None:
    (row,) = rows_of(client, lines="教育局", year=2023)
    assert row["state"] == "several"
    assert row["report"] is None
    assert len(row["bodies"]) > 1
    assert all("教育局" in body["organisation"] for body in row["bodies"])
    page = html.fromstring(client.get("/batch", params={"lines": "教育局", "year": 2023}).content)
    links = page.xpath("//ul[@class='which']/li/a/@href")
    assert len(links) == len(row["bodies"])
    for link, body in zip(links, row["bodies"], strict=True):
        (one,) = rows_of(client, **parse_qs(urlsplit(link).query))
        assert (one["organisation"], one["region_code"]) == (body["organisation"], body["region_code"])


def test_a_code_or_a_piece_that_only_one_has_names_one(client: Patient, archive: Archive, names: list[str]) -> None:
    (code,) = archive.db.execute(
        "SELECT region_code FROM organisations WHERE name = :name", {"name": names[0]}
    ).fetchone()
    for line in (f"{names[0]} {code}", f"{names[0]}（{code}）", f"{names[0]}{code}", " ".join(names[0])):
        (row,) = rows_of(client, lines=line, year=2023)
        assert (row["organisation"], row["is_part_of_name"]) == (names[0], False), line
    (row,) = rows_of(client, lines=f"{names[0]} 110101", year=2023)
    assert row["state"] in ("unknown_body", "several")
    piece = names[0][1:]
    (row,) = rows_of(client, lines=piece, year=2023)
    holding = [name for name in names if piece in name]
    assert (row["state"] == "read") == (len(holding) == 1)
    if row["state"] == "read":
        assert row["is_part_of_name"]
        assert row["organisation"] == names[0]


def test_terms_are_counted_as_the_search_counts_them(client: Patient) -> None:
    terms = ["信访", "行政复议", '"不予公开"', "火星探测", "教育局 -公安", "。"]
    rows = rows_of(client, find="terms", lines="\n".join(terms), year=2023)
    assert [row["line"] for row in rows] == terms
    for row in rows:
        answer = client.get("/search.json", params={"q": row["line"], "year": 2023}).json()
        assert (row["reports"], row["is_exact"]) == (answer["total"], answer["is_exact"]), row["line"]
        assert (row["state"] == "hit") == (answer["total"] > 0)
        if answer["total"]:
            assert row["report"] == answer["results"][0]["report"]
    table = table_of(client.get("/batch.csv", params={"find": "terms", "lines": "\n".join(terms), "year": 2023}))
    assert [(row["term"], int(row["reports"])) for row in table] == [(row["line"], row["reports"]) for row in rows]


def test_a_short_list_that_is_sent_gets_an_address_of_its_own(client: Patient, names: list[str]) -> None:
    fields = {
        "lines": "\n".join(names[:3]),
        "year": "2023",
        "find": "bodies",
        "key": ["requests.granted.total", RECEIVED],
    }
    answer = client.post("/batch?lang=en", data=fields)
    assert answer.status_code == 303
    state = parse_qs(urlsplit(answer.headers["location"]).query)
    assert state == {
        "lines": [fields["lines"]], "year": ["2023"], "key": fields["key"], "lang": ["en"],
    }  # fmt: skip
    page = html.fromstring(client.get(answer.headers["location"]).content)
    assert len(page.xpath("//tbody/tr")) == 3
    sent = client.post("/batch.csv?bom=1&lang=en", data=fields)
    assert sent.text == "\ufeff" + client.get(answer.headers["location"].replace("/batch", "/batch.csv", 1)).text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", ["\n", ",甲\r\n", "\t甲\r\n"])
def test_a_file_is_read_in_both_encodings_by_its_first_column(
    client: Patient, names: list[str], encoding: str, delimiter: str
) -> None:
    content = "".join(f"{name}{delimiter}" for name in names[:4]).encode(encoding)
    answer = client.post("/batch.csv", data={"year": "2023"}, files={"file": ("list.csv", content, "text/csv")})
    table = table_of(answer)
    assert [row["line"] for row in table] == names[:4]
    assert {row["state"] for row in table} == {"read"}


def test_rows_copied_from_a_table_are_taken_by_their_first_cell(client: Patient, names: list[str]) -> None:
    pasted = f"{names[0]}\t12\t甲\r\n\r\n  {names[1]}  \t\n"
    assert [row["line"] for row in rows_of(client, lines=pasted, year=2023)] == names[:2]


def test_a_long_list_is_answered_at_once_as_page_and_table(client: Patient, names: list[str]) -> None:
    lines = "\n".join([*names, *(f"示例无此县第{number}教育局" for number in range(100)), names[0]])
    answer = client.post("/batch", data={"lines": lines, "year": "2023"})
    assert answer.status_code == 200
    page = html.fromstring(answer.content)
    assert len(page.xpath("//tbody/tr")) == len(names) + 100
    assert "重复的 1 行" in answer.text
    assert page.xpath("//footer//p[@class='forms']") == []  # no link could carry the list
    (form,) = page.xpath("//form[starts-with(@action, '/batch.csv')]")
    fields = [(one.get("name"), one.text or one.get("value")) for one in form.xpath(".//textarea | .//input")]
    table = table_of(client.post("/batch.csv", data={"lines": fields[0][1], "year": "2023"}))
    assert [row["line"] for row in table if row["state"] == "read"] == names


def test_lines_beyond_what_one_request_takes_are_kept_for_the_next(client: Patient) -> None:
    lines = [f"第{number}个词" for number in range(MOST_LINES + 30)]
    answer = client.post("/batch.json", data={"lines": "\n".join(lines), "find": "terms"})
    assert answer.json()["left"][-30:] == lines[MOST_LINES:]
    assert [*(row["line"] for row in answer.json()["rows"]), *answer.json()["left"]] == lines
    bodies = client.post("/batch.json", data={"lines": "\n".join(lines)})
    assert set(bodies.json()["left"]) >= set(lines[MOST_LINES_OF_ALL_YEARS:])


def test_what_there_was_no_time_for_is_named_and_can_be_gone_on_with(
    client: Patient, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [names[0], "教育局", names[1], "公安局"]
    monkeypatch.setattr(batch_rows, "ANSWERED_UNTIL", -1.0)
    answer = client.get("/batch.json", params={"lines": "\n".join(lines), "year": 2023}).json()
    # Whole names are asked for all at once; what needs a search of its own is left.
    assert ([row["line"] for row in answer["rows"]], answer["left"]) == ([names[0], names[1]], ["教育局", "公安局"])
    table = table_of(client.get("/batch.csv", params={"lines": "\n".join(lines), "year": 2023}))
    assert [(row["line"], row["state"]) for row in table[-2:]] == [
        ("教育局", "not_answered"),
        ("公安局", "not_answered"),
    ]
    terms = client.get("/batch.json", params={"lines": "\n".join(lines), "find": "terms"}).json()
    assert (terms["rows"], terms["left"]) == ([], lines)
    page = html.fromstring(
        client.get("/batch", params={"lines": "\n".join(lines), "year": 2023, "key": RECEIVED}).content
    )
    (form,) = page.xpath("//form[.//button[contains(text(), '接着查')]]")
    fields = {"lines": form.xpath(".//textarea")[0].text}
    fields |= {one.get("name"): one.get("value") for one in form.xpath(".//input[@type='hidden']")}
    assert fields == {"lines": "教育局\n公安局", "find": "bodies", "year": "2023", "key": RECEIVED}


@pytest.mark.parametrize(
    "line",
    [
        "<script>alert(1)</script>",
        "=1+1",
        "+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "-1",
        "'",
        '"',
        "%",
        "[a-z]",
        "NEAR(",
        "🙂",
    ],
)
@pytest.mark.parametrize("find", ["bodies", "terms"])
def test_hostile_lines_are_text_and_never_formulas(client: Patient, line: str, find: str) -> None:
    parameters = {"lines": line, "find": find, "year": 2023}
    page = html.fromstring(client.get("/batch", params=parameters).content)
    assert page.xpath("//script") == []
    assert [one.text_content().strip() for one in page.xpath("//tbody/tr/th")] == [line]
    (row,) = table_of(client.get("/batch.csv", params=parameters))
    said = row["term" if find == "terms" else "line"]
    assert said.lstrip("'") == line.lstrip("'")
    assert said[0] not in "=+@-"


@pytest.mark.parametrize(
    "fields",
    [
        {"lines": "a\x00b"}, {"lines": "议" * 201}, {"lines": "a", "find": "all"}, {"lines": "a", "year": "x"},
        {"lines": "a", "year": "3000"}, {"lines": "a", "key": "no.such.cell"},
        {"lines": "a", "key": "\n".join(f"requests.received.{who}" for who in ("total", "x"))},
    ],
)  # fmt: skip
def test_what_cannot_be_looked_up_is_refused(client: Patient, fields: dict[str, str]) -> None:
    for answer in (client.post("/batch", data=fields), client.get("/batch", params=fields)):
        assert answer.status_code == 400
        assert "这个请求无法理解" in answer.text


def test_a_file_that_is_no_text_is_refused(client: Patient) -> None:
    assert (
        client.post("/batch", files={"file": ("a.png", b"\x89PNG\r\n\x1a\n\xff\xff\x00", "image/png")}).status_code
        == 400
    )


def test_the_page_alone_asks_and_nothing_else(client: Patient) -> None:
    page = html.fromstring(client.get("/batch").content)
    assert page.xpath("//tbody") == []
    (form,) = page.xpath("//main//form")
    assert (form.get("method"), form.get("enctype"), form.get("action")) == ("post", "multipart/form-data", "/batch")
    assert set(form.xpath(".//@name")) == {"lines", "file", "find", "year", "key"}
    assert client.get("/batch.csv").text.count("\n") == 1
    assert client.get("/batch.json").json()["rows"] == []
    assert page.xpath("//link[@rel='canonical']/@href") == [f"{BASE}/batch"]


def test_the_newest_report_of_a_term_is_linked_where_it_stands(client: Patient) -> None:
    page = html.fromstring(client.get("/batch", params={"find": "terms", "lines": "信访\n行政复议"}).content)
    links = page.xpath("//tbody//td//a/@href")
    assert len(links) == 2
    for link in links:
        assert client.get(link).status_code == 200
