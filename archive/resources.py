"""URLs over time: each look recorded, and told apart from the look before."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from archive.capture import Capture
from archive.clock import stamp
from archive.errors import Withdrawn
from archive.packed.texts import clean
from archive.payloads import get_payload, put_payload, put_wire
from archive.store import Archive
from archive.urls import netloc_of, url_key

ALIVE = frozenset({"fetched", "not_modified"})
# Ends that say nothing about the page: it was not asked for.
NOT_LOOKED = frozenset(
    {"budget", "abandoned", "off_scope", "robots_disallowed", "robots_unreachable", "refused_address"}
)
IDENTICAL = "identical-payload-digest"
NOT_MODIFIED = "server-not-modified"


@dataclass(frozen=True, slots=True)
class Kept:
    """The last good capture of a URL: status 200 (or imported), with its header block and payload digest."""

    capture: int
    captured_at: str
    header: bytes
    payload: str | None
    revisit_of: int | None


@dataclass(frozen=True, slots=True)
class Digests:
    """Where the bytes of a capture are kept; None where there were none (wire: or where they are the payload)."""

    payload: str | None
    wire: str | None


def keep_bytes(archive: Archive, capture: Capture) -> Digests:
    """Commits the bytes of a capture, before any row names them. Raises NoRoom."""
    site = netloc_of(capture.url)
    payload = put_payload(archive, capture.payload, site) if capture.payload else None
    apart = bool(capture.wire) and capture.wire != capture.payload
    return Digests(payload, put_wire(archive, capture.wire, payload, site) if apart else None)


def last_good(archive: Archive, url: str, post: str = "") -> Kept | None:
    """URL and the body of a POST → the last good capture, or None; what a 304 stands for."""
    row = archive.db.execute(
        """
        SELECT c.id, c.captured_at, c.header, c.payload, c.revisit_of
        FROM resources s JOIN captures c ON c.id = s.good_capture
        WHERE s.url_key = :url_key
        """,
        {"url_key": url_key(clean(url), clean(post))},
    ).fetchone()
    return None if row is None else Kept(*row)


def last_good_payload(archive: Archive, url: str) -> bytes | None:
    """URL → the payload of its last good capture, or None; for a 304 on a list whose links are wanted again."""
    kept = last_good(archive, url)
    try:
        return None if kept is None or kept.payload is None else get_payload(archive, kept.payload)
    except Withdrawn:
        return None


def insert_capture(archive: Archive, run: int, capture: Capture, digests: Digests) -> int:
    """One look → its row, and what it says about its resource; inside the caller's transaction. The capture's id."""
    db = archive.db
    url, post = clean(capture.url), clean(capture.post)
    resource, has_good = _resource_of(db, url, capture.site, post)
    # What others captured says nothing of our own looks: it is no revisit of them, and moves none of them.
    good = last_good(archive, url, post) if has_good and not capture.third_party else None
    is_good = capture.outcome == "fetched" and (capture.status == 200 or capture.kind == "import")
    profile = None
    if good is not None and capture.outcome == "not_modified":
        profile = NOT_MODIFIED
    elif good is not None and is_good and digests.payload == good.payload:
        profile = IDENTICAL
    revisit_of = None if profile is None or good is None else (good.revisit_of or good.capture)
    cursor = db.execute(
        """
        INSERT INTO captures (
            run, resource, url, captured_at, outcome, status, header, payload, wire, kind, seed, via,
            link_text, site, location, peer, says, title, published, post, proxy, request, third_party,
            revisit_of, revisit_profile
        ) VALUES (
            :run, :resource, :url, :captured_at, :outcome, :status, :header, :payload, :wire, :kind, :seed, :via,
            :link_text, :site, :location, :peer, :says, :title, :published, :post, :proxy,
            :request, :third_party, :revisit_of, :revisit_profile
        )
        """,
        {
            "run": run,
            "resource": resource,
            "url": url,
            "captured_at": stamp(capture.captured_at),
            "outcome": capture.outcome,
            "status": capture.status,
            "header": capture.header,
            "payload": digests.payload,
            "wire": digests.wire,
            "kind": capture.kind,
            "seed": clean(capture.seed),
            "via": clean(capture.via),
            "link_text": clean(capture.link_text),
            "site": capture.site,
            "location": clean(capture.location),
            "peer": capture.peer,
            "says": clean(capture.says),
            "title": clean(capture.title),
            "published": clean(capture.published),
            "post": post,
            "proxy": capture.proxy,
            "request": capture.request,
            "third_party": clean(capture.third_party),
            "revisit_of": revisit_of,
            "revisit_profile": profile,
        },
    )
    identity = cursor.lastrowid
    assert identity is not None
    if not capture.third_party and capture.outcome not in NOT_LOOKED:
        _update_resource(db, resource, identity, capture, is_good)
    return identity


def find_or_add_resource(db: Database, url: str, site: str, post: str = "") -> int:
    """URL and the body of a POST → the resource's id; what was never looked at becomes one."""
    return _resource_of(db, url, site, post)[0]


def _resource_of(db: Database, url: str, site: str, post: str) -> tuple[int, bool]:
    """The resource's id, and whether it was ever captured well."""
    row: tuple[int, int | None] = db.execute(
        """
        INSERT INTO resources (url, post, url_key, site) VALUES (:url, :post, :url_key, :site)
        ON CONFLICT (url_key) DO UPDATE SET site = iif(excluded.site = '', site, excluded.site)
        RETURNING id, good_capture
        """,
        {"url": url, "post": post, "url_key": url_key(url, post), "site": site},
    ).fetchone()
    return row[0], row[1] is not None


def _update_resource(db: Database, resource: int, identity: int, capture: Capture, is_good: bool) -> None:
    # An import may be older than what is known: each of the three is the latest of its kind, whenever it came in.
    counting = {"look": True, "alive": capture.outcome in ALIVE, "good": is_good}
    latest = ", ".join(
        f"""
        {kind}_capture = iif(
            coalesce((SELECT captured_at FROM captures WHERE id = {kind}_capture), '') <= :captured_at,
            :capture, {kind}_capture
        )
        """
        for kind, counts in counting.items()
        if counts
    )
    db.execute(
        f"UPDATE resources SET {latest} WHERE id = :resource",
        {"capture": identity, "captured_at": stamp(capture.captured_at), "resource": resource},
    )
