"""Web archives with something wrong in them: told by name, bounded, and the rest is taken."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from county import figures_of, page
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kept_looks import FIRST, HOST, SECOND, chunked
from records import response
from warcs_taken import BUREAU, NOW, ROOT, WARCS, put, taken

from archive.imports import import_files
from archive.noted.provenance import Provenance
from archive.store import Archive
from archive.warc import stream
from archive.warc.answers import Look, NotTaken, capture_of, looks_in
from archive.warc.reader import Problems, read_warc


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_NOW", "2030-01-01T00:00:00Z")


def codes_of(archive: Archive, folder: Path, content: bytes, name: str = "others.warc") -> tuple[int, dict[str, int]]:
    told = taken(archive, put(folder, content, name))
    return told["taken"], told["problems"]


GOOD = response(SECOND, page("示例县民政局", 2024, figures_of(8)))
PAGE = page(BUREAU, 2024, figures_of(3))
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    ("content", "count", "problems"),
    [
        pytest.param(response(FIRST, PAGE, version="0.17") + GOOD, 2, {}, id="0.17"),
        pytest.param(response(FIRST, PAGE, version="0.18") + GOOD, 2, {}, id="0.18"),
        pytest.param(response(FIRST, PAGE, version="2.0") + GOOD, 2, {"unknown_version": 1}, id="a version to come"),
        pytest.param(response(FIRST, PAGE)[:-2] + GOOD, 2, {}, id="one empty line between two"),
        pytest.param(
            response(FIRST, chunked(PAGE), head=HTTP + b"Transfer-Encoding: chunked\r\n\r\n") + GOOD, 2, {},
            id="chunked",
        ),
        pytest.param(
            response(FIRST, PAGE, head=HTTP + b"Transfer-Encoding: chunked\r\n\r\n") + GOOD, 2, {}, id="chunks undone"
        ),
        pytest.param(
            response(FIRST, gzip.compress(PAGE), head=HTTP + b"Content-Encoding: gzip\r\n\r\n") + GOOD, 2, {}, id="gzip"
        ),
        pytest.param(
            response(FIRST, b"\x01" * 99, head=HTTP + b"Content-Encoding: br\r\n\r\n") + GOOD, 1, {"bad_encoding": 1},
            id="no br",
        ),
        pytest.param(response(FIRST, PAGE) + GOOD[:-200], 2, {"truncated": 1}, id="truncated tail"),
        pytest.param(
            response(FIRST, PAGE, Content_Length="500") + GOOD, 2, {"wrong_length": 1}, id="length too small"
        ),
        pytest.param(
            response(FIRST, PAGE, Content_Length="9000") + GOOD, 2, {"wrong_length": 1}, id="length too great"
        ),
        pytest.param(
            response(FIRST, PAGE, Content_Length="-1") + GOOD, 1, {"bad_length": 1, "junk": 1}, id="no length"
        ),
        pytest.param(
            response(FIRST, PAGE, Content_Length="9" * 5000) + GOOD, 1, {"bad_length": 1, "junk": 1}, id="a long length"
        ),
        pytest.param(
            response(FIRST, PAGE, WARC_Block_Digest="sha1:" + "A" * 32) + GOOD, 2, {"wrong_digest": 1},
            id="wrong digest",
        ),
        pytest.param(
            response(FIRST, PAGE, WARC_Block_Digest="sha1:\N{REPLACEMENT CHARACTER}" + "A" * 31) + GOOD, 2,
            {"wrong_digest": 1}, id="a digest that is not ASCII",
        ),
        pytest.param(response(FIRST, PAGE, WARC_Block_Digest="tiger:AAAA") + GOOD, 2, {}, id="a digest not known"),
        pytest.param(response(FIRST, PAGE, WARC_Date="") + GOOD, 1, {"bad_date": 1}, id="no date"),
        pytest.param(response(FIRST, PAGE, WARC_Date="2031-01-01T00:00:00Z") + GOOD, 1, {"bad_date": 1}, id="tomorrow"),
        pytest.param(response(FIRST, PAGE, WARC_Date="20220203010203") + GOOD, 2, {}, id="a date of 14 digits"),
        pytest.param(response(f"<{FIRST}>", PAGE) + GOOD, 2, {}, id="URI in brackets"),
        pytest.param(
            b"WARC/1.0\r\na: " + b"b" * 200_000 + b"\r\n\r\n" + GOOD, 1, {"bad_header": 1, "junk": 1},
            id="endless header",
        ),
        pytest.param(b"\x00" * 5000 + b"\r\n" + GOOD, 0, {}, id="not recognised as a WARC"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_the_rest_is_taken(
    tmp_path: Path, archive: Archive, content: bytes, count: int, problems: dict[str, int]
) -> None:
    if not content.startswith(b"WARC/"):
        assert "warcs" not in import_files(archive, [put(tmp_path, content)], None, NOW)
        return
    assert codes_of(archive, tmp_path, content) == (count, problems)
    kept = archive.db.execute("SELECT outcome, payload, says FROM captures WHERE url = :url", {"url": FIRST}).fetchall()
    for outcome, payload, _ in kept:
        assert (outcome, payload) == ("fetched", hashlib.sha256(PAGE).hexdigest())
    for outcome, says in archive.db.execute("SELECT outcome, says FROM captures WHERE url = :url", {"url": SECOND}):
        assert outcome == ("truncated" if "truncated" in problems else "fetched"), says


def test_a_digest_that_is_wrong_is_said_of_the_capture(tmp_path: Path, archive: Archive) -> None:
    taken(archive, put(tmp_path, response(FIRST, PAGE, WARC_Payload_Digest="sha1:" + "A" * 32)))
    (says,) = archive.db.execute("SELECT says FROM captures").fetchone()
    assert says == "warc-payload-digest of its record is wrong"


@pytest.mark.parametrize("body", [PAGE, chunked(PAGE), gzip.compress(PAGE, mtime=0)], ids=["plain", "chunked", "gzip"])
def test_all_three_views_of_a_payload_digest_are_right(tmp_path: Path, archive: Archive, body: bytes) -> None:
    coding = {PAGE: b"", chunked(PAGE): b"Transfer-Encoding: chunked\r\n"}.get(body, b"Content-Encoding: gzip\r\n")
    for of in (body, PAGE):
        digest = f"sha256:{hashlib.sha256(of).hexdigest()}"
        warc = response(FIRST, body, head=HTTP + coding + b"\r\n", WARC_Payload_Digest=digest)
        assert taken(archive, put(tmp_path, warc))["problems"] == {}


def test_a_member_that_does_not_unpack_costs_that_record_alone(tmp_path: Path, archive: Archive) -> None:
    first, second, third = (
        gzip.compress(one) for one in (response(FIRST, PAGE), response(f"{HOST}/x.html", PAGE), GOOD)
    )
    broken = second[:200] + b"\x00\xff\x00\xff" + second[204:]
    assert codes_of(archive, tmp_path, first + broken + third, "a.warc.gz") == (2, {"damaged": 1})
    cut = first + third[:-900]
    told = taken(archive, put(tmp_path, cut, "b.warc.gz"))
    assert told["problems"] == {"truncated": 1}
    whole = gzip.compress(response(f"{HOST}/y.html", PAGE) + response(f"{HOST}/z.html", PAGE))
    assert codes_of(archive, tmp_path, whole, "c.warc.gz") == (2, {})


def test_bombs_and_claims_end_typed_and_small(
    tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_BOMB_BYTES", 8 * 2**20)
    bomb = gzip.compress(response(FIRST, b" " * (16 * 2**20)))
    told = taken(archive, put(tmp_path, gzip.compress(GOOD) + bomb, "bomb.warc.gz"))
    assert (told["taken"], told["problems"], told["failed"]) == (1, {"bomb": 1}, 1)
    claims = GOOD.replace(b"_2.html", b"_3.html") + response(FIRST, PAGE, Content_Length=str(10 * 2**30))
    assert codes_of(archive, tmp_path, claims) == (1, {"too_large": 1, "truncated": 1})


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """A WARC of 240 MB of pictures and a page, which are never in memory together."""
    warc = tmp_path / "large.warc"
    picture = response(f"{HOST}/a.png", b"\x89PNG\r\n\x1a\n" + os.urandom(4 * 2**20), head=b"HTTP/1.1 200 OK\r\n\r\n")
    with warc.open("wb") as file:
        for _ in range(60):
            file.write(picture)
        file.write(GOOD)
    code = """
