"""What the prose of reports has in common that it should not: sentences of their own, masked and counted."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from parsers.divisions import load_divisions
from parsers.forms import labels_by_key
from parsers.text import fold

SHORTEST = 14
"""Characters of a sentence that can be somebody's own; below it are headings, and what everybody says."""
FEW = 3
"""A sentence that more bodies than this used in one year is a template, and nobody's copy."""
# 12 · 2024 · 25.1 (``fold`` has turned full-width digits into these) · 十一 · 三百二十
_NUMBER = re.compile(r"\d+(?:\.\d+)*|[〇零一二两三四五六七八九十百千万]+")
_END = re.compile(r"[。；！？\n]")
_HAN = re.compile(r"[一-鿿]")
_MASK = "某"


@dataclass(frozen=True, slots=True)
class Sentence:
    """As it is printed; ``key`` is the same for sentences that differ in names, places and figures only."""

    printed: str
    key: bytes
    length: int


@dataclass(frozen=True, slots=True)
class Shared:
    """What two texts share: ``score`` is the part of the shorter one's own prose, by characters, from 0 to 1."""

    left: int
    right: int
    score: float
    characters: int
    sentences: tuple[str, ...]


def sentences_of(text: str, names: Iterable[str]) -> tuple[Sentence, ...]:
    """A report's text and the names of its body and place → its sentences, each once; labels of the forms are none.

    >>> said = "{}全年召开会议{}次，研究公开工作中的难点。"
    >>> left, right = (sentences_of(said.format(*one), [one[0]]) for one in (("示例县民政局", 3), ("示例县水利局", 5)))
    >>> left[0].key == right[0].key
    True
    """
    masked = sorted({fold(name) for name in names if len(name) > 1}, key=len, reverse=True)
    found: dict[bytes, Sentence] = {}
    lines = (line for line in text.splitlines() if "\t" not in line)  # a row of a table has tabs between its cells
    for printed in _END.split("\n".join(lines)):
        folded = fold(printed)
        if len(folded) < SHORTEST or folded in _label_texts():
            continue
        for name in masked:
            folded = folded.replace(name, _MASK)
        folded = _NUMBER.sub("0", folded)
        length = len(_HAN.findall(folded))
        if length >= SHORTEST:
            key = hashlib.blake2b(folded.encode(), digest_size=8).digest()
            found.setdefault(key, Sentence(printed.strip(), key, length))
    return tuple(found.values())


def names_to_mask(organisation: str, body: str, region_code: str) -> tuple[str, ...]:
    """A body's names and those of its place, long and short: what a copier changes, if anything."""
    names = {organisation, body}
    places = [one.name for one in load_divisions().chain_of(region_code)] if region_code else []
    names |= {*places, *(place[:-1] for place in places if len(place) > 2)}
    for place in places:
        names |= {name.removeprefix(place) for name in names}
    return tuple(name for name in names if len(name) > 1)


def pairs_that_share(texts: Mapping[int, tuple[Sentence, ...]], least: float, fewest: int) -> Iterator[Shared]:
    """Texts of one year by report → the pairs of which one has ``least`` of its own prose in common with the other.

    ``fewest`` is how many characters they must share. A sentence that more than ``FEW`` bodies use counts for nobody:
    it is in the model that all of them were given. The work grows with the sentences, not with the pairs.
    """
    users: dict[bytes, list[int]] = defaultdict(list)
    for report, sentences in texts.items():
        for sentence in sentences:
            users[sentence.key].append(report)
    together: Counter[tuple[int, int]] = Counter()
    own: Counter[int] = Counter()
    for report, sentences in texts.items():
        for sentence in sentences:
            using = users[sentence.key]
            if len(using) <= FEW:
                own[report] += sentence.length
                for other in using:
                    if other > report:
                        together[report, other] += sentence.length
    for (left, right), characters in sorted(together.items()):
        score = characters / max(1, min(own[left], own[right]))
        if score >= least and characters >= fewest:
            yield share(left, right, texts[left], texts[right], score)


def share(
    left: int, right: int, a: tuple[Sentence, ...], b: tuple[Sentence, ...], score: float | None = None
) -> Shared:
    """Two texts → what they share; without a ``score`` that of all their sentences, template or not."""
    keys = {sentence.key for sentence in b}
    common = [sentence for sentence in a if sentence.key in keys]
    characters = sum(sentence.length for sentence in common)
    shorter = min(sum(sentence.length for sentence in side) for side in (a, b))
    whole = characters / max(1, shorter) if score is None else score
    longest = sorted(common, key=lambda one: -one.length)
    return Shared(left, right, whole, characters, tuple(one.printed for one in longest))


@cache
def _label_texts() -> frozenset[str]:
    return frozenset(fold(part) for label in labels_by_key().values() for part in label.split(" · "))
