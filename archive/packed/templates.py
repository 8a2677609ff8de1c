"""Pages of one site are told against earlier pages of it: what they share, their template, is kept once.

A row of ``template`` makes a payload the last of a dictionary (RFC 8878, 5: raw content), which begins with the first
of the chain that it stands in. A row of ``payload`` that names a template unpacks with that dictionary and not without.
Both are evidence: nothing but a withdrawal takes a template out, and what was told against it is told anew.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from sqlite_utils import Database

from archive.errors import Damaged

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Key = TypeVar("Key")
Value = TypeVar("Value")

# Of 160 pages of the demonstration portal (1.84 MB; zstd -3 alone 577 KB in 7.6 ms): these 137 KB in 10.0 ms, with a
# hash log of 16 and a search log of 5 132 KB in 10.5 ms, level 6 132 KB in 14.2 ms, level 5 139 KB in 10.0 ms, level 4
# 138 KB in 10.8 ms, level 3 152 KB in 7.0 ms. A crawl asks many sites by turns: tables of eight sites are to stay in
# the processor's cache (2 MB). These have 160 KB a dictionary, a hash log of 16 twice that, which took 5 % more of all,
# the levels one to three MB. The lowest chain log is enough: what finds rows of matches (greedy) has no chains. Rows of
# a search log of 4 are a line of the cache each.
_ALONE = 3
_AGAINST: dict[int, int] = {
    zstd.CompressionParameter.compression_level: 5,
    zstd.CompressionParameter.strategy: zstd.Strategy.greedy,
    zstd.CompressionParameter.hash_log: 15,
    zstd.CompressionParameter.chain_log: 15,
    zstd.CompressionParameter.min_match: 6,
    zstd.CompressionParameter.search_log: 4,
}
_POOR = 10.5  # a page that does not come to 1/10.5 of itself has much that no page of the dictionary has
_SHORTEST, _LONGEST = 2**10, 2**18  # bytes of a page of a dictionary, and of all: what is unpacked before others can be
_MOST = 32  # pages of a dictionary
# In memory, 16 MB of each at most. A dictionary is made ready to tell against in 0.2 ms, and to be read in none.
_KEPT, _KEPT_READY = 64, 16
# Text has none of these (ESC is in ISO-2022); files that are packed already, and pictures, have some soon.
_NO_TEXT = bytes({*range(0x20)} - {*b"\t\n\v\f\r\x1b"})
_HEAD = 512

Row = tuple[str, bytes, int | None]
"""Of a payload: coding, bytes as they are kept, the template that they are told against."""


@dataclass(frozen=True, slots=True)
class _Dictionary:
    """All pages up to a template, as one. ``template`` None: of a site that has none yet."""

    template: int | None
    pages: int
    content: bytes


_NOTHING = _Dictionary(None, 0, b"")


class Told(NamedTuple):
    """A payload as it is to be kept. ``is_template``: what comes is told against it, and what it is told against."""

    coding: str
    kept: bytes
    template: int | None = None
    is_template: bool = False


class Templates:
    """An open payloads.db, with what is remembered of its dictionaries: without that it is as good, and slower."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._by_template: OrderedDict[int, _Dictionary] = OrderedDict()
        self._by_site: OrderedDict[str, _Dictionary] = OrderedDict()
        self._ready: OrderedDict[int, zstd.ZstdCompressor] = OrderedDict()

    def forget(self) -> None:
        """After a transaction that did not come to be, and after a template was taken out."""
        for known in (self._by_template, self._by_site, self._ready):
            known.clear()

    def of(self, template: int) -> _Dictionary:
        """A template's dictionary. Raises Damaged, with the page that is not as it was kept."""
        if template not in self._by_template:
            _put(self._by_template, template, self._read(template), _KEPT)
        self._by_template.move_to_end(template)
        return self._by_template[template]

    def latest(self, site: str) -> _Dictionary:
        """What the next page of a site is told against; one that is damaged is not gone on with."""
        if site not in self._by_site:
            row = self.db.execute(
                "SELECT id FROM template WHERE site = :site ORDER BY id DESC LIMIT 1", {"site": site}
            ).fetchone()
            try:
                latest = _NOTHING if row is None else self.of(row[0])
            except Damaged:
                latest = _NOTHING
            _put(self._by_site, site, latest, _KEPT)
        self._by_site.move_to_end(site)
        return self._by_site[site]

    def extend(self, site: str, template: int, before: int | None, payload: bytes) -> None:
        """A page has become a site's template, behind the one ``before``, or as the first of a new chain."""
        earlier = _NOTHING
        if before is not None:
            earlier = self.latest(site)
            self._ready.pop(before, None)  # nothing more is told against it, and its memory is warm for the next
        _put(self._by_site, site, _Dictionary(template, earlier.pages + 1, earlier.content + payload), _KEPT)

    def compress(self, dictionary: _Dictionary, payload: bytes) -> bytes:
        """A page told against a dictionary."""
        if dictionary.template is None:
            return zstd.compress(payload, _ALONE)
        if dictionary.template not in self._ready:
            ready = zstd.ZstdDict(dictionary.content, is_raw=True).as_undigested_dict
            compressor = zstd.ZstdCompressor(options=_AGAINST, zstd_dict=ready)
            _put(self._ready, dictionary.template, compressor, _KEPT_READY)
        self._ready.move_to_end(dictionary.template)
        return self._ready[dictionary.template].compress(payload, zstd.ZstdCompressor.FLUSH_FRAME)

    def _read(self, template: int) -> _Dictionary:
        row = self.db.execute(
            """
            SELECT t.before, t.digest, p.coding, p.bytes, p.template
            FROM template t JOIN payload p ON p.digest = t.digest WHERE t.id = :template
            """,
            {"template": template},
        ).fetchone()
        if row is None:
            raise Damaged(f"template {template}, which it is told against, is not there")
        before, digest, *kept = row
        earlier = _NOTHING if before is None else self.of(before)
        try:
            payload = unpack_row(self, digest, (kept[0], kept[1], kept[2]))
        except Damaged as error:
            raise Damaged(f"it is told against one that is damaged: {error.says}") from error
        return _Dictionary(template, earlier.pages + 1, earlier.content + payload)


