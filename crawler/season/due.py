"""Which portals are due on a day: daily in January, weekly to April, monthly after."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from datetime import date

from crawler.registry import Portal

DAILY, WEEKLY, MONTHLY = 1, 7, 28
_LAST_MONTH_WEEKLY = 4


def interval_on(day: date, report_year: int) -> int:
    """Days between two looks at a portal for the reports on a year; the law's days are 31 January and 31 March.

    >>> [interval_on(date(2026, month, 15), 2025) for month in (1, 3, 6)]
    [1, 7, 28]
    """
    if day.year == report_year + 1 and day.month == 1:
        return DAILY
    if day.year == report_year + 1 and day.month <= _LAST_MONTH_WEEKLY:
        return WEEKLY
    return MONTHLY


def is_due(portal: Portal, day: date, report_year: int, looked: date | None) -> bool:
    """True if the portal is to be looked at on this day; ``looked``: the day of the last completed look.

    Every portal has a night of its own in the week and in four weeks, by its code, so that the load is spread; a night
    that was missed is made up for on the next. A look dated after this day was made under a clock that was ahead.
    """
    interval = interval_on(day, report_year)
    if looked is None or looked > day or (day - looked).days >= interval:
        return True
    own = day.toordinal() % interval == zlib.crc32(portal.code.encode()) % interval
    return own and looked != day


def due_portals(
    portals: Iterable[Portal], day: date, report_year: int, looked: Mapping[str, date]
) -> tuple[Portal, ...]:
    """The portals that are due, in the registry's order. ``looked``: code → day of the last completed look."""
    return tuple(portal for portal in portals if is_due(portal, day, report_year, looked.get(portal.code)))
