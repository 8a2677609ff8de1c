"""The battery of the clock in its short form."""

from __future__ import annotations

from tests.batteries import clock_battery
from tests.batteries.figures import Scale, deviations_of


def test_no_jump_of_the_clock_loses_or_misdates_anything() -> None:
    rows = clock_battery.run(Scale.SHORT)
    assert deviations_of(rows) == []
    assert [row.tried for row in rows[:-1]] == [1, 1, 1, 6, 2, 3, 4, 40]
    assert rows[-1].tried > 300
