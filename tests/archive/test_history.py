"""What becomes of looks: versions, revisits, cosmetic changes, renditions, drift, mirrors, pages that are gone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from county import SITE, Answer, article, crawl, figures_of, page

from archive import workers
from archive.capture import Capture, Target
from archive.frontier import acknowledge, add_targets, lease_targets, record_capture
from archive.ingest import read_pending
from archive.queries import describe_version, list_history, list_not_seen, named_report
from archive.readings import get_report
from archive.reparsing.reparse import reparse
from archive.runs.run import begin_run, end_run
from archive.store import Archive
from archive.versions import compare_versions
from parsers.errors import NeedsLibreOffice
from parsers.readers import Reader
from parsers.report import Hints, Report, State

BUREAU = "示例县教育局"
URL = "http://www.shili.example/zfxxgknb/202501/t20250120_1.html"
OTHER = "http://www.shili.example/zfxxgknb/202501/t20250120_2.html"


def count(archive: Archive, table: str) -> int:
    return int(archive.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_every_cell_of_a_page_is_kept_as_printed(archive: Archive) -> None:
    figures = figures_of(7) | {"proactive.fees.amount": "18.8710", "requests.received.total": " 1,234 "}
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures)})
    rows = archive.db.execute("SELECT key, value, raw, status FROM cells WHERE report = 1 AND latest").fetchall()
    assert len(rows) == 200
    kept = {key: (value, raw) for key, value, raw, status in rows if status == "number"}
    assert len(kept) == 200
    assert kept["proactive.fees.amount"] == (18.871, "18.8710")
    assert kept["requests.received.total"][0] == 1234
    for key, printed in figures.items():
        if key not in ("proactive.fees.amount", "requests.received.total"):
            assert kept[key] == (float(printed), printed), key


def test_identities_of_a_whole_report_hold(archive: Archive) -> None:
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(5))})
    states = [check.state for check in get_report(archive, 1).checks]
    assert (states.count(State.HOLDS), len(states)) == (42, 42)
    assert archive.db.execute("SELECT count(*) FROM checks WHERE state = 'HOLDS'").fetchone()[0] == 42


def test_the_same_page_again_is_a_revisit_and_no_version(archive: Archive) -> None:
    portal = {URL: article(BUREAU, 2024, figures_of(1))}
    first = crawl(archive, 0, portal)
    second = crawl(archive, 5, portal)
    assert (first["new_versions"], first["reports"], first["revisits"]) == (1, 1, 0)
    assert (second["new_versions"], second["reports"], second["revisits"]) == (0, 1, 1)
    assert second["outcomes"] == {"not_modified": 1}
    (only,) = list_history(archive, 1)
    assert (only["first_captured"], only["last_captured"]) == ("2025-01-01T08:00:01Z", "2025-01-06T08:00:01Z")
    assert count(archive, "readings") == 1


def test_identical_bytes_without_a_validator_are_a_revisit(archive: Archive) -> None:
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(1))})
    archive.db.execute("UPDATE captures SET header = x'485454502f312e31203230300d0a0d0a'")
    summary = crawl(archive, 1, {URL: article(BUREAU, 2024, figures_of(1))})
    assert summary["outcomes"] == {"fetched": 1}
    assert summary["revisits"] == 1
    profile = archive.db.execute("SELECT revisit_profile FROM captures WHERE id = 2").fetchone()[0]
    assert profile == "identical-payload-digest"


def test_a_click_counter_is_no_version_and_an_edit_is_one(archive: Archive) -> None:
    figures = figures_of(2)
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures, counter=17)})
    cosmetic = crawl(archive, 1, {URL: article(BUREAU, 2024, figures, counter=18)})
    assert (cosmetic["new_versions"], cosmetic["revisits"]) == (0, 0)
    assert count(archive, "sightings") == 2
    payloads = archive.db.execute("SELECT count(DISTINCT payload) FROM captures").fetchone()[0]
    assert payloads == 2  # the bytes of both are kept
    edit = crawl(archive, 2, {URL: article(BUREAU, 2024, figures | {"requests.received.enterprise": "99"})})
    assert edit["new_versions"] == 1
    old, new = list_history(archive, 1)
    assert (old["number"], new["number"], old["rendition"]) == (1, 2, new["rendition"])
    (change,) = compare_versions(archive, 1, 2).cells
    assert (change.key, change.before, change.after) == (
        "requests.received.enterprise",
        int(figures["requests.received.enterprise"]),
        99,
    )


def test_an_edit_and_its_undoing_are_two_versions(archive: Archive) -> None:
    before, after = article(BUREAU, 2024, figures_of(3)), article(BUREAU, 2024, figures_of(3), note="有所补充。")
    for day, answer in enumerate((before, after, before)):
        crawl(archive, day, {URL: answer})
    assert [one["number"] for one in list_history(archive, 1)] == [1, 2, 3]
    assert named_report(archive, 1).version == 3


def test_words_alone_changed(archive: Archive) -> None:
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(3), note="全年新增三条。")})
    crawl(archive, 1, {URL: article(BUREAU, 2024, figures_of(3), note="全年新增四条。")})
    difference = compare_versions(archive, 1, 2)
    assert difference.cells == ()
    assert [line[0] for line in difference.text if line[0] in "+-"] == ["-", "+"]
    assert any("新增四条" in line for line in difference.text)


def test_a_page_that_is_gone_was_present_then_and_not_seen_now(archive: Archive) -> None:
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(1)), OTHER: article("示例县民政局", 2024, figures_of(2))})
    assert list_not_seen(archive) == []
    summary = crawl(archive, 3, {URL: article(BUREAU, 2024, figures_of(1))})
    crawl(archive, 9, {URL: article(BUREAU, 2024, figures_of(1))})
    assert summary["not_seen"] == 1
    (absent,) = list_not_seen(archive)
    assert absent["report"] == "r2"
    assert (absent["last_seen"][:10], absent["looked_at"][:10]) == ("2025-01-01", "2025-01-10")
    assert (absent["looks"], absent["outcome"]) == (2, "not_found")
    crawl(archive, 12, {URL: article(BUREAU, 2024, figures_of(1)), OTHER: article("示例县民政局", 2024, figures_of(2))})
    assert list_not_seen(archive) == []
    assert count(archive, "versions") == 2


def test_a_page_that_answers_with_something_else_is_not_seen(archive: Archive) -> None:
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(1))})
    home = "<html><head><title>示例县人民政府</title></head><body><p>欢迎访问示例县人民政府网站</p></body></html>"
    crawl(archive, 1, {URL: Answer(home.encode(), link_text="年报")})
    (absent,) = list_not_seen(archive)
    assert (absent["looks"], absent["outcome"]) == (1, "not_a_report")
    assert count(archive, "versions") == 1


def test_a_report_whose_url_changed_is_the_same_rendition(archive: Archive) -> None:
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(4))})
    summary = crawl(archive, 400, {OTHER: article(BUREAU, 2024, figures_of(4))})
    assert (summary["new_versions"], summary["outcomes"]) == (0, {"fetched": 1, "not_found": 1})
    assert (count(archive, "renditions"), count(archive, "versions")) == (1, 1)
    (only,) = list_history(archive, 1)
    assert only["url"] == OTHER
    assert only["last_captured"].startswith("2026-02-05")
    assert list_not_seen(archive) == []


def test_a_report_alive_at_two_urls_has_two_renditions(archive: Archive) -> None:
    portal = {URL: article(BUREAU, 2024, figures_of(4)), OTHER: article(BUREAU, 2024, figures_of(4))}
    crawl(archive, 0, portal)
    crawl(archive, 1, portal)
    assert (count(archive, "reports"), count(archive, "renditions"), count(archive, "versions")) == (1, 2, 2)
    assert count(archive, "report_problems") == 0


def test_a_mirror_that_appears_later_is_a_rendition_of_its_own(archive: Archive) -> None:
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(4))})
    crawl(archive, 1, {OTHER: article(BUREAU, 2024, figures_of(4)), URL: article(BUREAU, 2024, figures_of(4))})
    assert [one["rendition"] for one in list_history(archive, 1)] == ["html-1", "html-2"]


def test_renditions_that_disagree_are_a_problem_of_the_report(archive: Archive) -> None:
    figures = figures_of(4)
    edited = figures | {"disputes.review.pending": "7"}
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures), OTHER: article(BUREAU, 2024, edited)})
    ((code, says),) = archive.db.execute("SELECT code, says FROM problems WHERE code = 'renditions_differ'").fetchall()
    assert code == "renditions_differ"
    assert "disputes.review.pending 0 / 7" in says
    crawl(archive, 1, {URL: article(BUREAU, 2024, figures), OTHER: article(BUREAU, 2024, figures)})
    assert count(archive, "report_problems") == 0


def test_an_old_import_comes_before_what_is_known(archive: Archive) -> None:
    crawl(archive, 10, {URL: article(BUREAU, 2024, figures_of(4), note="第二稿。")})
    crawl(archive, 3, {URL: article(BUREAU, 2024, figures_of(4), note="第一稿。")})
    assert [one["version"] for one in list_history(archive, 1)] == ["v2", "v1"]
    assert named_report(archive, 1).version == 1


def test_look_alikes_and_wrappers_are_remembered_as_no_reports(archive: Archive) -> None:
    wrapper = (
        '<html><body><div class="TRS_Editor"><p>附件：<a href="./P020250120.pdf">年报.pdf</a></p></div></body></html>'
    )
    crawl(archive, 0, {URL: Answer(wrapper.encode(), link_text=f"{BUREAU}2024年政府信息公开工作年度报告")})
    assert archive.db.execute("SELECT code FROM documents").fetchall() == [("not_a_report",)]
    assert count(archive, "versions") == 0


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DOC = "http://www.shili.example/zfxxgknb/202501/P020250120.doc"


class WithoutOffice(Reader):
    """A machine without LibreOffice."""

    def read(self, payload: bytes, hints: Hints, answered: Callable[[], None] | None = None) -> tuple[Report, ...]:
        raise NeedsLibreOffice("expected LibreOffice, found none")


class WithOffice(Reader):
    """A machine with it: what stands behind OLE's first bytes is read."""

    def read(self, payload: bytes, hints: Hints, answered: Callable[[], None] | None = None) -> tuple[Report, ...]:
        return super().read(payload[8:], hints, answered)


