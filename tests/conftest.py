"""What tests share: how much is run, where it writes, warm reading processes, the same examples in CI, a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from archive import workers
from parsers.readers import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_MEMORY = Path("/dev/shm")
_ROOM = 4 * 2**30  # bytes; a whole run leaves less than 1 GB
# An archive waits for the disk at each commit: half of the time of the tests, and no test cuts the power. Where the
# machine has a file system in memory with room to spare, tmp_path is there.
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
# A hundred tests start Python: what it has compiled is kept, as on any user's machine.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run what is marked full as well: the long forms")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long forms are left out, not skipped: each has a short one, which is run."""
    if not config.getoption("--full"):
        long = [item for item in items if item.get_closest_marker("full")]
        if long:
            config.hook.pytest_deselected(items=long)
            items[:] = [item for item in items if item not in set(long)]


_SURROUNDINGS = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "TMPDIR")
_WARM: dict[tuple[str | None, ...], list[Reader]] = {}


@contextmanager
def _warm_reader() -> Iterator[Reader]:
    """A reading process that an earlier test has warmed, with the same surroundings, or else a new one."""
    under = tuple(os.environ.get(name) for name in _SURROUNDINGS)
    idle = _WARM.setdefault(under, [])
    reader = idle.pop() if idle else Reader()
    yield reader
    idle.append(reader)


@pytest.fixture(scope="session", autouse=True)
def _warm_children() -> Iterator[None]:
    """Importing in this process reads with warm processes: starting two took longer than most tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "Reader", _warm_reader)
        yield
    for reader in (reader for idle in _WARM.values() for reader in idle):
        reader.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, for one file of tests: while it is open, nothing else in the process may use asyncio.

    Skips by name where it is not installed; with CI=true that is a failure.
    """
    program = next((path for name in _CHROMIUM if (path := shutil.which(name))), None)
    lacks = "" if find_spec("playwright") else "playwright is not installed"
    lacks = lacks or ("" if program else "no Chromium in PATH")
    if lacks:
        assert os.environ.get("CI") != "true", lacks
        pytest.skip(lacks)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, chromium_sandbox=os.geteuid() != 0, args=["--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()
