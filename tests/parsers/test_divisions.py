"""Every division of the table is found by its name, and a name that several bear is never guessed."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from parsers.divisions import load_divisions
from parsers.divisions.from_npm import contradictions
from parsers.divisions.history import KNOWN_FROM, KNOWN_UNTIL, Division
from parsers.divisions.regions import body_of, region_of
from parsers.document import Document
from parsers.report import Body, Hints
from parsers.titles import body_in, read_title

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
    # 2,978 counties in the source, less those three; then 西沙区, 南沙区, 和康县, 和安县 and 两江新区 more, and
    # 江北区 and 渝北区 of 重庆 less.
    assert len(codes) == 31 + 333 + 2978 - 3 + 5 - 2


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
    wrong = [d.code for d in TABLE.list_current() if codes_of(TABLE.path_of(d.code) + "教育局", 2025) != [d.code]]
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
        ("崇川区", 2019, "320602"),  # united with 港闸区 in 2020
        ("崇川区", 2021, "320613"),
        ("嘉黎县", 2016, "542422"),  # 那曲地区 became 那曲市; the ministry's table of the end of 2017 has the new codes
        ("嘉黎县", 2018, "540621"),
        ("沙县", 2020, "350427"),
        ("沙县区", 2021, "350405"),
        ("水城县", 2019, "520221"),
        ("水城区", 2022, "520204"),
        ("东乡县", 2023, "622926"),  # 东乡族自治县; 东乡县 in 江西 became 东乡区 in 2016
        ("米林县", 2022, "540422"),  # 林芝, a city since 2023-04-03
        ("米林市", 2023, "540481"),
        ("错那县", 2015, "542232"),  # 山南地区 became a city in 2016, 错那县 one in 2023
        ("错那县", 2022, "540530"),
        ("错那市", 2023, "540581"),
        ("白杨市", 2023, "659012"),
        ("和康县", 2024, "653228"),
        ("和安县", 2024, "653229"),
        ("重庆市江北区", 2024, "500105"),
        ("重庆市两江新区", 2025, "500157"),
        ("重庆两江新区", 2024, "500000"),  # a zone of the city, before it was a district of its own
        ("巴里坤县", 2015, "652222"),  # 哈密地区 became a city in 2016
        ("巴里坤哈萨克自治县", 2016, "650521"),
        ("兰陵县", 2014, "371324"),  # 苍山县 until 2014, under the same code
        ("浑南区", 2015, "210112"),  # 东陵区
        ("鄠邑区", 2017, "610118"),  # 户县
    ],
)
def test_codes_are_those_of_the_report_year(name: str, year: int, code: str) -> None:
    assert codes_of(f"{name}教育局", year) == [code]


@pytest.mark.parametrize(
    ("name", "year", "code", "said"),
    [
        ("米林县", 2024, "540481", "米林县 (540422) became 米林市 (540481) on 2023-04-03 (county_to_city)"),
        ("米林市", 2021, "540422", "米林县 (540422) became 米林市 (540481) on 2023-04-03 (county_to_city)"),
        ("江干区", 2022, "330102", "江干区 (330104) went into 上城区 (330102) in 2021 (divided)"),
        ("邯郸县", 2020, "130421", "no one division stood in its place"),  # shared out between two districts
    ],
)
def test_another_years_name_is_said(name: str, year: int, code: str, said: str) -> None:
    found, problems = region_of(f"{name}教育局", year, SILENT, Hints())
    assert found == code
    assert [(problem.code, problem.severity) for problem in problems] == [("other_years_division", "note")]
    assert said in problems[0].says


def test_a_namesake_that_ended_in_the_year_stays_in_question() -> None:
    """江北区 of 重庆 ended in November 2025: a report on 2025 may be its heir's, or 江北区's in 宁波."""
    assert region_of("江北区教育局", 2025, SILENT, Hints())[0] is None
    assert region_of("江北区教育局", 2025, SILENT, Hints(site_region_code="500105"))[0] == "500157"
    assert region_of("江北区教育局", 2025, SILENT, Hints(site_region_code="330205"))[0] == "330205"
    assert codes_of("江北区教育局", 2026) == ["330205"]


@pytest.mark.parametrize(
    ("site", "year", "code"),
    [("540481", 2021, "540422"), ("540422", 2024, "540481"), ("370117", 2017, "371203"), ("350405", 2020, "350427")],
)
def test_a_site_code_of_another_year(site: str, year: int, code: str) -> None:
    """A page keeps its old SiteIDCode, or an old report stands on today's site."""
    assert region_of("教育局", year, SILENT, Hints(site_region_code=site))[0] == code