def a_doc(link_text: str) -> dict[str, Answer]:
    payload = OLE + page(BUREAU, 2024, figures_of(6))
    return {DOC: Answer(payload, kind="attachment", link_text=link_text, via=URL)}


def test_a_doc_without_libreoffice_waits_unread_and_is_read_later(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = a_doc(f"{BUREAU}2024年政府信息公开工作年度报告.doc")
    monkeypatch.setattr(workers, "Reader", WithoutOffice)
    summary = crawl(archive, 0, portal)
    assert summary["unread"] == {"needs_libreoffice": 1}
    assert summary["new_versions"] == 1
    facts = describe_version(archive, 1)
    assert (facts["organisation"], facts["report_year"]) == (BUREAU, 2024)
    assert facts["unread"]["code"] == "needs_libreoffice"
    assert reparse(archive).codes == {"needs_libreoffice": 1}
    monkeypatch.setattr(workers, "Reader", WithOffice)
    done = reparse(archive)
    assert (done.tried, done.read, done.codes) == (1, 1, {})
    assert (count(archive, "versions"), count(archive, "readings"), count(archive, "unread")) == (1, 1, 0)
    assert (count(archive, "reports"), count(archive, "renditions")) == (1, 1)
    assert describe_version(archive, 1)["cells"]["requests.received.total"]["status"] == "number"
    assert reparse(archive).tried == 0
    assert crawl(archive, 1, portal)["new_versions"] == 0


def test_what_a_link_wrongly_promised_is_put_right_when_the_file_is_read(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "Reader", WithoutOffice)
    crawl(archive, 0, a_doc("示例县民政局2023年政府信息公开工作年度报告.doc"))
    assert archive.db.execute("SELECT organisation, report_year FROM unread_reports").fetchall() == [
        ("示例县民政局", 2023)
    ]
    monkeypatch.setattr(workers, "Reader", WithOffice)
    assert reparse(archive).read == 1
    assert archive.db.execute("SELECT organisation, report_year, version FROM annual_reports").fetchall() == [
        (BUREAU, 2024, 1)
    ]
    assert (count(archive, "versions"), count(archive, "organisations")) == (1, 1)


def test_another_release_makes_readings_and_no_version(archive: Archive) -> None:
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(6), counter=1)})
    archive.db.execute("UPDATE readings SET parser = '0'")
    archive.db.execute("UPDATE versions SET parser = '0', content_digest = 'of another release'")
    # A cosmetic change: the digest of another release cannot be compared, so the old bytes are read again.
    assert crawl(archive, 1, {URL: article(BUREAU, 2024, figures_of(6), counter=2)})["new_versions"] == 0
    done = reparse(archive)
    assert (done.tried, done.read) == (1, 1)
    rows = archive.db.execute("SELECT parser, current FROM readings ORDER BY id").fetchall()
    assert rows == [("0", 0), (rows[1][0], 1)]
    assert rows[1][0] != "0"
    assert count(archive, "versions") == 1
    assert archive.db.execute("SELECT count(*) FROM cells").fetchone()[0] == 200


