"""One document at a time, by its marks, or by sight where it is pictures and the extra ocr is installed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from parsers.child import Child
from parsers.document import Problem
from parsers.errors import DocumentError, NeedsOcr, NotAReport
from parsers.formats import html
from parsers.report import Hints, Report
from parsers.sight.child import Seer
from parsers.sight.installed import is_installed

if TYPE_CHECKING:
    from parsers.why import Explanation


class Reader:
    """A context manager around two limited children; each starts with the first document that needs it."""

    def __init__(self) -> None:
        self._child, self._seer = Child(), Seer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends both children; a next document starts them anew."""
        self._child.close()
        self._seer.close()

    def read(self, payload: bytes, hints: Hints, answered: Callable[[], None] | None = None) -> tuple[Report, ...]:
        """As ``Child.read``; NeedsOcr only where the extra is missing or nothing is legible.

        Where pages of a PDF, or tables in a page of HTML, are pictures, the whole is read again by sight; where that
        fails, ``not_recognised`` says why beside what was read.
        """
        reports: tuple[Report, ...] = ()
        try:
            reports = self._child.read(payload, hints, answered)
            if not (is_installed() and _has_pictures(reports, payload)):
                return reports
        except (NeedsOcr, NotAReport) as error:
            if not is_installed() or (isinstance(error, NotAReport) and not _holds_pictures(payload)):
                raise
        try:
            return self._seer.read(payload, hints)
        except DocumentError as error:
            if not reports:
                raise
            says = f"what is in pictures could not be recognised: {error.code}: {error.says}"
            first, *others = reports
            return (replace(first, problems=(*first.problems, Problem("not_recognised", says))), *others)

    def explain(self, payload: bytes, hints: Hints, key: str) -> tuple[Explanation | None, ...]:
        """As ``Child.explain``, of what ``read`` reads."""
        reports = self.read(payload, hints)
        seen = any(problem.code == "recognised" for report in reports for problem in report.problems)
        return (self._seer if seen else self._child).explain(payload, hints, key)


def _has_pictures(reports: tuple[Report, ...], payload: bytes) -> bool:
    """Whether pages, or tables that are missing, are pictures that the document holds itself."""
    codes = {problem.code for report in reports for problem in report.problems}
    return "page_without_text" in codes or ("pictures" in codes and _holds_pictures(payload))


def _holds_pictures(payload: bytes) -> bool:
    return b"data:image" in payload and html.sniff(payload) > 0
