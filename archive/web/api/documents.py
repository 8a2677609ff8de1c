"""The parse document of a version as the interface gives it: figures exact, each cell with its labels."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from archive.exports.parts.columns import unit_of
from archive.queries import describe_version
from archive.readings import get_report
from archive.store import Archive
from archive.web.api.shapes import Exact, Shape, Status, exact
from parsers.english import english_of
from parsers.forms import label_of


class DocumentCell(Shape):
    """One cell, as read."""

    label: str = Field(title="指标名称", description="The form's own labels of row and column")
    label_en: str
    value: Exact = Field(title="数值", description="The figure as read; null for every status but number")
    raw: str = Field(title="原文", description="What is printed there")
    status: Status
    unit: Literal["count", "10k_yuan"]
    where: str = Field(title="位置", description="Where it stands in the document")


class Leftover(Shape):
    """A figure of the document that was given to no cell."""

    raw: str
    where: str
    why: str
    label: str = Field("", description="Label of a row that the form does not know")


class Claim(Shape):
    """A figure that the prose says."""

    key: str
    value: Exact
    span: str
    where: str


class DocumentCheck(Shape):
    """One sum that the form demands."""

    id: str
    across: str
    state: Literal["HOLDS", "BROKEN", "UNKNOWN"]
    left: Exact
    right: Exact


class DocumentProblem(Shape):
    """What is doubtful."""

    code: str
    says: str
    where: str
    severity: Literal["note", "warning", "error"]


class Named(Shape):
    name: str
    region_code: str | None


class Unread(Shape):
    """Why a version is not read."""

    code: str | None
    says: str | None


class Document(Shape):
    """A version and what was read in it (docs/schema/report.json); where it is not read, only `unread` says why."""

    report: str = Field(examples=["r12"])
    version: str = Field(examples=["v34"])
    url: str | None = Field(description="Where the version was seen last")
    first_captured: str
    last_captured: str
    organisation: str | None = Field(title="行政机关", description="As printed; the body itself is `body`")
    report_year: int | None
    unread: Unread | None = None
    title: str | None = None
    body: Named | None = None
    region_code: str | None = None
    published: str | None = Field(None, title="发布日期")
    phone: str | None = None
    document_number: str | None = Field(None, title="文号")
    file_created: str | None = None
    forms: dict[str, str | None] = Field({}, description="Form of each table; null: the document has no such table")
    cells: dict[str, DocumentCell] = Field({}, description="By key, in the order of the forms")
    leftover: list[Leftover] = Field([])
    claims: list[Claim] = Field([])
    checks: list[DocumentCheck] = Field([])
    problems: list[DocumentProblem] = Field([])
    format: str | None = None
    converter: str | None = None
    parser: str | None = Field(None, description="Release of the reading rules")
    content_digest: str | None = None
    text: str | None = Field(None, description="The text of the document, as read")


def document_of(archive: Archive, version: int) -> dict[str, Any]:
    """A version's id → its ``Document``. Raises NotFound."""
    said = describe_version(archive, version)
    row = archive.db.execute(
        "SELECT id FROM readings WHERE version = :version AND current = 1", {"version": version}
    ).fetchone()
    if row is None:
        return said
    report = get_report(archive, row[0])
    return said | {
        "cells": {
            one.key: {
                "label": label_of(one.key),
                "label_en": english_of(one.key),
                "value": exact(one.value),
                "raw": one.raw,
                "status": one.status.value,
                "unit": unit_of(one.key),
                "where": one.where,
            }
            for one in report.values
        },
        "claims": [
            {"key": one.key, "value": exact(one.value), "span": one.span, "where": one.where} for one in report.claims
        ],
        "checks": [
            {
                "id": one.id,
                "across": one.across,
                "state": one.state.value,
                "left": exact(one.left),
                "right": exact(one.right),
            }
            for one in report.checks
        ],
    }
