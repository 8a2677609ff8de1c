"""Sixty days of looks at portals to which three hundred things happen: the ledgers equal the script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sixty_days import DAYS, FIRST, look
from sixty_days_actions import ACTIONS
from sixty_days_script import AT_THE_END, Expected, Script

from archive import ingest
from archive.clock import parse_time
from archive.ledgers import Event, Wanted, list_events
from archive.store import Archive
from archive.workers import Workers, open_workers

KINDS = ("silent_edit", "not_seen", "returned", "dates_disagree", "contradiction")


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with open_workers() as warm:
        yield warm


def as_expected(event: Event) -> Expected:
    """An event as the script would say it: days from the first look; what is judged from the end has none."""
    days = [(parse_time(at).date() - FIRST).days for at in (event.first, event.last)]
    looks, url = event.looks, event.url
    cells = tuple(sorted((one.key, one.before, one.after) for one in event.cells))
    if event.kind in ("dates_disagree", "contradiction"):
        days, looks = [AT_THE_END, AT_THE_END], AT_THE_END
    if event.kind == "dates_disagree":
        cells = ()
    return Expected(event.kind, event.grade, event.organisation, event.report_year, url, *days, looks, cells)


def without_urls_of_contradictions(events: list[Expected]) -> Counter[Expected]:
    """Which of two URLs a contradiction is named by is not the script's to say."""
    return Counter(
        Expected(
            one.kind, one.grade, one.organisation, one.year, "" if one.kind == "contradiction" else one.url, one.first,
            one.last, one.looks, one.cells,
        )
        for one in events
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.full) for seed in (2, 3))])
def test_the_ledgers_equal_the_script(
    seed: int, tmp_path: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def warm() -> Iterator[Workers]:
        yield workers

    monkeypatch.setattr(ingest, "open_workers", warm)
    script = Script(seed)
    with Archive.open(tmp_path / "archive", write=True) as archive:
        for db in (archive.db, archive.payloads):
            db.execute("PRAGMA synchronous = OFF")
        for day in range(DAYS):
            monkeypatch.setenv("NIANBAO_NOW", f"{FIRST + timedelta(days=day)}T12:00:00Z")
            if day:
                script.advance(day, ACTIONS)
            look(archive, day, script.portals)
        script.finish()
        found = without_urls_of_contradictions(
            [as_expected(one) for one in list_events(archive, Wanted(), kinds=KINDS)]
        )
    expected = without_urls_of_contradictions(script.expected)
    assert script.done.total() >= 300
    assert len(script.done) == len({action.__name__ for action in ACTIONS}), "each kind of thing happened"
    missed, false = expected - found, found - expected
    wrong = [f"{side} {one}" for side, events in (("missed", missed), ("false", false)) for one in events]
    assert not wrong, f"{len(missed)} missed, {len(false)} false:\n" + "\n".join(wrong)
