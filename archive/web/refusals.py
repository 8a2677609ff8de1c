"""Why there is no answer: in words for people, as problem+json (RFC 9457) for programs."""

from __future__ import annotations

import logging
import traceback

from starlette.exceptions import HTTPException

from archive.errors import ArchiveError
from archive.web.answers import Head, Page
from archive.web.words import say

_STATUS = {
    "not_found": 404, "bad_query": 400, "bad_time": 400, "withdrawn": 410, "too_slow": 503, "too_busy": 503,
    "too_long": 413,
}  # fmt: skip
_BY_STATUS = {404: "not_found", 405: "bad_method"}
_NAMED = (400, 404, 405, 410, 413, 500, 503)


def status_of(error: ArchiveError) -> int:
    """Our error → the status of HTTP (RFC 9110, 15)."""
    return _STATUS.get(error.code, 500)


def problem_of(status: int, code: str, says: str) -> dict[str, str | int]:
    """RFC 9457: ``type`` is a name of ours, nothing to be fetched."""
    return {"type": f"tag:nianbao,2026:{code}", "title": code, "status": status, "detail": says, "code": code}


def refuse(language: str, status: int, code: str, says: str) -> Page:
    """A page that says why there is none."""
    key = f"common.error_{status if status in _NAMED else 400 if status < 500 else 500}"
    headers = {"Retry-After": "5"} if status == 503 else {}
    facts = problem_of(status, code, says)
    return Page("error.html", say(language, key), facts, headers=headers, head=Head(is_listed=False), status=status)


def named(error: Exception) -> tuple[int, str, str]:
    """Any error → status, code, and what to say. A fault of ours says nothing of what was asked for."""
    if isinstance(error, ArchiveError):
        return status_of(error), error.code, error.says
    if isinstance(error, HTTPException):
        return error.status_code, _BY_STATUS.get(error.status_code, "bad_query"), str(error.detail)
    return 500, "fault", "something failed here; what was asked for is kept nowhere"


def note_fault(error: Exception) -> None:
    """Logs which fault of ours it was and where: neither its message nor the address, which tell of a reader."""
    where = "".join(traceback.format_tb(error.__traceback__))
    named = " ".join(filter(None, (type(error).__name__, getattr(error, "sqlite_errorname", ""))))
    logging.getLogger(__name__).error("a page failed: %s\n%s", named, where)
