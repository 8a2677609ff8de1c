"""Archives in temporary folders, and the portal's pages to fill them with."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from archive.schema.places import COUNTED
from archive.store import Archive


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "nianbao-archive"


@pytest.fixture(scope="session")
def _empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with nothing in it: to copy it takes a tenth of what all migrations take."""
    folder = tmp_path_factory.mktemp("empty") / "archive"
    Archive.open(folder, write=True).close()
    return folder


@pytest.fixture
def archive(folder: Path, _empty: Path) -> Iterator[Archive]:
    shutil.copytree(_empty, folder)
    with Archive.open(folder, write=True) as opened:
        yield opened
        with suppress(sqlite3.ProgrammingError):  # a test may have closed it
            tallied = [row for row in opened.db.execute("SELECT * FROM place_years") if any(row[2:])]
            assert tallied == opened.db.execute(COUNTED).fetchall()
