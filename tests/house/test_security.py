"""SECURITY.md names files that exist, and every battery."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.batteries.pages import BATTERIES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:tests|docs|archive|crawler|parsers)/[\w./-]+)`", TEXT)))


@pytest.mark.parametrize("name", NAMED)
def test_what_is_named_is_there(name: str) -> None:
    assert (ROOT / name).exists()


def test_every_battery_is_named() -> None:
    assert len(NAMED) > 10
    assert [name for name in BATTERIES if f"tests/batteries/{name}_battery.py" not in NAMED] == []


def test_every_attacker_is_met_by_a_test() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith(("| who", "| ---"))]
    assert len(rows) > 8
    assert [row for row in rows if "`tests/" not in row.rpartition(" | ")[2]] == []


def test_nobody_is_invented_to_report_to() -> None:
    """Reports go by the repository's own way: an address here would be nobody's."""
    assert re.findall(r"[\w.+-]+@[\w-]+\.[a-z]+", TEXT.replace("http://name:password@host/", "")) == []
