"""A county's portals over sixty days: what they serve on a day, and how a crawl takes it into an archive."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sixty_days_pages import article, body_of_report, list_page, saved_page, scan

from archive.capture import Capture, Target
from archive.frontier import Lease, acknowledge, add_targets, known_report_targets, lease_targets
from archive.ingest import read_pending
from archive.noted.listings import Listing
from archive.register import Site, put_sites
from archive.runs.run import begin_run, end_run
from archive.store import Archive
from archive.urls import url_key

FIRST = date(2025, 1, 10)
DAYS = 60
ROWS = 12


@dataclass(eq=False)
class File:
    """An attachment: what the report said when it was made. A scan can be read by no program."""

    url: str
    title: str
    figures: dict[str, str]
    note: str
    body: str
    number: int = 0
    is_scan: bool = False
    alive: bool = True

    def payload(self) -> bytes:
        return scan(self.number) if self.is_scan else saved_page(self.title, self.body)


@dataclass(eq=False)
class Published:
    """One report at its portal. ``mode``: up, missing, soft (the server says so), other (another page), redirect."""

    organisation: str
    year: int
    portal: Portal
    number: int
    figures: dict[str, str]
    printed: date
    published: date
    note: str = ""
    url: str = ""
    listed: bool = True
    mode: str = "up"
    noise: random.Random | None = None
    file: File | None = None
    linked: bool = True
    old_files: list[File] = field(default_factory=list)
    free_from: int = 1
    ended: bool = False

    @property
    def title(self) -> str:
        return f"{self.organisation}{self.year}年政府信息公开工作年度报告"

    def body(self, told: dict[str, str] | None = None) -> str:
        figures = tuple((told or self.figures).items())
        return body_of_report(self.organisation, self.year, figures, self.note, self.printed)

    def files(self) -> list[File]:
        """Its files that are still on the server, in the order in which they came."""
        return [one for one in (*self.old_files, self.file) if one is not None and one.alive]

    def payload(self) -> bytes:
        file = self.file.url if self.file is not None and self.linked else ""
        return article(self.title, self.body(), self.portal.template, self.published, file, self.noise)


@dataclass(eq=False)
class Portal:
    """One host with a list of its reports. ``trouble``: timeout or challenge for all of it, "" where it is well."""

    code: str
    host: str
    template: str
    reports: list[Published] = field(default_factory=list)
    trouble: str = ""
    rebuilt: int = 0
    order: int = 0
    free_from: int = 1

    @property
    def base(self) -> str:
        return f"http://{self.host}"

    @property
    def first_page(self) -> str:
        return f"{self.base}/zfxxgknb/"

    def site(self) -> Site:
        return Site(
            code=self.code, name="示例县人民政府", region_code="150824", home=f"{self.base}/", hosts=(self.host,),
            family=self.template, seeds=(self.first_page,),
        )  # fmt: skip

    def url_of(self, report: Published) -> str:
        """The URL of an article, as this portal makes them since it was last rebuilt."""
        day, place = report.published, f"zfxxgknb{self.rebuilt or ''}"
        return f"{self.base}/{place}/{day:%Y%m}/t{day:%Y%m%d}_{report.number}.html"

    def url_of_file(self, report: Published, day: date, number: int) -> str:
        return f"{self.base}/zfxxgknb/{day:%Y%m}/P0{day:%Y%m%d}{report.number:04d}{number:04d}.mht"

    def pages(self) -> Iterator[tuple[str, list[Published]]]:
        """The pages of the list: URL and the reports that are on it."""
        listed = [one for one in self.reports if one.listed]
        listed.sort(key=lambda one: (one.published, one.number), reverse=self.order % 2 == 0)
        for at in range(0, max(len(listed), 1), ROWS):
            yield self.first_page if at == 0 else f"{self.first_page}index_{at // ROWS}.html", listed[at : at + ROWS]


@dataclass(frozen=True)
class Served:
    """What comes for one URL; ``found`` and ``named`` as the crawler would take them from it."""

    outcome: str
    status: int | None
    payload: bytes = b""
    title: str = ""
    published: str = ""
    location: str = ""
    found: tuple[Target, ...] = ()
    named: tuple[str, ...] | None = None
    listing: Listing | None = None
    validator: bool = True


_SOFT = "<html><head><title>404</title></head><body>您访问的页面不存在</body></html>".encode()
_OTHER = "<html><body><h1>关于召开会议的通知</h1><p>各单位：请参加会议。</p></body></html>".encode()
_CHALLENGE = b"<html><script>var __jsl_clearance=1</script></html>"


def serve(portals: list[Portal]) -> dict[str, Served]:
    """Every URL that answers with something else than 404 → what it answers today."""
    answers: dict[str, Served] = {}
    for portal in portals:
        answers |= _lists(portal)
        for report in portal.reports:
            answers[report.url] = _article(report)
            answers |= {file.url: Served("fetched", 200, file.payload()) for file in report.files()}
        if portal.trouble == "timeout":
            answers |= {url: Served("timeout", None) for url in answers if url.startswith(portal.base)}
        elif portal.trouble == "challenge":
            answers |= {url: Served("challenge", 412, _CHALLENGE) for url in answers if url.startswith(portal.base)}
    return {url: answer for url, answer in answers.items() if answer.outcome}


def _lists(portal: Portal) -> dict[str, Served]:
    pages = list(portal.pages())
    said = sum(len(rows) for _, rows in pages)
    answers = {f"{portal.base}/": Served("fetched", 200, b"<html><body></body></html>", named=())}
    for url, rows in pages:
        named = [(one.url, one.title) for one in rows]
        seed = portal.first_page
        found = [Target(where, "article", seed, url, title, portal.code, 1, 40) for where, title in named]
        key = url_key(portal.first_page)
        further = [
            Target(other, "column", seed, url, "", portal.code, 1, 9, list_key=key)
            for other, _ in pages
            if other != url
        ]
        listing = Listing(key, len(rows), len(rows), said)
        payload = list_page(named, said)
        links = tuple(where for where, _ in named)
        answers[url] = Served("fetched", 200, payload, found=(*found, *further), named=links, listing=listing)
    return answers


def _article(report: Published) -> Served:
    if report.mode == "soft":
        return Served("soft_404", 200, _SOFT, named=())
    if report.mode == "other":
        return Served("fetched", 200, _OTHER, "关于召开会议的通知", named=())
    if report.mode == "redirect":
        home = f"{report.portal.base}/"
        hop = Target(home, "article", report.portal.first_page, report.url, report.title, report.portal.code, 2, 40)
        return Served("alias", 302, location=home, found=(hop,), named=())
    if report.mode == "missing":
        return Served("", 404)
    found: tuple[Target, ...] = ()
    if report.file is not None and report.linked:
        seed, code = report.portal.first_page, report.portal.code
        found = (Target(report.file.url, "attachment", seed, report.url, report.title, code, 2, 50),)
    return Served(
        "fetched", 200, report.payload(), report.title, f"{report.published} 09:00", found=found,
        named=tuple(one.url for one in found), validator=report.noise is None,
    )  # fmt: skip


def look(archive: Archive, day: int, portals: list[Portal]) -> None:
    """One night's run: seeds, what is known from before, and what the pages lead to; then all of it is read."""
    put_sites(archive, [portal.site() for portal in portals])
    answers = serve(portals)
    down = {portal.base: portal.trouble for portal in portals}
    run = begin_run(archive, "crawl county", "crawl county year=any")
    for portal in portals:
        seeds = [Target(portal.first_page, "column", portal.first_page, site=portal.code, priority=9)]
        seeds.append(Target(f"{portal.base}/", "column", portal.first_page, site=portal.code, priority=8))
        add_targets(archive, run, [*seeds, *known_report_targets(archive, portal.code)])
    at = datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=UTC) + timedelta(days=day)
    while leases := lease_targets(archive, run, 200):
        for lease in leases:
            at += timedelta(seconds=1)
            base = "/".join(lease.target.url.split("/")[:3])
            missing = Served(down[base], None) if down[base] == "timeout" else Served("not_found", 404)
            _take(archive, run, lease, answers.get(lease.target.url, missing), at)
    read_pending(archive, run)
    end_run(archive, run)


def _take(archive: Archive, run: object, lease: Lease, served: Served, at: datetime) -> None:
    target = lease.target
    etag = f'"{hashlib.sha256(served.payload).hexdigest()[:16]}"' if served.payload and served.validator else ""
    outcome, status, body = served.outcome, served.status, served.payload
    if outcome == "fetched" and etag and etag == lease.etag:
        outcome, status, body = "not_modified", 304, b""
    header = "" if status is None else f"HTTP/1.1 {status} X\r\n" + (f"ETag: {etag}\r\n" if etag else "")
    header += f"Content-Length: {len(body)}\r\n\r\n" if header else ""
    capture = Capture(
        url=target.url, captured_at=at, outcome=outcome, status=status, header=header.encode(), wire=body, payload=body,
        kind=target.kind, seed=target.seed, via=target.via, link_text=target.link_text, site=target.site,
        location=served.location, title=served.title, published=served.published,
    )  # fmt: skip
    acknowledge(archive, run, lease, capture, served.found, served.listing, served.named)  # type: ignore[arg-type]
