"""An archive of so many generated reports: built once for all rows that ask for it, and what building it cost."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.table.deed import do, spending

SHARING = 5
"""For growth so many reports, of other bodies and later days, have one text: that much less is written."""


@dataclass(frozen=True, slots=True)
class Generated:
    """``folder``: with ``archive``, and ``trigram.db`` where one was asked for. ``built``: as benchmarks.search has it,
    with ``seconds`` of all and ``size`` of the archive's files; None where it was there before."""

    folder: Path
    built: dict[str, Any] | None


@cache
def generated(reports: int, *, trigram: bool = True, sharing: int = 1) -> Generated:
    """An archive that lasts as long as this process."""
    folder = Path(tempfile.mkdtemp(prefix="nianbao-generated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Generated(folder, do(build_in, str(folder), reports, trigram, sharing).value)


def build_in(folder: str, reports: int, trigram: bool, sharing: int) -> dict[str, Any]:
    """Builds it; in a process of its own."""
    from benchmarks.search.building import build

    with spending() as spent:
        built = build(Path(folder), reports, sharing=sharing, with_trigram=trigram)
    size = sum(file.stat().st_size for file in (Path(folder) / "archive").iterdir())
    return json_of(asdict(built)) | {"seconds": spent.cpu - built.trigram_seconds, "size": size}


def json_of(said: dict[str, Any]) -> dict[str, Any]:
    """What JSON can say of it."""
    copied: dict[str, Any] = json.loads(json.dumps(said))
    return copied
