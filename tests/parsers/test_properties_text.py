"""Folding of texts for comparing: what must hold of any text, whoever wrote it."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from parsers.text import fold, is_blank, one_line, squeeze, visible

WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
TEXTS = st.text(
    alphabet="第二十条（一）“”、。－—–　 \t\n12０２３aAＢ①㎡Ⅳé\u0301\u200b\ufeff´¨が\u3099", max_size=30
) | st.text(max_size=30)


@given(TEXTS)
@example("e´")  # NFKC makes a space and a mark of the accent; without the space the mark joins the letter
@settings(max_examples=150)
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert squeeze(squeeze(text)) == squeeze(text)
    assert visible(visible(text)) == visible(text)
    assert one_line(one_line(text)) == one_line(text)


@given(TEXTS, st.lists(st.sampled_from(" 　\n\u00a0\u200b\ufeff\u00ad"), max_size=30))
@settings(max_examples=150)
def test_what_prints_nothing_counts_for_nothing(text: str, between: list[str]) -> None:
    filled = list(between) + [""] * len(text)
    spaced = "".join(one + gap for one, gap in zip(text, filled, strict=False))
    assert fold(spaced) == fold(text)
    assert is_blank(spaced) == is_blank(text)


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30))
@settings(max_examples=200)
def test_full_width_is_half_width(text: str) -> None:
    assert fold(text.translate(WIDE)) == fold(text)