import resource, sys
from pathlib import Path
from archive.clock import read_clock
from archive.runs.run import begin_run
from archive.store import Archive
from archive.warc.incoming import Taken, import_warc
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
archive, taken = Archive.open(Path(sys.argv[1]), write=True), Taken()
import_warc(archive, begin_run(archive, "x", "x"), Path(sys.argv[2]), read_clock(), taken)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(len(taken.captures), taken.not_taken["no_document"], grown)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "kept"), str(warc)],
        capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    count, pictures, grown = map(int, ran.stdout.split())
    assert (count, pictures) == (1, 60)
    assert grown < 120 * 1024, "KiB"


def _records() -> Iterator[bytes]:
    yield (WARCS / "wget.warc.gz").read_bytes()
    yield gzip.decompress((WARCS / "wget.warc.gz").read_bytes())
    yield response(FIRST, PAGE, Content_Length="500") + GOOD


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    which=st.integers(0, 2),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12),
    cut=st.floats(0.2, 1),
)
def test_no_damage_ends_in_anything_but_a_problem(which: int, changes: list[tuple[float, int]], cut: float) -> None:
    content = bytearray(list(_records())[which])
    for at, value in changes:
        content[int(at * (len(content) - 1))] = value
    problems = Problems("x")
    for one in looks_in(read_warc(io.BytesIO(bytes(content[: int(cut * len(content))])), problems)):
        if isinstance(one, Look):
            try:
                made = capture_of(one, Provenance("x", "0", ""), NOW, problems)
            except NotTaken:
                continue
            assert made.third_party
            assert made.outcome in ("fetched", "truncated")
