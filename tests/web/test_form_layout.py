"""The tables of the pages are those of the notices, box by box; every label has its term."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from archive.web.form_layout import Layout, layout_of
from archive.web.terms import GROUPS, list_terms, term_of
from parsers.forms import Form, find_form, list_forms
from tests.documents.official_forms import BANDS as OFFICIAL_BANDS
from tests.documents.official_forms import GROUPS as OFFICIAL_GROUPS
from tests.documents.official_forms import (
    Rows,
    disputes_table,
    keys_of,
    proactive_bands,
    requests_body,
    requests_head,
)

ALL_FORMS = pytest.mark.parametrize("form", list_forms(), ids=lambda form: f"{form.table}_{form.form}")
_UNITS = {"条", "件", "次", "篇", "个", "人", "人次", "万元"}
Printed = list[list[tuple[str, int, int, str]]]


def no_figures() -> Mapping[str, str]:
    forms = {"proactive": "2021", "requests": "2021", "disputes": "2019"}
    older = {"proactive": "2019", "requests": "2019", "disputes": "2019"}
    return dict.fromkeys([*keys_of(forms), *keys_of(older)], "")


def official(rows: Rows) -> Printed:
    return [[(box.text if not box.key else "", box.rowspan, box.colspan, box.key) for box in row] for row in rows]


def shown(layout: Layout) -> Printed:
    rows = (*layout.head, *layout.body)
    return [[(box.text, box.rowspan, box.colspan, box.key) for box in row] for row in rows]


@pytest.mark.parametrize("year", ["2019", "2021"])
def test_section_two_is_the_official_table(year: str) -> None:
    bands = proactive_bands(OFFICIAL_BANDS[year], no_figures())
    assert shown(layout_of(find_form("proactive", year))) == official([row for band in bands for row in band])


@pytest.mark.parametrize("year", ["2019", "2021"])
def test_section_three_is_the_official_table(year: str) -> None:
    rows = [*requests_head(), *requests_body(OFFICIAL_GROUPS[year], no_figures())]
    assert shown(layout_of(find_form("requests", year))) == official(rows)


def test_section_four_is_the_official_table() -> None:
    assert shown(layout_of(find_form("disputes", "2019"))) == official(disputes_table(no_figures()))


def test_the_statistics_of_2014_have_a_heading_for_each_part_and_a_unit_in_each_row() -> None:
    body = layout_of(find_form("statistics", "2014")).body
    texts = [[box.text for box in row] for row in body]
    assert texts[:5] == [
        ["一、主动公开情况"],
        ["（一）主动公开政府信息数", "条", ""],
        ["主动公开规范性文件数", "条", ""],
        ["制发规范性文件总数", "件", ""],
        ["（二）通过不同渠道和方式公开政府信息的情况"],
    ]
    assert ["（四）政府信息公开专项经费", "万元", ""] in texts
    assert ["（三）接受培训人员数", "人次", ""] in texts
    headings = [row[0] for row in texts if len(row) == 1]
    assert len(headings) == len(set(headings))


@ALL_FORMS
def test_every_figure_of_the_form_has_one_place(form: Form) -> None:
    assert Counter(layout_of(form).keys()) == Counter(cell.key for cell in form.cells())


@ALL_FORMS
def test_every_row_fills_the_grid(form: Form) -> None:
    layout = layout_of(form)
    for rows in (layout.head, layout.body):
        taken: Counter[int] = Counter()
        for at, row in enumerate(rows):
            for box in row:
                for below in range(box.rowspan):
                    taken[at + below] += box.colspan
        assert len(set(taken.values())) <= 1
        assert len(taken) == len(rows)


@ALL_FORMS
def test_every_label_is_explained(form: Form) -> None:
    layout = layout_of(form)
    labels = {box.text for row in (*layout.head, *layout.body) for box in row if box.text}
    assert {label for label in labels if term_of(label) is None} <= _UNITS


def test_no_label_has_two_terms_and_each_label_is_one_of_a_form() -> None:
    printed = {
        box.text for form in list_forms() for row in (*layout_of(form).head, *layout_of(form).body) for box in row
    }
    labels = [label for term in list_terms() for label in term.labels]
    assert len(labels) == len(set(labels))
    assert set(labels) <= printed


def test_terms_have_names_of_their_own_a_group_and_a_source() -> None:
    terms = list_terms()
    assert len({term.id for term in terms}) == len(terms)
    assert {term.group for term in terms} == set(GROUPS)
    for term in terms:
        assert term.sources, term.id
        assert all(term.name[language] and term.means[language] for language in ("zh", "en")), term.id
        assert all(one["zh"] and one["en"] for one in term.sources), term.id
