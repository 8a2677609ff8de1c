"""Versions of any sequence of looks: each change is one, and looking again makes none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.bodies.organisations import find_or_add_report
from archive.capture import Capture
from archive.frontier import record_capture
from archive.ingest import look_at
from archive.renditions import place_rendition, place_version
from archive.runs.run import begin_run
from archive.store import Archive
from parsers.report import Body

# A look shows one of three texts, in one of three shapes of bytes (a click counter, a footer's date).
LOOKS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2)), min_size=1, max_size=8)
BEGUN = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Read:
    """As much of a report as placing it asks for."""

    content_digest: str
    converter: str = "html/1"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("versions") / "a", write=True) as archive:
        archive.db.execute("PRAGMA synchronous = OFF").fetchone()
        archive.payloads.execute("PRAGMA synchronous = OFF").fetchone()
        yield archive


def versions_of(archive: Archive, looks: list[tuple[str, int]]) -> list[str]:
    """Looks at a URL of their own, an hour apart → the texts of the versions, by number."""
    (place,) = archive.db.execute("SELECT count(*) FROM reports").fetchone()
    run = begin_run(archive, "crawl", "versions")
    rendition = 0
    with archive.writing() as db:
        report = find_or_add_report(db, Body(f"示例{place}局", "150824"), f"示例{place}局", 2024)
        for hour, (text, shape) in enumerate(looks):
            body = f"{text} {shape} {place}".encode()
            at = BEGUN + timedelta(hours=hour)
            url = f"http://www.shili.example/{place}.html"
            look = look_at(
                archive,
                record_capture(archive, run, Capture(url, at, "fetched", 200, b"", body, body, kind="article")),
            )
            rendition = place_rendition(archive, report, "html", look, set())
            place_version(archive, rendition, look, Read(text), lambda _: None)
        rows = db.execute(
            "SELECT content_digest, first_captured, last_captured FROM versions WHERE rendition = ? ORDER BY number",
            (rendition,),
        ).fetchall()
    assert all(first <= last for _, first, last in rows)
    return [text for text, _, _ in rows]


@given(LOOKS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_looks_make_the_versions_that_their_changes_are(kept: Archive, looks: list[tuple[str, int]]) -> None:
    changes = [text for text, _ in groupby(text for text, _ in looks)]
    assert versions_of(kept, looks) == changes
    once = [next(group) for _, group in groupby(looks, key=lambda look: look[0])]
    assert versions_of(kept, once) == changes


@given(LOOKS, st.integers(1, 3))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_same_bytes_again_are_no_version(kept: Archive, looks: list[tuple[str, int]], again: int) -> None:
    assert versions_of(kept, [*looks, *[looks[-1]] * again]) == versions_of(kept, looks)
