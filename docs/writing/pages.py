"""The pages of the reference, and the command that writes each: ``python -m docs.writing``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parents[1] / "reference"
_WRITTEN_BY = {
    "cli.md": "command_line",
    "settings.md": "settings",
    "dictionary.md": "dictionary",
    "dictionary.zh.md": "dictionary_zh",
    "views.md": "views",
    "changes.md": "changes",
    "codes.md": "codes",
    "api.md": "interface",
    "python.md": "library",
    "shapes.md": "shapes",
}


def _write(module: str) -> str:
    text: str = import_module(f"docs.writing.{module}").write()
    return text


PAGES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {name: partial(_write, module) for name, module in _WRITTEN_BY.items()}
)
"""File in docs/reference → what gives its text."""
