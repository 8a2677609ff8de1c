"""Sixty invented places of two invented provinces, each with its government and five departments."""

from __future__ import annotations

from dataclasses import dataclass

# One character each, with its sound for the host name: the first lines of the 千字文.
_STEMS = (
    "天tian 玄xuan 宇yu 洪hong 荒huang 盈ying 昃ze 辰chen 宿su 列lie 寒han 暑shu 秋qiu 收shou 冬dong 藏cang 闰run "
    "余yv 岁sui 律lv 吕lyu 调diao 阳yang 云yun 腾teng 致zhi 露lu 结jie 霜shuang 金jin 丽li 剑jian 号hao 巨ju 阙que "
    "珠zhu 称chen2 夜ye 光guang 果guo 珍zhen 李li2 柰nai 菜cai 重chong 芥jie2 姜jiang 海hai 咸xian 河he 淡dan 鳞lin "
    "潜qian 羽yu2 翔xiang 龙long 师shi 火huo 帝di 鸟niao 官guan 人ren 皇huang2 始shi2 制zhi2 文wen 字zi 乃nai2 服fu"
).split()
PROVINCES = (("98", "示例北省", "beisheng"), ("99", "示例南省", "nansheng"))
"""No division has these codes: neither 98 nor 99 is a province of GB/T 2260."""
_LEVELS = ("县", "县", "区", "县", "县级市", "县", "旗", "区")
_CITIES_EACH = 4
ALWAYS = ("教育局", "公安局", "民政局")
BY_TURNS = (
    "财政局", "自然资源局", "卫生健康委员会", "住房和城乡建设局", "市场监督管理局", "人力资源和社会保障局", "生态环境局",
    "交通运输局", "农业农村局", "文化和旅游局", "应急管理局", "司法局", "水利局", "医疗保障局", "退役军人事务局", "统计局",
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
            made.append(_named(f"{province}{city:02}00", next(stems), "市", "city", len(made)))
            for county in range(1, share + 1):
                level = _LEVELS[(county + city) % len(_LEVELS)]
                made.append(_named(f"{province}{city:02}{_county_number(level, county)}", next(stems, ""), level,
                                   "county", len(made)))  # fmt: skip
    if count > len(made):
        raise ValueError(f"expected at most {len(made)} places, found {count}")
    return tuple(made[:count])


def _county_number(level: str, number: int) -> str:
    """Districts from 01, counties from 21, county-level cities from 81, as in GB/T 2260."""
    return f"{ {'区': 0, '县级市': 80}.get(level, 20) + number:02}"


def _named(code: str, stem: str, suffix: str, level: str, number: int) -> Place:
    if not stem:
        raise ValueError(f"expected at most {len(_STEMS)} cities and counties")
    return _place(code, f"示例{stem[0]}{suffix.removeprefix('县级')}", stem[1:], level, number)


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
