"""Text → what is compared: NFKC, lower case, white space removed; spans there → spans of the text.

White space is removed everywhere but between two letters or digits, where one space stays: "1 2" in a row of figures
is not 12, and words of English are words. A letter or digit is what Unicode calls one, Han (kana and hangul with it)
apart, which is written without spaces.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

HAN = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
"""Characters of which each is a unit of its own, as a class of a regular expression."""
LETTER = f"(?:(?![{HAN}])[^\\W_])"
"""A letter or digit that makes words, as a pattern of one character."""

_IS_LETTER = re.compile(LETTER)
_BETWEEN = re.compile(rf"(?<={LETTER})\s+(?={LETTER})")
_KEPT_SPACE = "\ufffe"  # no character, so that no text has it
# Second halves of a composition that are no marks themselves: jamo, and letters of Indic scripts.
_JOINING_LETTERS = re.compile(
    "[\u1161-\u1175\u11a8-\u11c2\uff9e\uff9f\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf"
    "\u102e\u1b35\uffa0-\uffdc\u3130-\u318f]"
)
# Where each of these ends a text, what NFKC makes of the text before them does not depend on them.
_SIMPLE = re.compile("[\x00-\x7f\u2010-\u2027\u3001-\u3029\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e\\s]*")


def fold(text: str) -> str:
    """Text → what is compared.

    >>> fold("２０２３年 ＡＢＣ　行政\\n复议 12 0")
    '2023年abc行政复议12 0'
    """
    return _without_space(_lowered(unicodedata.normalize("NFKC", text)))


def is_letter(character: str) -> bool:
    """Whether a folded character makes words: a letter or digit, and not Han."""
    return _IS_LETTER.match(character) is not None


class Aligned:
    """A text folded with its white space left in, and where each character of that came from."""

    def __init__(self, text: str) -> None:
        self.folded = ""
        self._starts: list[int] | None = None
        self._ends: list[int] = []
        if _SIMPLE.fullmatch(text):
            self.folded = "".join(map(_fold_cluster, text))
            if len(self.folded) == len(text):  # none becomes nothing, so that each became one
                return
        pieces: list[str] = []
        self._starts = []
        for start, end in _clusters(text):
            piece = _fold_cluster(text[start:end])
            pieces.append(piece)
            self._starts.extend([start] * len(piece))
            self._ends.extend([end] * len(piece))
        self.folded = "".join(pieces)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in ``folded`` → start and end in the text."""
        if self._starts is None:
            return start, end
        return self._starts[start], self._ends[end - 1]


def pattern_of(folded: str) -> str:
    """A folded term → the regular expression of its places in ``Aligned.folded``, at the beginning of a word."""
    parts = [f"(?<!{LETTER})" if is_letter(folded[0]) else ""]
    for before, character in zip(" " + folded, folded, strict=False):
        if character == " ":
            parts.append(r"\s+")
        else:
            both = is_letter(before) and is_letter(character)
            parts.append(("" if both or before == " " else r"\s*") + re.escape(character))
    return "".join(parts)


def _lowered(normal: str) -> str:
    """Lower case, one by one: the Greek sigma has two, by its place in the word."""
    return normal.lower().replace("ς", "σ")


def _without_space(text: str) -> str:
    marked = _BETWEEN.sub(_KEPT_SPACE, text.replace(_KEPT_SPACE, "\uffff"))
    return "".join(marked.split()).replace(_KEPT_SPACE, " ")


@lru_cache(maxsize=1 << 16)
def _fold_cluster(text: str) -> str:
    return _lowered(unicodedata.normalize("NFKC", text))


def _clusters(text: str) -> list[tuple[int, int]]:
    """Text → the pieces that NFKC makes something of each for itself."""
    starts = [at for at, character in enumerate(text) if at == 0 or not _joins(character)]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


@lru_cache(maxsize=1 << 16)
def _joins(character: str) -> bool:
    """Whether NFKC may make one of this character and what stands before it."""
    first = unicodedata.normalize("NFKD", character)[:1]
    return unicodedata.combining(first) != 0 or _JOINING_LETTERS.match(character) is not None
