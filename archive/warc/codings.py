"""Content codings undone: gzip, deflate, br → the bytes that were meant (RFC 9110, 8.4)."""

from __future__ import annotations

import zlib

import brotli  # type: ignore[import-untyped]

_PIECE = 256 * 1024
_MOST = 4  # codings one upon the other; servers in use have one


class BadCoding(Exception):
    """A content coding that is not known, or a body that breaks its coding's rules or ends too early."""


class TooMuch(Exception):
    """A body that unpacks to more than the limit."""


def undo_codings(body: bytes, codings: tuple[str, ...], limit: int) -> tuple[bytes, str]:
    """Body and its codings in the order applied → (payload of at most ``limit`` bytes, a remark or "").

    Raises BadCoding, TooMuch. A body labelled with a coding it plainly does not have is taken as it is,
    with a remark: servers that pre-compress and proxies that decompress disagree about the label.
    """
    remarks = []
    if len(codings) > _MOST:
        raise BadCoding(f"{len(codings)} codings one upon the other")
    for coding in reversed(codings):
        if coding in ("identity", "") or not body:
            continue
        if coding in ("gzip", "x-gzip") and not body.startswith(b"\x1f\x8b"):
            remarks.append(f"labelled {coding}, is not")
            continue
        if coding in ("gzip", "x-gzip"):
            body, remark = _inflate(body, 31, limit)
        elif coding == "deflate":
            body, remark = _inflate(body, 15 if _has_zlib_header(body) else -15, limit)
        elif coding == "br":
            body, remark = _unbrotli(body, limit)
        else:
            raise BadCoding(f"content coding {coding!r} is not known")
        if remark:
            remarks.append(remark)
    return body, "; ".join(remarks)


def _has_zlib_header(body: bytes) -> bool:
    """RFC 1950, 2.2: the low four bits of the first byte are 8 and the first two bytes divide by 31."""
    return len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0


def _inflate(body: bytes, window: int, limit: int) -> tuple[bytes, str]:
    out = bytearray()
    rest = body
    while rest:
        member = zlib.decompressobj(window)
        try:
            while rest and not member.eof:
                out += member.decompress(rest, _PIECE)
                rest = member.unconsumed_tail
                if len(out) > limit:
                    raise TooMuch(f"unpacks to more than {limit} bytes")
            out += member.flush() if not member.eof else b""
        except zlib.error as error:
            raise BadCoding(f"compressed body is broken after {len(out)} bytes: {error}") from error
        if not member.eof:
            raise BadCoding(f"compressed body ends early, after {len(out)} bytes")
        rest = member.unused_data
        if window != 31 or not rest.startswith(b"\x1f\x8b"):  # RFC 1952, 2.2: a gzip file may have several members
            break
    if len(out) > limit:
        raise TooMuch(f"unpacks to more than {limit} bytes")
    return bytes(out), f"{len(rest)} bytes after the compressed body" if rest else ""


def _unbrotli(body: bytes, limit: int) -> tuple[bytes, str]:
    decoder = brotli.Decompressor()
    out = bytearray()
    try:
        out += decoder.process(body, output_buffer_limit=_PIECE)
        while not decoder.is_finished():
            piece = decoder.process(b"", output_buffer_limit=_PIECE)
            if not piece and decoder.can_accept_more_data():
                raise BadCoding(f"compressed body ends early, after {len(out)} bytes")
            out += piece
            if len(out) > limit:
                raise TooMuch(f"unpacks to more than {limit} bytes")
    except brotli.error as error:
        raise BadCoding(f"compressed body is broken after {len(out)} bytes: {error}") from error
    if len(out) > limit:
        raise TooMuch(f"unpacks to more than {limit} bytes")
    return bytes(out), ""
