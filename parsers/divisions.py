"""Names and codes of places, by year."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# The two tables and their source: divisions.md.
_FOLDER = Path(__file__).parent
# Levels that exist only on paper but are printed in full paths: "北京市市辖区东城区", "重庆市县城口县".
_ON_PAPER = ("市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划", "县")
_AUTONOMOUS = re.compile(r"^(.+)自治([区州县旗])$")
# The peoples in the names of autonomous places, which daily use leaves out: 民和回族土族自治县 → 民和县. Where the
# whole stem is a people's name it stays: 东乡族自治县 → 东乡县, 鄂温克族自治旗 → 鄂温克旗.
_PEOPLE = re.compile(
    r"(?<=.{2})(?:各族|(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|"
    r"纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|塔吉克|怒|普米|鄂温克|保安|裕固|独龙|鄂伦春)族?)$"
)
# After a province without its 省: streets and villages bear such names too ("北京路街道办事处", "新疆街道").
_STREET = re.compile(r"^.{0,4}?(?:[路街镇庄湾巷]|(?<!城)乡|(?<!农)村|社区)")


@dataclass(frozen=True, slots=True)
class Division:
    """One province, prefecture or county. ``gone_by`` and ``successor`` are "" where it still stands."""

    code: str
    name: str
    gone_by: str = ""
    successor: str = ""

    @property
    def stem(self) -> str:
        """The digits that the codes of everything inside it begin with: 150000 → 15, 150800 → 1508."""
        return self.code.removesuffix("0000") if self.code.endswith("0000") else self.code.removesuffix("00")

    def holds(self, other: Division) -> bool:
        """True if the other is this division or lies in it."""
        return other.code.startswith(self.stem)


@dataclass(frozen=True, slots=True)
class Place:
    """What the beginning of a text names: every division it may be, and where the name ends.

    ``sure`` is False for a prefecture without its 市 and for the provinces whose short name is also a
    prefecture's (吉林, 海南): such a name counts only when a zone of that place follows ("武汉东湖高新区").
    """

    divisions: tuple[Division, ...]
    end: int
    sure: bool = True


class Divisions:
    """The table of all divisions; see ``load_divisions``."""

    def __init__(self, current: Iterable[Division], former: Iterable[Division]) -> None:
        self._current = {division.code: division for division in current}
        self._gone = tuple(former)
        self._former = {division.code: division for division in reversed(self._gone)}  # the first of a code stays
        # The day by which a code had taken over a name from another code: 370117 钢城区 → 2019-10-31.
        self._begun = {d.successor: d.gone_by for d in self._gone if self._bears(d.successor, d.name)}
        everyone = [*self._current.values(), *self._gone]
        self._names = _index_names(everyone)
        self._longest = max(map(len, self._names))

    def _bears(self, code: str, name: str) -> bool:
        return code in self._current and self._current[code].name == name

    def find_code(self, code: str) -> Division | None:
        """The division with this six-digit code, today's before yesterday's."""
        return self._current.get(code) or self._former.get(code)

    def find_name(self, name: str) -> tuple[Division, ...]:
        """Every division, former ones too, that bears exactly this full name."""
        return tuple(division for division, _ in self._names.get(name, ()) if division.name == name)

    def list_current(self) -> tuple[Division, ...]:
        """Every division of the newest table, in the order of the codes."""
        return tuple(self._current.values())

    def list_former(self) -> tuple[Division, ...]:
        """Every division that older tables have and the newest has not."""
        return self._gone

    def chain_of(self, code: str) -> tuple[Division, ...]:
        """The division and what it lies in, the province first: 150824 → 150000, 150800, 150824."""
        codes = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code))
        return tuple(division for each in codes if (division := self.find_code(each)) is not None)

    def path_of(self, code: str) -> str:
        """The full name: 150824 → "内蒙古自治区巴彦淖尔市乌拉特中旗"."""
        return "".join(division.name for division in self.chain_of(code))

    def at_start(self, text: str, year: int | None = None) -> Place | None:
        """The longest place name at the beginning of a text without white space; None if there is none.

        A path ("内蒙古自治区巴彦淖尔市乌拉特中旗教育局") is one name. Several divisions are left where the name
        alone does not tell ("朝阳区教育局"); with a year, only those that stood at its end.
        """
        ends = self._ends(text, 0, None)
        best = max((end for _, end, sure in ends if sure), default=0)
        sure = best > 0
        if not sure:
            best = max((end for _, end, _ in ends), default=0)
        found = {division.code: division for division, end, is_sure in ends if end == best and is_sure == sure}
        return Place(self._standing(tuple(found.values()), year), best, sure) if found else None

    def _ends(self, text: str, at: int, within: Division | None) -> list[tuple[Division, int, bool]]:
        """Every way to read a path from here: its last division, where it ends, whether that may be an end."""
        found: list[tuple[Division, int, bool]] = []
        for end in range(at + 2, min(at + self._longest, len(text)) + 1):
            named = self._names.get(text[at:end], [])
            if within is not None and named:
                named = [(division, kind) for division, kind in named if within.holds(division)]
                # "东莞市东莞市" repeats the city; "嘉峪关市嘉峪关市" goes on to what lies in it.
                named = [pair for pair in named if pair[0] is not within] or named
            for division, kind in named:
                sure = kind == "full" or (kind == "short" and _STREET.match(text[end:]) is None)
                found.append((division, end, sure))
                for paper in ("", *(level for level in _ON_PAPER if text.startswith(level, end))):
                    found += self._ends(text, end + len(paper), division)
        return found

    def _standing(self, found: tuple[Division, ...], year: int | None) -> tuple[Division, ...]:
        """Those of the namesakes that stood at the end of the year (None: that stand today), then the outermost.

        A name that only a former division bears stays with it in its time and goes to its successor afterwards.
        """
        day = f"{year}-12-31" if year is not None else "9999"
        standing = tuple(d for d in found if (d.gone_by > day if d.gone_by else self._begun.get(d.code, "") <= day))
        if not standing and year is not None:
            heirs = [self._current[d.successor] for d in found if d.successor in self._current]
            standing = tuple({heir.code: heir for heir in heirs}.values())
        standing = standing or found
        outer = [division for division in standing if all(division.holds(other) for other in standing)]
        return (outer[0],) if outer else standing

    def settle(self, found: tuple[Division, ...], evidence: Iterable[str]) -> Division | None:
        """The one of several namesakes whose prefecture or province the evidence names; None if not exactly one.

        Evidence is texts without white space, the strongest first; the first that speaks decides. Only full names
        count: 北京 without 市 stands in any prose.
        """
        for text in evidence:
            for level in (-1, 0):  # the place around it, then the province
                named = [d for d in found if (chain := self.chain_of(d.code)[:-1]) and chain[level].name in text]
                if named:
                    return named[0] if len(named) == 1 else None
        return None

    def nearest(self, found: tuple[Division, ...], code: str) -> Division | None:
        """The one of several namesakes that shares most with a code (county, prefecture, province); None if tied."""
        for digits in (6, 4, 2):
            near = [
                division
                for division in found
                if code[digits - 2 : digits] != "00" and division.code[:digits] == code[:digits]
            ]
            if near:
                return near[0] if len(near) == 1 else None
        return None


def _index_names(divisions: Iterable[Division]) -> dict[str, list[tuple[Division, str]]]:
    """Each name → its divisions, with "full", "short" (may stand alone) or "loose" (only before something inside)."""
    divisions = tuple(divisions)
    names: dict[str, list[tuple[Division, str]]] = defaultdict(list)
    for division in divisions:
        names[division.name].append((division, "full"))
    full = frozenset(division.name for division in divisions if not division.gone_by)
    stems = {_stem_of_prefecture(d.name) for d in divisions if d.code.endswith("00") and not d.code.endswith("0000")}
    for division in divisions:
        if division.code.endswith("0000"):
            short = _short_of_province(division.name)
            names[short].append((division, "loose" if short in stems else "short"))
            continue
        daily = _daily_name(division.name)
        if daily and daily not in full:
            names[daily].append((division, "full"))
        if division.code.endswith("00"):
            names[_stem_of_prefecture(division.name)].append((division, "loose"))
    return dict(names)


def _short_of_province(name: str) -> str:
    """新疆维吾尔自治区 → 新疆, 浙江省 → 浙江, 北京市 → 北京."""
    return re.sub(r"(?:壮族|回族|维吾尔)?自治区$|[省市]$", "", name)


def _daily_name(name: str) -> str:
    """An autonomous place as people call it: 民和回族土族自治县 → 民和县, 临夏回族自治州 → 临夏州; else ""."""
    autonomous = _AUTONOMOUS.match(name)
    if autonomous is None:
        return ""
    stem, level = autonomous.groups()
    while (shorter := _PEOPLE.sub("", stem)) != stem:
        stem = shorter
    return stem.removesuffix("族") + level


def _stem_of_prefecture(name: str) -> str:
    """淮安市 → 淮安, 阿勒泰地区 → 阿勒泰, 凉山彝族自治州 → 凉山."""
    return re.sub(r"(?:地区|[市盟州])$", "", _daily_name(name) or name)


def _read_rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def load_divisions() -> Divisions:
    """The vendored table, read from its two files at the first call and kept."""
    former = [
        Division(row["code"], row["name"], row["gone_by"], row["successor"])
        for row in _read_rows("divisions_changes.csv")
    ]
    return Divisions((Division(row["code"], row["name"]) for row in _read_rows("divisions.csv")), former)
