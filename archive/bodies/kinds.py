"""A body's name → what it looks after, at what level of government: what peers and facets are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of body in both languages; ``words`` are what names of this kind hold, the more telling first."""

    zh: str
    en: str
    words: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    "reform": Kind("发展改革", "Development and reform", ("发展和改革", "发展改革", "发改")),
    "education": Kind("教育", "Education", ("教育", "教体")),
    "science": Kind("科技", "Science and technology", ("科学技术", "科技", "科学和技术")),
    "industry": Kind("工业信息化", "Industry and information", ("工业和信息化", "经济和信息化", "工信", "经信")),
    "ethnic": Kind("民族宗教", "Ethnic and religious affairs", ("民族", "宗教", "民宗")),
    "police": Kind("公安", "Public security", ("公安",)),
    "civil": Kind("民政", "Civil affairs", ("民政",)),
    "justice": Kind("司法", "Justice", ("司法",)),
    "finance": Kind("财政", "Finance", ("财政",)),
    "labour": Kind("人力资源", "Labour and social security", ("人力资源", "人社")),
    "land": Kind("自然资源", "Natural resources", ("自然资源", "国土资源", "规划")),
    "environment": Kind("生态环境", "Environment", ("生态环境", "环境保护", "环保")),
    "housing": Kind("住房建设", "Housing and construction", ("住房和城乡建设", "住房城乡建设", "住建", "建设")),
    "enforcement": Kind("城市管理", "City management", ("城市管理", "综合行政执法", "城管", "综合执法")),
    "transport": Kind("交通", "Transport", ("交通",)),
    "water": Kind("水利", "Water", ("水利", "水务")),
    "farming": Kind("农业农村", "Agriculture", ("农业农村", "农牧", "农业", "畜牧")),
    "trade": Kind("商务", "Commerce", ("商务", "粮食", "招商")),
    "culture": Kind("文化旅游", "Culture and tourism", ("文化", "旅游", "广播电视", "文旅")),
    "health": Kind("卫生健康", "Health", ("卫生健康", "卫生", "卫健", "疾病预防")),
    "veterans": Kind("退役军人", "Veterans", ("退役军人",)),
    "emergency": Kind("应急管理", "Emergency management", ("应急管理", "安全生产", "应急")),
    "audit": Kind("审计", "Audit", ("审计",)),
    "market": Kind("市场监管", "Market supervision", ("市场监督", "市场监管", "工商", "药品监督", "知识产权")),
    "assets": Kind("国有资产", "State assets", ("国有资产", "国资")),
    "statistics": Kind("统计", "Statistics", ("统计",)),
    "insurance": Kind("医疗保障", "Medical insurance", ("医疗保障", "医保")),
    "petitions": Kind("信访", "Petitions", ("信访",)),
    "tax": Kind("税务", "Taxation", ("税务",)),
    "forestry": Kind("林业草原", "Forestry", ("林业", "草原", "园林")),
    "services": Kind("政务服务", "Government services", ("政务服务", "行政审批", "大数据", "数据")),
    "sport": Kind("体育", "Sport", ("体育",)),
    "zone": Kind("开发区", "Development zone", ("开发区", "高新区", "园区", "管理委员会", "管委会")),
    "street": Kind("乡镇街道", "Township or street", ("街道", "苏木")),
    "government": Kind("人民政府", "Government", ("人民政府", "行政公署")),
    "office": Kind("政府办公室", "Government office", ("政府办公",)),
}
"""Kinds by the words of their names, as the organs of the State Council and their local counterparts are named."""

LEVELS: dict[str, Kind] = {
    "nation": Kind("国家", "National"),
    "province": Kind("省级", "Province"),
    "city": Kind("市级", "City"),
    "county": Kind("县级", "County"),
    "township": Kind("乡级", "Township"),
}

# The first character of a word → the words that begin with it, the longest first, each with its kind.
_BY_FIRST: dict[str, list[tuple[str, str]]] = {}
for _key, _kind in KINDS.items():
    for _word in _kind.words:
        _BY_FIRST.setdefault(_word[0], []).append((_word, _key))
for _words in _BY_FIRST.values():
    _words.sort(key=lambda pair: -len(pair[0]))

TOWNSHIPS = ("镇", "乡", "苏木", "街道")
"""The last words of what townships are called."""
DIVISIONS = "省市县区旗州盟"
"""The last characters of what divisions are called: 自治区, 特别行政区 and 地区 end so too."""
# Endings are compared in a quarter of the time that a pattern for them takes; a place has thousands of names.
_TOWNSHIP = tuple(f"{what}{ending}" for what in TOWNSHIPS for ending in ("", "人民政府", "办事处"))
_GOVERNMENT = tuple(f"{what}{ending}" for what in DIVISIONS for ending in ("", "人民政府", "行政公署"))


@lru_cache(maxsize=2**16)
def kind_of(organisation: str) -> str:
    """A body's name → a key of KINDS; "" for a name that tells nothing.

    >>> kind_of("示例县教育局"), kind_of("示例县人民政府"), kind_of("示例县人民政府办公室"), kind_of("示例镇人民政府")
    ('education', 'government', 'office', 'street')
    """
    if "政府办公" in organisation:
        return "office"
    if organisation.endswith(_TOWNSHIP):
        return "street"
    if organisation.endswith(_GOVERNMENT):
        return "government"
    # The last word tells what a body is: 示例市文化区教育局 looks after schools.
    for at in range(len(organisation) - 1, -1, -1):
        for word, key in _BY_FIRST.get(organisation[at], ()):
            if organisation.startswith(word, at):
                return key
    return ""


def words_of(kind: str) -> tuple[str, ...]:
    """A key of KINDS → words of which every name of that kind holds one, as names of other kinds may too.

    Names of most bodies need not be looked at one by one then.
    """
    if kind == "government":
        return (*KINDS[kind].words, *DIVISIONS)
    return (*KINDS[kind].words, *(("镇", "乡") if kind == "street" else ()))


def level_of(organisation: str, region_code: str) -> str:
    """A body's name and its region's code (six digits or fewer, "" unknown) → a key of LEVELS; "" unknown.

    >>> level_of("示例县教育局", "150824"), level_of("示例镇人民政府", "150824"), level_of("示例省财政厅", "150000")
    ('county', 'township', 'province')
    """
    if organisation.endswith(_TOWNSHIP):
        return "township"
    code = region_code.ljust(6, "0") if region_code else ""
    if not code or code == "000000":
        return "nation" if code else ""
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "county"
