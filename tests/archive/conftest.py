"""Archives in temporary folders, and the portal's pages to fill them with."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from archive.store import Archive


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "nianbao-archive"


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    with Archive.open(folder, write=True) as opened:
        yield opened
