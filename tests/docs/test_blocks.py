"""Every code block of every page is true: typed, run, asked, or read by what it is for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.docs import archives
from tests.docs.pages import CHECKED, RUN, Block, Page, list_pages
from tests.docs.running import Reader, commands_in
from tests.docs.trying import ask, read_commands, read_json, read_toml
from tests.web.serving import serving

PAGES = list_pages()
TYPED = [page for page in PAGES if any(block.language in RUN for block in page.blocks)]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Kind of archive → the address of a site over it, opened when it is first asked for."""
    with ExitStack() as stack:

        @cache
        def address(kind: str) -> str:
            folder = tmp_path_factory.mktemp(f"served-{kind}")
            archives.lay_out(tmp_path_factory, kind, folder)
            return stack.enter_context(serving(folder / archives.ARCHIVE))

        yield address


@pytest.mark.parametrize("page", TYPED, ids=lambda page: page.name)
def test_what_is_to_be_typed(
    page: Page, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, serve: Callable[[str], str]
) -> None:
    if shutil.which("curl") is None and any("$ curl" in block.text for block in page.blocks):
        assert os.environ.get("CI") != "true", "CI has curl"
        pytest.skip("no curl in PATH, which this page has its reader type")
    folder = tmp_path / "here"
    folder.mkdir()
    if page.archive:
        archives.lay_out(tmp_path_factory, page.archive, folder)
    served = serve(page.archive) if page.is_served else ""
    reader = Reader(folder, page.archive, served, lambda: archives.demo(tmp_path_factory))
    assert [fault for block in page.blocks for fault in _try(block, reader)] == []


def _try(block: Block, reader: Reader) -> list[str]:
    if block.language == "console":
        return reader.type(block)
    if block.language == "python":
        return reader.run_python(block)
    return ask(block, reader.folder / archives.ARCHIVE) if block.language == "sql" else []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_read(page: Page, tmp_path: Path) -> None:
    assert [block.where for block in page.blocks if block.language not in CHECKED] == [], "a language that is checked"
    faults = {
        "sh": read_commands, "toml": lambda block: read_toml(block, tmp_path), "json": read_json,
        "console": lambda block: [] if list(commands_in(block)) else [f"{block.where}: no command"],
    }  # fmt: skip
    assert [fault for block in page.blocks if block.language in faults for fault in faults[block.language](block)] == []
