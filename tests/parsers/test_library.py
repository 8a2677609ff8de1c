"""The readers as a library: what ``parsers`` offers by itself, as its docstring says."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import parsers
from parsers.reading import read as read_of_module
from tests.parsers.statistics.source import ALL, page_of

FOLDER = Path(parsers.__file__).parent
PAGE = page_of(ALL[0]).encode()
EXAMPLES = [textwrap.dedent(block) for block in re.findall(r"\n\n((?:    .*\n|\n(?=    ))+)", parsers.__doc__ or "")]


def test_read_is_the_function_whatever_was_imported_before() -> None:
    from parsers import read

    assert read is read_of_module
    assert [report.organisation for report in read(PAGE)] == [ALL[0].organisation]


@pytest.mark.parametrize("name", parsers.__all__)
def test_every_name_is_there_and_no_module_takes_its_place(name: str) -> None:
    assert callable(getattr(parsers, name))
    assert not (FOLDER / f"{name}.py").exists()
    assert not (FOLDER / name).exists()


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        getattr(parsers, "nothing_of_the_kind")  # noqa: B009 - mypy knows that it is not there
    with pytest.raises(ImportError):
        exec("from parsers import nothing_of_the_kind")


def test_importing_it_loads_nothing() -> None:
    heavy = ("lxml", "pypdfium2", "parsers.reading", "decimal")
    code = f"import sys, parsers; print([m for m in {heavy!r} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=FOLDER.parent, check=True)
    assert ran.stdout.strip() == "[]"


def test_its_types_are_published() -> None:
    assert (FOLDER / "py.typed").is_file()


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(EXAMPLES) == 2
    monkeypatch.chdir(tmp_path)
    (tmp_path / "report.pdf").write_bytes(PAGE)
    exec(EXAMPLES[0], {})
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == f"{ALL[0].organisation} {ALL[0].year}"
    assert len(printed) == 1 + 58
    names: dict[str, object] = {"payload": PAGE}
    exec(EXAMPLES[1], names)
    assert names["report"] == read_of_module(PAGE)[0]
