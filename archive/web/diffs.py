"""What differs between two versions, in pieces to be shown side by side: words, and the sums that changed with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from archive.web.check_words import Said, say_check

_AROUND = 40  # characters of what is the same that stay on either side of what is not
_MOST_COMPARED = 3_000_000  # product of the lengths of two lines; beyond it they are shown whole
_UNLIKE = 0.3
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-z]+|.", re.S)  # a figure changes as a whole, Chinese by the character
Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class LinePair:
    """A line before and after, in pieces (text, does it differ); a side that has none is empty."""

    before: Pieces
    after: Pieces


@dataclass(frozen=True, slots=True)
class CheckChange:
    """A sum of the form that stands otherwise: ``before`` and ``after`` are None where that side has no such sum."""

    anchor: str
    place: str
    rule: str
    keys: tuple[str, ...]
    before: Said | None
    after: Said | None


def pair_lines(unified: Sequence[str]) -> Iterator[LinePair]:
    """A unified diff (archive.versions.Difference.text) → its changed lines side by side."""
    removed: list[str] = []
    added: list[str] = []
    for line in (*unified, " "):
        if line.startswith("-"):
            if added:
                yield from _paired(removed, added)
                removed, added = [], []
            removed.append(line[1:])
        elif line.startswith("+"):
            added.append(line[1:])
        else:
            yield from _paired(removed, added)
            removed, added = [], []


def changed_checks(language: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[CheckChange, ...]:
    """Two parse documents → the sums that hold in one and not in the other, or are broken otherwise."""
    old, new = (
        {
            one.anchor: one
            for one in (say_check(language, side["forms"], side["cells"], check) for check in side["checks"])
        }
        for side in (before, after)
    )
    found = []
    for anchor in dict.fromkeys((*old, *new)):
        left, right = old.get(anchor), new.get(anchor)
        states = [one.state for one in (left, right) if one is not None]
        differ = len(set(states)) > 1 or (len(states) == 1 and states[0] == "BROKEN")
        if left is not None and right is not None and states == ["BROKEN", "BROKEN"]:
            differ = left.says != right.says
        if differ and "BROKEN" in states:
            one = right or left
            if one is not None:
                found.append(CheckChange(anchor, one.place, one.rule, one.keys, left, right))
    return tuple(found)


def _paired(removed: list[str], added: list[str]) -> Iterator[LinePair]:
    """Lines that went and lines that came: in pairs as long as they are alike, else each for itself."""
    for old, new in zip(removed, added, strict=False):
        yield from _pair(old, new)
    for old in removed[len(added) :]:
        yield LinePair(((old, True),), ())
    for new in added[len(removed) :]:
        yield LinePair((), ((new, True),))


def _pair(old: str, new: str) -> Iterator[LinePair]:
    if len(old) * len(new) > _MOST_COMPARED:
        yield LinePair(((old, True),), ((new, True),))
        return
    olds, news = _TOKEN.findall(old), _TOKEN.findall(new)
    matcher = SequenceMatcher(None, olds, news, autojunk=False)
    if matcher.quick_ratio() < _UNLIKE:
        yield LinePair(((old, True),), ())
        yield LinePair((), ((new, True),))
        return
    codes = matcher.get_opcodes()
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for number, (kind, a, b, c, d) in enumerate(codes):
        same = kind == "equal"
        ends = (number == 0, number == len(codes) - 1)
        for side, text in ((left, "".join(olds[a:b])), (right, "".join(news[c:d]))):
            if text:
                side.append((_cut(text, *ends) if same else text, not same))
    yield LinePair(tuple(left), tuple(right))


def _cut(text: str, is_first: bool, is_last: bool) -> str:
    """What is the same → as much of it as is needed to find the place."""
    head = "" if is_first else text[:_AROUND]
    tail = "" if is_last else text[-_AROUND:]
    return text if len(text) <= len(head) + len(tail) + 20 else f"{head}…{tail}"
