"""What is withdrawn is gone from the disk; that it was there, and why it is not, stays."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from county import Answer, article, crawl, figures_of

from archive.capture import Capture
from archive.errors import BadQuery, Damaged, NotFound, Withdrawn
from archive.fixity.verify import verify
from archive.frontier import record_capture
from archive.ingest import read_pending
from archive.packed.templates import get_row
from archive.packed.texts import unpack
from archive.payloads import get_payload, has_payload, put_payload
from archive.queries import describe_version, list_history, list_not_seen, summarise_archive
from archive.reparsing.reparse import reparse
from archive.runs.run import begin_run, end_run
from archive.seals.sealed import Sample
from archive.search import Filters, find_page
from archive.store import Archive
from archive.versions import current_reading
from archive.withdraw import withdraw

BUREAU, OFFICE = "示例县教育局", "示例县民政局"
URL = "http://www.shili.example/zfxxgknb/202501/t20250120_1.html"
OTHER = "http://www.shili.example/zfxxgknb/202501/t20250120_2.html"
WORD = "zqxjkvwplanted"
SENTENCE = f"申请人住址为示例街九十九号 {WORD}，电话不便公开。"
WHY = "示例: a private address"


def private(counter: int = 0) -> Answer:
    return article(OFFICE, 2024, figures_of(8), note=SENTENCE, counter=counter)


def digest_of(answer: Answer) -> str:
    return hashlib.sha256(answer.payload).hexdigest()


def everything(folder: Path) -> dict[str, bytes]:
    """Each file of the archive as it lies, and each value of both databases that unpacks, unpacked."""
    content = {path.name: path.read_bytes() for path in folder.iterdir()}
    with Archive.open(folder, write=False) as archive:
        digests = [digest for (digest,) in archive.payloads.execute("SELECT digest FROM payload")]
        content["payload unpacked"] = b"".join(get_row(archive.templates, digest) for digest in digests)
    for name in ("archive.db", "payloads.db"):
        with sqlite3.connect(f"{(folder / name).as_uri()}?mode=ro", uri=True) as db:
            tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
            for (table,) in tables.fetchall():
                for row in db.execute(f'SELECT * FROM "{table}"'):
                    for value in row:
                        if isinstance(value, bytes) and value[:1] in (b"\x78", b"\x28"):
                            content[f"{table} unpacked"] = content.get(f"{table} unpacked", b"") + _unpacked(value)
    return content


def _unpacked(value: bytes) -> bytes:
    try:
        return zlib.decompress(value) if value[:1] == b"\x78" else unpack(value).encode()
    except (zlib.error, Damaged):
        return b""


def blob_of(folder: Path, digest: str) -> bytes:
    """A payload as it lies in payloads.db."""
    with sqlite3.connect(f"{(folder / 'payloads.db').as_uri()}?mode=ro", uri=True) as db:
        return bytes(db.execute("SELECT bytes FROM payload WHERE digest = ?", (digest,)).fetchone()[0])


def places_of(folder: Path, *needles: bytes) -> set[str]:
    return {name for name, content in everything(folder).items() if any(needle in content for needle in needles)}


@pytest.fixture
def kept(folder: Path) -> Path:
    """A report with a private sentence, whose page counts its visits; another report beside it."""
    with Archive.open(folder, write=True) as archive:
        crawl(archive, 0, {URL: article(BUREAU, 2024, figures_of(3)), OTHER: private(1)})
        crawl(archive, 1, {URL: article(BUREAU, 2024, figures_of(3)), OTHER: private(2)})
    return folder


def test_nothing_of_it_remains_on_disk(kept: Path) -> None:
    packed = blob_of(kept, digest_of(private(1)))
    # The blob as it lies in the file: a piece from its middle, which no other payload has.
    needles = (SENTENCE.encode(), WORD.encode(), WORD[4:].encode(), packed[200:240], packed[-40:])
    before = places_of(kept, *needles)
    assert {"archive.db", "payloads.db", "payload unpacked", "reading_bodies unpacked"} <= before
    with Archive.open(kept, write=True) as archive:
        done = withdraw(archive, "v2", WHY)
    assert (done.versions, done.reports, done.complete) == ((2,), (2,), True)
    assert set(done.payloads) == {digest_of(private(1)), digest_of(private(2))}
    assert places_of(kept, *needles) == set()
    assert verify(kept, Sample()).damages == []


def test_digest_metadata_and_reason_stay(kept: Path) -> None:
    with Archive.open(kept, write=True) as archive:
        history = list_history(archive, 2)
        withdraw(archive, "v2", WHY)
        assert [row | {"unread": None} for row in list_history(archive, 2)] == history
        shown = describe_version(archive, 2)
        assert shown["unread"] == {"code": "withdrawn", "says": WHY}
        assert (shown["organisation"], shown["report_year"], shown["url"]) == (OFFICE, 2024, OTHER)
        with pytest.raises(Withdrawn, match=WHY) as refused:
            get_payload(archive, digest_of(private(1)))
        assert (refused.value.code, refused.value.exit_code) == ("withdrawn", 1)
        with pytest.raises(NotFound, match="withdrawn"):
            current_reading(archive, 2)
        assert archive.db.execute("SELECT reading FROM reports ORDER BY id").fetchall() == [(1,), (None,)]
        assert find_page(archive, WORD, Filters(), sort="rank", limit=9).hits == ()
        assert [hit.report for hit in find_page(archive, "教育局", Filters(), sort="rank", limit=9).hits] == [1]
        assert summarise_archive(archive)["unread"] == {"withdrawn": 1}
        rows = archive.db.execute(
            """
            SELECT kind, report, version, reading, subject FROM changes
            WHERE kind = 'withdrawn' OR report = 2 ORDER BY seq
            """
        ).fetchall()
        assert rows[-5:] == [
            *(("withdrawn", None, None, None, digest) for digest in archive_order(rows)),
            ("superseded", 2, 2, 2, None),
            ("unread", 2, 2, None, "withdrawn"),
            ("stands", 2, None, None, None),
        ]


def archive_order(rows: list[tuple[object, ...]]) -> list[object]:
    named = [row[4] for row in rows if row[0] == "withdrawn"]
    assert set(named) == {digest_of(private(1)), digest_of(private(2))}
    return named


def test_bytes_that_say_the_same_go_with_those_that_are_named(kept: Path) -> None:
    with Archive.open(kept, write=True) as archive:
        first, second = digest_of(private(1)), digest_of(private(2))
        done = withdraw(archive, first.upper(), WHY)
        assert (done.payloads, done.versions) == (tuple(sorted((first, second))), (2,))
        again = withdraw(archive, second, "示例: the same address")
        assert again.versions == (2,)
        why = dict(archive.db.execute("SELECT payload_digest, why FROM withdrawals").fetchall())
        assert why == {first: WHY, second: WHY}  # the first reason is the one that stays
    assert places_of(kept, WORD.encode()) == set()


def test_twice_is_once(kept: Path) -> None:
    with Archive.open(kept, write=True) as archive:
        first = withdraw(archive, "v2", WHY)
        changes = archive.db.execute("SELECT count(*) FROM changes").fetchone()
        assert withdraw(archive, "v2", WHY) == first
        assert archive.db.execute("SELECT count(*) FROM changes").fetchone() == changes
    assert verify(kept, Sample()).damages == []


def test_killed_between_the_two_files_it_is_refused_and_the_next_time_ends_it(kept: Path) -> None:
    digest = digest_of(private(1))
    with Archive.open(kept, write=True) as archive:
        whole = archive.payloads.execute("SELECT * FROM payload WHERE digest = ?", (digest,)).fetchone()
        withdraw(archive, "v2", WHY)
        with archive.keeping() as payloads:  # as if it had not come so far
            payloads.execute("INSERT INTO payload VALUES (?, ?, ?, ?, ?)", whole)
        with pytest.raises(Withdrawn):
            get_payload(archive, digest)
    (found,) = verify(kept, Sample()).damages
    assert (found.code, found.what) == ("withdrawal", f"payload {digest}")
    with Archive.open(kept, write=True) as archive:
        withdraw(archive, digest, WHY)
    assert verify(kept, Sample()).damages == []
    assert places_of(kept, WORD.encode()) == set()


@pytest.mark.parametrize("counter", [1, 7])
def test_seen_again_it_is_not_kept_again(kept: Path, counter: int) -> None:
    """By the next crawl: the very bytes, or the same page with another counter."""
    with Archive.open(kept, write=True) as archive:
        withdraw(archive, "v2", WHY)
        summary = crawl(archive, 5, {URL: article(BUREAU, 2024, figures_of(3)), OTHER: private(counter)})
        assert (summary["new_versions"], summary["reports"]) == (0, 2)
        assert list_not_seen(archive) == []  # it was seen: only its bytes are not kept
        assert list_history(archive, 2)[0]["last_captured"] == "2025-01-06T08:00:02Z"
        assert not has_payload(archive, digest_of(private(counter)))
        assert describe_version(archive, 2)["unread"]["code"] == "withdrawn"
        assert reparse(archive).read == 0
    assert verify(kept, Sample()).damages == []
    assert places_of(kept, WORD.encode()) == set()


def test_an_edit_that_takes_the_private_sentence_out_is_a_version_that_is_read(kept: Path) -> None:
    with Archive.open(kept, write=True) as archive:
        withdraw(archive, "v2", WHY)
        crawl(archive, 5, {URL: article(BUREAU, 2024, figures_of(3)), OTHER: article(OFFICE, 2024, figures_of(8))})
        assert [row["unread"] for row in list_history(archive, 2)] == ["withdrawn", None]
        assert describe_version(archive, 3)["cells"]["requests.received.total"]["status"] == "number"
        # The old page is back after that: it is the version that it was.
        crawl(archive, 9, {URL: article(BUREAU, 2024, figures_of(3)), OTHER: private(1)})
        assert [row["unread"] for row in list_history(archive, 2)] == ["withdrawn", None]
        assert list_history(archive, 2)[0]["last_captured"] == "2025-01-10T08:00:02Z"
    assert verify(kept, Sample()).damages == []
    assert places_of(kept, WORD.encode()) == set()


def test_imported_again_it_is_not_kept_again(kept: Path) -> None:
    with Archive.open(kept, write=True) as archive:
        withdraw(archive, "v2", WHY)
        run = begin_run(archive, "import", "import")
        body = private(1).payload
        at = datetime(2025, 3, 1, tzinfo=UTC)
        capture = Capture(url="file:a.html", captured_at=at, outcome="fetched", payload=body, wire=body, kind="import")
        record_capture(archive, run, capture)
        read_pending(archive, run)
        summary = end_run(archive, run)
        assert (summary["new_versions"], summary["unread"]) == (0, {"withdrawn": 1})
        assert put_payload(archive, body) == digest_of(private(1))
        assert not has_payload(archive, digest_of(private(1)))
    assert verify(kept, Sample()).damages == []
    assert places_of(kept, WORD.encode()) == set()


def test_the_body_as_it_was_sent_goes_too(folder: Path) -> None:
    with Archive.open(folder, write=True) as archive:
        run = begin_run(archive, "crawl", "x")
        body = private(1).payload
        sent = zlib.compress(body, 1)
        at = datetime(2025, 3, 1, tzinfo=UTC)
        capture = Capture(OTHER, at, "fetched", 200, b"HTTP/1.1 200 OK\r\n\r\n", sent, body, "article")
        record_capture(archive, run, capture)
        read_pending(archive, run)
        wire = hashlib.sha256(sent).hexdigest()
        assert has_payload(archive, wire)
        done = withdraw(archive, wire, WHY)
        assert set(done.payloads) == {wire, digest_of(private(1))}
        assert not has_payload(archive, wire)
        # Sent again, packed otherwise: neither is kept.
        harder = zlib.compress(body, 9)
        record_capture(archive, run, replace(capture, wire=harder, captured_at=datetime(2025, 3, 2, tzinfo=UTC)))
        assert archive.payloads.execute("SELECT count(*) FROM payload").fetchone() == (0,)
        end_run(archive, run)
    assert verify(folder, Sample()).damages == []
    assert places_of(folder, WORD.encode(), sent[300:340], harder[300:340]) == set()


def test_while_another_program_reads_it_is_said_and_ends_later(kept: Path) -> None:
    reader = Archive.open(kept, write=False)
    for one in (reader.db, reader.payloads):
        one.execute("BEGIN")
        one.execute("SELECT count(*) FROM sqlite_master").fetchone()
    with Archive.open(kept, write=True) as archive:
        for one in (archive.db, archive.payloads):
            one.execute("PRAGMA busy_timeout = 100").fetchone()
        assert not withdraw(archive, "v2", WHY).complete
    reader.close()
    Archive.open(kept, write=True).close()
    assert places_of(kept, WORD.encode()) == set()
    assert verify(kept, Sample()).damages == []


def test_small_payloads_leave_no_copy_in_the_gaps_of_pages(folder: Path) -> None:
    """Rows that lie whole in one page are moved by SQLite when others are taken out around them."""
    bodies = [random.Random(number).randbytes(600).hex().encode() for number in range(60)]
    with Archive.open(folder, write=True) as archive:
        run = begin_run(archive, "import", "x")
        for number, body in enumerate(bodies):
            at = datetime(2025, 3, 1, tzinfo=UTC)
            capture = Capture(f"http://a.example/{number}", at, "fetched", 200, b"", body, body, "other")
            record_capture(archive, run, capture)
        lay = {body: blob_of(folder, hashlib.sha256(body).hexdigest()) for body in bodies}
        for body in bodies[::7] + bodies[::3]:
            withdraw(archive, hashlib.sha256(body).hexdigest(), WHY)
        end_run(archive, run)
        left = {digest for (digest,) in archive.payloads.execute("SELECT digest FROM payload")}
    content = (folder / "payloads.db").read_bytes()
    gone = [body for body in bodies if hashlib.sha256(body).hexdigest() not in left]
    assert len(gone) == 26
    for body in gone:
        assert lay[body][100:140] not in content
    assert verify(folder, Sample()).damages == []


def test_what_is_not_there_cannot_be_withdrawn(kept: Path) -> None:
    with Archive.open(kept, write=True) as archive:
        for unknown in ("0" * 64, "v99"):
            with pytest.raises(NotFound):
                withdraw(archive, unknown, WHY)
        for wrong in ("r2", "abc", ""):
            with pytest.raises(BadQuery):
                withdraw(archive, wrong, WHY)
        with pytest.raises(BadQuery):
            withdraw(archive, "v2", "  ")
        assert archive.db.execute("SELECT count(*) FROM withdrawals").fetchone() == (0,)
