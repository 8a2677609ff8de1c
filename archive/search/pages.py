"""A query and filters → one page of reports, newest or best first, with its passages and an honest total.

Newest first streams: the index is in the order of publication, and looking stops when the page is full. Best first
compares a pool: the newest ``POOL`` reports that hold the query, and before them the newest ``HEADS`` of those that
hold a term in their title or a body's name. Of two reports of the pool the better one

1. holds more of the terms in its title or a name of its body,
2. has the terms more often for its length (occurrences in 1,000 characters of the text that stands for it, summed
   over the terms, rounded to a tenth),
3. was published later.

No statistics of the archive enter, so that anybody can check an order with the two reports at hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from archive.errors import BadQuery
from archive.readings import get_text
from archive.search.candidates import END, Candidate, Wanted, bears_out, find_candidates, make_wanted
from archive.search.folding import fold
from archive.search.index import is_indexed
from archive.search.passages import headline_of, passages_of
from archive.search.totals import Total, count_wanted
from archive.search.values import Filters, Found, Hit
from archive.store import Archive

POOL = 1000
HEADS = 200
MOST_TRIED = 2000
"""A page of newest reports looks at so many texts at most, and says where it stopped."""
_COUNTED_WITH_PAGE = 100
_MOST_ON_A_PAGE = 1000

_CURSOR = re.compile(r"(n|r)(\d{1,18})")

PUNCTUATION = "只有标点符号，没有可以检索的字。"
NOT_INDEXED = "检索索引还没有按这个版本建好：请运行 nianbao reparse，完成后再检索。"


def find_page(
    archive: Archive, query: str, filters: Filters, *, sort: str, limit: int, after: str = ""
) -> Found:
    """One page of the reports whose texts, titles or names hold the query and which the filters admit.

    ``sort`` is "newest" (by day of publication, those of no known day last) or "rank" (see above; ``next`` ends with
    the pool). ``after`` is the ``next`` of the page before. Raises BadQuery.
    """
    if sort not in ("newest", "rank"):
        raise BadQuery(f"expected newest or rank, found {sort!r}")
    if not 1 <= limit <= _MOST_ON_A_PAGE:
        raise BadQuery(f"expected 1 to {_MOST_ON_A_PAGE} hits a page, found {limit}")
    start = _read_cursor(after, sort)
    wanted = make_wanted(query, filters)
    if not is_indexed(archive.db):
        return Found(0, False, (), says=NOT_INDEXED, code="not_indexed")
    if not wanted.query.terms and not wanted.query.is_empty:
        return Found(0, True, (), says=PUNCTUATION, code="punctuation")
    if sort == "rank" and wanted.query.wanted:
        found = _best(archive, wanted, limit, start or 0)
    else:
        found = _newest(archive, wanted, limit, END if start is None else start)
    return _with_ignored(found, wanted)
