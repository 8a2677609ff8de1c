"""Numbers → texts of annual reports that differ as those of real bodies do: much is the form's, the rest is theirs."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path

from archive.schema.form_columns import SHEETS
from parsers.forms import label_of

YEARS = range(2019, 2025)

_TABLES = 3000

_PLACES = "东西南北中上下新平安乐和兴宁清石金银龙凤云白青红阳阴山水河湖海江林桥门关口岭坪坝湾洲源泉川谷原田园塘潭溪峰岩"
_SUFFIXES = (("县", "24"), ("旗", "25"), ("区", "02"), ("市", "81"))
_TABLE = tuple(label_of(key) for sheet in SHEETS if sheet.form == "2021" for key in sheet.keys[::7])


@dataclass(frozen=True, slots=True)
class Generated:
    """One invented report."""

    name: str
    region: str
    year: int
    title: str
    published: str | None
    text: str


@cache
def _list(name: str) -> tuple[str, ...]:
    words = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    return tuple(words[name])


def write_report(number: int, bodies: int) -> Generated:
    """A number → always the same report; numbers that differ by ``bodies`` are of one body, in other years."""
    body, turn = number % bodies, number // bodies
    own = random.Random(f"body {body}")
    place = "示例" + "".join(own.choices(_PLACES, k=2))
    suffix, county = own.choice(_SUFFIXES)
    name = place + suffix + own.choice(_list("duties"))
    year = YEARS[turn % len(YEARS)]
    chance = random.Random(f"report {number}")
    published = date(year + 1, 1, 1) + timedelta(days=min(int(chance.gammavariate(2.0, 14.0)), 300))
    title = f"{name}{year}年政府信息公开工作年度报告"
    text = "\n".join(_lines(chance, own, name, place + suffix, year, title))
    return Generated(
        name, f"{own.randrange(11, 66)}{own.randrange(1, 20):02}{county}", year, title,
        published.isoformat() if chance.random() > 0.1 else None, text,
    )  # fmt: skip


def _lines(chance: random.Random, own: random.Random, name: str, place: str, year: int, title: str) -> list[str]:
    facts = {
        "year": year, "name": name, "place": place, "street": "".join(own.choices(_PLACES, k=2)),
        "number": own.randrange(1, 400), "post": f"{own.randrange(100000, 999999)}",
        "phone": f"0{own.randrange(310, 999)}-{own.randrange(2000000, 8999999)}", "host": f"sl{own.randrange(10000)}",
    }  # fmt: skip
    fixed = [line.format(**facts) for line in _list("fixed")]
    return [
        title,
        *fixed[:2],
        "一、总体情况",
        *_paragraphs(chance, own, year, 5),
        "二、主动公开政府信息情况",
        *_table(chance, 9),
        "三、收到和处理政府信息公开申请情况",
        *_table(chance, 27),
        "四、政府信息公开行政复议、行政诉讼情况",
        *_table(chance, 4),
        "五、存在的主要问题及改进情况",
        *_problems(chance, own),
        "六、其他需要报告的事项",
        f"本年度按照《政府信息公开信息处理费管理办法》收取信息处理费{chance.choice((0, 0, 0, 120, 1860))}元。",
        fixed[2],
    ]


def _paragraphs(chance: random.Random, own: random.Random, year: int, count: int) -> list[str]:
    paragraphs = []
    for at in range(count):
        sentences = []
        for _ in range(chance.randrange(4, 7)):
            # Three in four sentences are what the body has said every year.
            words = own if chance.random() < 0.75 else chance
            sentences.append(_of_words(words) if words.random() < 0.5 else _of_phrases(words, chance))
        paragraphs.append(f"（{'一二三四五'[at]}）{year}年，{''.join(sentences)}")
    return paragraphs


def _of_phrases(words: random.Random, chance: random.Random) -> str:
    means, end, place = words.choice(_list("means")), words.choice(_list("ends")), "".join(words.choices(_PLACES, k=2))
    (verb, other), (first, second) = words.choices(_list("verbs"), k=2), words.choices(_list("objects"), k=2)
    return (
        f"{means}，{verb}{first}{chance.randrange(1, 400)}条，{other}{second}，"
        f"其中“{place}”专栏{chance.randrange(1, 99)}期，{end}。"
    )


def _of_words(words: random.Random) -> str:
    one = words.choices(_list("words"), k=9)
    return (
        f"{words.choice(_list('verbs'))}{one[0]}{one[1]}、{one[2]}{one[3]}{one[4]}，在{one[5]}的{one[6]}中"
        f"{words.choice(_list('verbs'))}{one[7]}与{one[8]}。"
    )


def _problems(chance: random.Random, own: random.Random) -> list[str]:
    first, second = own.sample(_list("problems"), 2)
    means, verb, what = chance.choice(_list("means")), chance.choice(_list("verbs")), chance.choice(_list("objects"))
    third = chance.choice(_list("problems"))
    return [
        f"一是{first}；二是{second}；三是{third}。",
        f"下一步，将{means}，{verb}{what}，力争工作再上新台阶。",
    ]


def _table(chance: random.Random, rows: int) -> tuple[str, ...]:
    return _one_table(chance.randrange(_TABLES), rows)


@lru_cache(maxsize=3 * _TABLES)
def _one_table(number: int, rows: int) -> tuple[str, ...]:
    chance = random.Random(number)
    start = chance.randrange(2)
    lines = []
    for at in range(rows):
        figures = (str(chance.randrange(60) if chance.random() < 0.2 else 0) for _ in range(7))
        lines.append("\t".join([_TABLE[(start + at) % len(_TABLE)], *figures]))
    return tuple(lines)
