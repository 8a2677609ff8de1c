"""The bytes of a WARC, plain or in gzip members, read forward once and never all at once."""

from __future__ import annotations

import zlib
from typing import BinaryIO
from zipfile import BadZipFile

_PIECE = 256 * 1024
_GZIP = b"\x1f\x8b\x08"
_RECORD = b"WARC/"
# Text deflates to a tenth, a page of one repeated row to a hundredth; deflate's own limit is a thousandth.
_BOMB_RATIO, _BOMB_BYTES = 200, 512 * 2**20


class Bomb(Exception):
    """A gzip member that unpacks to far more than any page does."""


class Broken(Exception):
    """A gzip member, or the ZIP entry around it, that does not unpack; what comes after it may."""


class Stream:
    """Bytes by length and by line; ``is_gzip``: unpacked from gzip members.

    ``cut`` is True once the file has ended within a member or a ZIP entry.
    """

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._raw_ahead = b""
        self._ahead = b""
        self._at = 0
        self._taken = 0
        self._member: zlib._Decompress | None = None
        self._packed_in = self._packed_out = 0
        self._later: Broken | Bomb | None = None
        self.cut = False
        self.is_gzip = self._peek_raw(len(_GZIP)) == _GZIP

    @property
    def offset(self) -> int:
        """Bytes given so far, unpacked: where a record stands in a file whose records have no ids."""
        return self._taken

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes: fewer at the end alone. Raises Broken, Bomb."""
        pieces: list[bytes] = []
        while size > 0 and (self._has_ahead() or self._fill()):
            pieces.append(self._take(size))
            size -= len(pieces[-1])
        return b"".join(pieces)

    def read_in_member(self, size: int) -> bytes:
        """As ``read``, but stops where a gzip member ends and the next begins a record."""
        pieces: list[bytes] = []
        while size > 0:
            if not self._has_ahead():
                between = self.is_gzip and self._member is None
                if not self._fill() or (between and self._ahead.startswith(_RECORD, self._at)):
                    break
            pieces.append(self._take(size))
            size -= len(pieces[-1])
        return b"".join(pieces)

    def read_line(self, limit: int) -> bytes:
        """The next line with its end; at most ``limit`` bytes, so that what has no end is given in parts."""
        while (end := self._ahead.find(b"\n", self._at, self._at + limit)) < 0 and len(self._ahead) - self._at < limit:
            if not self._fill():
                break
        return self._take(end + 1 - self._at if end >= 0 else limit)

    def peek(self, size: int) -> bytes:
        """What comes next, without taking it; that it cannot be unpacked is for whoever reads on."""
        try:
            while len(self._ahead) - self._at < size and self._fill():
                pass
        except (Broken, Bomb) as error:
            self._later = error
        return self._ahead[self._at : self._at + size]

    def unread(self, given: bytes) -> None:
        """Puts bytes back that were read last."""
        self._ahead = given + self._ahead[self._at :]
        self._at = 0
        self._taken -= len(given)

    def _take(self, size: int) -> bytes:
        piece = self._ahead[self._at : self._at + size]
        self._at += len(piece)
        self._taken += len(piece)
        return piece

    def _has_ahead(self) -> bool:
        return self._at < len(self._ahead)

    def _add(self, piece: bytes) -> None:
        self._ahead = self._ahead[self._at :] + piece
        self._at = 0

    def skip_member(self) -> bool:
        """Goes to the next gzip member, past what is left or broken of this one; False where there is none."""
        self._take(len(self._ahead))
        while self._member is not None:
            try:
                if not self._fill():
                    return False
            except Broken:
                break
            self._take(len(self._ahead))
        return bool(self._peek_raw(1))

    def _fill(self) -> bool:
        """Reads on; False at the end. Within one call never from one member into the next."""
        if self._later is not None:
            later, self._later = self._later, None
            raise later
        if not self.is_gzip:
            piece = self._read_raw()
            self._add(piece)
            return bool(piece)
        while self._member is not None or self._begin_member():
            packed = self._read_raw()
            if not packed:
                self._member, self.cut = None, True
                return False
            if piece := self._unpack(packed):
                self._add(piece)
                return True
        return False

    def _begin_member(self) -> bool:
        if not self._find_member():
            return False
        self._member = zlib.decompressobj(31)
        self._packed_in = self._packed_out = 0
        return True

    def _unpack(self, packed: bytes) -> bytes:
        """Bytes of the file → what the present member makes of them; what it has not used is ahead again."""
        assert self._member is not None
        try:
            piece = self._member.decompress(packed, 4 * _PIECE)
        except zlib.error as error:
            self._member = None
            self._raw_ahead = packed[1:]
            raise Broken(f"a gzip member does not unpack: {error}") from error
        self._raw_ahead = self._member.unused_data or self._member.unconsumed_tail
        self._packed_in += len(packed) - len(self._raw_ahead)
        self._packed_out += len(piece)
        if self._packed_out > _BOMB_BYTES and self._packed_out > _BOMB_RATIO * self._packed_in:
            raise Bomb(f"expected pages, found {self._packed_out} bytes packed into {self._packed_in}")
        if self._member.eof:
            self._member = None
        return piece

    def _find_member(self) -> bool:
        """Goes to the next bytes that begin a gzip member, past what stands between two."""
        while ahead := self._peek_raw(_PIECE):
            at = ahead.find(_GZIP)
            if at >= 0:
                self._raw_ahead = self._raw_ahead[at:]
                return True
            kept = len(_GZIP) - 1
            if len(ahead) < _PIECE:
                self._raw_ahead = b""
                return False
            self._raw_ahead = self._raw_ahead[len(ahead) - kept :]
        return False

    def _peek_raw(self, size: int) -> bytes:
        while len(self._raw_ahead) < size:
            piece = self._read_file()
            if not piece:
                break
            self._raw_ahead += piece
        return self._raw_ahead[:size]

    def _read_raw(self) -> bytes:
        if self._raw_ahead:
            piece, self._raw_ahead = self._raw_ahead, b""
            return piece
        return self._read_file()

    def _read_file(self) -> bytes:
        try:
            return self._raw.read(_PIECE)
        except (BadZipFile, zlib.error, EOFError) as error:
            self.cut = True
            raise Broken(f"the ZIP entry does not unpack: {error}") from error
