"""Text → what is compared: NFKC, lower case, white space removed; spans there → spans of the text.

White space is removed everywhere but between two letters or digits, where one space stays: "1 2" in a row of figures
is not 12, and words of English are words. A letter or digit is what Unicode calls one, Han (kana and hangul with it)
apart, which is written without spaces.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise

HAN = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
"""Characters of which each is a unit of its own, as a class of a regular expression."""
LETTER = f"(?:(?![{HAN}])[^\\W_])"
"""A letter or digit that makes words, as a pattern of one character."""

# All but small letters, digits, ideographs and the most common marks, which are themselves when folded.
_FOLDING = re.compile("[^\t\n -@\\[-~\u4e00-\u9fff、。《》“”]")
_HAN_CHARACTER = re.compile(f"[{HAN}]")
# Second halves of a composition that are no marks themselves: jamo, and letters of Indic scripts.
_JOINING_LETTERS = re.compile(
    "[\u1161-\u1175\u11a8-\u11c2\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf"
    "\u102e\u1b35]"
)


def fold(text: str) -> str:
    """Text → what is compared.

    >>> fold("２０２３年 ＡＢＣ　行政\\n复议 12 0")
    '2023年abc行政复议12 0'
    """
    parts = loosen(text).split()
    kept = parts[:1]
    for before, part in pairwise(parts):
        if is_letter(before[-1]) and is_letter(part[0]):
            kept.append(" ")
        kept.append(part)
    return "".join(kept)


def loosen(text: str) -> str:
    """Text → the same with its white space left in, in which ``pattern_of`` a folded term finds its places."""
    replaced = _replaced(text)
    return _lowered(unicodedata.normalize("NFKC", text)) if replaced is None else replaced


def is_letter(character: str) -> bool:
    """Whether a folded character makes words: a letter or digit, and not Han."""
    return character.isalnum() and (character < "\u3005" or _HAN_CHARACTER.match(character) is None)


class Aligned:
    """A text loosened, and where each character of that came from."""

    def __init__(self, text: str) -> None:
        self._starts: list[int] | None = None
        self._ends: list[int] = []
        replaced = _replaced(text)
        self.loose = "" if replaced is None else replaced
        if len(self.loose) == len(text):  # none becomes nothing, so that each became one
            return
        pieces: list[str] = []
        self._starts = []
        for start, end in _clusters(text):
            piece = _lowered(unicodedata.normalize("NFKC", text[start:end]))
            pieces.append(piece)
            self._starts.extend([start] * len(piece))
            self._ends.extend([end] * len(piece))
        self.loose = "".join(pieces)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in ``loose`` → start and end in the text."""
        if self._starts is None:
            return start, end
        return self._starts[start], self._ends[end - 1]


def pattern_of(folded: str) -> str:
    """A folded term → the regular expression of its places in a loosened text, at the beginning of a word."""
    parts = [re.escape(folded[0])]
    if is_letter(folded[0]):
        # After the first character, so that the search can skip from one of these to the next.
        parts.append(f"(?<!{LETTER}{re.escape(folded[0])})")
    for before, character in pairwise(folded):
        if character == " ":
            parts.append(r"\s+")
        else:
            both = is_letter(before) and is_letter(character)
            parts.append(("" if both or before == " " else r"\s*") + re.escape(character))
    return "".join(parts)


def _lowered(normal: str) -> str:
    """Lower case, one by one: the Greek sigma has two, by its place in the word."""
    return normal.lower().replace("ς", "σ")


class _Folded(dict[str, str | None]):
    """Character → what it is when folded; None where that may depend on its neighbours or is not stable itself."""

    def __missing__(self, character: str) -> str | None:
        folded = _lowered(unicodedata.normalize("NFKC", character))
        is_stable = all(_lowered(unicodedata.normalize("NFKC", one)) == one and not _joins(one) for one in folded)
        self[character] = folded if is_stable and not _joins(character) else None
        return self[character]


_FOLDED = _Folded()


def _replaced(text: str) -> str | None:
    """Text folded with its white space left in, where each of its characters can be folded for itself; else None.

    Most of a report's characters are themselves, and of the others there are some twenty: that is faster than NFKC.
    """
    for character in set(_FOLDING.findall(text)):
        folded = _FOLDED[character]
        if folded is None:
            return None
        if folded != character:
            text = text.replace(character, folded)
    return text


def _clusters(text: str) -> list[tuple[int, int]]:
    """Text → the pieces that NFKC makes something of each for itself."""
    starts = [at for at, character in enumerate(text) if at == 0 or not _joins(character)]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


@cache
def _joins(character: str) -> bool:
    """Whether NFKC may make one of this character and what stands before it."""
    first = unicodedata.normalize("NFKD", character)[:1]
    return unicodedata.combining(first) != 0 or _JOINING_LETTERS.match(first) is not None
