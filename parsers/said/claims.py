"""Figures said in the prose, kept beside the tables and never reconciled with them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from parsers.document import Document, Problem, Table
from parsers.report import Claim, Number, Status, Value, is_exact
from parsers.text import squeeze

# A figure as prose prints it: 3119, 1,234, 1.2万. "5500余条", "近100条", "10多件" are no figures.
_ABOUT = r"(?<![约近超过逾达余\d.,，])"
_FIGURE = r"(?P<{0}>\d{{1,3}}(?:[,，]\d{{3}})+(?!\d)|\d+(?:\.\d+)?)(?P<{0}_scale>[万亿]?)"
_SCALE = {"": 1, "万": 10_000, "亿": 100_000_000}
_PIECE = r"(?:件次|件|起|宗|例|份|次|条|笔)"
# What is asked for, in every wording met: 政府信息公开申请, 依申请公开, 依申请公开政府信息(申请), 信息公开申请
_ASKED = (
    r"(?:(?:政府|政务)?信息依?公开(?:的)?申请|(?:政府|政务)?信息公开依申请|依申请公开(?:的)?(?:政府|政务)?(?:信息)?(?:的)?(?:申请|事项|办件|件)?"
    r"|公开(?:政府|政务)?信息(?:的)?申请|申请公开(?:政府|政务)?信息)"
)
# Who asks, and words without a figure of their own: 收到公民、法人和其他组织提出的…
_WHO = (
    r"(?:任何|有关|相关|关于|各类|公民|法人|和|及|或|与|、|或者|其他|组织|社会|公众|群众|个人|单位"
    r"|提交|提出|要求|的|书面|到|了|过|新)*"
)
_COUNTED = r"(?:数量|总数|总量|件数)?(?:共计|共|合计|总计|累计|为|有)?"
_PARTLY = re.compile(r"上年(?!度?结转)|去年|前年|同期|同比|历年|以来|[上下]半年|季度|\d月份|其中|比20\d\d|较20\d\d")


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(
        text.replace("<n>", _ABOUT + _FIGURE.format("n")).replace("<ASKED>", _ASKED).replace("<WHO>", _WHO)
    )


# Each: key, pattern with the figure as <n>, and one example of what it matches.
_STATED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (key, _pattern(text))
    for key, text in (
        # 受理政府信息公开申请3119件 · 受理依申请公开2件次 · 收到公民提出的信息公开申请共5件
        ("requests.received.total", rf"(?:收到|受理|接收|接到|新收)<WHO><ASKED>{_COUNTED}<n>{_PIECE}"),
        # 收到12件政府信息公开申请
        ("requests.received.total", rf"(?:收到|受理|接收|接到|新收)<WHO><n>{_PIECE}<WHO><ASKED>(?=[，。；、(（]|$)"),
        # 含上年度结转申请34件 · 上年结转政府信息公开申请3件
        ("requests.carried_in.total", rf"上(?:一)?年度?结转(?:<ASKED>|申请)?{_COUNTED}<n>{_PIECE}"),
        # 另有103件顺延到下年度答复 · 5件结转下年度继续办理
        ("requests.carried_out.total", rf"<n>{_PIECE}(?:申请)?(?:顺延|结转|延期|转)(?:到|至)?[下次](?:一)?年"),
        # 结转下年度继续办理5件
        (
            "requests.carried_out.total",
            rf"(?:结转|顺延)(?:到|至)?[下次](?:一)?年度?(?:继续)?(?:办理|答复)?{_COUNTED}<n>{_PIECE}",
        ),
        # 政府信息公开行政复议351件 · 因政府信息公开引发的行政复议案件2件
        (
            "disputes.review.total",
            rf"(?:信息公开|依申请公开|公开申请)[^，。；\d]{{0,12}}行政复议(?:申请|案件)?{_COUNTED}<n>(?:件|起|宗|例)",
        ),
        # 政府信息公开行政诉讼46件
        (
            "disputes.litigation.total",
            rf"(?:信息公开|依申请公开|公开申请)[^，。；\d]{{0,12}}行政诉讼(?:案件)?{_COUNTED}<n>(?:件|起|宗|例)",
        ),
        # 收取政府信息公开信息处理费3940元
        (
            "fees.information_processing",
            r"收取(?:政府信息公开|依申请公开)?(?:政府)?(?:的)?信息(?:公开)?处理费(?:用)?(?:共计|共|合计|总计|为)?<n>元",
        ),
    )
)
# Each: keys that are 0, pattern, one example.
_NONE: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (keys, _pattern(text))
    for keys, text in (
        # 未收到依申请公开政府信息。 · 没有收到公民、法人和其他组织提出的政府信息公开申请 · 未有依申请公开情况
        (
            ("requests.received.total",),
            r"(?:(?:未|没有|没|无)(?:收到|接到|受理|接收)|未有|无|没有)<WHO><ASKED>(?:情况|事项|件)?(?=[，。；、(（]|$)",
        ),
        # 无因政府信息公开申请提起行政复议、行政诉讼情况 · 未发生因政府信息公开引发的行政复议和行政诉讼案件
        (
            ("disputes.review.total", "disputes.litigation.total"),
            r"(?:未|没有|无)(?:发生|产生|出现|收到|有)?(?:因|涉及|关于|有关)?(?:政府|政务)?(?:信息公开|依申请公开)(?:工作|申请|答复)?"
            r"(?:而)?(?:提起|引起|引发|产生|发生)?(?:的)?行政复议[、和或及与]?(?:提起)?(?:行政)?诉讼(?:案件|情况|事项)?(?=[，。；]|$)",
        ),
        # 本年度未收取任何信息处理费 · 未收取政府信息公开信息处理费用
        (
            ("fees.information_processing",),
            r"(?:未|没有|未曾|并未)(?:收取|产生|发生)(?:过)?(?:任何)?(?:政府信息公开|依申请公开)?(?:政府)?(?:的)?信息(?:公开)?处理费",
        ),
    )
)
# 答复3050件, in a sentence that has counted the requests and nothing else since
_HANDLED = _pattern(
    rf"(?<![未已不])(?<!继续)(?:答复|办结|办理答复|办理)(?:政府信息公开|依申请公开)?(?:申请)?{_COUNTED}<n>{_PIECE}"
)
_HANDLED_PARTLY = re.compile(r"(?:按时|按期|延期|逾期|当面|网上|部分|不予|同意|其中)(?:公开)?$")
_OTHER_WORK = re.compile(r"收到|受理|留言|咨询|建议|提案|信件|信访|投诉|举报|来信|热线|行政")
# 其中结果维持72件，结果纠正64件，其他结果178件，尚未审结37件
_RESULTS = (
    ("upheld", re.compile(rf"(?:结果)?维持(?:原行政行为|的)?{_ABOUT}{_FIGURE.format('n')}(?:件|起|宗|例)")),
    ("corrected", re.compile(rf"(?:结果|被)?(?:依法)?纠[正错](?:的)?{_ABOUT}{_FIGURE.format('n')}(?:件|起|宗|例)")),
    ("other_result", re.compile(rf"其他(?:结果|情形)(?:的)?{_ABOUT}{_FIGURE.format('n')}(?:件|起|宗|例)")),
    ("pending", re.compile(rf"(?:尚未|未)审结(?:的)?{_ABOUT}{_FIGURE.format('n')}(?:件|起|宗|例)")),
)
# 通过不同载体主动公开政府信息127条 · 对外公开发布各类信息22条 · 主动公开“双减”政策规定…等热点信息1500条
_DISCLOSED = _pattern(
    r"(?:主动公开|公开发布|主动发布)[^，。；\d]{0,50}?信息(?:数量|数)?(?:共计|共|合计|总计|累计|总数|达)?<n>条"
)
# Behind a whole: ，其中政府网站公开政府信息75条，微信公众平台公开政府信息185条，其他方式公开政府信息45条。
_PARTS = re.compile(r"[，。；,;:：(（]?其中[:：，,]?(?P<parts>[^。）)]+)")
_PART = re.compile(rf"^(?P<label>[^\d]{{1,40}}?){_FIGURE.format('n')}条$")
_PART_WORDS = re.compile(r"(?:主动)?(?:公开|发布)(?:的)?(?:各类|相关)?(?:政府|政务)?信息$|^(?:通过|在|主动公开)")
# Only sentences that speak of these, and count or deny, are asked further.
_SUBJECT = re.compile(r"申请|结转|顺延|复议|诉讼|处理费|主动公开|公开发布|主动发布")
_YEARS = re.compile(r"20\d\d(?=年)")
_LONGEST_HEADING = 15
_ALL_RESULTS = 4
_LONGEST_CLAUSE = 200  # characters; a text without stops is not looked through again for each of its figures
_FURTHEST = 2000  # characters from the beginning of a sentence to the end of its parts


@dataclass(frozen=True, slots=True)
class _Prose:
    """Everything outside tables as one text without white space, and where each line of it began."""

    text: str
    starts: tuple[int, ...]
    wheres: tuple[str, ...]

    def where(self, at: int) -> str:
        return self.wheres[bisect_right(self.starts, at) - 1]


Found = tuple[int, str, Number, str]
"""A claim within its sentence: place, key, value, span."""


def claims_of(document: Document) -> tuple[Claim, ...]:
    """Figures that sentences state: what was disclosed, requests, disputes, the fee; in the order of the text.

    Keys are the cells' where a cell says the same (``requests.received.total``), else ``disclosed.total`` and
    ``disclosed.parts.<label>`` (条), ``disputes.litigation.*`` (both kinds of lawsuit together) and
    ``fees.information_processing`` (元). Parts follow the whole they belong to. Only wordings that were met are
    read; rounded figures, parts of a whole, other years and other work of the body are not claims.
    """
    prose = _prose_of(document)
    found: list[tuple[int, int, Claim]] = []
    for start, sentence in _sentences(prose.text):
        for order, (at, key, value, span) in enumerate(_claims_in(sentence, prose.text[start : start + _FURTHEST])):
            if is_exact(value):
                found.append((start + at, order, Claim(key, value, span, prose.where(start + at))))
    return tuple(claim for _, _, claim in sorted(found, key=lambda one: one[:2]))


def compare_claims(claims: tuple[Claim, ...], values: Mapping[str, Value]) -> tuple[Problem, ...]:
    """Claims against the cells they speak of, and wholes against their parts; both sides are quoted.

    ``claim_differs_from_table`` (warning): a claim differs from a NUMBER, and no other claim for that cell agrees
    with it. ``claim_parts_differ`` (note): the parts are more than the whole, or are said to be all and are less.
    """
    problems: list[Problem] = []
    by_key: dict[str, list[Claim]] = {}
    for claim in claims:
        by_key.setdefault(claim.key, []).append(claim)
    for key, stated in by_key.items():
        printed = _printed(key, values)
        if printed is None or any(claim.value == printed[0] for claim in stated):
            continue
        says = f"“{stated[0].span}” says {stated[0].value}, the table {printed[0]} ({printed[1]})"
        problems.append(Problem("claim_differs_from_table", says, stated[0].where))
    problems += [problem for whole, parts in _wholes(claims) if (problem := _compare_parts(whole, parts)) is not None]
    return tuple(problems)


def _prose_of(document: Document) -> _Prose:
    """Lines are joined where a sentence goes on over the break (a page, a line of a PDF)."""
    text = ""
    starts: list[int] = []
    wheres: list[str] = []
    for block in document.blocks:
        if isinstance(block, Table):
            text += "\n"
            continue
        for line in filter(None, map(squeeze, block.text.splitlines())):
            if starts and (
                text[-1] in "。！？；：!?;:" or _begins_anew(line) or len(text) - starts[-1] < _LONGEST_HEADING
            ):
                text += "\n"
            starts.append(len(text))
            wheres.append(block.where)
            text += line
    return _Prose(text, tuple(starts), tuple(wheres))


def _begins_anew(line: str) -> bool:
    """A numbered heading or item: 一、 （二） 3. (4)"""
    return (
        re.match(r"[一二三四五六七八九十]+[、.．]|[(（][一二三四五六七八九十\d]+[)）]|\d{1,2}[、.．](?!\d)", line)
        is not None
    )


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Sentences that speak of disclosure, each with its place; one that compares years says no single figure."""
    for found in re.finditer(r"[^。！？\n]+", text):
        sentence = found.group()
        if _SUBJECT.search(sentence) and len(set(_YEARS.findall(sentence))) < 2:
            yield found.start(), sentence


