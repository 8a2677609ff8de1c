"""The division that a body belongs to, and the one name behind its spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.divisions import Divisions, Place, load_divisions
from parsers.divisions.history import Division
from parsers.document import Document, Problem, Table
from parsers.report import Body, Hints
from parsers.text import squeeze

_SITE_CODE = re.compile(
    r"^([1-9]\d{5})\d{4}$"
)  # SiteIDCode 1508240001: division, then number; bm14000002 is a ministry
# Bodies of the state itself, by the beginning of the name (国务院组成部门, 直属机构 and their bureaus).
_NATIONAL = re.compile(
    r"国务院|中华人民共和国|国家.{1,14}(?:局|署|委员会|部|办公室|总局)|中国(?:证券|银行|保险|人民银行|地震|气象|民用|科学院|工程院|社会科学院)"
    r"|海关总署|审计署|中央.{1,12}(?:办公室|委员会|部)|.{2,6}海关$|证监会|银保监会|金融监管总局|最高人民"
    r"|(?:外交|国防|教育|科学技术|科技|工业和信息化|公安|国家安全|民政|司法|财政|人力资源和社会保障|自然资源|环境保护|生态环境|住房和城乡建设"
    r"|交通运输|水利|农业|农业农村|商务|文化|文化和旅游|退役军人事务|应急管理)部"
)
_BRANCH = re.compile(r"国家税务总局|国家统计局|国家金融监督管理总局|中国人民银行|国家外汇管理局|中共")
# 新疆生产建设兵团第八师石河子市教育局, 第一师阿拉尔市审计局: the corps and its divisions have no code of the table.
_CORPS = re.compile(r"(?:新疆生产建设兵团|兵团)?第[一二三四五六七八九十]{1,2}师|新疆生产建设兵团")
_ZONE = re.compile(
    r"[^局委厅办]{0,14}?(?:(?:经济|高新|技术|产业|工业|旅游|保税|综合|示范|试验|实验|合作|开发|物流|循环|化工|农业|生态|空港|临港|管理|度假|名胜|食品)+"
    r"(?:开发)?[园新]?区|[经高]开区|高新区|开发区|工业园|园区|保税区|新区|新城)"
)
# 县教育局, 市人民政府, 自治区教育厅: the level stands for the place; 市场监督管理局 and 区划办 do not.
_LEVEL = re.compile(
    r"[本我]?(自治区|自治州|自治县|省|市(?!场|容|政(?!府))|县(?!域|直)|区(?!域|划|块|直)|旗|州|盟|地区)(?=.)"
)
# A path of places that no table has: 示例市示例区 | 人民政府
_UNLISTED = re.compile(
    r"(?P<around>(?:[^省市县区旗州盟]{1,8}(?:省|自治区|市|自治州|州|盟|地区))*)"
    r"(?P<own>[^省市县区旗州盟]{1,10}(?:(?<!城)市|县|(?<![社园发景新])区|旗|自治州|州|盟|省))(?P<rest>.+)$"
)
_NO_PLACE = re.compile(r"(?:市场|市政|市容)?[^省市县区旗州盟镇乡街道村]{1,14}(?:局|委员会|委|厅|办公室|办|政府)$")
_PLACE_OF_LEVEL = {
    "省": 2,
    "自治区": 2,
    "自治州": 4,
    "州": 4,
    "盟": 4,
    "地区": 4,
    "自治县": 6,
    "县": 6,
    "旗": 6,
    "区": 6,
}


def region_of(
    organisation: str | None, report_year: int | None, document: Document, hints: Hints
) -> tuple[str | None, tuple[Problem, ...]]:
    """The code of the division of county level or above that the body belongs to, valid in the report year.

    A county's department or township → the county; a prefecture's → the prefecture; a province's → xx0000; a body
    of the state → None without a problem. Namesakes are settled by the site's code, then by the places that page
    and text name; else None with ``ambiguous_division``. A place that no table has gets the site's code as given.
    A name of another year gets the code of the report year, with ``other_years_division``.
    """
    table = load_divisions()
    site = _in_year(site_code_of(document, hints), report_year, table)
    if organisation is None:
        return site, ()
    if corps := _CORPS.match(organisation):
        return _in_corps(organisation[corps.end() :], report_year, table)
    branch = _BRANCH.match(organisation)
    name = organisation[branch.end() :] if branch else organisation
    place = table.at_start(name, report_year)
    if (place is None or not place.sure) and (branch or _NATIONAL.match(organisation)):
        return None, ()
    if place is None or (not place.sure and _ZONE.match(name, place.end) is None):
        return _by_site(name, site, table)
    if len(place.divisions) == 1:
        return place.divisions[0].code, _zone_problem(name, place) + _of_another_year(place, report_year)
    one = table.nearest(place.divisions, site) if site else None
    one = one or table.settle(place.divisions, _evidence(document, hints))
    if one is not None:
        return one.code, _zone_problem(name, place)
    paths = "; ".join(table.path_of(division.code) for division in place.divisions)
    return None, (Problem("ambiguous_division", f"{name[: place.end]} may be {paths}, and nothing says which"),)


def body_of(
    organisation: str | None, region_code: str | None, report_year: int | None, hints: Hints | None = None
) -> Body:
    """The one identity behind the spellings: the division's own name, then the rest of the name.

    "示例市示例区人民政府" → "示例区人民政府"; "县教育局" with the code of 乌拉特中旗 → "乌拉特中旗教育局";
    "民和县教育局" → "民和回族土族自治县教育局"; "米林县教育局" of 2023 → "米林市教育局". A government and its office
    stay two bodies, and so does what was merged or divided. "" without a name.
    """
    if organisation is None:
        return Body("", region_code)
    if corps := _CORPS.match(organisation):
        unit = corps.group().removeprefix("新疆生产建设").removeprefix("兵团")
        return Body(f"新疆生产建设兵团{unit}{organisation[corps.end() :]}", region_code)
    table = load_divisions()
    place = table.at_start(organisation, report_year)
    if place is not None and place.sure:
        own = _own_name(organisation[: place.end], place, region_code, report_year, table)
        return Body(own + organisation[place.end :], region_code)
    level = _LEVEL.match(organisation)
    if level is not None or _NO_PLACE.match(organisation):
        own = _name_of_region(region_code, report_year, hints, table)
        return Body(own + organisation[level.end() if level and own else 0 :], region_code)
    unlisted = _UNLISTED.match(organisation)
    if unlisted is not None and unlisted["around"]:
        return Body(unlisted["own"] + unlisted["rest"], region_code)
    return Body(organisation, region_code)


def site_code_of(document: Document, hints: Hints) -> str | None:
    """The division in the page's SiteIDCode, else the registry's; None where neither has six digits."""
    if found := _SITE_CODE.match(document.meta.get("siteidcode", "").strip()):
        return found[1]
    return hints.site_region_code if re.fullmatch(r"[1-9]\d{5}", hints.site_region_code) else None


def _in_year(code: str | None, year: int | None, table: Divisions) -> str | None:
    """A site's code of any year → the code of the same place in the report year; an unknown code as it is."""
    division = None if code is None or year is None else table.find_code(code, year)
    if division is None or year is None:
        return code
    walk = table.history.in_year(division, year)
    return code if walk is None else walk[0].code


