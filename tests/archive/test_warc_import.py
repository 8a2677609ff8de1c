"""WARC and WACZ of others: taken as what they are, kept apart from our own looks, whatever is wrong with them."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from county import article, crawl, figures_of, page
from kept_looks import FIRST, HOST, SECOND, fill
from records import plain, response
from warcs_taken import BUREAU, NOW, WARCS, put, taken

from archive.exports import Selection, find_export
from archive.imports import import_files
from archive.queries import describe_version, list_not_seen
from archive.reports import refresh_report
from archive.store import Archive
from archive.warc.writer import software


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_NOW", "2030-01-01T00:00:00Z")


def versions(archive: Archive) -> list[tuple[Any, ...]]:
    """What versions say, without the numbers that an archive gives."""
    return archive.db.execute(
        """
        SELECT o.name, p.report_year, n.format, s.url, v.payload_digest, v.content_digest, v.first_captured,
            v.last_captured
        FROM versions v JOIN renditions n ON n.id = v.rendition JOIN resources s ON s.id = n.resource
        JOIN reports p ON p.id = n.report JOIN organisations o ON o.id = p.organisation
        ORDER BY 1, 2, 3, 4, 7
        """
    ).fetchall()


def cells(archive: Archive) -> list[tuple[Any, ...]]:
    return archive.db.execute(
        "SELECT organisation, report_year, key, value, raw, status FROM cells WHERE latest ORDER BY 1, 2, 3"
    ).fetchall()


def test_what_goes_out_comes_back(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "ours", write=True) as ours, Archive.open(tmp_path / "theirs", write=True) as theirs:
        fill(ours, tmp_path)
        out = io.BytesIO()
        find_export("wacz").write_export(ours, Selection(), out)
        told = taken(theirs, put(tmp_path, out.getvalue(), "all.wacz"))
        assert (told["problems"], told["made_by"]) == ({}, [software()])
        assert versions(theirs) == versions(ours)
        assert cells(theirs) == cells(ours)
        looks = (
            "SELECT url, captured_at, coalesce(payload, (SELECT payload FROM captures o WHERE o.id = c.revisit_of)) "
        )
        pages = "FROM captures c WHERE outcome IN ('fetched', 'not_modified') AND url LIKE '%.html' ORDER BY 1, 2"
        assert theirs.db.execute(looks + pages).fetchall() == ours.db.execute(looks + pages).fetchall()
        assert taken(theirs, tmp_path / "all.wacz")["taken"] == 0
        assert taken(ours, tmp_path / "all.wacz")["taken"] == 0, "our own looks are known by URL, time and bytes"


def test_others_looks_are_versions_with_their_own_times_and_no_looks_of_ours(tmp_path: Path, archive: Archive) -> None:
    figures = figures_of(3)
    now = article(BUREAU, 2024, figures)
    crawl(archive, 0, {FIRST: now, SECOND: article("示例县民政局", 2024, figures_of(8))})
    crawl(archive, 1, {FIRST: now})
    pointers = "SELECT url, good_capture, alive_capture, look_capture FROM resources ORDER BY id"
    before = archive.db.execute(pointers).fetchall()
    absent = list_not_seen(archive)
    assert [one["looks"] for one in absent] == [1]
    older = page(BUREAU, 2024, figures | {"requests.received.enterprise": "9"})
    warc = b"".join(
        (
            plain("warcinfo", "<urn:x:info>", b"operator: \xe7\xa4\xba\xe4\xbe\x8b\r\nsoftware: Heritrix/3.4\r\n"),
            response(FIRST, older, WARC_Date="2024-12-20T00:00:00Z"),
            response(FIRST, page(BUREAU, 2024, figures), WARC_Date="2025-01-01T20:00:00Z", identity="<urn:x:2>"),
            response(SECOND, page("示例县民政局", 2024, figures_of(8)), WARC_Date="2025-03-01T00:00:00Z"),
        )
    )
    assert taken(archive, put(tmp_path, warc))["taken"] == 3
    assert archive.db.execute(pointers).fetchall() == before
    assert list_not_seen(archive) == absent, "what others saw later says nothing of when we saw it last"
    assert [(one[6], one[7]) for one in versions(archive) if one[0] == BUREAU] == [
        ("2024-12-20T00:00:00Z", "2024-12-20T00:00:00Z"),
        ("2025-01-01T08:00:01Z", "2025-01-02T08:00:01Z"),
    ]
    (said,) = archive.db.execute(
        """
        SELECT json_extract(c.third_party, '$.made_by'), json_extract(c.third_party, '$.software'),
            json_extract(c.third_party, '$.warc_sha256')
        FROM versions v JOIN captures c ON c.id = v.first_capture WHERE v.first_captured LIKE '2024-12%'
        """
    ).fetchall()
    assert said == ("示例", "Heritrix/3.4", hashlib.sha256(warc).hexdigest())
    (value,) = archive.db.execute(
        "SELECT value FROM cells WHERE latest AND organisation = ? AND key = 'requests.received.enterprise'", (BUREAU,)
    ).fetchone()
    assert value == int(figures["requests.received.enterprise"]), "the report stands as we saw it last"


def test_a_crawl_after_an_import_takes_no_place_and_gets_its_own(tmp_path: Path, archive: Archive) -> None:
    body = page(BUREAU, 2024, figures_of(3))
    old = f"{HOST}/old/1.html"
    taken(archive, put(tmp_path, response(old, body) + response(FIRST, body)))
    assert archive.db.execute("SELECT count(*) FROM resources WHERE look_capture IS NOT NULL").fetchone() == (0,)
    crawl(archive, 0, {FIRST: article(BUREAU, 2024, figures_of(3))})
    crawl(archive, 1, {f"{HOST}/new/1.html": article(BUREAU, 2024, figures_of(3))})
    places = archive.db.execute(
        "SELECT s.url FROM renditions n JOIN resources s ON s.id = n.resource ORDER BY n.id"
    ).fetchall()
    assert places == [(old,), (f"{HOST}/new/1.html",)], "ours moved from one URL to the other, theirs stayed"
    taken(archive, put(tmp_path, response(FIRST, page(BUREAU, 2024, figures_of(4)), WARC_Date="2023-01-01T00:00:00Z")))
    assert len(places) == archive.db.execute("SELECT count(*) FROM renditions").fetchone()[0], "it once stood there"
    for (report,) in archive.db.execute("SELECT id FROM reports").fetchall():
        refresh_report(archive, report)


@pytest.mark.parametrize(
    ("name", "expected", "looks"),
    [
        (
            "wget.warc.gz",
            {
                "records": 13, "taken": 3, "not_taken": {"no_document": 1, "other_status": 1, "other_uri": 1},
                "made_by": ["示例档案馆"], "documents": {"not_a_report": 1},
            },
            [("示例县水利局", 2021, "2022-02-03T01:02:03Z"), ("示例县水利局", 2022, "2022-02-03T01:02:03Z")],
        ),
        (
            "crawl.wacz",
            {
                "records": 12, "taken": 4, "not_taken": {"no_document": 3, "other_status": 1, "other_uri": 2},
                "made_by": ["示例图书馆"], "documents": {},
            },
            [
                ("示例县农业农村局", 2020, "2022-03-04T05:06:01Z"),
                ("示例县农业农村局", 2020, "2022-03-04T05:06:09Z"),
                ("示例县农业农村局", 2021, "2022-03-04T05:06:02Z"),
            ],
        ),
    ],
)  # fmt: skip
def test_files_that_other_programs_wrote(
    archive: Archive, name: str, expected: dict[str, Any], looks: list[tuple[str, int, str]]
) -> None:
    told = taken(archive, WARCS / name)
    assert {key: told[key] for key in expected} == expected
    assert (told["problems"], told["failed"]) == ({}, 0)
    assert [(one[0], one[1], one[6]) for one in versions(archive)] == looks
    assert archive.db.execute("SELECT min(numbers) FROM readings").fetchone() == (200,)
    again = taken(archive, WARCS / name)
    assert (again["taken"], again["known"]) == (0, told["taken"])


def test_a_revisit_is_a_look_with_the_bytes_that_it_repeats(archive: Archive) -> None:
    taken(archive, WARCS / "crawl.wacz")
    rows = archive.db.execute(
        """
        SELECT captured_at, payload, json_extract(third_party, '$.revisits') IS NOT NULL FROM captures
        WHERE url = 'http://www.nongye.example/2021.html' ORDER BY id
        """
    ).fetchall()
    assert [(at, repeats) for at, _, repeats in rows] == [("2022-03-04T05:06:02Z", 0), ("2022-03-04T05:06:40Z", 1)]
    assert rows[0][1] == rows[1][1]
    (last,) = archive.db.execute("SELECT last_captured FROM versions WHERE first_captured LIKE '%06:02Z'").fetchone()
    assert last == "2022-03-04T05:06:40Z"


@pytest.mark.parametrize("said", ["record", "time", "digest"])
def test_a_revisit_is_resolved_by_whatever_it_says_even_before_its_original(
    tmp_path: Path, archive: Archive, said: str
) -> None:
    body = page(BUREAU, 2024, figures_of(3))
    digest = f"sha1:{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"
    fields = {
        "record": {"WARC_Refers_To": "<urn:x:original>"},
        "time": {"WARC_Refers_To_Target_URI": FIRST, "WARC_Refers_To_Date": "2022-02-03T01:02:03Z"},
        "digest": {"WARC_Payload_Digest": digest},
    }[said]
    revisit = plain(
        "revisit", "<urn:x:again>", b"HTTP/1.1 200 OK\r\n\r\n", WARC_Target_URI=FIRST, WARC_Date="2022-03-01T00:00:00Z",
        WARC_Profile="http://netpreserve.org/warc/1.0/revisit/identical-payload-digest", **fields,
    )  # fmt: skip
    original = response(FIRST, body, identity="<urn:x:original>", WARC_Payload_Digest=digest)
    told = taken(archive, put(tmp_path, revisit + original))
    assert (told["taken"], told["not_taken"]) == (2, {})
    lost = taken(
        archive, put(tmp_path, revisit.replace(FIRST.encode(), SECOND.encode()).replace(b"x:original", b"x:no"))
    )
    assert lost["not_taken"] == {"unresolved_revisit": 1}


def test_a_zip_that_is_no_wacz_is_read_as_before(tmp_path: Path, archive: Archive) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("示例县财政局2023年政府信息公开工作年度报告.html", page("示例县财政局", 2023, figures_of(2)))
    summary = import_files(archive, [put(tmp_path, file.getvalue(), "a.zip")], None, NOW)
    assert "warcs" not in summary
    assert summary["reports"] == 1


def test_the_word_warc_before_the_files_may_stand_there(tmp_path: Path, archive: Archive) -> None:
    file = put(tmp_path, response(FIRST, page(BUREAU, 2024, figures_of(3))))
    summary = import_files(archive, [Path("warc"), file], None, NOW)
    assert summary["files"] == 1


def test_a_report_of_others_can_be_shown(archive: Archive) -> None:
    taken(archive, WARCS / "wget.warc.gz")
    shown = describe_version(archive, 1)
    assert (shown["url"], shown["first_captured"]) == ("http://www.shuili.example/nb/2021.html", "2022-02-03T01:02:03Z")
    assert len(shown["cells"]) == 200
