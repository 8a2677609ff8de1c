"""The script of the invented places, day by day, through the real pipeline into an archive."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from archive.capture import Capture, Target
from archive.clock import stamp
from archive.corrections import Correction, put_correction
from archive.frontier import Lease, acknowledge, add_targets, known_report_targets, lease_targets
from archive.ingest import read_pending
from archive.register import Site, put_sites
from archive.runs.run import Run, begin_run, end_run
from archive.store import Archive
from archive.withdraw import withdraw
from benchmarks.newsroom.places import Place, list_places
from benchmarks.newsroom.portal import TYPES, Portal, Served
from benchmarks.newsroom.script import Script, write_script

YEARS = tuple(range(2020, 2026))
CORRECTED = "requests.received.enterprise"


def build(folder: Path, places: int = 60, years: Sequence[int] = YEARS, seed: int = 1) -> Script:
    """Makes an archive in a folder that has none; returns the script it was made from.

    ``years`` are consecutive report years, the last one at most 2025. Raises what the archive raises.
    """
    script = write_script(list_places(places), years, seed)
    with Archive.open(folder, write=True) as archive:
        for db in (archive.db, archive.payloads):
            db.execute("PRAGMA synchronous = OFF")  # a machine that dies takes the folder with it, which is made again
        put_sites(archive, [_site(script, place) for place in script.places])
        for day in script.days:
            look_on(archive, script, day)
        with _now(datetime(script.days[-1].year, 11, 18, 9, tzinfo=UTC)):
            _correct(archive)
            _withdraw(archive)
            _leave_unfinished(archive, script.places[0])
    return script


def _site(script: Script, place: Place) -> Site:
    mergers = tuple((body, *script.merged[body]) for body in place.bodies if body in script.merged)
    never = (f"{place.name}档案局",) if script.places.index(place) % 5 == 2 else ()
    return Site(
        place.host, place.government, place.code, f"http://{place.host}/", (place.host,), "trs",
        (f"http://{place.host}/zwgk/zfxxgknb/",), (len(place.bodies) - 1, len(place.bodies) + 1),
        bodies=(*place.bodies, *never), mergers=mergers,
    )  # fmt: skip


@contextmanager
def _now(moment: datetime) -> Iterator[None]:
    """The one clock at a moment of the invented calendar."""
    before = os.environ.get("NIANBAO_NOW")
    os.environ["NIANBAO_NOW"] = stamp(moment)
    try:
        yield
    finally:
        del os.environ["NIANBAO_NOW"]
        if before is not None:
            os.environ["NIANBAO_NOW"] = before


def look_on(archive: Archive, script: Script, day: date) -> None:
    """One night's run at every portal: the list, what it leads to, and every report known from before."""
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    with _now(at):
        run = begin_run(archive, "season", f"season {day} year=any")
        for place in script.places:
            at = _visit(archive, run, Portal(script, place, day), at)
    with _now(at):
        read_pending(archive, run)
        end_run(archive, run)


def _visit(archive: Archive, run: Run, portal: Portal, at: datetime) -> datetime:
    code = portal.place.host
    seed = Target(portal.column, "column", portal.column, site=code, priority=60)
    add_targets(archive, run, [seed, *known_report_targets(archive, code)])
    while leases := lease_targets(archive, run, 100):
        for lease in leases:
            at += timedelta(seconds=1)
            _take(archive, run, lease, portal, at)
    return at


def _take(archive: Archive, run: Run, lease: Lease, portal: Portal, at: datetime) -> None:
    target, served = lease.target, portal.answer(lease.target.url)
    etag = f'"{hashlib.sha256(served.mark.encode()).hexdigest()[:16]}"' if served.mark else ""
    outcome, status = served.outcome, served.status
    body = b""
    if outcome == "fetched" and etag == lease.etag:
        outcome, status = "not_modified", 304
    elif served.mark and not portal.trouble:
        body = portal.make(target.url, served)
    head = _head(served, status, etag, len(body), at) if status is not None else b""
    capture = Capture(
        url=target.url, captured_at=at, outcome=outcome, status=status, header=head, wire=body, payload=body,
        kind=target.kind, seed=target.seed, via=target.via, link_text=target.link_text, site=target.site,
        location=served.location, title=served.title, published=served.published,
    )  # fmt: skip
    acknowledge(archive, run, lease, capture, served.found, served.listing, served.named)


_REASONS = {200: "OK", 302: "Found", 304: "Not Modified", 404: "Not Found", 412: "Precondition Failed"}


def _head(served: Served, status: int, etag: str, length: int, at: datetime) -> bytes:
    lines = [f"HTTP/1.1 {status} {_REASONS[status]}", f"Date: {at:%a, %d %b %Y %H:%M:%S} GMT"]
    if status == 200:
        lines += [f"Content-Type: {TYPES[served.kind]}", f"Content-Length: {length}"]
    lines += [f"ETag: {etag}"] if etag and status in (200, 304) else []
    lines += [f"Location: {served.location}"] if served.location else []
    return "\r\n".join([*lines, "", ""]).encode()


def _digests(archive: Archive, code: str) -> list[str]:
    """Payloads of one place's reports that stand alone under their version, the first first."""
    rows = archive.db.execute(
        """
        SELECT v.payload_digest FROM versions v
        JOIN renditions n ON n.id = v.rendition JOIN reports p ON p.id = n.report
        JOIN organisations o ON o.id = p.organisation JOIN readings r ON r.version = v.id AND r.current = 1
        WHERE o.region_code = :code AND r.requests_form = '2021' ORDER BY v.id
        """,
        {"code": code},
    ).fetchall()
    return [digest for (digest,) in rows]


def _correct(archive: Archive) -> None:
    """The desk says what two cells are, and takes a third statement back."""
    first, second, third = _digests(archive, "980100")[:3]
    said = (
        (first, "number", 7, "2026-11-17T02:00:00Z"),
        (second, "blank", None, "2026-11-17T03:00:00Z"),
        (third, "number", 9, "2026-11-17T04:00:00Z"),
        (third, "retracted", None, "2026-11-18T04:00:00Z"),
    )
    for digest, status, value, made_at in said:
        put_correction(
            archive, Correction(digest, CORRECTED, status, value, "编辑部", "电话核实，以原件为准", "", made_at)
        )


def _withdraw(archive: Archive) -> None:
    """One version's bytes and text go: a person asked for it."""
    withdraw(archive, _digests(archive, "980100")[-1], "附件含个人信息，应当事人要求撤下")


def _leave_unfinished(archive: Archive, place: Place) -> None:
    """A run that somebody has begun and not ended, with URLs still to be asked for."""
    run = begin_run(archive, f"crawl {place.host}", f"crawl {place.host} year=any")
    add_targets(archive, run, known_report_targets(archive, place.host))
