"""Lists in pages: a cursor that says where the next one begins, never an offset."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterable
from hashlib import blake2b
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from archive.errors import BadQuery
from archive.web.api.reading import Reading
from archive.web.api.shapes import Digits
from archive.web.links import with_query

T = TypeVar("T")
Position = tuple[int | str, ...]
"""Where a list stands: what its order is by, of the last row that was looked at."""
MOST = 1000
_LARGEST = 2**63 - 1
_NOT_OF_THE_QUERY = ("after", "limit")


Limit = Annotated[
    int, Field(ge=1, le=MOST, description="每页最多条数。Items of one page at most", examples=[100]), Digits
]


class Paging(BaseModel):
    """What every list takes. A parameter that is none of a list's own is refused: it would filter nothing."""

    model_config = ConfigDict(extra="forbid")

    limit: Limit = Field(100)
    after: str = Field(
        "", max_length=2000, description="上一页 next 里的游标，原样带回。Cursor: as it stands in `next`, opaque"
    )


class Items(BaseModel, Generic[T]):
    """One page of a list, in an order that does not change: what is added later comes later.

    A page may hold fewer items than `limit`, even none, where a filter finds little among much: `next` says whether
    there is more.
    """

    items: list[T]
    next: str | None = Field(description="下一页的路径；没有下一页时为 null。Path of the next page, null at the end")


def page_of(
    reading: Reading, paging: Paging, scanned: Iterable[tuple[Position, dict[str, Any] | None]]
) -> dict[str, Any]:
    """Rows in order, each with its position, None for one that is not wanted → a page as ``Items`` has it.

    It ends at the limit, or where the request's patience does.
    """
    items: list[dict[str, Any]] = []
    last: Position | None = None
    for position, item in scanned:
        if item is not None:
            if len(items) == paging.limit:
                return {"items": items, "next": next_path(reading.request, last)}
            items.append(item)
        last = position
        if reading.patience.passed():
            return {"items": items, "next": next_path(reading.request, last)}
    return {"items": items, "next": None}


def position_in(request: Request, after: str, beginning: Position) -> Position:
    """A cursor of this query → where it stands; "" → ``beginning``, whose types it must have. Raises BadQuery."""
    if not after:
        return beginning
    try:
        said = json.loads(urlsafe_b64decode(after.encode("ascii") + b"=" * (-len(after) % 4)))
    except (Error, ValueError, RecursionError) as error:
        raise BadQuery(_expected(after)) from error
    if not isinstance(said, list) or not said or said[0] != _tag_of(request):
        raise BadQuery(_expected(after))
    position = tuple(said[1:])
    if [type(one) for one in position] != [type(one) for one in beginning]:
        raise BadQuery(_expected(after))
    if any(isinstance(one, int) and not 0 <= one <= _LARGEST for one in position):
        raise BadQuery(_expected(after))
    return position


def next_path(request: Request, position: Position | None) -> str:
    """The same query from a position on; None is its beginning."""
    said = json.dumps([_tag_of(request), *(position or ())], ensure_ascii=False, separators=(",", ":"))
    cursor = urlsafe_b64encode(said.encode("utf-8")).decode("ascii").rstrip("=")
    return with_query(request.url.path, {**_filters_of(request), "after": cursor})


def _tag_of(request: Request) -> str:
    """What a query is told by from another: its path and its filters."""
    filters = sorted((name, value) for name, value in _filters_of(request).items() if name not in _NOT_OF_THE_QUERY)
    said = json.dumps([request.url.path, filters], ensure_ascii=False)
    return blake2b(said.encode("utf-8"), digest_size=6).hexdigest()


def _filters_of(request: Request) -> dict[str, tuple[str, ...]]:
    given = request.query_params
    return {name: tuple(given.getlist(name)) for name in given}


def _expected(after: str) -> str:
    return f"after: expected the cursor that `next` of this very query gave, found {after[:40]!r}"
