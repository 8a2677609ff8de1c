"""The compiled loops under AddressSanitizer and UndefinedBehaviorSanitizer: PDFs, whole and bent, nothing reported."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SANITIZED = "cc -g -fsanitize=address,undefined -fno-sanitize-recover=undefined"
READING = """
import random, sys
from pathlib import Path
from parsers.errors import DocumentError
from parsers.formats.pdf import convert
from parsers.pdf import native

assert native.COMPILED is not None, native.WHY_NOT
chance, read, refused = random.Random(20250116), 0, 0
documents = [path.read_bytes() for path in sorted(Path(sys.argv[1]).glob("*.pdf"))]
for number in range(int(sys.argv[2])):
    payload = bytearray(documents[number % len(documents)])
    for _ in range(0 if number < len(documents) else chance.randrange(1, 20)):
        payload[chance.randrange(len(payload))] = chance.randrange(256)
    try:
        convert(bytes(payload))
        read += 1
    except DocumentError:
        refused += 1
print(read, refused)
"""


def library(name: str) -> str:
    """Where the compiler has a library, "" where it has none."""
    if shutil.which("cc") is None:
        return ""
    said = subprocess.run(["cc", f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout.strip()
    return said if Path(said).is_file() else ""


def test_no_byte_is_read_or_written_that_is_not_theirs(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    preloaded = [library("libasan.so"), library("libubsan.so")]
    if not all(preloaded):
        assert os.environ.get("CI") != "true", "CI has a compiler with its sanitizers"
        pytest.skip("no compiler with AddressSanitizer and UndefinedBehaviorSanitizer here")
    shutil.copytree(ROOT / "parsers", tmp_path / "parsers", ignore=shutil.ignore_patterns("__pycache__", "compiled.*"))
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), "CC": SANITIZED}
    subprocess.run([sys.executable, "-m", "parsers.pdf.native"], env=env, cwd=tmp_path, check=True, capture_output=True)
    many = 3000 if request.config.getoption("--full") else 60
    done = subprocess.run(
        [sys.executable, "-c", READING, str(ROOT / "tests" / "documents" / "pdf"), str(many)],
        env=env | {"LD_PRELOAD": ":".join(preloaded), "ASAN_OPTIONS": "detect_leaks=0", "PYTHONMALLOC": "malloc"},
        cwd=tmp_path, capture_output=True, text=True, timeout=3600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    read, refused = map(int, done.stdout.split())
    assert read + refused == many
    assert read > many / 3
