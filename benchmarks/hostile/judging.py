"""How each hostile file ends: reports, a typed error, or something that must not be."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from parsers.child import Child
from parsers.errors import Crashed, DocumentError
from parsers.report import Hints


@dataclass(frozen=True)
class End:
    """``code`` is "report" or an error's code; ``fault`` says what is our own mistake, "" where nothing is."""

    name: str
    code: str
    seconds: float
    says: str = ""

    @property
    def fault(self) -> str:
        """An exception of Python in the child is a mistake of the reader; a library's death by a signal is not."""
        return f"{self.name}: {self.says}" if self.code == Crashed.code and "Error" in self.says else ""


def ends_of(files: Iterable[tuple[str, bytes]], child: Child) -> Iterator[End]:
    """Reads every file through the child; whatever is no DocumentError is raised."""
    for name, payload in files:
        began = time.monotonic()
        try:
            child.read(payload, Hints())
            code, says = "report", ""
        except DocumentError as error:
            code, says = error.code, error.says
        yield End(name, code, time.monotonic() - began, says)


def resident() -> int:
    """Bytes that this process holds in memory now."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()
