"""Changes: everything that became otherwise in the archive, numbered for ever."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from archive.changes import last_change, list_changes
from archive.packed.figures import to_number
from archive.store import Archive
from archive.web.api.paging import Items, Limit
from archive.web.api.reading import reading_for
from archive.web.api.shapes import Digits, Exact, Shape, exact
from archive.web.links import with_query

router = APIRouter(tags=["changes"])


class Change(Shape):
    """One entry, as `nianbao changes --json` prints it; fields that its kind does not have are left out."""

    seq: int = Field(description="Number of the entry, for ever")
    kind: Literal[
        "created", "dropped", "stands", "new_version", "moved", "reread", "superseded", "unread", "withdrawn",
        "corrected",
    ]  # fmt: skip
    at: str | None = Field(description="When, UTC; null where it was not noted")
    report: str | None
    version: str | None
    reading: int | None
    organisation: str | None = None
    region_code: str | None = None
    report_year: int | None = None
    format: str | None = None
    rendition: str | None = None
    payload_digest: str | None = None
    first_captured: str | None = None
    parser: str | None = None
    converter: str | None = None
    content_digest: str | None = None
    code: str | None = None
    why: str | None = None
    key: str | None = None
    status: str | None = None
    value: Exact = None
    who: str | None = None
    source: str | None = None
    correction: str | None = None


class Changes(Items[Change]):
    """``next`` is null once all is told; ask with ``since`` = ``cursor`` later for what came since."""

    cursor: int = Field(description="The last number told: `since` of the next question, whenever it is asked")


class ChangeQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    since: Annotated[int, Field(ge=0, le=10**15), Digits] = Field(
        0, description="从这一号之后开始；0 为全部。Entries after this number"
    )
    limit: Limit = Field(100)


@router.get("/changes", summary="变化 · Changes", response_model=Changes, response_model_exclude_unset=True)
def show_changes(request: Request, query: Annotated[ChangeQuery, Query()]) -> dict[str, Any]:
    """The change sequence after a number, oldest first. 从某号起的全部变化，先后有序。"""
    with reading_for(request) as reading:
        entries = list_changes(reading.archive, query.since, query.limit)
        cursor = entries[-1]["seq"] if entries else query.since
        has_more = bool(entries) and cursor < last_change(reading.archive)
        following = with_query(reading.request.url.path, {"since": cursor, "limit": query.limit})
        return {
            "items": [_exact_in(reading.archive, entry) for entry in entries],
            "next": following if has_more else None,
            "cursor": cursor,
        }


def _exact_in(archive: Archive, entry: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(entry.get("value"), float):
        return entry
    row = archive.db.execute(
        "SELECT value FROM corrections WHERE digest = :digest", {"digest": entry["correction"]}
    ).fetchone()
    return entry | {"value": exact(to_number(row[0]))}
