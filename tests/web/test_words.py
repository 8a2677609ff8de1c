"""Every word of the pages is there in both languages, and no template asks for one that is not."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from archive.web.words import LANGUAGES, say, words_in

WEB = Path(__file__).parents[2] / "archive" / "web"
# t("search.total", count=3), asked.say("search.total"), say(language, "search.total")
_USED = re.compile(r"""\b(?:t|say|asked\.say)\(\s*(?:\w+,\s*)?["']([a-z_0-9]+\.[a-z_0-9.]+)["']\s*[,)]""")


def used() -> set[str]:
    files = [*WEB.rglob("*.html"), *WEB.rglob("*.py")]
    return {key for file in files for key in _USED.findall(file.read_text("utf-8"))}


def test_both_languages_have_the_same_words() -> None:
    zh, en = (words_in(language) for language in LANGUAGES)
    assert zh.keys() == en.keys()
    assert [key for key in zh if not zh[key].strip() or not en[key].strip()] == []


def test_both_languages_are_given_the_same_things() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    zh, en = (words_in(language) for language in LANGUAGES)
    assert {key: (names(zh[key]), names(en[key])) for key in zh if names(zh[key]) != names(en[key])} == {}


def test_every_word_that_is_used_is_there() -> None:
    assert len(used()) > 20
    assert used() - words_in("zh").keys() == set()


def test_a_word_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("zh", "common.no_such_word")
