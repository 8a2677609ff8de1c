"""Libraries of the extras: asked for when they are needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from archive.exports.parquet import NeedsExtra


def need_extra(module: str, extra: str) -> Any:
    """The module. Raises NeedsExtra where it is not installed, naming the extra that has it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise NeedsExtra(f"expected {module}, found none: pip install 'nianbao[{extra}]'") from error
