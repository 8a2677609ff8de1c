"""An archive whose every text is hostile: titles, names of bodies, files and sites, prose, cells, addresses, notes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import quote

from archive.capture import Capture, Target
from archive.corrections import Correction, put_correction
from archive.frontier import acknowledge, add_targets, lease_targets
from archive.ingest import read_pending
from archive.register import Site, put_sites
from archive.runs.run import begin_run, end_run
from archive.store import Archive
from archive.withdraw import withdraw
from tests.archive.county import figures_of as figures
from tests.archive.county import page
from tests.web.hostile import every_string, raw_strings
from tests.web.serving import NOW

HOST = "http://hostile.example"
PAGES, YEARS = 44, (2022, 2023, 2024)
_CELLS = 30


def fill(folder: Path) -> int:
    """Makes the archive; returns how many strings were planted in how many places, in all."""
    os.environ["NIANBAO_NOW"], before = NOW, os.environ.get("NIANBAO_NOW", "")
    try:
        with Archive.open(folder, write=True) as archive:
            return _fill(archive)
    finally:
        os.environ.pop("NIANBAO_NOW")
        if before:
            os.environ["NIANBAO_NOW"] = before


def _fill(archive: Archive) -> int:
    raw, every = cycle(raw_strings()), cycle(every_string())
    sites = [_site(number, list(islice(raw, 8))) for number in range(6)]
    put_sites(archive, sites)
    command = next(raw)
    run = begin_run(archive, f"crawl {_kept(command)}", f"{_kept(command)} year=any")
    planted = 6 * 8 + 1
    for number in range(PAGES):
        site = sites[number % len(sites)]
        texts = list(islice(every, 45))
        names = [_kept(one) for one in islice(raw, 5)]
        planted += len(texts) + len(names)
        payload = _document(number, texts, names[0])
        tail = names[1] if number % 2 else quote(names[1], safe="")
        url = f"{HOST}/{number}/{tail[:200]}.html"
        title = f"{names[0]}示例县第{number}局{YEARS[number % 3]}年政府信息公开工作年度报告"
        target = Target(url, "article", HOST, f"{HOST}/{names[2]}", title, site.code)
        add_targets(archive, run, [target])
        for lease in lease_targets(archive, run, 9):
            capture = _capture(lease.target, number, payload, names)
            acknowledge(archive, run, lease, capture, _attached(lease.target, names))
    for number, lease in enumerate(lease_targets(archive, run, 999)):
        payload = b"%PDF-1.4\n" + str(number).encode() * 30
        acknowledge(archive, run, lease, _capture(lease.target, 100 + number, payload, ["", "", "", "x", ""]))
    read_pending(archive, run)
    end_run(archive, run)
    return planted + _say(archive, raw)


def _kept(text: str) -> str:
    """As a URL or a name comes out of a page: what SQLite cannot hold is replaced there."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "%00")[:300]


def _site(number: int, names: Sequence[str]) -> Site:
    code = f"9901{21 + number}"
    printed = [f"示例县第{number + 6 * at}局" for at in range(1, 6)]
    aliases = tuple((one, f"示例县{_kept(name)}局") for one, name in zip(printed, names[3:], strict=True))
    return Site(
        f"{code}_{number}", f"示例县{_kept(names[0])}", code, f"{HOST}/{quote(_kept(names[1]))}",
        (f"h{number}.example",), "trs", (f"{HOST}/",), bodies=(f"示例县{_kept(names[2])}局", f"示例县第{number}局"),
        aliases=aliases,
    )  # fmt: skip


def _document(number: int, texts: Sequence[str], name: str) -> bytes:
    """A report whose title, prose and cells are hostile as text, and whose page is hostile as markup too."""
    keys = list(figures(1))
    cells = {key: f"CELL{at}." for at, key in enumerate(keys[number % 90 :: 2][:_CELLS])}
    made = page(f"示例县第{number}局", YEARS[number % 3], figures(number) | cells, note="NOTE").decode()
    prose = "".join(f"<p>{escape(text)}</p>" for text in texts)
    markup = f"<div>{raw_strings()[number % 60]}</div>"
    for at, text in enumerate(texts[:_CELLS]):
        made = made.replace(f"CELL{at}.", escape(text))
    made = made.replace("NOTE", f"</p>{prose}{markup}<p>").replace("<title>", f"<title>{escape(name)}")
    made = made.replace('name="ArticleTitle" content="', f'name="ArticleTitle" content="{escape(name)}')
    signed = f"<p>示例县{escape(name)}局</p><p>{YEARS[number % 3] + 1}年1月20日</p>" if number % 4 == 3 else ""
    return made.replace('</div>\n<div class="footer">', f'{signed}</div>\n<div class="footer">').encode(
        "utf-8", "surrogatepass"
    )


def _capture(target: Target, number: int, payload: bytes, names: Sequence[str]) -> Capture:
    header = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Said: {names[3]}\r\n\r\n".encode("utf-8", "replace")
    return Capture(
        url=target.url, captured_at=datetime(2026, 1, 12, tzinfo=UTC) + timedelta(minutes=number), outcome="fetched",
        status=200, header=header, wire=payload, payload=payload, kind=target.kind, seed=target.seed, via=target.via,
        link_text=target.link_text, site=target.site, title=names[4], published=names[2], says=names[3],
    )  # fmt: skip


def _attached(target: Target, names: Sequence[str]) -> Iterator[Target]:
    """A file with a hostile name, which nothing can read."""
    if target.kind == "article":
        yield Target(f"{HOST}/files/{names[4]}.pdf", "attachment", HOST, target.url, names[3], target.site)


def _say(archive: Archive, raw: Iterator[str]) -> int:
    """What persons of the desk wrote."""
    rows = archive.db.execute(
        """
        SELECT v.payload_digest
        FROM versions v JOIN readings r ON r.version = v.id JOIN renditions n ON n.id = v.rendition
        GROUP BY v.payload_digest HAVING count(DISTINCT n.report) = 1 ORDER BY min(v.id)
        """
    ).fetchall()
    digests = [digest for (digest,) in rows]
    for digest in digests[:10]:
        who, why, url = (_kept(next(raw)).strip() or "x" for _ in range(3))
        said = Correction(digest, "requests.received.total", "number", 3, who, why, url, "2026-11-17T02:00:00Z")
        put_correction(archive, said)
    withdraw(archive, digests[-1], _kept(next(raw)) or "x")
    return 31