def _claims_in(sentence: str, onward: str) -> Iterator[Found]:
    """The claims of one sentence; ``onward`` is the text from its beginning on, past its end."""
    if re.search(r"\d", sentence):
        for key, pattern in _STATED:
            yield from _stated(key, pattern, sentence)
        yield from _disclosed(sentence, onward)
    if re.search(r"[未无]|没有", sentence):
        for keys, pattern in _NONE:
            for found in pattern.finditer(sentence):
                yield from ((found.start(), key, 0, found.group()) for key in keys)


def _stated(key: str, pattern: re.Pattern[str], sentence: str) -> Iterator[Found]:
    for found in pattern.finditer(sentence):
        if _PARTLY.search(_clause_before(sentence, found.start())):
            continue
        yield found.start(), key, _value(found), found.group()
        if key.startswith("disputes."):
            yield from _results(key, found, sentence)
        if key == "requests.received.total":
            yield from _handled(sentence, found.end())


def _clause_before(sentence: str, at: int) -> str:
    """What stands between the last stop and a place: where a comparison or 其中 would stand."""
    start = max(0, at - _LONGEST_CLAUSE)
    return sentence[1 + max([start - 1, *(sentence.rfind(stop, start, at) for stop in "，；：,;:")]) : at]


def _handled(sentence: str, after: int) -> Iterator[Found]:
    found = _HANDLED.search(sentence, after)
    if found is None or _OTHER_WORK.search(sentence, after, found.start()):
        return
    if _HANDLED_PARTLY.search(sentence[after : found.start()]) is None:
        yield found.start(), "requests.handled_total.total", _value(found), found.group()