@pytest.mark.parametrize(
    ("printed", "year", "body"),
    [
        ("米林县教育局", 2022, Body("米林县教育局", "540422")),
        ("米林县教育局", 2024, Body("米林市教育局", "540481")),  # the old name on a new report: one body
        ("西藏自治区林芝市米林市教育局", 2024, Body("米林市教育局", "540481")),
        ("苍山县人民政府", 2014, Body("兰陵县人民政府", "371324")),
        ("江干区教育局", 2022, Body("江干区教育局", "330102")),  # divided: its heir is another body
        ("港闸区教育局", 2022, Body("港闸区教育局", "320613")),  # merged into 崇川区
    ],
)
def test_one_body_through_changes(printed: str, year: int, body: Body) -> None:
    code, _ = region_of(printed, year, SILENT, Hints())
    assert body_of(printed, code, year) == body


def test_the_line_of_a_division() -> None:
    (today,) = TABLE.find_name("错那市")
    line = [("542232", "错那县", None, 2016), ("540530", "错那县", 2016, 2023), ("540581", "错那市", 2023, None)]
    assert TABLE.history.line_of(today) == tuple(Division(*each) for each in line)
    assert TABLE.history.line_of(Division(*line[0])) == TABLE.history.line_of(today)


def test_no_division_goes_on_in_two_or_comes_from_two() -> None:
    after = Counter(change.old for change in TABLE.history.changes if change.continues)
    before = Counter(change.new for change in TABLE.history.changes if change.continues)
    assert {*after.values(), *before.values()} == {1}


def test_changes_are_of_the_years_they_are_said_to_be() -> None:
    for change in TABLE.history.changes:
        assert KNOWN_FROM <= change.year <= KNOWN_UNTIL
        assert change.day == "" or change.day[:4] == str(change.year)
        old_ends = change.old is not None and change.kind != "split_off"
        assert change.old is None or (change.old.until == change.year) is old_ends
        if change.continues or change.kind in ("founded", "split_off"):
            assert change.new.since == change.year


def test_every_former_name_leads_to_a_standing_division() -> None:
    """But for three that were shared out with no larger part: 邯郸县, 桥东区 of 石家庄 and 乌马河区 of 伊春."""
    ended = [d for d in TABLE.list_former() if TABLE.history.in_year(d, KNOWN_UNTIL) is None]
    assert {(d.code, d.name) for d in ended} == {("130421", "邯郸县"), ("130103", "桥东区"), ("230711", "乌马河区")}


@pytest.mark.parametrize(
    ("name", "sites"),
    [
        ("鼓楼区", {"南京市": "320106", "徐州市": "320302", "福州市": "350102", "开封市": "410204"}),
        ("城关区", {"兰州市": "620102", "拉萨市": "540102"}),
        ("朝阳区", {"北京市": "110105", "长春市": "220104"}),
        ("普陀区", {"上海市": "310107", "舟山市": "330903"}),
    ],
)
def test_namesakes_by_site_and_by_page(name: str, sites: dict[str, str]) -> None:
    for city, code in sites.items():
        for hints in (
            Hints(site_region_code=code),
            Hints(site_name=f"{city}人民政府"),
            Hints(page_title=f"{city}{name}"),
        ):
            assert region_of(f"{name}教育局", 2023, SILENT, hints) == (code, ())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("巴里坤县", "650521"),  # 巴里坤哈萨克自治县
        ("察布查尔县", "654022"),  # 察布查尔锡伯自治县
        ("积石山县", "622927"),  # 积石山保安族东乡族撒拉族自治县
        ("双江县", "530925"),  # 双江拉祜族佤族布朗族傣族自治县
        ("维西县", "533423"),  # 维西傈僳族自治县
        ("阜新县", "210921"),  # 阜新蒙古族自治县
        ("围场县", "130828"),  # 围场满族蒙古族自治县
        ("龙胜县", "450328"),  # 龙胜各族自治县
        ("莫力达瓦旗", "150722"),  # 莫力达瓦达斡尔族自治旗
        ("黔西南州", "522300"),  # 黔西南布依族苗族自治州
    ],
)
def test_autonomous_places_as_people_call_them(name: str, code: str) -> None:
    assert codes_of(f"{name}教育局", 2023) == [code]


