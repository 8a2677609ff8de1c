"""Where secrets go, in the short form."""

from __future__ import annotations

from tests.batteries.figures import Scale, deviations_of
from tests.batteries.secrets_battery import run

FEWEST = {
    "the finder, on what must be there": 6,
    "secrets of ours in the archive": 6,
    "a portal's secrets beside its own bytes": 5,
    "the contact beside what was asked": 1,
    "what is sent back to a portal": 30,
    "output of a crawl": 12,
    "the list of processes while it runs": 13,
    "passwords on the command line and in the proxy": 7,
    "output and exports of every verb": 12,
    "pages and data of the site": 12,
    "what readers ask for, and where from": 4,
}


def test_no_secret_leaves_its_place() -> None:
    rows = run(Scale.SHORT)
    assert deviations_of(rows) == []
    tried = {row.what: row.tried for row in rows}
    assert {what: count for what, count in FEWEST.items() if tried.get(what, 0) < count} == {}
