"""Text, lists and tables as the Markdown that the site is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_MEANT = re.compile(r"([\\*<>\[\]|])")
_CODE = re.compile(r"(`+[^`]+`+)")


def plain(text: str) -> str:
    """Text → Markdown that says it; what stands between backticks stays code.

    >>> plain("a|b *c* `x_*`")
    'a\\\\|b \\\\*c\\\\* `x_*`'
    """
    parts = _CODE.split(" ".join(text.split()))
    return "".join(part.replace("|", "\\|") if at % 2 else _MEANT.sub(r"\\\1", part) for at, part in enumerate(parts))


def code(text: str) -> str:
    """Text → code in a line; nothing stays nothing."""
    return f"`{text}`".replace("|", "\\|") if text else ""


def codes(texts: Iterable[str]) -> str:
    """Several, one behind the other."""
    return " ".join(code(text) for text in texts)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A head and rows whose cells are Markdown → a table; without rows, nothing."""
    lines = [_line(row) for row in rows]
    return "\n".join([_line(head), _line(["---"] * len(head)), *lines]) if lines else ""


def page(*parts: str) -> str:
    """Blocks of Markdown → a file, those that are empty left out."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def from_docstring(text: str) -> str:
    """A docstring → Markdown: ``code`` becomes `code`, what is indented becomes a block."""
    paragraphs = []
    for part in re.sub(r"``(.+?)``", r"`\1`", text.strip()).split("\n\n"):
        lines = part.split("\n")
        if lines[0].startswith(">>> "):
            continue
        if all(line.startswith("    ") for line in lines):
            paragraphs.append("\n".join(("```text", *(line[4:] for line in lines), "```")))
            continue
        paragraphs.append(plain(part))
    return "\n\n".join(paragraphs).replace("\n```\n\n```text\n", "\n\n")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace(chr(10), ' ') for cell in cells)} |"
