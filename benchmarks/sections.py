"""Pages of sections that commands alone write: a digest follows each, and one that was touched is refused."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path

_MARK = re.compile(r"<!-- (?P<name>[a-z_]+) sha256:(?P<digest>[0-9a-f]{64}) -->\n")


def split_sections(text: str) -> tuple[dict[str, str], str, str]:
    """A page → its sections by name, what stands before them and what after. Raises ValueError for one not as written.

    >>> split_sections("before" + join_sections({"one": "## One\\n"}) + "after")
    ({'one': '## One\\n'}, 'before', 'after')
    """
    begin = text.find("\n## ") if "\n## " in text else len(text)
    before, found = text[:begin], {}
    for mark in _MARK.finditer(text):
        section = text[begin : mark.start()].strip("\n") + "\n"
        if _digest(section) != mark["digest"]:
            raise ValueError(f"expected the section {mark['name']} as its command wrote it, found another text")
        found[mark["name"]] = section
        begin = mark.end()
    return found, before, text[begin:]


def join_sections(sections: Mapping[str, str]) -> str:
    """Sections in the order of their names, each with its digest."""
    return "".join(
        f"\n{sections[name]}\n<!-- {name} sha256:{_digest(sections[name])} -->\n" for name in sorted(sections)
    )


def as_code(about: str) -> str:
    """A docstring's ``names`` as Markdown has them."""
    return re.sub(r"``([^`]*)``", r"`\1`", about)


def commit_of(root: Path, results: Collection[Path]) -> str:
    """The commit of a checkout, and whether anything but the files of results was changed since."""
    commit = _git(root, "rev-parse", "--short=12", "HEAD")
    own = tuple(file.as_posix() for file in results)
    changed = [line for line in _git(root, "status", "--porcelain").splitlines() if not line.endswith(own)]
    return f"commit {commit}" + (" with changes" if changed else "")


def machine() -> str:
    """Processors, memory, system and Python, in words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} processors, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout.strip()
