"""Readers that tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from parsers.readers import Reader


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """Documents by the child, then by sight where they need it."""
    with Reader() as opened:
        yield opened
