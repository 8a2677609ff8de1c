"""A query → its terms: what each says when folded, and what of it the index can tell.

White space parts terms, and all must hold. "…" and “…” keep a phrase together, a leading - or － excludes. A term
of Han and punctuation is any piece of the folded text; letters and digits stand at the beginning of a word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

from archive.errors import BadQuery
from archive.search.folding import HAN, LETTER, fold, loosen, pattern_of

CLOSURE = 4
"""Beginnings of words up to so many characters are tokens of their own; longer ones are looked for as a prefix."""
LONGEST_WORD = 40
"""Of a word, so many characters are in the index."""

_MOST_TERMS = 40
_LONGEST_QUERY = 2000
_MOST_TOKENS = 240
_RUN = re.compile(f"([{HAN}]+)|{LETTER}+")
_HAN_RUN = re.compile(f"[{HAN}]+")
_OTHER_RUN = re.compile(f"[^\\W_{HAN}]+")
# Marks between two Han characters, “高。结”, but for those that begin with a comma, of which a text has most.
_BRIDGE = re.compile(f"[^\\w{HAN},、](?<=([{HAN}]).)[^\\w{HAN}]*(?=([{HAN}]))")
# A curly quotation mark opens a phrase only where its other half ends a term: “三公”经费 is a term as it stands.
_TERM = re.compile(r'([-－]?)(?:["＂]([^"＂]*)(?:["＂]|$)|“([^“”]*)”(?=\s|$)|([^\s"＂]+))')
_SURE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff、。“”《》,:;()]+")
_WIDE = str.maketrans(",:;()", "，：；（）")
_EITHER = {narrow: f"[{narrow}{chr(_WIDE[ord(narrow)])}]" for narrow in ",:;()"}
# What folding makes one of _SURE, but for _WIDE: a text without any need not be folded to know whether a piece of _SURE
# stands in it. In ranges: U+2474 is ⑴, U+3190 to U+33FF have ㈠ and ㎡, at U+F900 compatibility ideographs begin.
_MADE_SURE = (
    "[\u037e\u207d\u207e\u208d\u208e\u2474-\u24b5\u2a74\u2e80-\u2fdf\u3038-\u303a\u3190-\u33ff\uf900-\ufaff"
    "\ufe10-\ufe6f\uff61\uff64\U0001f100-\U0001f2ff\U0002f800-\U0002fa1f]"
)
_MADE = re.compile(_MADE_SURE)
_LONGEST_BEGUN = 20  # characters; of a longer piece a pattern of its beginnings would take longer than the look


class Said:
    """A text as it is kept, loosened once if it ever must be."""

    __slots__ = ("_is_plain", "_loose", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._loose: str | None = None
        self._is_plain: bool | None = None

    @property
    def is_plain(self) -> bool:
        """Whether ideographs and the commonest marks stand in it as they are printed mostly, and in no other way."""
        if self._is_plain is None:
            self._is_plain = _MADE.search(self.text) is None
        return self._is_plain

    @property
    def loose(self) -> str:
        if self._loose is None:
            self._loose = loosen(self.text)
        return self._loose


@dataclass(frozen=True, slots=True)
class Term:
    """``text`` is folded; ``tokens`` must all be in the index for it to hold, and prove it where ``proven``.

    A token that ends with ``*`` is the beginning of one. ``pattern`` finds the term in loosened texts; ``printed`` is
    how it is printed mostly, and then surely this term, "" where that depends on what stands beside it; ``plain`` then
    finds it in plain texts as they are. ``rest`` is what follows the marks that such a term begins with: it is found or
    missed in a tenth of the time.
    """

    text: str
    excluded: bool
    tokens: tuple[str, ...]
    proven: bool
    pattern: re.Pattern[str]
    printed: str
    plain: re.Pattern[str] | None
    rest: Term | None

    def holds(self, said: Said) -> bool:
        """Whether it stands in a text."""
        if self.printed and self.printed in said.text:
            return True
        if self.rest is not None and not self.rest.holds(said):
            return False
        if self.plain is not None:
            if self.plain.search(said.text) is not None:
                return True
            if self.is_as_printed(said.text) or said.is_plain:
                return False
        return self.pattern.search(said.loose) is not None

    def is_as_printed(self, text: str) -> bool:
        """True: ``plain`` finds it in this text wherever it stands there."""
        return self.plain is not None and not _may_be_made(self.text, text)

    def count(self, said: Said) -> int:
        """How often it stands in a text; in one piece, where it is ever printed so."""
        if self.printed and (often := said.text.count(self.printed)):
            return often
        if self.plain is not None and said.is_plain:
            return len(self.plain.findall(said.text))
        return len(self.pattern.findall(said.loose))


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
    """Query → its terms. Raises BadQuery for a query of more than can be looked for.

    >>> [(term.text, term.tokens, term.proven) for term in read_query("行政复议 -复 0478").terms]
    [('行政复议', ('行政', '政复', '复议'), False), ('复', ('复',), True), ('0478', ('0478',), True)]
    """
    if len(query) > _LONGEST_QUERY:
        raise BadQuery(f"expected at most {_LONGEST_QUERY:,} characters, found {len(query):,}")
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
    tokens.update(dict.fromkeys(_bridges_of("".join(folded.split()))))
    (first, *_) = _RUN.finditer(folded)
    is_one_run = first[0] == folded
    proven = is_one_run and (len(folded) <= 2 if first[1] is not None else len(folded) <= LONGEST_WORD)
    kept = tuple(tokens)[:most_tokens]
    printed = _printed(folded)
    plain = re.compile(r"\s*".join(_EITHER.get(character, character) for character in folded)) if printed else None
    rest = make_term(folded[first.start() :]) if printed and first.start() > 0 else None
    return Term(folded, is_excluded, kept, proven, re.compile(pattern_of(folded)), printed, plain, rest)


def tokens_of(text: str) -> str:
    """Text → its tokens with spaces between: Han characters, each pair of them, words and the beginnings of words.

    Two Han characters with marks between are a token as well, where the first mark is no comma: most pieces that go on
    into another sentence have all their pairs in many texts, and stand in few.

    >>> " ".join(sorted(set(tokens_of("复议案。20231件。已办，结").split())))
    '2 20 202 2023 20231 件 件:已 办 复 复议 已 已办 案 结 议 议案'
    """
    loose = loosen(text)
    joined = "".join(loose.split())
    han = " ".join(_HAN_RUN.findall(joined))
    words = set(_OTHER_RUN.findall(loose))
    parts: set[str] = set()
    for length in (*range(1, CLOSURE + 1), LONGEST_WORD):
        parts.update([word[:length] for word in words])
    return " ".join([_pairs_of(han), *set(han), *parts, *_bridges_of(joined)])


def _bridges_of(joined: str) -> list[str]:
    """A folded text without white space → its bridges: "高。结" is "高:结"."""
    return [f"{before}:{after}" for before, after in _BRIDGE.findall(joined)]


def _pairs_of(han: str) -> str:
    """ "复议 案" → "复议 议  案": each character with the next, in a tenth of the time of a loop over them."""
    wide = han.encode("utf-32-le")
    pairs = bytearray(" ".encode("utf-32-le") * 3 * (len(han) - 1))
    for byte in range(4 if pairs else 0):
        pairs[byte::12] = wide[byte:-4:4]
        pairs[byte + 4 :: 12] = wide[byte + 4 :: 4]
    return pairs.decode("utf-32-le")


def _printed(folded: str) -> str:
    """Ideographs and the commonest marks are themselves when folded, whatever they stand beside."""
    return folded.translate(_WIDE) if _SURE.fullmatch(folded) else ""


def _may_be_made(folded: str, text: str) -> bool:
    """False: in this text a piece stands nowhere but as it is printed, of no other characters that fold into it.

    It would begin with its first character or what makes that, and go on as printed until one that is made. To look
    for these takes a tenth of the time that it takes to see that a whole text is plain.
    """
    made, begun = _made_of(folded)
    return begun is None or begun.search(text) is not None or any(one in text for one in made)


@lru_cache(maxsize=64)
def _made_of(folded: str) -> tuple[str, re.Pattern[str] | None]:
    """What makes its first character; a pattern of its beginning, up to a character that is made."""
    made = _makers().get(folded[0], "")
    if len(folded) > _LONGEST_BEGUN or folded[0] in _EITHER:
        return "", None
    begun = ""
    for character in reversed(folded[1:]):
        begun = f"(?:{_EITHER.get(character, character)}\\s*{begun})?"
    return made, re.compile(f"{folded[0]}\\s*{begun}{_MADE_SURE}")


@cache
def _makers() -> dict[str, str]:
    """Character → those of which folding makes it, alone or with others."""
    makers: dict[str, str] = {}
    points = chain(range(0xD800), range(0xF900, 0xFFFF), range(0x1F000, 0x30000))  # where any of _MADE_SURE are
    for maker in _MADE.findall("".join(map(chr, points))):
        for character in set(unicodedata.normalize("NFKC", maker)):
            makers[character] = makers.get(character, "") + maker
    return makers


def _word_token(word: str, is_last: bool) -> str:
    if len(word) <= CLOSURE or (not is_last and len(word) < LONGEST_WORD):
        return word
    return word[:LONGEST_WORD] + "*"
