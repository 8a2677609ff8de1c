"""Every division of the table is found by its name, and a name that several bear is never guessed."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from parsers.divisions import load_divisions
from parsers.divisions_from_npm import changes_between
from parsers.document import Document
from parsers.regions import region_of
from parsers.report import Hints
from parsers.titles import read_title

TABLE = load_divisions()
SILENT = Document((), "dump", "test/1")


def codes_of(text: str, year: int | None = None) -> list[str]:
    place = TABLE.at_start(text, year)
    return [division.code for division in place.divisions] if place is not None and place.sure else []


def test_table_holds_all_levels() -> None:
    codes = [division.code for division in TABLE.list_current()]
    assert len(codes) == len(set(codes))
    provinces = [code for code in codes if code.endswith("0000")]
    assert len(provinces) == 31
    prefectures = [code for code in codes if code.endswith("00") and not code.endswith("0000")]
    # 342 rows of level two in the source: nine exist on paper only; 东莞, 中山 and 儋州 are told again as counties.
    assert len(prefectures) == 333
    assert len(codes) == 31 + 333 + 2978 - 3


@pytest.mark.parametrize("level", ["0000", "00", ""])
def test_fifty_at_random_read_from_a_title(level: str) -> None:
    """<name>教育局2023年政府信息公开工作年度报告: the bare name where it is the only one, else the full path."""
    of_level = [
        d for d in TABLE.list_current() if (level == "" and d.code[4:] != "00") or (level and _level(d.code) == level)
    ]
    drawn = random.Random(20230630).sample(of_level, min(50, len(of_level)))
    bearers = Counter(division.name for division in TABLE.list_current())
    for division in drawn:
        name = division.name if bearers[division.name] == 1 else TABLE.path_of(division.code)
        title = read_title(f"{name}教育局2023年政府信息公开工作年度报告")
        assert (title.organisation, title.report_year) == (f"{name}教育局", 2023)
        assert region_of(title.organisation, title.report_year, SILENT, Hints()) == (division.code, ())


def _level(code: str) -> str:
    return "0000" if code.endswith("0000") else "00" if code.endswith("00") else ""


def test_every_full_path_is_read() -> None:
    wrong = [d.code for d in TABLE.list_current() if codes_of(TABLE.path_of(d.code) + "教育局", 2023) != [d.code]]
    assert wrong == []


def test_every_namesake_is_left_open() -> None:
    bearers = Counter(division.name for division in TABLE.list_current())
    shared = [name for name, count in bearers.items() if count > 1 and name != "嘉峪关市"]
    assert {"朝阳区", "鼓楼区", "城关区", "市中区", "南山区", "西湖区"} <= set(shared)
    for name in shared:
        code, problems = region_of(f"{name}教育局", 2023, SILENT, Hints())
        assert code is None
        assert [problem.code for problem in problems] == ["ambiguous_division"]


def test_city_without_counties_is_the_city() -> None:
    """620201 is the statistics bureau's county inside 嘉峪关市, a city without counties."""
    assert codes_of("嘉峪关市教育局") == ["620200"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("内蒙古自治区巴彦淖尔市乌拉特中旗教育局", "150824"),
        ("长春市南关区教育局", "220102"),
        ("浙江省义乌市教育局", "330782"),  # the prefecture left out
        ("宁波江北区教育局", "330205"),  # the prefecture without its 市
        ("北京市市辖区东城区教育局", "110101"),  # a level that exists on paper only
        ("重庆市县城口县教育局", "500229"),
        ("湖北省仙桃市教育局", "429004"),  # answers to the province
        ("石河子市教育局", "659001"),
        ("广东省东莞市东莞市教育局", "441900"),
        ("新疆教育厅", "650000"),
        ("宁夏教育厅", "640000"),
        ("北京住房和城乡建设委员会", "110000"),
        ("民和县教育局", "630222"),  # 民和回族土族自治县
        ("鄂温克旗教育局", "150724"),  # 鄂温克族自治旗
        ("临夏州教育局", "622900"),
        ("黔东南州教育局", "522600"),
        ("海南州教育局", "632500"),  # and not the province 海南
        ("海南区教育局", "150303"),  # a district of 乌海
        ("河北区教育局", "120105"),  # a district of 天津, and not the province 河北
        ("浦东新区教育局", "310115"),
        ("淮安经济技术开发区管理委员会", "320871"),  # a zone with a code of the statistics bureau
    ],
)
def test_names_in_use(text: str, code: str) -> None:
    assert codes_of(text, 2023) == [code]


@pytest.mark.parametrize("text", ["示例县教育局", "北京路街道办事处", "朝阳教育局", "淮安教育局", "教育局", ""])
def test_no_division_in_these(text: str) -> None:
    assert codes_of(text, 2023) == []


@pytest.mark.parametrize(
    ("name", "year", "code"),
    [
        ("江干区", 2019, "330104"),  # 杭州, divided in 2021; the larger part went to 上城区
        ("江干区", 2022, "330102"),
        ("钢城区", 2018, "371203"),  # of 莱芜市, which became part of 济南市 in January 2019
        ("钢城区", 2019, "370117"),
        ("崇川区", 2019, "320602"),
        ("崇川区", 2021, "320613"),
        ("嘉黎县", 2017, "542422"),  # 那曲地区 became 那曲市 in 2018
        ("嘉黎县", 2018, "540621"),
        ("沙县", 2020, "350427"),
        ("水城县", 2019, "520221"),
        ("水城区", 2022, "520204"),
        ("东乡县", 2023, "622926"),  # 东乡族自治县; 东乡县 in 江西 became 东乡区 in 2017
    ],
)
def test_codes_are_those_of_the_report_year(name: str, year: int, code: str) -> None:
    assert codes_of(f"{name}教育局", year) == [code]


def test_every_former_name_leads_to_a_standing_division() -> None:
    """邯郸县 was divided between two districts, and is the only one without a successor."""
    open_ended = [d.name for d in TABLE.list_former() if TABLE.find_code(d.successor) is None or not d.gone_by]
    assert open_ended == ["邯郸县"]


def test_a_code_is_explained() -> None:
    assert TABLE.path_of("150824") == "内蒙古自治区巴彦淖尔市乌拉特中旗"
    assert [division.code for division in TABLE.chain_of("429004")] == ["420000", "429004"]


def test_changes_are_what_the_next_table_lacks() -> None:
    """莱芜 2019: a city dissolved, a district renamed, a district under the same name in another city."""
    before = dict.fromkeys([("371200", "莱芜市"), ("371202", "莱城区"), ("371203", "钢城区"), ("370171", "示例开发区")])
    after = dict.fromkeys([("370116", "莱芜区"), ("370117", "钢城区")])
    assert changes_between([("2018-10-31", before), ("2019-10-31", after)]) == [
        ("371200", "莱芜市", "2018-10-31", "2019-10-31", "370100"),
        ("371202", "莱城区", "2018-10-31", "2019-10-31", "370116"),
        ("371203", "钢城区", "2018-10-31", "2019-10-31", "370117"),
    ]
