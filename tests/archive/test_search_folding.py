"""Folding, terms and tokens against the plainest definition: substrings, and words from their beginning."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.search import marks_in
from archive.search.folding import Aligned, fold, is_letter, loosen
from archive.search.terms import Said, has_words, make_term, read_query, tokens_of

CHINESE = "行政复议公开的示例县年〇，。（）：“”、- \n\t　12０２３aAbＢé①㎡Ⅳ"
ODD = "⑴㈠⼀︰﹕︔;｡､㋿\U0002f800"
ODD += "ﬁ´e\u0301İςΣ\u1100\u1161\u11a8か\u3099ｶﾞ\u200b\u00a0豈ﷺ\u0bc7\u0bbe\u00bd²\ufdfa\u2126_\x00"
TEXTS = st.text(alphabet=CHINESE, max_size=60) | st.text(alphabet=CHINESE + ODD, max_size=30) | st.text(max_size=40)


def begins_word(folded: str, at: int) -> bool:
    return at == 0 or not is_letter(folded[at - 1])


def stands(term: str, text: str) -> bool:
    """The definition: a piece of the folded text; one that begins with a letter or digit, at a word's beginning."""
    folded = fold(text)
    return any(
        folded.startswith(term, at) and (not is_letter(term[0]) or begins_word(folded, at)) for at in range(len(folded))
    )


@given(TEXTS)
@settings(max_examples=250, deadline=None)
def test_folded_is_nfkc_in_lower_case_without_white_space(text: str) -> None:
    plain = "".join(unicodedata.normalize("NFKC", text).lower().replace("ς", "σ").split())
    assert fold(text).replace(" ", "") == plain
    assert "".join(loosen(text).split()) == plain


@given(TEXTS)
@settings(max_examples=250, deadline=None)
@example("e\u0301 a\u0301")
@example("\u1100\u1161\u11a8")
@example("か\u3099")
def test_positions_lead_back_to_the_text(text: str) -> None:
    aligned = Aligned(text)
    assert aligned.loose == loosen(text)
    before = 0
    for at in range(len(aligned.loose)):
        start, end = aligned.span(at, at + 1)
        assert start < end <= len(text)
        assert start >= before
        assert aligned.loose[at] in loosen(text[start:end])
        before = start


def test_what_folding_makes_an_ideograph_or_mark_is_seen_in_any_text() -> None:
    """All of Unicode: where a text is called plain, a piece of ideographs and marks is looked for as it is printed."""
    assert make_term("示。“”《》,:;()").plain is not None
    for character in map(chr, (*range(0xD800), *range(0xE000, 0x110000))):
        if unicodedata.normalize("NFKC", character).lower() == character:
            continue
        folded = loosen(character)
        if folded != character and not character.isspace() and Said(character).is_plain:
            assert folded.strip(), hex(ord(character))
            made = [one for one in folded if make_term(f"示{one}").printed]
            assert made == [] or character in "，：；（）", hex(ord(character))


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("收到\u2f8f政复议", "行政复议"), ("收到行\u2f00政", "行政"), ("1㈠", "(一"), ("项目㈠项", "项目(一)项"),
        ("㈠项", "一)项"),
        ("请 示\n㊞", "请示印"), ("请示\u3358", "请示0点"), ("公開㊞章", "开印章"), ("收到行政复\u2f00", "行政复议"),
    ],
)  # fmt: skip
def test_what_one_character_makes_is_seen_beside_what_is_printed(text: str, piece: str) -> None:
    assert make_term(fold(piece)).holds(Said(text)) is stands(fold(piece), text)


@given(text=TEXTS, data=st.data())
@settings(max_examples=800, deadline=None)
def test_a_term_holds_where_it_stands(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    if folded and data.draw(st.booleans()):
        start = data.draw(st.integers(0, len(folded) - 1))
        piece = folded[start : start + data.draw(st.integers(1, 12))]
    else:
        piece = data.draw(st.text(alphabet=CHINESE, min_size=1, max_size=5))
    said = fold(piece)
    if not has_words(said):
        return
    term = make_term(said)
    holds = stands(said, text)
    assert term.holds(Said(text)) is holds
    assert (term.count(Said(text)) > 0) is holds
    tokens = set(tokens_of(text).split())
    named = all(
        any(token.startswith(one[:-1]) for token in tokens) if one.endswith("*") else one in tokens
        for one in term.tokens
    )
    if holds:
        assert named, term.tokens
    elif term.proven:
        assert not named, term.tokens


@given(text=TEXTS, query=st.text(alphabet=CHINESE, max_size=4))
@settings(max_examples=250, deadline=None)
def test_marks_are_where_the_terms_stand(text: str, query: str) -> None:
    terms = read_query(query).wanted
    marks = marks_in(text, query)
    assert bool(marks) == any(stands(term.text, text) for term in terms)
    assert all(0 <= start < end <= len(text) for start, end in marks)
    assert all(one[1] <= other[0] for one, other in pairwise(marks))
    if len(terms) == 1:
        assert all(fold(terms[0].text) in fold(text[start:end]) for start, end in marks)


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("行政 复议", [("行政", False), ("复议", False)]),
        ("行政　复议", [("行政", False), ("复议", False)]),
        ('"行政 复议"', [("行政复议", False)]),
        ("“行政 复议”", [("行政复议", False)]),
        ("“三公”经费", [("“三公”经费", False)]),
        ("的“三公”经费", [("的“三公”经费", False)]),
        ("＂行政 复议＂公开", [("行政复议", False), ("公开", False)]),
        ("-复议", [("复议", True)]),
        ("－复议", [("复议", True)]),
        ('-"行政 复议" 公开', [("行政复议", True), ("公开", False)]),
        ("行政-复议", [("行政-复议", False)]),
        ("0478-7678686", [("0478-7678686", False)]),
        ('"annual  Report"', [("annual report", False)]),
        ('"行政', [("行政", False)]),
        ("行政 行政 ＡＢ ab", [("行政", False), ("ab", False)]),
        ("，", []),
    ],
)
def test_what_a_query_says(query: str, terms: list[tuple[str, bool]]) -> None:
    assert [(term.text, term.excluded) for term in read_query(query).terms] == terms


def test_words_of_any_length_are_found() -> None:
    word = "x" + "y" * 60
    for length in range(1, len(word) + 1):
        term = make_term(word[:length])
        tokens = set(tokens_of(f"甲{word}乙").split())
        (token,) = term.tokens
        assert any(one.startswith(token[:-1]) for one in tokens) if token.endswith("*") else token in tokens
        assert term.proven is (length <= 40)
        assert term.holds(Said(f"甲{word}乙"))
        assert not term.holds(Said(f"甲z{word}乙"))
