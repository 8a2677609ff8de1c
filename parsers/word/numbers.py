"""Word's list numbers as they are printed: 一、 （一） 1. ①, counted along the document."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"
_LEVELS = 9  # ECMA-376 part 1, 17.9.3: ilvl 0 to 8
_PLACE = re.compile(r"%([1-9])")  # "（%1）", "%1.%2"
_DEEPEST_STYLE = 20


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: how its number is written."""

    start: int
    style: str
    text: str
    gap: str
    legal: bool


@dataclass(frozen=True, slots=True)
class NumberedAs:
    """A paragraph's place in a list, as it or its style states it; ``num`` "0" means none."""

    num: str | None
    level: int | None


NOT_NUMBERED = NumberedAs(None, None)


@dataclass(slots=True)
class Numbering:
    """The lists of a document and how far each has been counted.

    ``lists`` maps a list's id to its abstract list and the levels that it starts anew; ``levels`` the
    abstract lists to their levels.
    """

    lists: dict[str, tuple[str, dict[int, int]]] = field(default_factory=dict)
    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    own_levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    counted: dict[str, dict[int, int]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def next_number(self, num: str, level: int) -> str:
        """Counts one paragraph and returns what is printed before it; "" for bullets and unknown lists."""
        if num not in self.lists or not 0 <= level < _LEVELS:
            return ""
        abstract, restarts = self.lists[num]
        levels = {**self.levels.get(abstract, {}), **self.own_levels.get(num, {})}
        if level not in levels:
            return ""
        counts = self.counted.setdefault(abstract, {})
        if num not in self.begun:
            self.begun.add(num)
            for restarted, start in restarts.items():
                counts[restarted] = start - 1
        counts[level] = counts[level] + 1 if level in counts else levels[level].start
        for deeper in [found for found in counts if found > level]:
            del counts[deeper]
        return _printed(levels, level, counts)


def _printed(levels: dict[int, Level], level: int, counts: dict[int, int]) -> str:
    own = levels[level]
    if own.style in {"bullet", "none"}:
        return ""

    def counted(place: re.Match[str]) -> str:
        other = int(place.group(1)) - 1
        if other > level or other not in levels:
            return ""
        number = counts.get(other, levels[other].start)
        return str(number) if own.legal and other != level else number_in(levels[other].style, number)

    text = _PLACE.sub(counted, own.text)
    return text + own.gap if text[-1:].isalnum() else text


def read_numbering(root: etree._Element) -> Numbering:
    """numbering.xml → Numbering, nothing counted yet. Abstract lists that only point to a style stay empty."""
    numbering = Numbering()
    for abstract in root.iterchildren(f"{W}abstractNum"):
        numbering.levels[abstract.get(f"{W}abstractNumId") or ""] = _levels(abstract)
    linked = {
        link.get(VAL): abstract.get(f"{W}abstractNumId") or ""
        for abstract in root.iterchildren(f"{W}abstractNum")
        for link in abstract.iterchildren(f"{W}styleLink")
    }
    for abstract in root.iterchildren(f"{W}abstractNum"):
        link = child_of(abstract, "numStyleLink")
        if link is not None and link.get(VAL) in linked:
            numbering.levels[abstract.get(f"{W}abstractNumId") or ""] = numbering.levels[linked[link.get(VAL)]]
    for num in root.iterchildren(f"{W}num"):
        identity, points_to = num.get(f"{W}numId") or "", child_of(num, "abstractNumId")
        restarts = {
            level: number_of(child_of(over, "startOverride"), 1)
            for over in num.iterchildren(f"{W}lvlOverride")
            if child_of(over, "startOverride") is not None
            and (level := _integer(over.get(f"{W}ilvl") or "0")) is not None
        }
        numbering.lists[identity] = ((points_to.get(VAL) or "") if points_to is not None else "", restarts)
        own = {at: level for over in num.iterchildren(f"{W}lvlOverride") for at, level in _levels(over).items()}
        if own:
            numbering.own_levels[identity] = own
    return numbering


@cache
def _in_word(name: str) -> str:
    """A name of Word's with its namespace; few are asked for, and many times."""
    return f"{W}{name}"


def child_of(parent: etree._Element | None, name: str) -> etree._Element | None:
    """The first child of that name in Word's namespace; None also where there is no parent.

    Properties stand first in their parent wherever the schema is followed, so the first child is asked first.
    """
    if parent is None or len(parent) == 0:
        return None
    wanted = _in_word(name)
    return parent[0] if parent[0].tag == wanted else next(parent.iterchildren(wanted), None)


def children_by_name(parent: etree._Element | None) -> dict[str, etree._Element]:
    """The first child of each name: properties are asked for many names, and walked once."""
    found: dict[str, etree._Element] = {}
    if parent is not None:
        for child in parent:
            found.setdefault(child.tag, child)
    return found


def number_of(element: etree._Element | None, otherwise: int) -> int:
    """The integer in an element's ``w:val``; ``otherwise`` where there is none."""
    number = None if element is None else _integer(element.get(VAL))
    return otherwise if number is None else number


def _integer(stated: str | None) -> int | None:
    return int(stated) if stated is not None and re.fullmatch(r"-?\d{1,9}", stated) is not None else None


def _levels(parent: etree._Element) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for level in parent.iterchildren(f"{W}lvl"):
        style, text, gap = (child_of(level, name) for name in ("numFmt", "lvlText", "suff"))
        at = _integer(level.get(f"{W}ilvl"))
        if at is not None:
            found[at] = Level(
                number_of(child_of(level, "start"), 1),
                "decimal" if style is None else style.get(VAL) or "decimal",
                "" if text is None else text.get(VAL) or "",
                "" if gap is not None and gap.get(VAL) == "nothing" else " ",
                child_of(level, "isLgl") is not None,
            )
    return found


_DIGITS = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"


def _chinese(number: int, digits: str = _DIGITS, ten: str = "十") -> str:
    """1 → 一, 10 → 十, 12 → 十二, 20 → 二十; from 100 on digit by digit."""
    if not 0 < number < 100:
        return "".join(digits[int(digit)] for digit in str(abs(number)))
    tens, ones = divmod(number, 10)
    leading = "" if tens == 0 else ten if tens == 1 else digits[tens] + ten
    return leading + (digits[ones] if ones else "")


def _roman(number: int) -> str:
    signs = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
             (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
    written = ""
    for value, sign in signs:
        count, number = divmod(number, value)
        written += sign * min(count, 20)
    return written


def _letter(number: int) -> str:
    """1 → A, 26 → Z, 27 → AA (ECMA-376 part 1, 17.18.59)."""
    return chr(ord("A") + (number - 1) % 26) * min((number - 1) // 26 + 1, 20) if number > 0 else ""


def _from(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if 0 < number <= len(signs) else str(number)


_STYLES: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(
        ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "koreanDigital2", "ideographDigital",
         "japaneseDigitalTenThousand", "taiwaneseCounting", "taiwaneseCountingThousand", "taiwaneseDigital"), _chinese
    ),
    **dict.fromkeys(
        ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"),
        lambda number: _chinese(number, _LEGAL_DIGITS, "拾"),
    ),
    "ideographTraditional": _from("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _from("子丑寅卯辰巳午未申酉戌亥"),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _from("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")),
    "decimalEnclosedParen": _from("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"),
    "decimalEnclosedFullstop": _from("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"),
    "ideographEnclosedCircle": _from("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
    "decimalZero": lambda number: f"{number:02d}",
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": _letter,
    "lowerLetter": lambda number: _letter(number).lower(),
}  # fmt: skip


def number_in(style: str, number: int) -> str:
    """A count in one of Word's number formats (ECMA-376 part 1, 17.18.59); decimal for all others.

    >>> number_in("chineseCounting", 12), number_in("decimalEnclosedCircle", 3)
    ('十二', '③')
    """
    return _STYLES.get(style, str)(number)


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says that matters here; None where it leaves it to the style it is based on."""

    based_on: str | None
    outline: int | None
    numbered: NumberedAs


def style_chain(styles: dict[str, Style], identity: str | None) -> list[Style]:
    """A style and those it is based on, nearest first; a circle ends the chain."""
    chain: list[Style] = []
    while identity is not None and identity in styles and len(chain) < _DEEPEST_STYLE:
        chain.append(styles[identity])
        identity = chain[-1].based_on
    return chain


def numbering_styles(styles: dict[str, Style], default: str | None) -> frozenset[str | None]:
    """The ids of the styles that put their paragraphs into a list; None among them where no style does so as well."""
    return frozenset(
        name
        for name, identity in [*((name, name) for name in styles), (None, default)]
        if any(style.numbered.num is not None for style in style_chain(styles, identity))
    )


def numbered_as(stated: etree._Element | None) -> NumberedAs:
    """``w:numPr`` → the list and level it states."""
    if stated is None:
        return NOT_NUMBERED
    num, level = child_of(stated, "numId"), child_of(stated, "ilvl")
    return NumberedAs(None if num is None else num.get(VAL), None if level is None else number_of(level, 0))


def read_styles(root: etree._Element) -> tuple[dict[str, Style], str | None]:
    """styles.xml → paragraph styles by id, and the id of the default one."""
    found: dict[str, Style] = {}
    default: str | None = None
    for style in root.iterchildren(f"{W}style"):
        if style.get(f"{W}type") not in {"paragraph", None}:
            continue
        identity = style.get(f"{W}styleId") or ""
        if style.get(f"{W}default") in {"1", "true", "on"}:
            default = identity
        based, properties = child_of(style, "basedOn"), child_of(style, "pPr")
        outline = child_of(properties, "outlineLvl")
        found[identity] = Style(
            None if based is None else based.get(VAL),
            None if outline is None else number_of(outline, _LEVELS),
            numbered_as(child_of(properties, "numPr")),
        )
    return found, default
