"""Pages told against earlier pages of their site: they come back, whatever is damaged, withdrawn, merged or killed."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.capture import Capture
from archive.errors import Damaged, NotAnArchive
from archive.fixity.verify import verify
from archive.frontier import record_capture
from archive.merge import merge_archive
from archive.packed import templates
from archive.payloads import count_payloads, get_payload, has_payload, put_payload
from archive.runs.run import begin_run, end_run
from archive.seals.sealed import Sample
from archive.store import Archive
from archive.withdraw import withdraw

SITE = "www.shili.example:80"
KEPT = Path(__file__).with_name("kept")


def page(number: int, own: int = 400, site: str = "示例县") -> bytes:
    """A page of 7 KB: what all have, in the words of their site, and what it has alone."""
    chance = random.Random(f"{site} {number}")
    shared = "".join(f"<li class='menu-{n}'><a href='/zwgk/{n * 7919}/'>{site}栏目{n}</a></li>\n" for n in range(120))
    return f"<html><title>{number}</title>\n{shared}<p>{chance.randbytes(own // 2).hex()}</p></html>".encode()


def digest_of(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


def put(archive: Archive, payloads: list[bytes], site: str = SITE) -> list[str]:
    return [put_payload(archive, payload, site) for payload in payloads]


def looked_at(archive: Archive, payloads: list[bytes], first: int = 0) -> None:
    """Each a page that a run has looked at."""
    run = begin_run(archive, "crawl", f"x {first}")
    for number, payload in enumerate(payloads, first):
        at = datetime(2025, 3, 1, tzinfo=UTC)
        url = f"http://www.shili.example/{number}.html"
        record_capture(archive, run, Capture(url, at, "fetched", 200, b"HTTP/1.1 200 OK\r\n\r\n", payload, payload))
    end_run(archive, run)


def told_against(archive: Archive) -> dict[str, str | None]:
    """Payload → the last page of the dictionary that it unpacks with."""
    rows = archive.payloads.execute(
        "SELECT p.digest, t.digest FROM payload p LEFT JOIN template t ON t.id = p.template ORDER BY p.rowid"
    )
    return dict(rows.fetchall())


def count_templates(archive: Archive) -> int:
    count: int = archive.payloads.execute("SELECT count(*) FROM template").fetchone()[0]
    return count


def test_pages_of_one_site_take_a_tenth(folder: Path) -> None:
    pages = [page(number) for number in range(40)]
    with Archive.open(folder, write=True) as archive:
        digests = put(archive, pages)
        count, length, taken = count_payloads(archive)
        assert (count, length) == (40, sum(map(len, pages)))
        assert taken * 12 < length
        assert 1 <= count_templates(archive) < 5
        assert [get_payload(archive, digest) for digest in digests] == pages
    with Archive.open(folder, write=True) as archive:  # and goes on where it was
        before = count_templates(archive)
        further = put(archive, [page(number) for number in range(40, 60)])
        assert count_templates(archive) == before
        assert all(told_against(archive)[digest] is not None for digest in further)
    with Archive.open(folder, write=False) as archive:
        chosen = random.Random(1).sample(digests, 40)
        assert [digest_of(get_payload(archive, digest)) for digest in chosen] == chosen
    assert verify(folder, Sample()).damages == []


def test_sites_have_templates_of_their_own(archive: Archive) -> None:
    for number in range(10):
        put(archive, [page(number)], "a.example:80")
        put(archive, [page(number, site="别县")], "b.example:80")
    rows = archive.payloads.execute(
        """
        SELECT DISTINCT t.site, instr(CAST(:pages AS TEXT), p.digest) > 0 FROM payload p
        JOIN template t ON t.id = p.template ORDER BY 1
        """,
        {"pages": " ".join(digest_of(page(number)) for number in range(10))},
    ).fetchall()
    assert rows == [("a.example:80", 1), ("b.example:80", 0)]


def test_what_is_packed_already_is_told_against_nothing(archive: Archive) -> None:
    put(archive, [page(1), page(2)])
    others = [b"%PDF-1.7\n" + b"1 0 obj << /Type /Catalog >>\n" * 99, b"PK\x03\x04" + random.randbytes(5000), b"", b"a"]
    for digest in put(archive, others):
        assert told_against(archive)[digest] is None
    assert [get_payload(archive, digest_of(other)) for other in others] == others


@pytest.mark.parametrize(("pages", "length"), [(3, 2**18), (32, 20_000)])
def test_a_full_dictionary_is_begun_anew(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, pages: int, length: int
) -> None:
    monkeypatch.setattr(templates, "_MOST", pages)
    monkeypatch.setattr(templates, "_LONGEST", length)
    unlike = [page(number, own=3000) for number in range(20)]  # each has more of its own than of the others
    digests = put(archive, unlike)
    chains = archive.payloads.execute(
        """
        WITH RECURSIVE chain (first, id, pages, length) AS (
            SELECT t.id, t.id, 1, p.length FROM template t JOIN payload p USING (digest) WHERE t.before IS NULL
            UNION ALL
            SELECT c.first, t.id, c.pages + 1, c.length + p.length
            FROM chain c JOIN template t ON t.before = c.id JOIN payload p USING (digest)
        )
        SELECT max(pages), max(length) FROM chain GROUP BY first
        """
    ).fetchall()
    assert len(chains) > 3
    assert all(many <= pages and long <= length for many, long in chains)
    archive.templates.forget()
    assert [get_payload(archive, digest) for digest in digests] == unlike


def test_a_damaged_template_is_named_with_all_that_need_it(folder: Path) -> None:
    pages = [page(number) for number in range(6)]
    with Archive.open(folder, write=True) as archive:
        looked_at(archive, pages)
        other = put_payload(archive, page(1, site="别县"), "b.example:80")
        first = digest_of(pages[0])
        with archive.keeping() as payloads:
            payloads.execute("UPDATE payload SET bytes = zeroblob(100) WHERE digest = ?", (first,))
        archive.templates.forget()
        (template,) = archive.payloads.execute("SELECT id FROM template WHERE digest = ?", (first,)).fetchone()
        assert template == 1
        with pytest.raises(Damaged, match=f"told against one that is damaged: payload {first}"):
            get_payload(archive, digest_of(pages[3]))
        assert get_payload(archive, other) == page(1, site="别县")
        # What comes later is not told against what nobody can unpack.
        later = put(archive, [page(8), page(9)])
        assert [get_payload(archive, digest) for digest in later] == [page(8), page(9)]
    damages = verify(folder, Sample()).damages
    assert [damage.what for damage in damages] == [
        f"payload {digest_of(one)} (http://www.shili.example/{number}.html)" for number, one in enumerate(pages)
    ]
    assert all(first in damage.says for damage in damages)


def test_a_template_that_is_gone_is_missed(folder: Path) -> None:
    pages = [page(number) for number in range(3)]
    with Archive.open(folder, write=True) as archive:
        put(archive, pages)
        with pytest.raises(sqlite3.IntegrityError), archive.keeping() as payloads:
            payloads.execute("DELETE FROM payload WHERE digest = ?", (digest_of(pages[0]),))
        archive.payloads.execute("PRAGMA foreign_keys = OFF")
        with archive.keeping() as payloads:
            payloads.execute("DELETE FROM template WHERE id = 1")
    damages = verify(folder, Sample()).damages
    assert [damage.says for damage in damages if damage.code == "payload"] == [
        f"payload {digest_of(one)} does not unpack: template 1, which it is told against, is not there"
        for one in pages[1:]
    ]


def test_a_transaction_that_failed_leaves_no_template_behind(archive: Archive) -> None:
    with pytest.raises(TypeError), archive.keeping():
        put(archive, [page(0), page(1), None])  # type: ignore[list-item]
    digests = put(archive, [page(2), page(3)])
    archive.templates.forget()
    assert [get_payload(archive, digest) for digest in digests] == [page(2), page(3)]
    assert told_against(archive) == {digests[0]: None, digests[1]: digests[0]}


def test_withdrawn_it_is_no_template_any_more(folder: Path) -> None:
    planted = "<p>zqxjkvwplanted 申请人住址为示例街九十九号</p>".encode()
    pages = [page(number) + (planted if number == 0 else b"") for number in range(8)]
    with Archive.open(folder, write=True) as archive:
        looked_at(archive, pages)
        assert digest_of(pages[0]) in told_against(archive).values()
        done = withdraw(archive, digest_of(pages[0]), "示例: a private address")
        assert done.complete
        assert not has_payload(archive, digest_of(pages[0]))
        assert [get_payload(archive, digest_of(one)) for one in pages[1:]] == pages[1:]
        assert digest_of(pages[0]) not in told_against(archive).values()
        assert sum(one is not None for one in told_against(archive).values()) >= 6  # told against another
        put(archive, [page(20)])
    assert verify(folder, Sample()).damages == []
    with Archive.open(folder, write=False) as archive:
        assert get_payload(archive, digest_of(page(20))) == page(20)


def test_after_any_withdrawals_the_rest_is_there(folder: Path) -> None:
    chance = random.Random(9)
    pages = [page(number, own=chance.choice((100, 3000))) for number in range(60)]
    with Archive.open(folder, write=True) as archive:
        looked_at(archive, pages)
        there = dict(zip(map(digest_of, pages), pages, strict=True))
        for digest in chance.sample(sorted(there), 12):
            withdraw(archive, digest, "示例")
            del there[digest]
            if chance.random() < 0.5:
                archive.templates.forget()
            assert {digest: get_payload(archive, digest) for digest in there} == there
    assert verify(folder, Sample()).damages == []


def test_a_merge_takes_them_and_names_those_that_a_damaged_one_takes_along(tmp_path: Path, folder: Path) -> None:
    pages, others = [page(number) for number in range(8)], [page(number, site="别县") for number in range(8)]
    with Archive.open(tmp_path / "b", write=True) as other:
        looked_at(other, pages)
        put(other, others, "b.example:80")
        with other.keeping() as payloads:
            payloads.execute("UPDATE payload SET bytes = zeroblob(100) WHERE digest = ?", (digest_of(others[0]),))
    with Archive.open(folder, write=True) as archive:
        looked_at(archive, [page(30), page(31)], first=30)
        told = merge_archive(archive, tmp_path / "b")
        assert told.counts["payloads"] == 8
        assert [one.code for one in told.conflicts] == ["damaged"] * 8
        archive.templates.forget()
        assert [get_payload(archive, digest_of(one)) for one in pages] == pages
        assert told_against(archive)[digest_of(pages[5])] == digest_of(page(30))
    assert verify(folder, Sample()).damages == []


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """An archive of the release before, in which everything is told alone."""
    with tarfile.open(KEPT / "0013.tar.xz") as tar:
        tar.extractall(tmp_path / "earlier", filter="data")
    return tmp_path / "earlier"


def test_payloads_of_an_earlier_release_are_merged_as_they_lie(earlier: Path, folder: Path) -> None:
    before = digest_of((earlier / "payloads.db").read_bytes())
    with Archive.open(folder, write=True) as archive:
        told = merge_archive(archive, earlier)
        assert told.conflicts == ()
        digests = [digest for (digest,) in archive.payloads.execute("SELECT digest FROM payload")]
        assert told.counts["payloads"] == len(digests) == 6
        assert [digest_of(get_payload(archive, digest)) for digest in digests] == digests
    assert digest_of((earlier / "payloads.db").read_bytes()) == before


def test_an_earlier_release_is_refused_to_readers_and_migrated_by_a_writer(earlier: Path) -> None:
    with pytest.raises(NotAnArchive, match="earlier release"):
        Archive.open(earlier, write=False)
    Archive.open(earlier, write=True).close()
    Archive.open(earlier, write=False).close()
    with sqlite3.connect(earlier / "payloads.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        with pytest.raises(sqlite3.IntegrityError):
            db.execute("UPDATE payload SET coding = 'gzip'")
