"""A reading's text ↔ how it is kept: zstd; earlier releases wrote zlib."""

from __future__ import annotations

import sys
import zlib
from functools import cache

from archive.errors import Damaged

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Unpacked in less than half of zlib's time, which is most of a search's; a checksum, as zlib has one; 7 % larger.
_OPTIONS: dict[int, int] = {zstd.CompressionParameter.compression_level: 3, zstd.CompressionParameter.checksum_flag: 1}
_MAGIC = b"\x28\xb5\x2f\xfd"


def clean(text: str) -> str:
    """Text as SQLite can hold it: half surrogate pairs, which no UTF-8 has, become "?"."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def pack(text: str) -> bytes:
    """Text → its UTF-8, ``clean``, as one frame of zstd (RFC 8878), with a checksum."""
    return _compressor().compress(text.encode("utf-8", "replace"), zstd.ZstdCompressor.FLUSH_FRAME)


@cache
def _compressor() -> zstd.ZstdCompressor:
    """One for all texts, each of which is a frame for itself: to make one anew took as long as half of a packing."""
    return zstd.ZstdCompressor(options=_OPTIONS)


def unpack(packed: bytes) -> str:
    """The inverse of ``pack``, and of what releases before migration 0013 wrote. Raises Damaged."""
    try:
        is_zstd = packed[:4] == _MAGIC
        return (zstd.decompress(packed) if is_zstd else zlib.decompress(packed)).decode("utf-8")
    except (zstd.ZstdError, zlib.error, UnicodeDecodeError, EOFError) as error:
        raise Damaged(f"expected a text that unpacks, found {type(error).__name__}: {error}") from error