def _in_corps(rest: str, year: int | None, table: Divisions) -> tuple[str, tuple[Problem, ...]]:
    """What follows the corps' name → the city that is one with its division (石河子市), else 新疆."""
    place = table.at_start(rest, year)
    if place is not None and place.sure and len(place.divisions) == 1:
        return place.divisions[0].code, ()
    says = "新疆生产建设兵团 and its divisions have no code of their own; that of 新疆 is given"
    return "650000", (Problem("zone_without_code", says, severity="note"),)


def _of_another_year(place: Place, year: int | None) -> tuple[Problem, ...]:
    """A division printed by a name that it did not bear at the end of the report year."""
    only = place.divisions[0]
    if place.changes:
        says = "; ".join(change.told() for change in place.changes) + f": the code of {year} is given"
    elif year is not None and not only.stands(year):
        says = f"{only.name} ({only.code}) did not stand at the end of {year}, and no one division stood in its place"
    else:
        return ()
    return (Problem("other_years_division", says, severity="note"),)


def _by_site(name: str, site: str | None, table: Divisions) -> tuple[str | None, tuple[Problem, ...]]:
    """The division of a name that no table knows: the site's, or what lies around it at the level that is said."""
    zone = _zone_in(name)
    if site is None:
        if zone is not None:
            return None, (_zone_without_code(zone), _unknown(name))
        return None, (_unknown(name),)
    if zone is not None:
        return site, (_zone_without_code(zone),)
    if level := _LEVEL.match(name):
        return _at_level(level[1], site, table), ()
    known = table.find_code(site)
    unlisted = _UNLISTED.match(name)
    if known is not None and known.code.endswith("00") and unlisted is not None and unlisted["own"][-1] in "县旗":
        return None, (_unknown(name),)  # a county that is not in the table, on the site of a prefecture
    return site, ()


