"""The battery ssrf in its short form, in a network of its own and behind the audit hook alone."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.batteries.figures import Row, Scale, deviations_of
from tests.batteries.ssrf_battery import rows_of, run
from tests.batteries.ssrf_browser import lacks_browser
from tests.batteries.ssrf_enclosure import enclosure

FEWEST = {
    "links of lists": 15,
    "neither http": 40,
    "not followed": 40,
    "names:": 60,
    "handler alone": 42,
    "targets": 14,
}


def _lack() -> str:
    if not enclosure():
        return "no network of its own can be made here (unshare, ip)"
    return lacks_browser() or ("" if shutil.which("soffice") else "LibreOffice is not installed")


def _check(rows: list[Row]) -> None:
    assert deviations_of(rows) == []
    for what, fewest in FEWEST.items():
        (row,) = [row for row in rows if what in row.what]
        assert row.tried >= fewest, row


def test_nobody_is_reached_and_nothing_is_sent() -> None:
    if lack := _lack():
        assert os.environ.get("CI") != "true", lack
        pytest.skip(lack)
    rows = run(Scale.SHORT)
    _check(rows)
    (drawn,) = [row for row in rows if "Chromium" in row.what]
    assert drawn.tried >= 80


def test_behind_the_audit_hook_alone() -> None:
    _check(rows_of(Scale.SHORT, ()))
