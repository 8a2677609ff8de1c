"""What parameters and fields of several resources are made of."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from archive.exports.parts.columns import form_keys
from archive.exports.parts.rows import digits_of
from parsers.report import Number

_DIGITS = re.compile(r"-?[0-9]{1,18}")


def _digits(given: object) -> object:
    """A parameter is text: ' 12', '1_000', '12.0' and '１２' are no whole numbers here."""
    if isinstance(given, str) and not _DIGITS.fullmatch(given):
        raise ValueError("expected a whole number in the digits 0 to 9")
    return given


def _known_key(key: str) -> str:
    if key not in form_keys():
        raise ValueError("expected a key of the forms; /api/v1/keys lists them")
    return key


def _bare(schema: dict[str, Any]) -> None:
    """A parameter that may be left out is not null, and has no default to be sent."""
    schema.pop("default", None)


Digits = BeforeValidator(_digits)
Absent = SkipJsonSchema[None]

Year = Annotated[
    int, Field(ge=1990, le=2099, description="报告年度（不是发布年份）。The year reported on", examples=[2024]), Digits
]
Region = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{2}([0-9]{2}([0-9]{2})?)?$",
        description="行政区划代码或其开头：15、1508、150824。Region code or its beginning",
        examples=["150824"],
    ),
]
Organisation = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="行政机关全称。Whole name of the body",
        examples=["示例县教育局"],
    ),
]
ReportName = Annotated[
    str,
    Field(
        pattern=r"^r[1-9][0-9]{0,17}$",
        description="报告编号，只在本档案内有效。Report, named in this archive alone",
        examples=["r12"],
    ),
]
Digest = Annotated[
    str, Field(pattern=r"^[0-9a-f]{64}$", description="原件字节的 SHA-256。SHA-256 of the bytes as published")
]
Key = Annotated[
    str,
    AfterValidator(_known_key),
    Field(
        description="指标键：表.行.列，全部见 /keys。Key of a cell: table.row.column; /keys lists them",
        json_schema_extra={"enum": list(form_keys())},
    ),
]
Status = Literal["number", "blank", "filler", "missing", "unread"]
Exact = int | str | None
"""A figure: whole numbers as numbers, decimals as their exact text, null where there is none."""


class Shape(BaseModel):
    """An object of an answer; a field that is not described is a fault of ours."""

    model_config = ConfigDict(extra="forbid")


def exact(number: Number | None) -> Exact:
    """A figure → what JSON holds of it without loss.

    >>> exact(Decimal("25.10")), exact(12), exact(None)
    ('25.10', 12, None)
    """
    return digits_of(number) if isinstance(number, Decimal) else number


def exact_throughout(said: Any) -> Any:
    """JSON facts whose decimals went through SQL's REAL → the same with the shortest text of each.

    >>> exact_throughout([{"left": 25.1, "right": 3}])
    [{'left': '25.1', 'right': 3}]
    """
    if isinstance(said, dict):
        return {name: exact_throughout(value) for name, value in said.items()}
    if isinstance(said, list):
        return [exact_throughout(one) for one in said]
    return digits_of(Decimal(repr(said))) if isinstance(said, float) else said