def _at_level(level: str, site: str, table: Divisions) -> str:
    """ "市教育局" on the site of a county of that city → the city; the site itself where it is of that level."""
    chain = [division for division in table.chain_of(site) if division.code != site]
    if level == "市":
        known = table.find_code(site)
        if known is None or known.name.endswith("市"):
            return site
        return next((division.code for division in reversed(chain) if division.name.endswith("市")), site)
    digits = _PLACE_OF_LEVEL[level]
    code = site[:digits].ljust(6, "0")
    return code if table.find_code(code) is not None else site


def _zone_in(name: str) -> str | None:
    found = _ZONE.match(name)
    return found.group() if found is not None else None


def _zone_problem(name: str, place: Place) -> tuple[Problem, ...]:
    """A zone that follows a division and has no code of its own."""
    zone = _ZONE.match(name, place.end)
    return (_zone_without_code(zone.group()),) if zone is not None else ()


def _zone_without_code(zone: str) -> Problem:
    return Problem(
        "zone_without_code", f"{zone} has no code of its own; the division around it is given", severity="note"
    )


def _unknown(name: str) -> Problem:
    return Problem(
        "region_unknown", f"no division is named at the beginning of {name}, and the site has no code for it"
    )


def _evidence(document: Document, hints: Hints) -> Iterator[str]:
    """Texts that may say where a body is, the strongest first: site, page, link; then the document's own prose."""
    meta = document.meta
    yield squeeze(meta.get("sitename", "") + hints.site_name)
    yield squeeze(
        "".join((meta.get("articletitle", ""), meta.get("contentsource", ""), hints.page_title, hints.link_text))
    )
    yield squeeze("".join(block.text for block in document.blocks if not isinstance(block, Table)))


def _own_name(printed: str, place: Place, code: str | None, year: int | None, table: Divisions) -> str:
    """The last name of a printed path, in full; another year's name of the same division becomes this year's.

    What was merged or divided keeps the name that is printed: its heir is another body.
    """
    for start in range(len(printed) - 1):
        for bearer in table.find_name(printed[start:]):
            walk = (bearer, ()) if year is None else table.history.in_year(bearer, year)
            if walk is not None and walk[0] in place.divisions and code in (None, walk[0].code):
                return walk[0].name if all(change.continues for change in walk[1]) else printed[start:]
            if code == bearer.code:
                return printed[start:]
    names = {division.name for division in place.divisions if code in (None, division.code)}
    return names.pop() if len(names) == 1 else printed


def _name_of_region(code: str | None, year: int | None, hints: Hints | None, table: Divisions) -> str:
    division: Division | None = table.find_code(code, year) if code is not None else None
    if division is not None:
        return division.name
    unlisted = _UNLISTED.match(squeeze(hints.site_name)) if hints is not None else None
    return unlisted["own"] if unlisted is not None else ""