def _results(key: str, whole: re.Match[str], sentence: str) -> Iterator[Found]:
    """Results behind a number of disputes, up to the next ； or the next kind of dispute."""
    rest = re.split(r"[；;]|行政复议|行政诉讼", sentence[whole.end() :], maxsplit=1)[0]
    for result, pattern in _RESULTS:
        if found := pattern.search(rest):
            yield whole.end() + found.start(), key.removesuffix("total") + result, _value(found), found.group()


def _disclosed(sentence: str, onward: str) -> Iterator[Found]:
    for found in _DISCLOSED.finditer(sentence):
        if _PARTLY.search(_clause_before(sentence, found.start())):
            continue
        listed = _PARTS.match(onward, found.end())
        parts = _read_parts(listed["parts"]) if listed is not None else ()
        end = listed.end() if listed is not None and parts else found.end()
        yield found.start(), "disclosed.total", _value(found), onward[found.start() : end]
        yield from ((found.start(), f"disclosed.parts.{label}", value, span) for label, value, span in parts)


def _read_parts(text: str) -> tuple[tuple[str, Number, str], ...]:
    """Label, figure and span of each part; none at all if one of them is not "<label> N 条"."""
    parts: list[tuple[str, Number, str]] = []
    for span in filter(None, re.split(r"[，；、,;]", text)):
        found = _PART.match(span)
        if found is None or _rounded(span):
            return ()
        parts.append((_PART_WORDS.sub("", found["label"]) or found["label"], _value(found), span))
    return tuple(parts) if len(parts) > 1 else ()