@pytest.mark.parametrize(
    ("name", "code", "problems"),
    [
        ("成都高新技术产业开发区管理委员会", "510100", ["zone_without_code"]),
        ("长沙市高新区管委会", "430100", ["zone_without_code"]),
        ("贵州贵安新区管理委员会", "520000", ["zone_without_code"]),
        ("新疆生产建设兵团第八师石河子市教育局", "659001", []),
        ("第一师阿拉尔市审计局", "659002", []),
        ("新疆生产建设兵团第八师教育局", "650000", ["zone_without_code"]),
        ("新疆生产建设兵团教育局", "650000", ["zone_without_code"]),
    ],
)
def test_zones_and_the_corps(name: str, code: str, problems: list[str]) -> None:
    found, said = region_of(name, 2023, SILENT, Hints())
    assert (found, [problem.code for problem in said]) == (code, problems)


@pytest.mark.parametrize("said", ["本局", "我局", "本机关", "我委", "本单位", "我县人民政府办公室", "我市政府"])
def test_a_title_that_says_only_mine_names_no_one(said: str) -> None:
    """The signature, then the site, says whose: 本局 alone with 中旗's site is no name of a body."""
    title = read_title(f"{said}2023年政府信息公开工作年度报告")
    assert (title.kind, title.organisation, title.report_year) == ("report", None, 2023)
    assert body_in(said) is None


@pytest.mark.parametrize(
    ("printed", "site", "code", "body"),
    [
        ("市教育局", "220104", "220100", "长春市教育局"),  # on the site of 朝阳区
        ("我县教育局", "150824", "150824", "乌拉特中旗教育局"),
        ("本市公安局", "654201", "654201", "塔城市公安局"),  # a city of county level
        ("区教育局", "540102", "540102", "城关区教育局"),
        ("教育局", "540481", "540481", "米林市教育局"),
        ("省水利厅", "522301", "520000", "贵州省水利厅"),
        ("州教育局", "222401", "222400", "延边朝鲜族自治州教育局"),
    ],
)
def test_a_level_word_is_the_place_around_the_site(printed: str, site: str, code: str, body: str) -> None:
    found, problems = region_of(printed, 2023, SILENT, Hints(site_region_code=site))
    assert (found, problems) == (code, ())
    assert body_of(printed, found, 2023) == Body(body, code)


def test_the_corps_is_no_name_of_its_region() -> None:
    assert body_of("第八师石河子市教育局", "659001", 2023).name == "新疆生产建设兵团第八师石河子市教育局"
    assert body_of("新疆生产建设兵团教育局", "650000", 2023).name == "新疆生产建设兵团教育局"


def test_a_code_is_explained() -> None:
    assert TABLE.path_of("150824") == "内蒙古自治区巴彦淖尔市乌拉特中旗"
    assert [division.code for division in TABLE.chain_of("429004")] == ["420000", "429004"]


def test_a_release_is_held_against_the_history() -> None:
    """Exactly what it lists too much and too little, and nothing about the year of a change."""
    history = TABLE.history
    state = dict.fromkeys((d.code, d.name) for d in history.divisions if d.stands(2022))
    assert list(contradictions("2022-10-31", state, history)) == []
    assert list(contradictions("2023-06-30", state, history)) == []  # 米林, 错那 and 白杨: in this very year
    del state["371324", "兰陵县"]
    state["540481", "米林市"] = None
    state["999901", "示例县"] = None
    assert sorted(contradictions("2022-10-31", state, history)) == [
        "2022-10-31 lacks 371324 兰陵县 against the history",
        "2022-10-31 lists 540481 米林市 against the history",
    ]
    state["130199", "示例县"] = None
    assert "2022-10-31 lists 130199 示例县, which the history has not" in contradictions("2022-10-31", state, history)
