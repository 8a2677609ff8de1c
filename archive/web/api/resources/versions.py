"""Versions: exactly these bytes, and what was read in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from pydantic import Field
from starlette.requests import Request

from archive.corrections import VERSIONS_SHOWING
from archive.errors import NotFound
from archive.store import Archive
from archive.web.api.documents import Document, document_of
from archive.web.api.paging import Items, Paging, Position, page_of, position_in
from archive.web.api.reading import reading_for
from archive.web.api.shapes import Absent, Digest, ReportName, Shape
from archive.web.links import version_path

router = APIRouter(tags=["versions"])
_VERSIONS = """
SELECT w.version, w.report, o.name, o.region_code, p.report_year, w.format, w.ordinal, w.number, w.url,
    w.first_captured, w.last_captured, w.payload_digest, w.content_digest, w.reading, w.unread_code
FROM report_versions w
JOIN reports p ON p.id = w.report
JOIN organisations o ON o.id = p.organisation
"""
_SHOWING = VERSIONS_SHOWING.format(digest=":digest")


class Version(Shape):
    """What a body published, as bytes: one version of one rendition of a report."""

    version: str = Field(title="版本编号", description="In this archive alone", examples=["v34"])
    report: str = Field(examples=["r12"])
    organisation: str
    region_code: str | None
    report_year: int
    rendition: str = Field(title="文本形式", description="The chain that it belongs to", examples=["pdf-1"])
    number: int = Field(title="序号", description="Place in that chain, from 1")
    format: str
    url: str | None = Field(description="Where it was seen last")
    first_captured: str
    last_captured: str
    payload_digest: str = Field(title="原始字节摘要", description="SHA-256 of its bytes; the same in every archive")
    content_digest: str | None = Field(description="Of the report's text and figures, within one converter")
    state: str = Field(title="读取状态", description="read; or why not: withdrawn, needs_ocr …")
    page: str = Field(description="The version's page for people, for ever")


class Withdrawal(Shape):
    why: str
    made_at: str


class Payload(Shape):
    """Bytes as they were published, and every version that they showed: a file may hold several reports, or lie at
    several addresses, and a version may have been seen as several bytes that say the same."""

    payload_digest: str
    withdrawn: Withdrawal | None = Field(description="Taken out of the archive, and why; null where they are kept")
    versions: list[Version]
    documents: list[Document] = Field(description="What was read, one entry each version, in the same order")


class VersionQuery(Paging):
    report: ReportName | Absent = Field(None)
    digest: Digest | Absent = Field(None)


@router.get("/versions", summary="版本 · Versions", response_model=Items[Version])
def list_versions(request: Request, query: Annotated[VersionQuery, Query()]) -> dict[str, Any]:
    """All versions, by id. 按编号列出全部版本。"""
    with reading_for(request) as reading:
        (after,) = position_in(request, query.after, (0,))
        return page_of(reading, query, _scan(reading.archive, query, int(after)))


@router.get("/versions/{digest}", summary="一份原件 · One payload", responses={404: {}})
def show_version(request: Request, digest: Annotated[Digest, InPath()]) -> Payload:
    """The versions that these bytes showed, and what was read in them. 这份原件的版本和读出的内容。"""
    with reading_for(request, takes_query=False) as reading:
        found = [
            _facts(row)
            for row in reading.archive.db.execute(
                f"{_VERSIONS} WHERE w.version IN ({_SHOWING}) ORDER BY w.version",
                {"digest": digest},
            ).fetchall()
        ]
        withdrawn = reading.archive.db.execute(
            "SELECT why, made_at FROM withdrawals WHERE payload_digest = :digest", {"digest": digest}
        ).fetchone()
        if not found and withdrawn is None:
            raise NotFound(f"expected a version of the bytes {digest}, found none")
        return Payload(
            payload_digest=digest,
            withdrawn=None if withdrawn is None else Withdrawal(why=withdrawn[0], made_at=withdrawn[1]),
            versions=[Version(**one) for one in found],
            documents=[Document(**document_of(reading.archive, int(one["version"][1:]))) for one in found],
        )


def _scan(archive: Archive, query: VersionQuery, after: int) -> Iterator[tuple[Position, dict[str, Any]]]:
    conditions = ["w.version > :after"]
    if query.report is not None:
        conditions.append("w.report = :report")
    if query.digest is not None:
        conditions.append(f"w.version IN ({_SHOWING})")
    rows = archive.db.execute(
        f"{_VERSIONS} WHERE {' AND '.join(conditions)} ORDER BY w.version",
        {
            "after": after,
            "report": None if query.report is None else int(query.report[1:]),
            "digest": query.digest,
        },
    )
    for row in rows:
        yield (row[0],), _facts(row)


def _facts(row: tuple[Any, ...]) -> dict[str, Any]:
    version, report, name, region_code, year, format_, ordinal, number, url, first, last, payload, content = row[:13]
    return {
        "version": f"v{version}",
        "report": f"r{report}",
        "organisation": name,
        "region_code": region_code,
        "report_year": year,
        "rendition": f"{format_}-{ordinal}",
        "number": number,
        "format": format_,
        "url": url,
        "first_captured": first,
        "last_captured": last,
        "payload_digest": payload,
        "content_digest": content,
        "state": row[14] or ("read" if row[13] is not None else "unread"),
        "page": version_path(payload),
    }
