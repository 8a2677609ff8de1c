"""The pages under hostile readers, in the short form."""

from __future__ import annotations

from tests.batteries.figures import Scale, deviations_of
from tests.batteries.web_battery import run
from tests.batteries.web_browser import find_browser

FEWEST = {
    "hostile strings in parameters and paths": 30,
    "requests hidden in requests": 30,
    "what is hardly HTTP": 38,
    "hosts that are not ours": 25,
    "forms that are floods and bombs": 5,
    "forwarding headers that nobody told it to trust": 20,
    "addresses that lead elsewhere": 60,
    "methods that would write": 40,
    "connections that drip or take nothing": 40,
    "honest readers among them": 5,
    "SQL of readers (--sql)": 34,
    "formulas in Datasette's CSV": 10,
    "hostile addresses of Datasette": 20,
    "lines written to the console": 1,
    "bytes of the archive, before and after": 2,
    "memory of the server stays bounded": 1,
}
IN_CHROMIUM = {
    "the trap for scripts, sprung on purpose": 1,
    "stored texts shown in Chromium": 6,
    "texts sent and shown in Chromium": 3,
    "a page of evil.example reads, frames, posts": 30,
}


def test_nothing_runs_nothing_leaks_nothing_falls() -> None:
    rows = run(Scale.SHORT)
    assert deviations_of(rows) == []
    tried = {row.what: row.tried for row in rows}
    expected = FEWEST | (IN_CHROMIUM if find_browser() else {})
    assert {what: count for what, count in expected.items() if tried.get(what, 0) < count} == {}
