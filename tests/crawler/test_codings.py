"""Content codings: undone exactly, or named as broken, and never beyond the limit."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.warc.codings import BadCoding, TooMuch, undo_codings
from crawler.connection.tape import Tape, fields_of


def _raw_deflate(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


CODERS = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}


@given(st.binary(max_size=5000), st.sampled_from(sorted(CODERS)))
def test_what_was_coded_comes_back(body: bytes, coding: str) -> None:
    assert undo_codings(CODERS[coding](body), (coding,), 10_000) == (body, "")


def test_two_codings_raw_deflate_and_members() -> None:
    body = b"annual report " * 100
    assert undo_codings(brotli.compress(gzip.compress(body)), ("gzip", "br"), 10_000)[0] == body
    assert undo_codings(_raw_deflate(body), ("deflate",), 10_000)[0] == body
    assert undo_codings(gzip.compress(body) + gzip.compress(body), ("gzip",), 10_000)[0] == body * 2
    assert undo_codings(gzip.compress(body) + b"junk", ("gzip",), 10_000) == (body, "4 bytes after the compressed body")
    assert undo_codings(body, ("gzip",), 10_000) == (body, "labelled gzip, is not")


@pytest.mark.parametrize("coding", sorted(CODERS))
def test_cut_spoiled_and_swollen_bodies(coding: str) -> None:
    coded = CODERS[coding](bytes(range(256)) * 40)
    for cut in (coded[: len(coded) // 2], coded[:-1]):
        with pytest.raises(BadCoding, match=r"ends early|broken"):
            undo_codings(cut, (coding,), 100_000)
    with pytest.raises(TooMuch, match="more than 100000 bytes"):
        undo_codings(CODERS[coding](b"0" * 50_000_000), (coding,), 100_000)


def test_header_fields_of_the_final_answer() -> None:
    header = b"HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nX-A: 1\r\n\tfolded\r\nx-a:2\r\nno colon\r\n\r\n"
    assert fields_of(header) == [(b"x-a", b"1 folded"), (b"x-a", b"2")]
    assert fields_of(b"") == []


@given(st.lists(st.integers(1, 60), max_size=40))
def test_the_head_ends_at_the_same_byte_however_it_is_cut(sizes: list[int]) -> None:
    header = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 " + "成功".encode("gbk") + b"\r\nA: b\r\n\r\n"
    whole = header + b"body\r\n\r\nmore"
    tape, start = Tape(1000), 0
    for size in sizes:
        tape.record(whole[start : start + size])
        start += size
    tape.record(whole[start:])
    assert tape.head_ends == len(header)
    exchange = tape.exchange("", "")
    assert (exchange.status, exchange.header, exchange.wire) == (200, header, b"body\r\n\r\nmore")
