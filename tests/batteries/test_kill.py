"""The short form of the kill battery."""

from __future__ import annotations

from tests.batteries.figures import Scale, deviations_of
from tests.batteries.kill_battery import run

_STAGES = ("lease", "headers received", "body partly received", "payload commit", "row commit", "reading", "publishing")


def test_killed_and_gone_on_with() -> None:
    rows = run(Scale.SHORT)
    assert deviations_of(rows) == []
    tried = {row.what: row.tried for row in rows}
    assert [stage for stage in _STAGES if not tried.get(f"Crawl: {stage}")] == []
    assert sum(row.tried for row in rows if row.what.startswith("Crawl: ")) >= 9
    for command in (
        "Reparse",
        "Merge",
        "Import",
        "Import of a web archive",
        "Migration of an earlier release's archive",
    ):
        assert tried[f"{command} killed"] >= 1
    assert tried["A second command on the same archive is refused, and told who holds it"] == 5
    assert tried["What a killed command had started ends with it (readers, LibreOffice)"] >= 2
