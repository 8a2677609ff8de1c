"""Names and codes of places, by year."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from parsers.divisions.history import Change, Division, History, read_history

# The two tables and their source: divisions.md.
_FOLDER = Path(__file__).parent
_NEVER = 9999  # after every year
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
class Place:
    """What the beginning of a text names: every division it may be, and where the name ends.

    ``sure`` is False for a prefecture without its 市 and for the provinces whose short name is also a
    prefecture's (吉林, 海南): such a name counts only when a zone of that place follows ("武汉东湖高新区").
    ``changes`` lie between the division that bears the name and the one that stood in the year, if they differ.
    """

    divisions: tuple[Division, ...]
    end: int
    sure: bool = True
    changes: tuple[Change, ...] = ()


class Divisions:
    """The table of all divisions; see ``load_divisions``."""

    def __init__(self, history: History) -> None:
        self.history = history
        # Today's divisions after yesterday's, the latest to end last: a code that was given twice is today's.
        self._by_code = {
            division.code: division for division in sorted(history.divisions, key=lambda each: each.until or _NEVER)
        }
        self._names = _index_names(history.divisions)
        self._longest = max(map(len, self._names))

    def find_code(self, code: str, year: int | None = None) -> Division | None:
        """The division with this six-digit code at the end of the year, else today's before yesterday's."""
        found = self._by_code.get(code)
        if year is None or found is None or found.stands(year):
            return found
        return next((each for each in self.history.of_code(code) if each.stands(year)), found)

    def find_name(self, name: str) -> tuple[Division, ...]:
        """Every division, former ones too, that bears exactly this full name."""
        return tuple(division for division, _ in self._names.get(name, ()) if division.name == name)

    def list_current(self) -> tuple[Division, ...]:
        """Every division that stands today, in the order of the codes."""
        return tuple(division for division in self.history.divisions if division.stands(None))

    def list_former(self) -> tuple[Division, ...]:
        """Every division that ended since ``KNOWN_FROM``."""
        return tuple(division for division in self.history.divisions if not division.stands(None))

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
        ends = [end for end in self._ends(text, 0, None) if year is None or not self._is_to_come(end[0], year)]
        best = max((end for _, end, sure in ends if sure), default=0)
        sure = best > 0
        if not sure:
            best = max((end for _, end, _ in ends), default=0)
        found = {division.code: division for division, end, is_sure in ends if end == best and is_sure == sure}
        if not found:
            return None
        divisions, changes = self._standing(tuple(found.values()), year)
        return Place(divisions, best, sure, changes)

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

    def _standing(
        self, found: tuple[Division, ...], year: int | None
    ) -> tuple[tuple[Division, ...], tuple[Change, ...]]:
        """Those of the namesakes that stood at the end of the year (None: that stand today), then the outermost.

        One that ended in the year counts as its heir: whose 江北区 it was in 2025, 重庆's or 宁波's, the name alone
        does not say. A name of none of that time goes to what its bearer became, or was before.
        """
        changes: tuple[Change, ...] = ()
        if year is None:
            standing = tuple(division for division in found if division.stands(None))
        else:
            walked = self._walked([d for d in found if d.stands(year) or d.until == year] or found, year)
            standing, changes = tuple(walked), tuple(change for walk in walked.values() for change in walk)
        standing = standing or found
        outer = [division for division in standing if all(division.holds(other) for other in standing)]
        return (outer[0],) if outer else standing, changes

    def _walked(self, found: Iterable[Division], year: int) -> dict[Division, tuple[Change, ...]]:
        """The divisions that stood in the place of these at the end of the year, by the fewest changes."""
        walked: dict[Division, tuple[Change, ...]] = {}
        for walk in (self.history.in_year(division, year) for division in found):
            if walk is not None:
                walked[walk[0]] = min(walk[1], walked.get(walk[0], walk[1]), key=len)
        return walked

    def _is_to_come(self, division: Division, year: int) -> bool:
        """True for one that began later, out of none that stood: 两江新区 was a zone of 重庆市 before 2025."""
        return division.since is not None and division.since > year and self.history.in_year(division, year) is None

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
    full = frozenset(division.name for division in divisions if division.stands(None))
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


@cache
def load_divisions() -> Divisions:
    """The vendored tables, read from their two files at the first call and kept."""
    return Divisions(read_history(_FOLDER))
