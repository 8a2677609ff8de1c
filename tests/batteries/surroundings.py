"""Where a battery ran: the commit and the machine."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path


def commit_of(root: Path) -> str:
    """The commit of a checkout, and whether anything but the page itself was changed since."""
    commit = _git(root, "rev-parse", "--short=12", "HEAD")
    changed = [line for line in _git(root, "status", "--porcelain").splitlines() if "docs/reliability.md" not in line]
    return f"commit {commit}" + (" with changes" if changed else "")


def machine() -> str:
    """Processors, memory and Python, in words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} processors, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True).stdout.strip()
