"""What is done to an archive while its disk fails: each verb, the archive it begins with, what it must leave."""

from __future__ import annotations

import http.server
import shutil
import sqlite3
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.store import Archive
from tests.archive.content import content_of
from tests.archive.county import article, crawl, figures_of, page

BODIES = ("示例县人民政府", "示例县教育局", "示例县公安局", "示例县民政局")
ADDRESS = "http://www.shili.example/zfxxgknb/202501/t20250120_{}.html"
KEPT = Path(__file__).parents[1] / "archive" / "kept" / "0010.tar.xz"
DOCUMENTS = Path(__file__).parents[1] / "documents"


@dataclass(frozen=True, slots=True)
class Deed:
    """A verb. ``words`` come after ``--archive FOLDER``, from the folder that the verb may write into beside it.

    ``start``: the archive it begins with, None: none. ``is_same``: repeated after a stop it leaves exactly what one
    run leaves; else looks may be there twice. ``makes``: the file that it writes beside the archive.
    """

    name: str
    words: Callable[[Path], list[str]]
    start: Path | None = None
    is_same: bool = True
    makes: str = ""


class Portal:
    """A context manager: a small portal on loopback. ``asked`` are the paths of all requests so far."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        pages = {f"/zfxxgknb/t{n}.html": page(name, 2024, figures_of(n + 2)) for n, name in enumerate(BODIES)}
        links = "".join(
            f'<li><a href="/zfxxgknb/t{n}.html">{name}2024年政府信息公开工作年度报告</a><span>2025-01-20</span></li>'
            for n, name in enumerate(BODIES)
        )
        pages["/"] = f'<html><head><meta charset="utf-8"></head><body><ul>{links}</ul></body></html>'.encode()
        asked = self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                body = pages.get(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 – its name in the library
                """Nothing: standard error is the test's."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host_port = f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Portal:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def prepared(folder: Path) -> Iterator[tuple[dict[str, Deed], Portal]]:
    """An empty folder → the deeds by name; the archives they begin with and the documents lie there."""
    mine, other, stale, old, documents = (folder / name for name in ("mine", "other", "stale", "old", "documents"))
    first = {ADDRESS.format(n): article(name, 2024, figures_of(n + 3)) for n, name in enumerate(BODIES[:2])}
    with Archive.open(mine, write=True) as archive:
        crawl(archive, 0, first)
    second = {ADDRESS.format(n): article(name, 2024, figures_of(n + 4)) for n, name in enumerate(BODIES[:3])}
    with Archive.open(other, write=True) as archive:
        crawl(archive, 5, second)
    shutil.copytree(mine, stale)
    with Archive.open(stale, write=True) as archive, archive.writing() as db:
        db.execute("UPDATE readings SET parser = '0'")
    with tarfile.open(KEPT) as tar:
        tar.extractall(folder / "unpacked", filter="data")
    (found,) = (folder / "unpacked").rglob("archive.db")
    found.parent.rename(old)
    documents.mkdir()
    for number, name in enumerate(BODIES[1:]):
        (documents / f"{number}.html").write_bytes(page(name, 2023, figures_of(number + 5)))
    with Portal() as portal:
        deeds = (
            Deed("crawl", lambda _: ["crawl", f"http://{portal.host_port}/", "--allow-host", portal.host_port,
                                     "--delay", "0"], is_same=False),
            Deed("import", lambda _: ["import", str(documents)], mine, is_same=False),
            Deed("reparse", lambda _: ["reparse"], stale),
            Deed("merge", lambda _: ["merge", str(other)], mine),
            Deed("merge old", lambda _: ["merge", str(old)], mine),
            Deed("correct", lambda _: ["correct", "set", "v1", "requests.received.total", "7", "--why", "示例",
                                       "--who", "示例"], mine),
            Deed("withdraw", lambda _: ["withdraw", "v1", "--why", "示例"], mine),
            Deed("migrate", lambda _: ["correct", "retract", "v1", "requests.received.total", "--why", "示例",
                                       "--who", "示例"], old),
            Deed("export sqlite", lambda at: ["export", "sqlite", "-o", str(at / "out")], mine, makes="out"),
            Deed("export wacz", lambda at: ["export", "wacz", "-o", str(at / "out")], mine, makes="out"),
            Deed("export csv", lambda at: ["export", "csv", "-o", str(at / "out")], mine, makes="out"),
            Deed("proof", lambda at: ["proof", "v1", "-o", str(at / "out")], mine, makes="out"),
            Deed("verify", lambda _: ["verify"], mine),
        )  # fmt: skip
        yield {deed.name: deed for deed in deeds}, portal


def facts_of(folder: Path, deed: Deed) -> dict[str, Any]:
    """What an archive says when a deed is done, without what may differ between one run and two."""
    with Archive.open(folder, write=False) as archive:
        found = content_of(archive)
        urls = archive.db.execute("SELECT DISTINCT url, outcome, payload FROM captures").fetchall()
    found.pop("frontier")
    if deed.is_same:
        return found | {"runs": sorted((*run[:5], run[7]) for run in found["runs"])}
    reports = [
        (*one[:4], [(format_, key, [read for _, read, _ in versions]) for format_, key, versions in one[4]], *one[5:])
        for one in found["reports"]
    ]
    said = {(name[3], *rest) for name, *rest in found["documents"]}
    kept = ("payloads", "corrections", "withdrawals", "sites")
    return {name: found[name] for name in kept} | {
        "reports": reports,
        "documents": sorted(said),
        "urls": sorted(urls, key=repr),
    }


def acknowledged(folder: Path) -> set[tuple[Any, ...]]:
    """What a stranger's sqlite3 finds committed in a copy of a folder after a stop.

    Looks, runs that have ended, versions, corrections, withdrawals, manifests, each by what it says.
    """
    found: set[tuple[Any, ...]] = set()
    if (folder / "archive.db").exists():
        with closing(sqlite3.connect(folder / "archive.db")) as db:
            there = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
            for table in _COMMITTED.keys() & there:
                found.update((table, *row) for row in db.execute(f"SELECT {_COMMITTED[table]}"))
    return found


_COMMITTED = {
    "captures": "url, captured_at, outcome, payload FROM captures",
    "runs": "command, scope FROM runs WHERE state = 'done'",
    "versions": "payload_digest, first_captured FROM versions",
    "corrections": "payload_digest, key, who FROM corrections",
    "withdrawals": "payload_digest, why FROM withdrawals",
    "manifests": "number, digest FROM manifests",
}