def tell(templates: Templates, site: str, payload: bytes) -> Told:
    """A payload and the site that it is of → how it is to be kept, text against what is kept of that site."""
    if not _is_text(payload[:_HEAD]):
        return _alone(payload)
    dictionary = templates.latest(site)
    kept = templates.compress(dictionary, payload)
    if len(kept) >= len(payload):
        return Told("identity", payload)
    if len(kept) * _POOR < len(payload) or not _SHORTEST <= len(payload) <= _LONGEST:
        return Told("zstd", kept, dictionary.template)
    if dictionary.pages == _MOST or len(dictionary.content) + len(payload) > _LONGEST:
        return _alone(payload)._replace(is_template=True)
    return Told("zstd", kept, dictionary.template, is_template=True)


def _is_text(head: bytes) -> bool:
    # A PDF may begin with a line or two of text.
    return len(head.translate(None, _NO_TEXT)) == len(head) and not head.startswith(b"%PDF-")


def _alone(payload: bytes) -> Told:
    kept = zstd.compress(payload, _ALONE)
    return Told("zstd", kept) if len(kept) < len(payload) else Told("identity", payload)


def put_told(templates: Templates, digest: str, payload: bytes, site: str) -> None:
    """Keeps a payload, or one that is kept in another way anew; inside the caller's transaction on payloads.db."""
    told = tell(templates, site, payload)
    _put_row(templates, digest, payload, told)
    if told.is_template:
        cursor = templates.db.execute(
            "INSERT INTO template (site, digest, before) VALUES (:site, :digest, :before)",
            {"site": site, "digest": digest, "before": told.template},
        )
        assert cursor.lastrowid is not None
        templates.extend(site, cursor.lastrowid, told.template, payload)


def _put_row(templates: Templates, digest: str, payload: bytes, told: Told) -> None:
    templates.db.conn.execute(
        """
        INSERT INTO payload (digest, length, coding, bytes, template) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (digest) DO UPDATE SET
            coding = excluded.coding, bytes = excluded.bytes, template = excluded.template
        """,
        (digest, len(payload), told.coding, told.kept, told.template),
    )


def unpack_row(templates: Templates, digest: str, row: Row) -> bytes:
    """A row of ``payload`` → its bytes, hashed again. Raises Damaged."""
    coding, kept, template = row
    try:
        if template is not None:
            prefix = zstd.ZstdDict(templates.of(template).content, is_raw=True).as_prefix
            payload = zstd.decompress(kept, zstd_dict=prefix)
        elif coding == "zstd":
            payload = zstd.decompress(kept)
        else:
            payload = zlib.decompress(kept) if coding == "zlib" else bytes(kept)
    except (zlib.error, zstd.ZstdError, EOFError) as error:
        raise Damaged(f"payload {digest} does not unpack: {error}") from error
    except Damaged as error:
        raise Damaged(f"payload {digest} does not unpack: {error.says}") from error
    if hashlib.sha256(payload).hexdigest() != digest:
        raise Damaged(f"payload {digest} has other bytes than those it was kept under")
    return payload


def take_out_templates(templates: Templates, digests: list[str]) -> None:
    """Tells all that was told against these payloads anew, without them; inside the caller's transaction.

    What cannot be unpacked any more stays as it is, and ``verify`` names it.
    """
    db = templates.db
    gone = dict(
        db.execute(
            """
            WITH RECURSIVE gone (id, site) AS (
                SELECT id, site FROM template WHERE digest IN (SELECT value FROM json_each(:digests))
                UNION
                SELECT t.id, t.site FROM gone g JOIN template t ON t.before = g.id
            )
            SELECT id, site FROM gone
            """,
            {"digests": json.dumps(digests)},
        ).fetchall()
    )
    if not gone:
        return
    named = json.dumps(list(gone))
    rows = db.execute(
        """
        SELECT digest, template FROM payload
        WHERE template IN (SELECT value FROM json_each(:gone))
            AND digest NOT IN (SELECT value FROM json_each(:digests))
        ORDER BY rowid
        """,
        {"gone": named, "digests": json.dumps(digests)},
    ).fetchall()
    left = [(digest, gone[template]) for digest, template in rows if _is_told_alone(templates, digest)]
    db.execute("DELETE FROM template WHERE id IN (SELECT value FROM json_each(:gone))", {"gone": named})
    templates.forget()
    for digest, site in left:
        put_told(templates, digest, get_row(templates, digest), site)


def _is_told_alone(templates: Templates, digest: str) -> bool:
    """Tells a payload against nothing; False: it is damaged."""
    try:
        payload = get_row(templates, digest)
    except Damaged:
        return False
    _put_row(templates, digest, payload, _alone(payload))
    return True


def get_row(templates: Templates, digest: str) -> bytes:
    """The bytes kept under a digest, withdrawn or not. Raises Damaged."""
    row = templates.db.execute(
        "SELECT coding, bytes, template FROM payload WHERE digest = :digest", {"digest": digest}
    ).fetchone()
    if row is None:
        raise Damaged(f"payload {digest} is named by the archive and not in payloads.db")
    return unpack_row(templates, digest, row)


def _put(known: OrderedDict[Key, Value], key: Key, value: Value, most: int) -> None:
    known[key] = value
    known.move_to_end(key)
    if len(known) > most:
        known.popitem(last=False)
