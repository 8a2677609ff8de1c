"""What a report says outside its tables: whose it is, of which year, when published; claims that differ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parsers.report import Report, State
from tests.documents.official_forms import Rows
from tests.reading.answers import hand_checked, read_one, states_of
from tests.reading.generated import SIGNATURE, TITLE, Drawn, draw, in_medium

FORMS = ("2021", "2021")
DRAWN = draw(61, FORMS)
CLAIM = "全年专栏按月巡查。"


def _read(*swaps: tuple[str, str], medium: str = "html", drawn: Drawn = DRAWN) -> Report:
    text = in_medium(drawn, medium).decode()
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return read_one(text.encode())


@pytest.mark.parametrize("medium", ["html", "tabs", "lines"])
@pytest.mark.parametrize(
    ("title", "organisation", "year"),
    [
        ("示例县教育局2022年政府信息公开工作年度报告", "示例县教育局", 2022),
        ("示例县教育局2022年度政府信息公开工作年度报告", "示例县教育局", 2022),
        ("示例县教育局2022年度政府信息公开工作报告", "示例县教育局", 2022),
        ("2022年示例县教育局政府信息公开工作年度报告", "示例县教育局", 2022),
        ("示例县教育局政府信息公开工作2022年度报告", "示例县教育局", 2022),
        ("示例县教育局政府信息公开2022年度报告", "示例县教育局", 2022),
        ("2022 年示例县教育局政府信息公开工作年度报告", "示例县教育局", 2022),
        ("示例县 教育局　2022 年度政府信息公开工作年报", "示例县教育局", 2022),
        ("示例市示例区人民政府2022年政府信息公开工作年度报告", "示例市示例区人民政府", 2022),
        ("示例市人民政府办公室2022年政府信息公开工作年度报告", "示例市人民政府办公室", 2022),
        ("示例镇2022年政府信息公开年度报告", "示例镇", 2022),
        ("示例县教育局２０２２年政府信息公开工作年度报告（文字版）", "示例县教育局", 2022),
        ("2022年政府信息公开工作年度报告", "示例县教育局", 2022),  # the signature's
    ],
)
def test_titles(title: str, organisation: str, year: int, medium: str) -> None:
    report = _read((TITLE, title), (SIGNATURE[1], "2023年1月12日"), medium=medium)
    assert (report.organisation, report.report_year) == (organisation, year)


def test_a_title_over_two_lines() -> None:
    for break_after in ("示例县教育局", "示例县教育局2023年政府信息", "示例县教育局2023年政府信息公开"):
        first, second = break_after, TITLE.removeprefix(break_after)
        report = _read((f"<p>{TITLE}</p>", f"<p>{first}</p><p>{second}</p>"))
        assert (report.organisation, report.report_year) == ("示例县教育局", 2023), break_after
        dumped = _read((TITLE, f"{first}\n\n{second}"), medium="lines")
        assert (dumped.organisation, dumped.report_year) == ("示例县教育局", 2023), break_after


@pytest.mark.parametrize(
    ("printed", "published"),
    [
        ("2024年1月12日", "2024-01-12"),
        ("2024年01月25日", "2024-01-25"),
        ("2024-01-17 09:16", "2024-01-17"),
        ("（2024年2月23日）", "2024-02-23"),
        ("[2024-01-28]", "2024-01-28"),
        ("2024 年 1 月 12 日", "2024-01-12"),
        ("二〇二四年一月十二日", "2024-01-12"),
        ("２０２４年１月２日", "2024-01-02"),
        ("", None),
        ("2024年13月12日", None),
        ("年月日", None),
    ],
)
def test_dates_under_the_report(printed: str, published: str | None) -> None:
    assert _read((SIGNATURE[1], printed)).published == published


def test_the_statistics_period_and_dates_in_the_prose_are_no_publication_date() -> None:
    prose = "统计期限为2023年1月1日至2023年12月31日。2023年5月6日印发目录。"
    assert _read((CLAIM, prose), (SIGNATURE[1], "")).published is None


@pytest.mark.parametrize(
    ("prose", "phone"),
    [
        ("请与办公室联系（电话：0999-6123456，传真：0999-6123457）。", "0999-6123456"),
        ("联系电话:0999－6123456。", "0999－6123456"),
        ("邮编：999999，电话：6123456。", "6123456"),
        ("传真：0999-6123457。", None),
        ("本年接听咨询电话20次。", None),
    ],
)
def test_phone(prose: str, phone: str | None) -> None:
    assert _read((CLAIM, prose)).phone == phone


RECEIVED = DRAWN.figures["requests.received.total"]


@pytest.mark.parametrize(
    ("prose", "codes"),
    [
        (f"本年收到政府信息公开申请{RECEIVED}件。", []),
        ("本年收到政府信息公开申请3件。", ["claim_differs_from_table"]),
        ("主动公开政府信息127条，其中政府网站75条，微信公众号185条，其他方式45条。", ["claim_parts_differ"]),
        ("主动公开政府信息305条，其中政府网站75条，微信公众号185条，其他方式45条。", []),
        ("2023年5月召开会议3次，培训40人次，编号第12号。", []),
    ],
)
def test_claims(prose: str, codes: list[str]) -> None:
    report = _read((CLAIM, prose))
    assert [problem.code for problem in report.problems if problem.code.startswith("claim_")] == codes


def test_a_claim_keeps_its_words() -> None:
    report = _read((CLAIM, "本年收到政府信息公开申请3件。"))
    (claim,) = [claim for claim in report.claims if claim.key == "requests.received.total"]
    assert claim.value == 3
    assert "3件" in claim.span


@pytest.mark.parametrize(
    ("key", "printed"),
    [
        ("requests.granted.research", "4"),
        ("requests.handled_total.total", "1"),
        ("disputes.review.total", "0"),
        ("requests.carried_in.natural_person", ""),
        ("disputes.litigation_direct.pending", "/"),
    ],
)
def test_checks_are_worked_out_and_nothing_is_mended(key: str, printed: str) -> None:
    """One cell changed: exactly the identities it stands in break, or are unknown when it is no number."""

    def change(table: Rows) -> Rows:
        return [[replace(box, text=printed) if box.key == key else box for box in row] for row in table]

    drawn = DRAWN
    for number in range(3):
        drawn = drawn.bent(number, change)
    report = _read(drawn=drawn)
    numbers = {**DRAWN.figures, key: int(printed) if printed.isdigit() else None}
    assert states_of(report) == hand_checked(report.forms, numbers)
    touched = {(check.id, check.across) for check in report.checks if check.state is not State.HOLDS}
    table, row, column = key.split(".")
    assert touched
    assert all(across in {row, column} and id_.startswith(table) for id_, across in touched)
