"""Word's formatted disk pages ([MS-DOC] 2.8.5, 2.8.6, 2.9.32, 2.9.174) → where a run begins, and what modifies it."""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass

from parsers.errors import Unreadable
from parsers.word.fib import NotUnderstood

_PAGE = 512
_PAGE_NUMBER = 0x3FFFFF  # PnFkpChpx, PnFkpPapx: 22 bits
_MOST_PAGES = 1 << 16  # 32 MB of pages


@dataclass(frozen=True, slots=True)
class Runs:
    """Run ``n`` covers the bytes ``starts[n]`` to ``ends[n]`` of the main stream; ``groups[n]`` modifies it.

    A paragraph's group begins with the two bytes of its style's number.
    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    groups: tuple[bytes, ...]

    def at(self, offset: int) -> int | None:
        """The run that covers a byte; None where none does."""
        found = bisect_right(self.starts, offset) - 1
        return found if found >= 0 and offset < self.ends[found] else None


def read_runs(main: bytes, pages: bytes, *, of_paragraphs: bool) -> Runs:
    """The stream WordDocument and PlcfBteChpx or PlcfBtePapx → the runs of all its pages.

    Raises Unreadable (pages beyond the end), NotUnderstood (runs that overlap).
    """
    count = (len(pages) - 4) // 8
    if count > _MOST_PAGES:
        raise NotUnderstood(f"{count} pages of properties are more than this reader takes")
    numbers = struct.unpack_from(f"<{max(count, 0)}I", pages, 4 * (count + 1)) if count > 0 else ()
    starts: list[int] = []
    ends: list[int] = []
    groups: list[bytes] = []
    for number in numbers:
        start = (number & _PAGE_NUMBER) * _PAGE
        page = main[start : start + _PAGE]
        if len(page) < _PAGE:
            raise Unreadable(
                f"expected a page of properties at {start} of the main stream, which has {len(main)} bytes"
            )
        runs = page[-1]
        per_run = 13 if of_paragraphs else 1  # BxPap, or the offset alone
        if 4 * (runs + 1) + per_run * runs >= _PAGE:
            raise Unreadable(f"expected a page of properties at {start}, found {runs} runs in it")
        borders = struct.unpack_from(f"<{runs + 1}I", page)
        starts += borders[:-1]
        ends += borders[1:]
        places = page[4 * (runs + 1) : 4 * (runs + 1) + per_run * runs : per_run]
        read = _paragraphs if of_paragraphs else _characters
        at = {place: read(page, 2 * place) for place in set(places)}
        groups += [at[place] for place in places]
    previous = 0
    for begin, end in zip(starts, ends, strict=True):
        if begin < previous or end < begin:
            raise NotUnderstood(f"the properties of the text at {begin} stand in no order")
        previous = end
    return Runs(tuple(starts), tuple(ends), tuple(groups))


def _characters(page: bytes, at: int) -> bytes:
    return page[at + 1 : min(at + 1 + page[at], _PAGE - 1)] if at else b""


def _paragraphs(page: bytes, at: int) -> bytes:
    """2.9.175 PapxInFkp: half the size plus a half, or 0 and then half the size; no offset is style 0, no modifiers."""
    if at == 0:
        return b"\0\0"
    start, size = at + 1, 2 * page[at] - 1
    if page[at] == 0:
        start, size = at + 2, 2 * page[at + 1]
    group = page[start : start + size]
    if len(group) < 2 or len(group) < size:
        raise NotUnderstood("the properties of a paragraph are cut off")
    return group
