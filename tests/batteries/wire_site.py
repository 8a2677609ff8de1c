"""One portal of many hosts whose list links to whatever is served, and what a crawl of it left in the archive."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.payloads import get_payload
from archive.store import Archive
from tests.portals.raw import RawServer
from tests.portals.shapes import sized

ROOT = Path(__file__).parents[2]
CODE = "faults"


@dataclass(frozen=True)
class Seen:
    """The one capture of a URL in a run, and what the archive has of its report."""

    outcome: str
    status: int | None
    says: str
    header: bytes
    wire: bytes
    payload: bytes
    location: str
    good: bytes
    versions: int


@dataclass(frozen=True)
class Ended:
    """A crawl: its exit code, what it printed, its most memory in MB, and the last line but one of standard error."""

    code: int
    printed: dict[str, Any]
    megabytes: int
    errors: str


def whole(body: bytes, *lines: bytes, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    """A page as it should be."""
    return sized(body, b"Content-Type: text/html; charset=utf-8", *lines, status=status) + body


def listing_of(urls: Iterable[str]) -> bytes:
    """A report column that links to every URL as a report."""
    rows = "".join(
        f'<li><a href="{url}">示例县第{n}局2023年政府信息公开工作年度报告</a></li>' for n, url in enumerate(urls, 1)
    )
    return whole(f"<html><head><title>政府信息公开年报</title></head><body>{rows}</body></html>".encode())


def write_site(folder: Path, portal: RawServer, hosts: Iterable[str], old_tls: Iterable[str] = ()) -> None:
    """The portal as its keeper writes it down: hosts that may be asked, and those that may speak old TLS."""
    (folder / "nianbao" / "sites").mkdir(parents=True, exist_ok=True)
    lines = {
        "code": CODE, "name": "示例县", "region_code": "000000", "home": f"{portal.home}/", "hosts": [portal.netloc],
        "seeds": [f"{portal.home}/nb/"], "allow": sorted({portal.netloc, *hosts}), "old_tls": sorted(old_tls),
    }  # fmt: skip
    said = "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in lines.items())
    file = folder / "nianbao" / "sites" / f"000000_{portal.netloc.replace(':', '_')}.toml"
    file.write_text(said, encoding="utf-8")


def crawl(folder: Path, settings: Mapping[str, Any], roots: Path | None = None, now: str = "") -> Ended:
    """Crawls the site written into the folder; raises TimeoutExpired for a crawl that hangs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIANBAO_", "SSL_CERT_"))}
    more = {"XDG_CONFIG_HOME": str(folder), "PYTHONPATH": str(ROOT), "NIANBAO_CONTACT": "keeper@archive.example"}
    more |= {"SSL_CERT_FILE": str(roots)} if roots else {}
    more |= {"NIANBAO_NOW": now} if now else {}
    words = ["--archive", str(folder / "archive"), "crawl", CODE, "--delay", "0", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.batteries.wire_crawl", json.dumps(dict(settings)), *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**kept, **more},
        timeout=900,
    )
    *errors, megabytes = done.stderr.rstrip().splitlines() or [""]
    if not megabytes.isdigit():
        raise AssertionError(f"the crawl broke: {done.stderr[-3000:]}")
    printed = json.loads(done.stdout) if done.stdout.strip() else {}
    return Ended(done.returncode, printed, int(megabytes), "\n".join(errors)[-3000:])


def looks(folder: Path) -> tuple[dict[str, Seen], list[str]]:
    """URL → its look in the last run; and what breaks the rule of one look and one end for every URL."""
    with Archive.open(folder / "archive", write=False) as archive:
        run = archive.db.execute("SELECT max(id) FROM runs").fetchone()[0]
        rows = archive.db.execute(
            """
            SELECT c.url, c.outcome, c.status, c.says, c.header, c.wire, c.payload, c.location, g.payload, (
                SELECT count(*) FROM versions v JOIN renditions n ON n.id = v.rendition WHERE n.resource = c.resource
            )
            FROM captures c JOIN resources s ON s.id = c.resource LEFT JOIN captures g ON g.id = s.good_capture
            WHERE c.run = ?
            """,
            (run,),
        ).fetchall()
        seen, wrong = {}, []
        for url, outcome, status, says, header, wire, payload, location, good, versions in rows:
            if url in seen:
                wrong.append(f"{url}: two captures in one run")
            body, before = (get_payload(archive, one) if one else b"" for one in (payload, good))
            sent = get_payload(archive, wire) if wire else body
            seen[url] = Seen(outcome, status, says, header, sent, body, location, before, versions)
        ends = archive.db.execute("SELECT url, state, outcome FROM frontier WHERE run = ?", (run,)).fetchall()
    for url, state, outcome in ends:
        bare = url.partition("#")[0]
        if state != "done" or bare not in seen or seen[bare].outcome != outcome:
            wrong.append(f"{url}: {state} {outcome} in the frontier, {seen.get(bare)} in the captures")
    wrong += [f"{url}: captured, and not in the frontier" for url in set(seen) - {url for url, _, _ in ends}]
    return seen, wrong
