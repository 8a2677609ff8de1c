"""What a report says about itself: by hand-made documents, and by the corpus where it is at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from parsers.convert import convert_payload
from parsers.document import Block, Cell, Document, Heading, Paragraph, Table
from parsers.facts import body_of, organisation_of, phone_of, published_of, region_of, report_year_of, title_of
from parsers.report import Body, Hints

NO_HINTS = Hints()
FORM = Table(((Cell("规章"), Cell("0"), Cell("0"), Cell("0")),))


def document(*lines: str | Block, **meta: str) -> Document:
    blocks = tuple(Paragraph(line) if isinstance(line, str) else line for line in lines)
    return Document(blocks, "dump", "test/1", meta)


SILENT = document()


class TestTitle:
    def test_broken_over_lines(self) -> None:
        found = document(
            "示例市教育和科学技术局2022年政府信息", "公开工作年度报告", "本年报根据要求编制。", "一、总体情况"
        )
        assert title_of(found, NO_HINTS) == "示例市教育和科学技术局2022年政府信息公开工作年度报告"

    def test_body_on_a_line_of_its_own(self) -> None:
        found = document("示例市教育局", "2022 年度政府信息公开工作报告", "一、总体情况")
        assert title_of(found, NO_HINTS) == "示例市教育局2022年度政府信息公开工作报告"

    def test_letter_form(self) -> None:
        found = document(
            "示统发〔2025〕2号", "示例市统计局", "2024年政府信息公开工作年度报告", "市政府办公室：", "一、总体情况"
        )
        assert title_of(found, NO_HINTS) == "示例市统计局2024年政府信息公开工作年度报告"

    def test_repeated_title_is_taken_where_it_is_whole(self) -> None:
        found = document("2023年政府信息公开工作年度报告", "示例县教育局2023年政府信息公开工作年度报告", "一、总体情况")
        assert title_of(found, NO_HINTS) == "示例县教育局2023年政府信息公开工作年度报告"

    def test_a_line_above_is_not_glued_to_a_whole_title(self) -> None:
        found = document("政府信息公开", "示例县教育局2023年政府信息公开工作年度报告", "一、总体情况")
        assert title_of(found, NO_HINTS) == "示例县教育局2023年政府信息公开工作年度报告"

    def test_a_mention_in_a_sentence_is_no_title(self) -> None:
        found = document(
            Heading("示例县教育局2023年政府信息公开工作年度报告"),
            "根据《示例省政府信息公开工作年度报告制度》和《示例市2021年政府信息公开工作年度报告》，编制本报告。",
        )
        assert title_of(found, NO_HINTS) == "示例县教育局2023年政府信息公开工作年度报告"

    def test_the_page_says_it_where_the_body_does_not(self) -> None:
        found = document("一、总体情况", "略。", articletitle="示例县教育局2023年政府信息公开工作年度报告")
        assert title_of(found, NO_HINTS) == "示例县教育局2023年政府信息公开工作年度报告"
        hints = Hints(page_title="示例县教育局2023年政府信息公开工作年度报告-示例县人民政府")
        assert title_of(document("一、总体情况"), hints) == "示例县教育局2023年政府信息公开工作年度报告"

    def test_nothing(self) -> None:
        assert title_of(SILENT, NO_HINTS) == ""


class TestOrganisation:
    TITLE = "2023年政府信息公开工作年度报告"

    def test_signature_where_the_title_has_none(self) -> None:
        found = document(self.TITLE, FORM, "六、其他需要报告的事项", "无。", "示例县教育局", "2024年1月12日")
        assert organisation_of(self.TITLE, found, Hints(site_name="示例县人民政府")) == "示例县教育局"
        found = document(self.TITLE, FORM, "无。", "2024年1月12日", "示例县教育局")
        assert organisation_of(self.TITLE, found, NO_HINTS) == "示例县教育局"

    def test_site_where_nobody_signs(self) -> None:
        found = document(self.TITLE, FORM, "无。", sitename="示例县人民政府门户网站")
        assert organisation_of(self.TITLE, found, NO_HINTS) == "示例县人民政府"

    def test_place_holders_are_no_name(self) -> None:
        found = document("××市人民政府", FORM, "××市人民政府", "2024年1月12日")
        assert organisation_of("××市2023年政府信息公开工作年度报告", found, NO_HINTS) is None


class TestYear:
    PERIOD = "所列数据的统计期限为2022年1月1日至2022年12月31日。"

    def test_title_first(self) -> None:
        title = "示例县教育局2022年政府信息公开工作年度报告"
        assert report_year_of(title, document(self.PERIOD), NO_HINTS) == (2022, ())

    def test_period_where_the_title_says_none(self) -> None:
        assert report_year_of("政府信息公开工作年度报告", document(self.PERIOD), NO_HINTS) == (2022, ())
        spaced = document("报告所列统计期限自 2024 年 1 月 1 日至 2024 年 12 月 31 日。")
        assert report_year_of("", spaced, NO_HINTS) == (2024, ())

    def test_disagreement_is_said(self) -> None:
        year, problems = report_year_of("2023年政府信息公开工作年度报告", document(self.PERIOD), NO_HINTS)
        assert (year, [problem.code for problem in problems]) == (2023, ["years_disagree"])

    def test_nothing(self) -> None:
        assert report_year_of("政府信息公开工作年度报告", document("2022年，我局工作如下。"), NO_HINTS) == (None, ())


class TestRegion:
    @pytest.mark.parametrize(
        ("organisation", "code"),
        [
            ("乌拉特中旗教育局", "150824"),
            ("阿勒泰地区教育局", "654300"),
            ("淮安市人民政府", "320800"),
            ("贵州省水利厅", "520000"),
            ("中山市古镇镇人民政府", "442000"),
            ("国家税务总局湛江市税务局", "440800"),
            ("淮安经济技术开发区管理委员会", "320871"),
        ],
    )
    def test_by_name(self, organisation: str, code: str) -> None:
        assert region_of(organisation, 2023, SILENT, NO_HINTS) == (code, ())

    @pytest.mark.parametrize("organisation", ["教育部", "国务院办公厅", "国家税务总局", "中国证券监督管理委员会"])
    def test_bodies_of_the_state_have_none(self, organisation: str) -> None:
        assert region_of(organisation, 2023, SILENT, Hints(site_region_code="110101")) == (None, ())

    @pytest.mark.parametrize(
        ("organisation", "code"), [("武汉东湖高新区管委会", "420100"), ("西安高新技术产业开发区管理委员会", "610100")]
    )
    def test_zone_without_code(self, organisation: str, code: str) -> None:
        found, problems = region_of(organisation, 2023, SILENT, NO_HINTS)
        assert (found, [problem.code for problem in problems]) == (code, ["zone_without_code"])

    @pytest.mark.parametrize(
        ("organisation", "site", "code"),
        [
            ("示例县教育局", "999901", "999901"),  # invented: the registry's word is taken
            ("古镇镇人民政府", "442000", "442000"),
            ("县教育局", "150824", "150824"),
            ("市教育局", "654201", "654201"),  # the site of a county-level city
            ("市教育局", "150824", "150800"),  # the city around the banner
            ("市场监督管理局", "150824", "150824"),  # 市场 is no level
            ("朝阳区教育局", "220100", "220104"),
            ("桥西区教育局", "130102", "130104"),  # the neighbour's site
        ],
    )
    def test_by_the_site(self, organisation: str, site: str, code: str) -> None:
        assert region_of(organisation, 2023, SILENT, Hints(site_region_code=site)) == (code, ())
        assert region_of(organisation, 2023, document(siteidcode=f"{site}0001"), NO_HINTS) == (code, ())

    def test_site_of_a_ministry_is_no_division(self) -> None:
        code, problems = region_of("示例县教育局", 2023, document(siteidcode="bm14000002"), NO_HINTS)
        assert (code, [problem.code for problem in problems]) == (None, ["region_unknown"])

    def test_namesakes_by_the_text(self) -> None:
        said = document("根据长春市人民政府的要求，现报告如下。")
        assert region_of("朝阳区教育局", 2023, said, NO_HINTS) == ("220104", ())
        both = document("长春市与北京市的经验如下。")
        code, problems = region_of("朝阳区教育局", 2023, both, NO_HINTS)
        assert (code, [problem.code for problem in problems]) == (None, ["ambiguous_division"])

    def test_a_county_that_no_table_has_is_not_its_prefecture(self) -> None:
        code, problems = region_of("示例县教育局", 2023, SILENT, Hints(site_region_code="320800"))
        assert (code, [problem.code for problem in problems]) == (None, ["region_unknown"])


class TestBody:
    @pytest.mark.parametrize(
        ("organisation", "code", "name"),
        [
            ("示例市示例区人民政府", "999901", "示例区人民政府"),
            ("示例区人民政府", "999901", "示例区人民政府"),
            ("示例区人民政府办公室", "999901", "示例区人民政府办公室"),  # another body
            ("内蒙古自治区巴彦淖尔市乌拉特中旗教育局", "150824", "乌拉特中旗教育局"),
            ("县教育局", "150824", "乌拉特中旗教育局"),
            ("教育局", "150824", "乌拉特中旗教育局"),
            ("市场监督管理局", "150824", "乌拉特中旗市场监督管理局"),
            ("民和县教育局", "630222", "民和回族土族自治县教育局"),
            ("民和回族土族自治县教育局", "630222", "民和回族土族自治县教育局"),
            ("广州市天河区教育局", "440106", "天河区教育局"),
            ("江干区教育局", "330102", "江干区教育局"),  # the heir's code, the printed name
            ("示例市城市管理局", "999900", "示例市城市管理局"),
            ("教育部", None, "教育部"),
        ],
    )
    def test_one_name(self, organisation: str, code: str | None, name: str) -> None:
        assert body_of(organisation, code, 2022) == Body(name, code)

    def test_level_word_by_the_name_of_the_site(self) -> None:
        hints = Hints(site_name="示例县人民政府")
        assert body_of("县教育局", "999901", 2023, hints) == Body("示例县教育局", "999901")

    def test_no_name(self) -> None:
        assert body_of(None, None, None) == Body("", None)


class TestPublished:
    @pytest.mark.parametrize(
        "line",
        [
            "2024年1月12日",
            "2024 年 01 月 12 日",
            "2024-01-12 09:16",
            "[2024-01-12]",
            "(2024年1月12日)",
            "二〇二四年一月十二日",
            "示例县教育局2024年1月12日",
        ],
    )
    def test_signature(self, line: str) -> None:
        assert published_of(document("2023年1月1日至2023年12月31日", FORM, "无。", line), NO_HINTS) == "2024-01-12"

    def test_a_date_beside_the_name_comes_before_others(self) -> None:
        found = document(FORM, "无。", "2024-03-01", "相关链接", "示例县教育局", "2024年1月12日")
        assert published_of(found, NO_HINTS) == "2024-01-12"

    def test_neither_prose_nor_period(self) -> None:
        found = document("统计期限", "2023年1月1日至2023年12月31日", FORM, "截至2024年1月3日，无其他事项。")
        assert published_of(found, NO_HINTS) is None
        assert published_of(document(FORM, "2023年13月40日"), NO_HINTS) is None

    def test_the_page_where_nobody_signs(self) -> None:
        assert published_of(document(FORM, pubdate="2024-01-14 01:59"), NO_HINTS) == "2024-01-14"
        assert published_of(document("发布日期：2024-01-25 来源：示例县教育局", FORM), NO_HINTS) == "2024-01-25"
        assert published_of(document(FORM, pubdate="{{date}}"), Hints(page_published="2024-01-20")) == "2024-01-20"

    def test_signature_before_the_page(self) -> None:
        found = document(FORM, "示例县教育局", "2024年1月12日", pubdate="2025-07-14")
        assert published_of(found, NO_HINTS) == "2024-01-12"


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("（地址：示例路1号，邮编：999999，电话：0999-9123456，电子邮箱：a@b.example）", "0999-9123456"),
        ("传真：0999-9000000，电话 ：0999 - 9123456。", "0999 - 9123456"),
        ("联系电话（0999）9123456", "（0999）9123456"),
        ("电话：０９９９－９１２３４５６", "０９９９－９１２３４５６"),
        ("电话/传真：0999-9123456", "0999-9123456"),
        ("电 话：12345", "12345"),
        ("传真电话：0999-9000000", None),
        ("全年受理电话咨询 3119 件", None),
        ("无", None),
    ],
)
def test_phone(line: str, number: str | None) -> None:
    assert phone_of(document(line)) == number


def corpus_files() -> list[Path]:
    folder = os.environ.get("NIANBAO_CORPUS")
    return sorted((Path(folder) / "gold").rglob("*.json")) if folder else []


def test_corpus_is_there_in_ci() -> None:
    if not corpus_files():
        assert os.environ.get("CI") != "true", "NIANBAO_CORPUS must name the corpus in CI"
        pytest.skip("NIANBAO_CORPUS is not set: the facts of the six real documents are not compared")
    assert len(corpus_files()) == 6


@pytest.mark.parametrize("gold", corpus_files(), ids=lambda path: path.stem)
def test_facts_equal_gold(gold: Path) -> None:
    wanted = json.loads(gold.read_text("utf-8"))
    root = gold.parents[2]
    file = next(path for path in (root / gold.parent.name).iterdir() if path.stem == gold.stem)
    found = convert_payload(file.read_bytes())
    title = title_of(found, NO_HINTS)
    organisation = organisation_of(title, found, NO_HINTS)
    year, year_problems = report_year_of(title, found, NO_HINTS)
    code, code_problems = region_of(organisation, year, found, NO_HINTS)
    read = {
        "organisation": organisation,
        "report_year": year,
        "region_code": code,
        "published": published_of(found, NO_HINTS),
        "phone": phone_of(found),
    }
    assert read == {name: wanted[name] for name in read}
    assert (year_problems, code_problems) == ((), ())
    assert body_of(organisation, code, year) == Body(wanted["organisation"], wanted["region_code"])


def test_blank_form_has_neither_name_nor_year() -> None:
    if not corpus_files():
        pytest.skip("NIANBAO_CORPUS is not set")
    path = corpus_files()[0].parents[2] / "docx" / "official_form_2021.docx"
    found = convert_payload(path.read_bytes())
    title = title_of(found, NO_HINTS)
    assert title == "政府信息公开工作年度报告格式模板"
    assert organisation_of(title, found, NO_HINTS) is None
    assert report_year_of(title, found, NO_HINTS) == (None, ())
    assert (published_of(found, NO_HINTS), phone_of(found)) == (None, None)
