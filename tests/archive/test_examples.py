"""The examples in the docstrings of this room are true."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import archive

NAMES = [found.name for found in pkgutil.walk_packages(archive.__path__, "archive.")]


@pytest.mark.parametrize("name", NAMES)
def test_examples(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0
