"""Printed labels → the labels of a form: exact, by alias, or loosely where only one is near."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from parsers.forms import Label
from parsers.text import fold

# The numbering in front of a label, after folding: "一.", "(六)", "(2)", "1.", "2)", "3:"; documents mix all of them.
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+[.,:)]|\([一二三四五六七八九十\d]+\)|\d+[.,:)])+")
# A note behind a label, after folding: "(单位:万元)", "(区分处理的,只计这一情形,不计其他情形)".
_NOTE = re.compile(r"\((?:单位|计量单位|区分处理|[万亿]?元)[^)]*\)?\)?$")
# "①属于国家秘密": NFKC makes a digit of the sign, and nothing then tells it from the label.
_CIRCLED = re.compile("^\\s*[①-⑳❶-❿]")
NEAR = 0.8
"""Least likeness (Ratcliff–Obershelp) of a misspelt label: 其他法律行政止公开 has 0.86 to its own."""
APART = 0.12
"""How much less like every other label must be."""


@dataclass(frozen=True, slots=True)
class Match:
    """A printed label and the form's label it stands for; ``exact`` is False for a misspelling."""

    label: Label
    exact: bool


@lru_cache(maxsize=4096)
def core_of(printed: str) -> str:
    """A label without white space, numbering or note: "（六） 其它处理" → "其他处理"."""
    # 其它 and 其他 are two ways to write one word.
    folded = fold(_CIRCLED.sub("", printed)).replace("其它", "其他")
    return _NOTE.sub("", _NUMBERING.sub("", folded)) or folded


@lru_cache(maxsize=512)
def cores_of(label: Label) -> tuple[str, ...]:
    """Every spelling of a form's label, without numbering and notes."""
    return tuple(core_of(spelling) for spelling in (label.label, *label.aliases))


@lru_cache(maxsize=8192)
def match_label(printed: str, labels: tuple[Label, ...]) -> tuple[Match, ...]:
    """The form's labels that a printed one may stand for (several share one spelling in different groups).

    An exact spelling wins; else the nearest, when it is near and no other spelling is about as near.
    Returns an empty tuple where nothing fits. Short labels (under four characters) are never matched loosely.
    """
    core = core_of(printed)
    exact = tuple(Match(label, True) for label in labels if core in cores_of(label))
    if exact or len(core) < 4 or len(core) > 80:
        return exact
    if (below := _below_its_groups(core, labels)) is not None:
        return below
    scored: dict[str, float] = {}
    for label in labels:
        for spelling in cores_of(label):
            scored[spelling] = _likeness(core, spelling)
    ranked = sorted(scored, key=lambda spelling: -scored[spelling])
    if not ranked or scored[ranked[0]] < NEAR or len(ranked[0]) < 4:
        return ()
    best = ranked[0]
    rivals = [s for s in ranked[1:] if scored[s] > scored[best] - APART and not _same_label(best, s, labels)]
    if rivals:
        return ()
    return tuple(Match(label, False) for label in labels if best in cores_of(label))


def _below_its_groups(core: str, labels: tuple[Label, ...]) -> tuple[Match, ...] | None:
    """A label printed in one cell with all that stands above it: "三、本年度办理结果（三）不予公开1.属于国家秘密".

    What is left behind the names of groups must be a label of the last of them, or nothing is named: the names are
    the second witness. None where no group's name stands in front.
    """
    groups = {core_of(label.group) for label in labels if label.group}
    rest, group = core, ""
    while found := next((name for name in groups if rest.startswith(name) and rest != name), ""):
        group, rest = found, core_of(rest[len(found) :])
    if not group:
        return None
    return tuple(match for match in match_label(rest, labels) if core_of(match.label.group) == group)


@lru_cache(maxsize=8192)
def is_group(printed: str, groups: tuple[str, ...]) -> str:
    """The group that a printed label names, or ""."""
    core = core_of(printed)
    return next((group for group in groups if core == core_of(group)), "")


def begins_label(printed: str, labels: Iterable[Label]) -> bool:
    """Whether a printed label is the beginning of a longer one: a row that a page break has cut."""
    core = core_of(printed)
    return len(core) >= 2 and any(
        spelling.startswith(core) and spelling != core for label in labels for spelling in cores_of(label)
    )


def is_part(printed: str, labels: Iterable[Label]) -> bool:
    """Whether a text is a label, a group or a piece of one: what a page break leaves of a header."""
    core = core_of(printed)
    return len(core) >= 2 and any(
        core in spelling for label in labels for spelling in (*cores_of(label), core_of(label.group))
    )


@lru_cache(maxsize=4096)
def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _same_label(one: str, other: str, labels: Iterable[Label]) -> bool:
    return any(one in cores_of(label) and other in cores_of(label) for label in labels)