def _rounded(span: str) -> bool:
    return re.search(r"[约近超逾余多]\d|\d[余多]", span) is not None


def _value(found: re.Match[str]) -> Number:
    number = Decimal(re.sub("[,，]", "", found["n"])) * _SCALE[found["n_scale"]]
    return int(number) if number == number.to_integral_value() else number


def _printed(key: str, values: Mapping[str, Value]) -> tuple[Number, str] | None:
    """The table's own figure for a key, and how it is printed; None unless all of it is a number."""
    keys = [key]
    if key.startswith("disputes.litigation."):
        keys = [key.replace("litigation.", kind) for kind in ("litigation_direct.", "litigation_after_review.")]
    cells = [values[each] for each in keys if each in values]
    numbers = [cell.value for cell in cells if cell.status is Status.NUMBER and cell.value is not None]
    if len(numbers) != len(keys):
        return None
    return sum(numbers), " + ".join(f"{cell.key} “{squeeze(cell.raw)}”" for cell in cells)


def _wholes(claims: tuple[Claim, ...]) -> Iterator[tuple[Claim, tuple[Claim, ...]]]:
    """Every claim that parts follow, with its parts."""
    for at, whole in enumerate(claims):
        stem, _, last = whole.key.rpartition(".")
        if last != "total" or stem.split(".")[0] not in ("disclosed", "disputes"):
            continue
        parts = []
        for claim in map(claims.__getitem__, range(at + 1, len(claims))):
            if claim.key == whole.key:
                break
            if claim.key.startswith(f"{stem}."):
                parts.append(claim)
        if parts:
            yield whole, tuple(parts)


def _compare_parts(whole: Claim, parts: tuple[Claim, ...]) -> Problem | None:
    total = sum(part.value for part in parts)
    results = whole.key.startswith("disputes.")
    complete = (
        len(parts) == _ALL_RESULTS if results else any("其他" in part.key or "其它" in part.key for part in parts)
    )
    if total == whole.value or (total < whole.value and not complete):
        return None
    listed = " + ".join(str(part.value) for part in parts)
    says = f"“{whole.span}”: the whole is {whole.value}, its parts {listed} = {total}"
    return Problem("claim_parts_differ", says, whole.where, severity="note")
