"""One document at a time, by its marks, or by sight where it is pictures and the extra ocr is installed."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from parsers.child import Child
from parsers.errors import NeedsOcr
from parsers.report import Hints, Report
from parsers.sight.child import Seer
from parsers.sight.installed import is_installed

if TYPE_CHECKING:
    from parsers.why import Explanation

Answer = TypeVar("Answer")


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

    def read(self, payload: bytes, hints: Hints) -> tuple[Report, ...]:
        """As ``Child.read``; NeedsOcr only where the extra is missing or nothing is legible."""
        return self._asked(lambda child: child.read(payload, hints))

    def explain(self, payload: bytes, hints: Hints, key: str) -> tuple[Explanation | None, ...]:
        """As ``Child.explain``."""
        return self._asked(lambda child: child.explain(payload, hints, key))

    def _asked(self, ask: Callable[[Child], Answer]) -> Answer:
        try:
            return ask(self._child)
        except NeedsOcr:
            if not is_installed():
                raise
            return ask(self._seer)
