"""The site's search: English by words and stems, Chinese by pairs of characters.

Sphinx's own search for Chinese cuts the pages with jieba and the question not at all, so that only what jieba takes for
one word is found. Pairs need no dictionary, and any two characters that stand together are found.
"""

from __future__ import annotations

import re

from sphinx.search.en import SearchEnglish

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUNS = re.compile(rf"[{_HAN}]+|[^\W{_HAN}]+")


def pairs_of(run: str) -> list[str]:
    """
    >>> pairs_of("行政复议")
    ['行政', '政复', '复议']
    """
    return [run[at : at + 2] for at in range(len(run) - 1)]


class WordsAndPairs(SearchEnglish):
    """One index for pages in two languages; a single Chinese character is found too."""

    lang = "words-and-pairs"
    language_name = "English"  # and so is the name of the stemmer in JavaScript
    # The same for what a reader types; a single character is asked for as one.
    js_splitter_code = rf"""
var splitQuery = (query) =>
  (query.match(/[{_HAN}]+|(?:(?![{_HAN}])[\p{{L}}\p{{N}}_])+/gu) || []).flatMap((run) =>
    /^[{_HAN}]{{2,}}$/.test(run) ? Array.from({{ length: run.length - 1 }}, (_, at) => run.slice(at, at + 2)) : [run]);
"""

    def split(self, input: str) -> list[str]:  # noqa: A002  named so by Sphinx
        """Text of a page → what it is found by."""
        words: list[str] = []
        for run in _RUNS.findall(input):
            words += [*run, *pairs_of(run)] if re.match(f"[{_HAN}]", run) else [run]
        return words
