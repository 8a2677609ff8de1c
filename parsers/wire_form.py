"""A Report ↔ what the reading process says of it: the parse document, with cells and checks in columns.

A column for each of their facts takes a third of the time that an object for each cell and check takes, in writing and
in reading; keys are left out where they are those of the forms, as they nearly always are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from parsers.document import Problem
from parsers.forms import keys_of
from parsers.parse_document import ParseDocument, document_with, to_json_number
from parsers.report import Body, Check, Claim, Leftover, Number, Report, State, Status
from parsers.values import LETTERS, STATUSES, Values

_STATES = {one.value: one for one in State}
_LETTERS, _FIGURE = "".join(STATUSES), LETTERS[Status.NUMBER]
_AMOUNT = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?(E[+-][0-9]{1,3})?")  # as Decimal writes itself
_TOO_MUCH = 2**63  # SQLite holds no larger number exactly


def report_to_wire(report: Report) -> ParseDocument:
    """``report`` → what JSON can say of it. Nothing is raised."""
    values = Values.of(report.values)
    cells = {
        "keys": None if values.keys == keys_of(report.forms) else values.keys,
        "values": [str(one) if isinstance(one, Decimal) else one for one in values.numbers],
        "statuses": values.letters,
        "prints": [*values.prints.items()],
        "places": values.places,
    }
    checks = {
        "ids": [one.id for one in report.checks],
        "across": [one.across for one in report.checks],
        "states": [one.state.value for one in report.checks],
        "lefts": [to_json_number(one.left) for one in report.checks],
        "rights": [to_json_number(one.right) for one in report.checks],
    }
    return document_with(report, cells, checks)


def report_from_wire(said: Mapping[str, Any]) -> Report:
    """The inverse. Raises AttributeError, LookupError, TypeError or ValueError for anything else."""
    forms = MappingProxyType({_text(table): _text_or_none(form) for table, form in said["forms"].items()})
    return Report(
        title=_text(said["title"]),
        organisation=_text_or_none(said["organisation"]),
        body=Body(_text(said["body"]["name"]), _text_or_none(said["body"]["region_code"])),
        report_year=_year(said["report_year"]),
        region_code=_text_or_none(said["region_code"]),
        published=_text_or_none(said["published"]),
        phone=_text_or_none(said["phone"]),
        forms=forms,
        values=_values(said["cells"], forms),
        leftover=tuple(Leftover(**_texts(one)) for one in said["leftover"]),
        claims=tuple(
            Claim(_text(one["key"]), _needed(one["value"]), _text(one["span"]), _text(one["where"]))
            for one in said["claims"]
        ),
        checks=_checks(said["checks"]),
        problems=tuple(Problem(**_texts(one)) for one in said["problems"]),
        format=_text(said["format"]),
        converter=_text(said["converter"]),
        content_digest=_text(said["content_digest"]),
        text=_text(said["text"]),
        document_number=_text_or_none(said["document_number"]),
        file_created=_text_or_none(said["file_created"]),
    )


def _values(said: Mapping[str, Any], forms: Mapping[str, str | None]) -> Values:
    keys = keys_of(forms) if said["keys"] is None else tuple(said["keys"])
    numbers, letters, places = _figures(said["values"]), _text(said["statuses"]), list(said["places"])
    prints = dict(said["prints"])
    _expect_texts(keys, places, prints.values())
    _expect_as_many(keys, numbers, letters, places)
    if letters.strip(_LETTERS) or len(set(keys)) != len(keys):
        raise ValueError(f"expected statuses and each key once, found {letters!r:.300}")
    if any((number is None) is (letter == _FIGURE) for number, letter in zip(numbers, letters, strict=True)):
        raise ValueError(f"expected a number where the status says so and nowhere else, found {letters!r:.300}")
    if not all(type(at) is int and 0 <= at < len(keys) for at in prints):
        raise ValueError(f"expected places of {len(keys)} cells, found {list(prints)!r:.100}")
    return Values(keys, numbers, letters, prints, places)


def _checks(said: Mapping[str, Any]) -> tuple[Check, ...]:
    names, across, states = said["ids"], said["across"], said["states"]
    lefts, rights = _all_exact(said["lefts"]), _all_exact(said["rights"])
    _expect_texts(names, across)
    _expect_as_many(names, across, states, lefts, rights)
    return tuple(map(Check, names, across, map(_STATES.__getitem__, states), lefts, rights))


def _expect_as_many(first: Sequence[Any], *others: Sequence[Any]) -> None:
    if not all(len(other) == len(first) for other in others):
        raise ValueError(f"expected columns of {len(first)}, found {[len(other) for other in others]}")


def _expect_texts(*columns: Iterable[Any]) -> None:
    """Raises what ``_text`` raises."""
    for column in columns:
        "".join(column).encode()


def _figures(said: Iterable[Any]) -> list[Number | None]:
    return [one if one is None or (type(one) is int and -_TOO_MUCH < one < _TOO_MUCH) else _amount(one) for one in said]


def _amount(said: Any) -> Decimal:
    """Amounts of cells are told by their digits: of 25.10 and 25.1, one is printed otherwise than by its own."""
    if not isinstance(said, str) or _AMOUNT.fullmatch(said) is None or abs(Decimal(said)) >= _TOO_MUCH:
        raise ValueError(f"expected a figure, found {said!r:.100}")
    return Decimal(said)


def _all_exact(said: Iterable[Any]) -> list[Number | None]:
    return [one if one is None or (type(one) is int and -_TOO_MUCH < one < _TOO_MUCH) else _exact(one) for one in said]


def _text(said: Any) -> str:
    """Raises TypeError for what is no text, ValueError for one that cannot be written (half of a surrogate pair)."""
    if not isinstance(said, str):
        raise TypeError(f"expected a text, found {said!r:.100}")
    said.encode()
    return said


def _text_or_none(said: Any) -> str | None:
    return None if said is None else _text(said)


def _texts(said: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(one) for name, one in said.items()}


def _year(said: Any) -> int | None:
    if said is not None and (type(said) is not int or not 0 < said < 10_000):
        raise ValueError(f"expected a year, found {said!r:.100}")
    return said


def _exact(value: float | None) -> Number | None:
    if value is not None and (isinstance(value, bool) or not abs(value) < _TOO_MUCH):  # NaN is not less either
        raise ValueError(f"expected a figure, found {value!r:.100}")
    return Decimal(repr(value)) if isinstance(value, float) else value


def _needed(value: float | None) -> Number:
    number = _exact(value)
    if number is None:
        raise ValueError("expected a number, found null")
    return number
