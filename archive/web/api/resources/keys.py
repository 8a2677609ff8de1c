"""Keys: every cell of every form."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request

from archive.exports.parts.rows import key_rows
from archive.schema.form_columns import SHEETS
from archive.web.api.reading import reading_for
from archive.web.api.shapes import Shape

router = APIRouter(tags=["cells"])


class FormKey(Shape):
    """One cell of the forms."""

    key: str = Field(examples=["requests.received.total"])
    label_zh: str = Field(title="中文名称", description="The form's own labels of row and column")
    label_en: str
    unit: Literal["count", "10k_yuan"] = Field(title="单位", description="10k_yuan: 万元")
    forms: list[str] = Field(title="版式", description="Forms that have the cell", examples=[["2019", "2021"]])


class Keys(Shape):
    items: list[FormKey]


@router.get("/keys", summary="指标 · Keys")
def list_keys(request: Request) -> Keys:
    """Every key, in the order of the forms. 全部指标及其名称。"""
    with reading_for(request, takes_query=False) as reading:
        reading.deadline.check()
        forms: dict[str, list[str]] = {}
        for sheet in SHEETS:
            for key in sheet.keys:
                forms.setdefault(key, []).append(sheet.form)
        return Keys(items=[FormKey(**row, forms=forms[str(row["key"])]) for row in key_rows()])  # type: ignore[arg-type]
