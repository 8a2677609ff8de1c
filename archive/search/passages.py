"""A text and the terms of a query → where they stand, and the lines that show them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from archive.search.folding import Aligned
from archive.search.terms import Term, read_query
from archive.search.values import Passage

_WIDTH = 120
_BEFORE = 40
_MOST = 3
_MOST_SPANS = 200
_SPACE = re.compile(r"\s+")

Span = tuple[int, int]
Pieces = tuple[tuple[str, bool], ...]


def marks_in(text: str, query: str) -> list[Span]:
    """Text and query → where the query's terms stand in the text, (start, end), in order and apart.

    Raises BadQuery as ``read_query`` does.

    >>> marks_in("收到 行政\\n复议２０条", "行政复议 20")
    [(3, 8), (8, 10)]
    """
    return spans_of(text, read_query(query).wanted)


def spans_of(text: str, terms: Sequence[Term]) -> list[Span]:
    """As ``marks_in``, of terms that were read before."""
    return _apart(span for spans in _spans_by_term(text, terms) for span in spans)


def passages_of(version: int, text: str, terms: Sequence[Term], most: int = _MOST) -> tuple[Passage, ...]:
    """The lines of a version's text that show the terms: the first place of each, then further places."""
    by_term = _spans_by_term(text, terms)
    spans = _apart(span for found in by_term for span in found)
    first = [found[0] for found in by_term if found]
    lines: dict[int, Span] = {}
    for span in [*first, *spans]:
        if len(lines) == most:
            break
        start = text.rfind("\n", 0, span[0]) + 1
        lines.setdefault(start, span)
    return tuple(
        Passage(version, text.count("\n", 0, start), _window(text, start, lines[start], spans))
        for start in sorted(lines)
    )


def headline_of(titles: str, names: str, terms: Sequence[Term]) -> Pieces:
    """Title and name → the first of them that holds a term, in pieces; the title where none does."""
    for line in (*titles.split("\n"), *names.split("\n")):
        spans = spans_of(line, terms)
        if spans:
            return tuple(_cut(line, 0, len(line), spans))
    return ((titles.split("\n")[0], False),) if titles else ()


def _spans_by_term(text: str, terms: Sequence[Term]) -> list[list[Span]]:
    aligned: Aligned | None = None
    by_term = []
    for term in terms:
        if term.plain is not None and term.is_as_printed(text):
            spans = [found.span() for found in islice(term.plain.finditer(text), _MOST_SPANS)]
        else:
            aligned = aligned or Aligned(text)
            found = islice(term.pattern.finditer(aligned.loose), _MOST_SPANS)
            spans = [aligned.span(*one.span()) for one in found]
        by_term.append(spans)
    return by_term


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Spans → in order, those that overlap made one."""
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _window(text: str, line: int, span: Span, spans: list[Span]) -> Pieces:
    """The line that begins at ``line``, cut around a span; what of the span stands on further lines is with it."""
    line_end = text.find("\n", span[0])
    line_end = max(len(text) if line_end < 0 else line_end, span[1])
    start = max(line, span[0] - _BEFORE)
    end = max(min(line_end, start + _WIDTH), span[1])
    pieces = [(_SPACE.sub(" ", said), is_term) for said, is_term in _cut(text, start, end, spans)]
    before = [("…", False)] if start > line else []
    after = [("…", False)] if end < line_end else []
    return (*before, *pieces, *after)


def _cut(text: str, start: int, end: int, spans: Iterable[Span]) -> Iterator[tuple[str, bool]]:
    at = start
    for first, last in spans:
        if first >= at and last <= end:
            if first > at:
                yield text[at:first], False
            yield text[first:last], True
            at = last
    if at < end:
        yield text[at:end], False
