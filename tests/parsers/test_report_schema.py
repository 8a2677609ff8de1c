"""The published schema of a report is the forms', and every report that is read satisfies it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry, Resource

from parsers import read, report_to_dict
from parsers.english import english_of, english_of_table
from parsers.forms import list_forms
from parsers.report_schema import report_schema
from tests.parsers.statistics.source import ALL, page_of

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schema"


def validator() -> Draft202012Validator:
    names = ("report.json", "parse.json")
    registry: Registry = Registry().with_resources(
        [(name, Resource.from_contents(json.loads((SCHEMAS / name).read_text("utf-8")))) for name in names]
    )
    return Draft202012Validator(json.loads((SCHEMAS / "report.json").read_text("utf-8")), registry=registry)


def test_it_is_what_the_forms_say() -> None:
    assert json.loads((SCHEMAS / "report.json").read_text("utf-8")) == report_schema()
    Draft202012Validator.check_schema(report_schema())
    cells = report_schema()["properties"]["cells"]["properties"]
    assert cells["requests.granted.total"] == {
        "title": "（一）予以公开 · 总计",
        "description": "Granted: total",
        "$comment": "国办公开办函〔2019〕60号; 国办公开办函〔2021〕30号",
    }


@pytest.mark.parametrize("invented", ALL)
def test_reports_satisfy_it(invented: object) -> None:
    for report in read(page_of(invented).encode()):  # type: ignore[arg-type]
        validator().validate(report_to_dict(report))


def test_a_cell_of_no_form_and_a_figure_that_is_text_do_not() -> None:
    document = report_to_dict(read(page_of(ALL[0]).encode())[0])
    cell = document["cells"]["statistics.received.count"]
    for wrong in ({"statistics.rumours.count": cell}, {"statistics.received.count": cell | {"value": "3"}}):
        with pytest.raises(ValidationError):
            validator().validate(document | {"cells": wrong})


def test_every_cell_has_an_english_name_of_its_own() -> None:
    for form in list_forms():
        names = [english_of(cell.key) for cell in form.cells()]
        assert len(set(names)) == len(names)
        assert all(name.isascii() for name in names)
        assert english_of_table(form.table).isascii()
    with pytest.raises(KeyError):
        english_of("requests.rumours.total")
