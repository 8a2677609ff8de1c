"""No file over 400 lines, no function over 60: a stranger reads a file in one sitting."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house.trees import ROOMS, ROOT, files_in, nodes_of, source_of

MOST_LINES, MOST_LINES_OF_A_FUNCTION = 400, 60
# A function may be longer where its reason stands here.
LONGER: dict[str, str] = {}


def python_files() -> list[Path]:
    return [ROOT / "nianbao.py", *files_in(*ROOMS, "tests", "benchmarks", "docs")]


def test_files_are_short() -> None:
    for path in python_files():
        lines = len(source_of(path).splitlines())
        assert lines <= MOST_LINES, f"{path.relative_to(ROOT)} has {lines} lines"


def test_functions_are_short() -> None:
    for path in python_files():
        for node in nodes_of(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                name = f"{path.relative_to(ROOT)}:{node.name}"
                assert length <= MOST_LINES_OF_A_FUNCTION or name in LONGER, f"{name} has {length} lines"


def test_every_module_begins_with_its_caption() -> None:
    for path in python_files():
        module = nodes_of(path)[0]
        assert isinstance(module, ast.Module)
        caption = ast.get_docstring(module)
        assert caption, f"{path.relative_to(ROOT)} has no docstring"
        assert len(caption.splitlines()[0]) <= 120, f"{path.relative_to(ROOT)}: the caption is too long"


def test_the_lock_holds_names_versions_and_hashes_only() -> None:
    for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines():
        assert "://" not in line, line
        assert not line.lstrip().startswith(("-i", "--index", "--extra", "--find", "-f", "--trusted")), line
        assert " @ " not in line, line
