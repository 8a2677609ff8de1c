"""A query → its terms: what each says when folded, and what of it the index can tell.

White space parts terms, and all must hold. "…" and “…” keep a phrase together, a leading - or － excludes. A term
of Han and punctuation is any piece of the folded text; letters and digits stand at the beginning of a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from archive.errors import BadQuery
from archive.search.folding import HAN, LETTER, fold, is_letter, pattern_of

CLOSURE = 4
"""Beginnings of words up to so many characters are tokens of their own; longer ones are looked for as a prefix."""
LONGEST_WORD = 40
"""Of a word, so many characters are in the index."""

_MOST_TERMS = 100
_MOST_TOKENS = 240
_RUN = re.compile(f"([{HAN}]+)|{LETTER}+")
_HAN_RUN = re.compile(f"[{HAN}]+")
_OTHER_RUN = re.compile("[^\\W_]+")
# A curly quotation mark opens a phrase only where its other half ends a term: “三公”经费 is a term as it stands.
_TERM = re.compile(r'([-－]?)(?:["＂]([^"＂]*)(?:["＂]|$)|“([^“”]*)”(?=\s|$)|([^\s"＂]+))')
_IDEOGRAPHS = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
_SURE_TERM = re.compile("[0-9]+[\u3400-\u4dbf\u4e00-\u9fff][0-9\u3400-\u4dbf\u4e00-\u9fff]*")


@dataclass(frozen=True, slots=True)
class Term:
    """``text`` is folded; ``tokens`` must all be in the index for it to hold, and prove it where ``proven``.

    A token that ends with ``*`` is the beginning of one. ``pattern`` finds the term in ``Aligned.folded``,
    ``at_word`` in folded text where it begins with a letter or digit.
    """

    text: str
    excluded: bool
    tokens: tuple[str, ...]
    proven: bool
    pattern: re.Pattern[str]
    at_word: re.Pattern[str]

    def holds(self, folded: str) -> bool:
        """Whether it stands in a folded text."""
        if is_letter(self.text[0]):
            return self.at_word.search(folded) is not None
        return self.text in folded

    def holds_any(self, folded: Iterable[str]) -> bool:
        """Whether it stands in one of several folded texts."""
        return any(map(self.holds, folded))

    def surely_holds(self, text: str) -> bool:
        """Whether it stands as it is in a text that is not folded; False says nothing.

        Ideographs, and digits before and after them, are themselves when folded, whatever stands beside them.
        """
        if _IDEOGRAPHS.fullmatch(self.text):
            return self.text in text
        if _SURE_TERM.fullmatch(self.text):
            return re.search(f"(?:^|[\\s\u4e00-\u9fff，。；：（]){self.text}", text) is not None
        return False

    def count_in(self, text: str) -> int:
        """How often it stands in a text that is not folded; of ideographs, as printed in one piece where it ever is."""
        if _IDEOGRAPHS.fullmatch(self.text) and (printed := text.count(self.text)):
            return printed
        folded = fold(text)
        return len(self.at_word.findall(folded)) if is_letter(self.text[0]) else folded.count(self.text)


@dataclass(frozen=True, slots=True)
class Query:
    """``is_empty``: nothing was asked. ``ignored``: terms of which nothing is left, punctuation alone."""

    terms: tuple[Term, ...]
    ignored: tuple[str, ...]
    is_empty: bool

    @property
    def wanted(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if not term.excluded)

    @property
    def excluded(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.excluded)


def read_query(query: str) -> Query:
    """Query → its terms. Raises BadQuery for more of them than can be looked for.

    >>> [(term.text, term.tokens, term.proven) for term in read_query("行政复议 -复 0478").terms]
    [('行政复议', ('行政', '政复', '复议'), False), ('复', ('复',), True), ('0478', ('0478',), True)]
    """
    found = [(bool(minus), quoted or curly or plain) for minus, quoted, curly, plain in _TERM.findall(query)]
    if len(found) > _MOST_TERMS:
        raise BadQuery(f"expected at most {_MOST_TERMS} terms, found {len(found)}")
    each = max(2, _MOST_TOKENS // max(1, len(found)))
    terms: dict[tuple[bool, str], Term] = {}
    ignored = []
    for is_excluded, said in found:
        folded = fold(said)
        if not has_words(folded):
            ignored.append(said)
        else:
            terms.setdefault((is_excluded, folded), make_term(folded, is_excluded, each))
    return Query(tuple(terms.values()), tuple(ignored), not query.strip())


def has_words(folded: str) -> bool:
    """Whether a folded text has a letter, a digit or a Han character, which alone can be looked for."""
    return _RUN.search(folded) is not None


def make_term(folded: str, is_excluded: bool = False, most_tokens: int = _MOST_TOKENS) -> Term:
    """A folded text with a letter, digit or Han character → the term."""
    tokens: dict[str, None] = {}
    for run in _RUN.finditer(folded):
        said = run[0]
        if run[1] is None:
            tokens[_word_token(said, run.end() == len(folded))] = None
        elif len(said) == 1:
            tokens[said] = None
        else:
            tokens.update(dict.fromkeys(map(str.__add__, said, said[1:])))
    (first, *_) = _RUN.finditer(folded)
    is_one_run = first[0] == folded
    proven = is_one_run and (len(folded) <= 2 if first[1] is not None else len(folded) <= LONGEST_WORD)
    kept = tuple(tokens)[:most_tokens]
    at_word = re.compile(f"(?<!{LETTER}){re.escape(folded)}")
    return Term(folded, is_excluded, kept, proven, re.compile(pattern_of(folded)), at_word)


def tokens_of(folded: str) -> set[str]:
    """Folded text → its tokens: Han characters and pairs of them, words and the beginnings of words.

    >>> sorted(tokens_of("复议案20231件"))
    ['2', '20', '202', '2023', '20231', '件', '复', '复议', '案', '议', '议案']
    """
    runs = _HAN_RUN.findall(folded)
    tokens = set().union(*runs)
    tokens.update(*(map(str.__add__, run, run[1:]) for run in runs))
    for word in set(_OTHER_RUN.findall(_HAN_RUN.sub(" ", folded))):
        tokens.add(word[:LONGEST_WORD])
        tokens.update(word[:length] for length in range(1, min(len(word), CLOSURE + 1)))
    return tokens


def _word_token(word: str, is_last: bool) -> str:
    if len(word) <= CLOSURE or (not is_last and len(word) < LONGEST_WORD):
        return word
    return word[:LONGEST_WORD] + "*"
