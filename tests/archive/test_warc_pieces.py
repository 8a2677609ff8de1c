"""The pieces of WARC reading and writing, one by one."""

from __future__ import annotations

import gzip
import io
import json
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.warc import index
from archive.warc.index import Entry, Sorter, blocks_of, urlkey
from archive.warc.message import read_body, split_interim, split_message, undo_chunks
from archive.warc.record import Record, to_bytes, uri_of
from archive.warc.stream import Stream

EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def test_interim_answers_belong_to_the_head_and_not_to_the_answer() -> None:
    assert split_message(EARLY + HEAD + b"body") == (EARLY + HEAD, b"body")
    assert split_interim(EARLY + HEAD) == (EARLY, HEAD)
    assert split_interim(HEAD) == (b"", HEAD)
    assert split_message(b"HTTP/1.1 200 OK\nA: b\n\nbody") == (b"HTTP/1.1 200 OK\nA: b\n\n", b"body")
    assert split_message(b"no message") == (b"no message", b"")


@pytest.mark.parametrize(
    ("body", "entity"),
    [
        (b"3\r\nabc\r\n2;a=b\r\nde\r\n0\r\n\r\n", (b"abcde", True)),
        (b"3  \nabc\n0\n\n", (b"abc", True)),
        (b"3\r\nabc\r\n5\r\nde", (b"abcde", False)),
        (b"3\r\nabc\r\nzz\r\n", (b"abc", False)),
        (b"<html>not in chunks</html>", (None, False)),
        (b"12\r\n<html> that begins with a number", (None, False)),
        (b"", (None, False)),
    ],
)
def test_chunks(body: bytes, entity: tuple[bytes | None, bool]) -> None:
    assert undo_chunks(body) == entity


@given(st.lists(st.binary(min_size=1, max_size=40)))
def test_chunks_come_back_whatever_they_hold(pieces: list[bytes]) -> None:
    body = b"".join(b"%X\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    assert undo_chunks(body) == (b"".join(pieces), True)


def test_a_coding_that_is_not_there_is_a_remark() -> None:
    page = b"<html>plain</html>"
    head = HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: br\r\n\r\n")
    assert read_body(head, page).payload == page
    assert read_body(head, page).remarks == ("labelled br, is not",)
    assert read_body(head, b"\x00\x01\x02").payload == b""
    assert read_body(head, b"\x00\x01\x02").why


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.a.example/", "example,a)/"),
        ("https://www2.A.example:443/Dir/", "example,a)/dir"),
        ("http://a.example:8080/x?b=2&a=1", "example,a:8080)/x?a=1&b=2"),
        ("http://a.example", "example,a)/"),
        ("file:a.html", "file:a.html"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_keys(url: str, key: str) -> None:
    assert urlkey(url) == key


def test_the_index_of_many_is_sorted_on_disk_and_packed_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_LINES_IN_MEMORY", 100)
    lines = [
        Entry(
            f"http://a.example/{number * 7919 % 1000}", "2025-01-01T00:00:00Z", "", "200", "", number, 1, "x"
        ).as_line()
        for number in range(1000)
    ]
    with ExitStack() as stack:
        sorter = Sorter(stack)
        for line in lines:
            sorter.add(line)
        assert len(sorter.files) == 10
        blocks = list(blocks_of(sorter.sorted(), "index.cdx.gz"))
    packed = b"".join(member for member, _ in blocks)
    assert gzip.decompress(packed).decode().splitlines(keepends=True) == sorted(lines)
    meta, *keys = "".join(said for _, said in blocks).splitlines()
    assert json.loads(meta.removeprefix("!meta 0 "))["format"] == "cdxj-gzip-1.0"
    assert len(keys) == 4
    for key in keys:
        url, at, facts = key.split(" ", 2)
        place = json.loads(facts)
        member = gzip.decompress(packed[place["offset"] : place["offset"] + place["length"]]).decode()
        assert member.startswith(f"{url} {at} {{")
    assert next(blocks_of([], "index.cdx.gz"))[0] == b""


def test_an_address_cannot_add_fields_to_a_record() -> None:
    url = "http://a.example/\r\nWARC-Type: response\r\n\r\nHTTP/1.1 200 OK"
    record = Record("metadata", "<urn:x:1>", "2025-01-01T00:00:00Z", (("WARC-Target-URI", uri_of(url)),), b"")
    head = gzip.decompress(to_bytes(record)).decode()
    assert head.count("WARC-Type") == 2
    assert "\r\nWARC-Type: response" not in head


@given(st.lists(st.binary(max_size=300), max_size=6), st.booleans(), st.lists(st.integers(1, 90), min_size=1))
def test_a_stream_gives_what_was_packed(members: list[bytes], packed: bool, sizes: list[int]) -> None:
    content = b"".join(members)
    file = b"".join(gzip.compress(member) for member in members) if packed else content
    if not packed and content.startswith(b"\x1f\x8b\x08"):
        return
    stream = Stream(io.BytesIO(file))
    taken = bytearray()
    turn = 0
    while True:
        size = sizes[turn % len(sizes)]
        piece = stream.read_line(size) if turn % 3 == 0 else stream.read(size)
        ahead = stream.peek(4)
        if not piece and not ahead:
            break
        taken += piece
        if turn % 5 == 0 and piece:
            stream.unread(piece[-1:])
            taken = taken[:-1]
            taken += stream.read(1)
        turn += 1
    assert bytes(taken) == content
    assert stream.offset == len(content)
    assert not stream.cut
