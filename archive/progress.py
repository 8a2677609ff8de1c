"""A bar on the terminal for whatever takes longer than two seconds; nothing where there is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def with_bar(things: Iterable[T], doing: str, unit: str, total: int | None = None) -> Iterator[T]:
    """The things as they come, counted on standard error from the third second on."""
    # Through a generator: who stops early would close a cursor of SQLite after its database, which is an error.
    counted = (thing for thing in things)
    yield from tqdm(
        counted, total=total, desc=doing, unit=f" {unit}", delay=2, leave=False, disable=None, file=sys.stderr
    )
