"""Words of a query → the reports that hold them, in Chinese of one character as well as of twelve.

The index (FTS5, no positions, no text) has one row a report with its pairs of Han characters, its words and what it
can be filtered by; it names candidates in the order of publication, and their kept texts are looked at wherever pairs
alone do not prove the term. Numbers of how well and how fast: benchmarks/search/README.md.
"""

from archive.search.pages import find_page
from archive.search.passages import marks_in
from archive.search.totals import count_facets
from archive.search.values import Filters, Found, Hit, Passage

__all__ = ["Filters", "Found", "Hit", "Passage", "count_facets", "find_page", "marks_in"]
