"""A scan is kept where nothing can recognise it, and becomes a report where the extra is there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.sight.scanning import CLEAN, scan

ROOT = Path(__file__).parents[2]
PRINTED = ROOT / "tests" / "documents" / "pdf" / "pdf07.pdf"
# Every Python that is started finds this first: the programs of the extra are not there for any of them.
WITHOUT = """
import importlib.util
_find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name in ("rapidocr", "onnxruntime") else _find(name, *more)
"""


@pytest.fixture
def without(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine without the extra."""
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "sitecustomize.py").write_text(WITHOUT, "utf-8")
    return {"PYTHONPATH": str(tmp_path / "without")}


def test_a_scan_waits_for_the_extra_and_is_then_searched_as_recognised(tmp_path: Path, without: dict[str, str]) -> None:
    def nianbao(*words: str, **env: str) -> str:
        command = [sys.executable, str(ROOT / "nianbao.py"), "--archive", str(tmp_path / "archive"), *words]
        ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=os.environ | env, check=False)
        return ran.stdout + ran.stderr

    (tmp_path / "scan.pdf").write_bytes(scan(PRINTED.read_bytes(), 200, CLEAN, 1))
    assert "needs_ocr 1" in nianbao("import", "scan.pdf", **without)
    assert "1 other documents tried: 0 are reports" in nianbao("reparse", **without)
    assert "示例" not in nianbao("search", "主动公开")
    assert "1 other documents tried: 1 are reports" in nianbao("reparse")
    assert "【主动公开】" in nianbao("search", "主动公开")
    assert "recognised" in nianbao("show", "r1")