def test_a_page_and_its_attachment_are_one_report_where_the_registry_knows_no_region(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The attachment, a page without a head of its own, has its region from the SiteIDCode of the article.
    monkeypatch.setattr("county.SITE", replace(SITE, region_code=""))
    bare = re.sub(rb"<meta name=.*", b"", page(BUREAU, 2024, figures_of(4)))
    assert b"SiteIDCode" not in bare
    attachment = "http://www.shili.example/zfxxgknb/202501/P020250120.html"
    portal = {URL: article(BUREAU, 2024, figures_of(4)), attachment: Answer(bare, kind="attachment", via=URL)}
    crawl(archive, 0, portal)
    assert archive.db.execute("SELECT name, region_code FROM organisations").fetchall() == [(BUREAU, "150824")]
    assert (count(archive, "reports"), count(archive, "renditions")) == (1, 2)


def test_two_reports_in_one_page_have_a_chain_each(archive: Archive) -> None:
    def both(first: dict[str, str], second: dict[str, str]) -> Answer:
        one, two = (page(BUREAU, 2023 + at, cells).decode() for at, cells in enumerate((first, second)))
        body = two.partition('<div class="TRS_Editor">')[2].partition("</div>\n<div class=")[0]
        return Answer(one.replace('</div>\n<div class="footer', f'{body}</div>\n<div class="footer').encode())

    crawl(archive, 0, {URL: both(figures_of(1), figures_of(2))})
    assert archive.db.execute("SELECT report_year FROM reports ORDER BY 1").fetchall() == [(2023,), (2024,)]
    edited = figures_of(2) | {"proactive.licensing.decisions": "999"}
    summary = crawl(archive, 1, {URL: both(figures_of(1), edited)})
    assert summary["new_versions"] == 1
    assert [len(list_history(archive, report)) for report in (1, 2)] == [1, 2]
    (change,) = compare_versions(archive, 2, 3).cells
    assert (change.key, change.after) == ("proactive.licensing.decisions", 999)


def test_a_mirror_is_told_from_drift_only_when_the_old_url_was_looked_at(archive: Archive) -> None:
    """The new URL is captured and read while the run has the old one still before it."""
    crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(4))})
    run = begin_run(archive, "crawl", "again")
    add_targets(archive, run, [Target(URL, "article", "s", site=SITE.code)])
    new = Capture(OTHER, datetime(2025, 2, 1, tzinfo=UTC), "fetched", 200, b"", b"", page(BUREAU, 2024, figures_of(4)))
    record_capture(archive, run, replace(new, kind="article", site=SITE.code))
    read_pending(archive, run)
    assert count(archive, "sightings") == 1  # it waits
    (lease,) = lease_targets(archive, run, 1)
    acknowledge(archive, run, lease, Capture(URL, datetime(2025, 2, 1, 1, tzinfo=UTC), "gone", 410, kind="article"))
    read_pending(archive, run)
    assert (count(archive, "renditions"), count(archive, "versions"), count(archive, "sightings")) == (1, 1, 2)
    end_run(archive, run)
    assert list_not_seen(archive) == []


def test_a_damaged_payload_is_named_and_stops_nothing_else(archive: Archive) -> None:
    run = begin_run(archive, "crawl", "damaged")
    # Another site's: of its own, what was told against it goes with it (tests/archive/test_templates.py).
    for at, url in enumerate((URL, "http://www.other.example/t20250120_2.html")):
        look = Capture(url, datetime(2025, 2, 1, tzinfo=UTC), "fetched", 200, b"", b"", kind="article", site="s")
        record_capture(archive, run, replace(look, payload=page(BUREAU, 2020 + at, figures_of(at))))
    first = archive.db.execute("SELECT payload FROM captures WHERE id = 1").fetchone()[0]
    archive.payloads.execute("UPDATE payload SET bytes = x'00' WHERE digest = ?", [first])
    read_pending(archive, run)
    assert archive.db.execute("SELECT capture, code FROM documents").fetchall() == [(1, "damaged"), (2, "report")]
    assert archive.db.execute("SELECT report_year FROM reports").fetchall() == [(2021,)]
