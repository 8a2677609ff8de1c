"""The battery ssrf in its short form, in a network of its own and behind the audit hook alone."""

from __future__ import annotations

import os

import pytest

from tests.batteries.figures import Row, Scale, deviations_of
from tests.batteries.ssrf_battery import rows_of, run
from tests.batteries.ssrf_enclosure import enclosure

FEWEST = {"links of lists": 9, "neither http": 33, "not followed": 33, "names:": 60, "handler alone": 25, "targets": 8}


def _check(rows: list[Row]) -> None:
    assert deviations_of(rows) == []
    for what, fewest in FEWEST.items():
        (row,) = [row for row in rows if what in row.what]
        assert row.tried >= fewest, row


def test_nobody_is_reached_and_nothing_is_sent() -> None:
    assert enclosure() or os.environ.get("CI") != "true", "no network of its own can be made here (unshare, ip)"
    _check(run(Scale.SHORT))


@pytest.mark.full
def test_behind_the_audit_hook_alone() -> None:
    """As where no network of its own can be made."""
    _check(rows_of(Scale.SHORT, ()))
