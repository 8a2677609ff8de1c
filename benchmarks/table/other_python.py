"""The Python that has the programs of others which are no dependency of this project: $NIANBAO_BENCH_PYTHON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PYTHON = os.environ.get("NIANBAO_BENCH_PYTHON", sys.executable)


def has(module: str) -> bool:
    """Whether a module can be imported there."""
    words = [PYTHON, "-c", f"import {module}"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def ask(script: Path, words: Sequence[str]) -> Any:
    """Runs a script that needs nothing of this project; what its last line says as JSON. Raises RuntimeError."""
    done = subprocess.run([PYTHON, str(script), *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{script.name} ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])
