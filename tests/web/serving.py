"""``nianbao serve`` as a process of its own, and what its pages may ask for in a browser."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

NOW = "2026-11-20T02:00:00Z"
"""Two days after the last thing that happened in the newsroom's archive."""
_ROOT = Path(__file__).parent.parent.parent


class serving:  # noqa: N801
    """``with serving(folder) as base``: the site on a free port of the loopback, ended on leaving."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> str:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "nianbao", "--archive", str(self._folder), "serve", "--port", "0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=_ROOT,
            env={**os.environ, "NIANBAO_NOW": NOW},
        )  # fmt: skip
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        assert said.startswith("http://127.0.0.1:"), f"expected the address that is served, found {said!r}"
        return said.partition("/ ")[0]

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)


def is_own(served: str, url: str) -> bool:
    """Whether a browser asks this of the site, or of nobody."""
    return url.startswith((f"{served}/", "data:", "about:", "blob:")) or url == served


def is_complaint(text: str) -> bool:
    """Whether the console speaks of the content security policy."""
    return "Content Security Policy" in text or "Content-Security-Policy" in text
