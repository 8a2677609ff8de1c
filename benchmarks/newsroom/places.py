"""Sixty invented places of two invented provinces, each with its government and five departments."""

from __future__ import annotations

from dataclasses import dataclass

# One character each, with its sound for the host name: the first lines of the 千字文.
_STEMS = (
    ("天", "tian"), ("玄", "xuan"), ("宇", "yu"), ("洪", "hong"), ("荒", "huang"), ("盈", "ying"), ("昃", "ze"),
    ("辰", "chen"), ("宿", "su"), ("列", "lie"), ("寒", "han"), ("暑", "shu"), ("秋", "qiu"), ("收", "shou"),
    ("冬", "dong"), ("藏", "cang"), ("闰", "run"), ("余", "yu2"), ("岁", "sui"), ("律", "lv"), ("吕", "lyu"),
    ("调", "diao"), ("阳", "yang"), ("云", "yun"), ("腾", "teng"), ("致", "zhi"), ("露", "lu"), ("结", "jie"),
    ("霜", "shuang"), ("金", "jin"), ("丽", "li"), ("剑", "jian"), ("号", "hao"), ("巨", "ju"), ("阙", "que"),
    ("珠", "zhu"), ("称", "cheng"), ("夜", "ye"), ("光", "guang"), ("果", "guo"), ("珍", "zhen"), ("李", "li2"),
    ("柰", "nai"), ("菜", "cai"), ("重", "zhong"), ("芥", "jie2"), ("姜", "jiang"), ("海", "hai"), ("咸", "xian"),
    ("河", "he"), ("淡", "dan"), ("鳞", "lin"), ("潜", "qian"), ("羽", "yu3"), ("翔", "xiang"), ("龙", "long"),
    ("师", "shi"), ("火", "huo"), ("帝", "di"), ("鸟", "niao"), ("官", "guan"), ("人", "ren"), ("始", "shi2"),
    ("制", "zhi2"), ("文", "wen"), ("字", "zi"), ("乃", "nai2"), ("服", "fu"),
)  # fmt: skip
_NONE = ("", "")
PROVINCES = (("98", "示例北省", "beisheng"), ("99", "示例南省", "nansheng"))
"""No division has these codes: neither 98 nor 99 is a province of GB/T 2260."""
_LEVELS = ("县", "县", "区", "县", "县级市", "县", "旗", "区")
_CITIES_EACH = 4
ALWAYS = ("教育局", "公安局", "民政局")
BY_TURNS = (
    "财政局", "自然资源局", "卫生健康委员会", "住房和城乡建设局", "市场监督管理局", "人力资源和社会保障局",
    "生态环境局", "交通运输局", "农业农村局", "文化和旅游局", "应急管理局", "司法局", "水利局", "医疗保障局",
    "退役军人事务局", "统计局",
)  # fmt: skip
LONG = "{place}推进政府职能转变和放管服改革协调小组办公室（{place}营商环境建设监督管理局）"
TOWN = "{place}示例镇人民政府"


@dataclass(frozen=True, slots=True)
class Place:
    """A province, city or county. ``level`` is province, city or county; ``bodies`` begin with its government."""

    code: str
    name: str
    slug: str
    level: str
    bodies: tuple[str, ...]

    @property
    def host(self) -> str:
        return f"www.{self.slug}.example"

    @property
    def government(self) -> str:
        return self.bodies[0]


def list_places(count: int) -> tuple[Place, ...]:
    """The first ``count`` places: whole cities first, so that even a few have a province, a city and its counties.

    Raises ValueError where there are no names for so many.
    """
    stems = iter(_STEMS)
    made: list[Place] = []
    share = max(1, (count - len(PROVINCES) * (1 + _CITIES_EACH)) // (len(PROVINCES) * _CITIES_EACH)) + 1
    for province, name, slug in PROVINCES:
        made.append(_place(f"{province}0000", name, slug, "province", len(made)))
        for city in range(1, _CITIES_EACH + 1):
            made.append(_named(f"{province}{city:02}00", next(stems, _NONE), "市", "city", len(made)))
            for county in range(1, share + 1):
                level = _LEVELS[(county + city) % len(_LEVELS)]
                code = f"{province}{city:02}{_county_number(level, county)}"
                made.append(_named(code, next(stems, _NONE), level, "county", len(made)))
    if count > len(made):
        raise ValueError(f"expected at most {len(made)} places, found {count}")
    return tuple(made[:count])


def _county_number(level: str, number: int) -> str:
    """Districts from 01, counties from 21, county-level cities from 81, as in GB/T 2260."""
    return f"{ {'区': 0, '县级市': 80}.get(level, 20) + number:02}"


def _named(code: str, stem: tuple[str, str], suffix: str, level: str, number: int) -> Place:
    if stem == _NONE:
        raise ValueError(f"expected at most {len(_STEMS)} cities and counties")
    return _place(code, f"示例{stem[0]}{suffix.removeprefix('县级')}", stem[1], level, number)


def _place(code: str, name: str, slug: str, level: str, number: int) -> Place:
    turns = [BY_TURNS[(number * 2 + at) % len(BY_TURNS)] for at in (0, 1)]
    departments = [f"{name}{own}" for own in (*ALWAYS, *turns)]
    if level == "province":
        departments = [body[:-1] + "厅" if body.endswith("局") else body for body in departments]
    if number % 20 == 7:
        departments[-1] = LONG.format(place=name)
    if level == "county" and number % 10 == 3:
        departments[-1] = TOWN.format(place=name)
    return Place(code, name, slug, level, (f"{name}人民政府", *departments))
