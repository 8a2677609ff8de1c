"""Under which names a body may have reported before and after."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from parsers.divisions import load_divisions
from parsers.divisions.history import Change, Division
from parsers.report import Body

# 国土资源 | 局: what kind of office it is stays, or changes (卫生和计划生育局 → 卫生健康委员会).
_OFFICE = re.compile(r"(?P<duty>.+?)(?P<office>委员会|委|厅|局|部|总局)$")


@dataclass(frozen=True, slots=True)
class Kin:
    """A body that was this one, or came before or after it. ``same`` is False where duties were merged or moved.

    ``relation`` is "earlier" or "later"; ``says`` names the change behind it.
    """

    body: Body
    relation: str
    same: bool
    says: str


def kin_of(body: Body) -> tuple[Kin, ...]:
    """Every body that may be this one's past or future: names and codes, whether anyone has reports of them or not.

    Two causes are known: divisions that changed (``divisions_changes.csv``), and the reform of the state's organs of
    2018 (``body_reforms.csv``: 国务院机构改革方案 of 2018-03-17, followed in the provinces until 2019).
    """
    own = _division_of(body)
    rest = body.name if own is None else body.name.removeprefix(own.name)
    found = [*_by_division(own, body), *_by_reform("" if own is None else own.name, rest, body.region_code)]
    return tuple({kin.body: kin for kin in reversed(found) if kin.body != body}.values())[::-1]


def _division_of(body: Body) -> Division | None:
    """The division whose name the body's begins with: of its code, or one that ended in the division of its code."""
    if body.region_code is None:
        return None
    history = load_divisions().history
    bearers = [each for each in history.of_code(body.region_code) if body.name.startswith(each.name)]
    if not bearers:  # 江干区教育局 with the code of 上城区, into which it went
        bearers = [each for each in history.before_code(body.region_code) if body.name.startswith(each.name)]
    return max(bearers, key=lambda each: (len(each.name), each.until is None), default=None)


def _by_division(own: Division | None, body: Body) -> Iterator[Kin]:
    if own is None:
        return
    history = load_divisions().history
    rest = body.name.removeprefix(own.name)
    line = history.line_of(own)
    for at, each in enumerate(line):
        told = _told_between(line, at, line.index(own))
        if told is not None:
            yield Kin(Body(each.name + rest, each.code), "earlier" if at < line.index(own) else "later", True, told)
        for change in filter(_ends_in_another, history.changes_before(each)):
            if change.old is not None and own.code == body.region_code:
                for code in (change.old.code, each.code):
                    yield Kin(Body(change.old.name + rest, code), "earlier", False, change.told())
        for change in filter(_ends_in_another, history.changes_after(each)):
            yield Kin(Body(change.new.name + rest, change.new.code), "later", False, change.told())
            if own.code == body.region_code:
                yield Kin(Body(body.name, change.new.code), "later", True, change.told())
            elif change.new.code == body.region_code:
                yield Kin(Body(body.name, own.code), "earlier", True, change.told())


def _told_between(line: tuple[Division, ...], at: int, own: int) -> str | None:
    """The changes between two divisions of one line, in words; None for one and the same."""
    pairs = list(pairwise(line))[min(at, own) : max(at, own)]
    changes = load_divisions().history.changes
    told = [change.told() for pair in pairs for change in changes if (change.old, change.new) == pair]
    return "; ".join(told) or None


def _ends_in_another(change: Change) -> bool:
    return change.kind in ("merged", "divided", "shared")


def _by_reform(place: str, rest: str, code: str | None) -> Iterator[Kin]:
    name = _OFFICE.match(rest)
    if name is None:
        return
    for row in _reforms():
        for here, there, relation in (("before", "after", "later"), ("after", "before", "earlier")):
            if name["duty"] == row[here]:
                says = f"{row['year']}: the duties of {row['before']} went to {row['after']} ({row['kind']})"
                for office in dict.fromkeys((name["office"], "委员会", "局")):
                    yield Kin(Body(place + row[there] + office, code), relation, False, says)


@cache
def _reforms() -> tuple[dict[str, str], ...]:
    with (Path(__file__).parent / "body_reforms.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))
