"""Programs that are not ours take the WACZ: warcio and py-wacz find nothing wrong, pywb replays every byte.

They are found in the folder that ``NIANBAO_WARC_TOOLS`` names (the ``bin`` of an environment with
``tests/tools/warc.lock``), else in PATH.
"""

from __future__ import annotations

import gzip
import http.client
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from kept_looks import FIRST, fill

from archive.exports import Selection, find_export
from archive.payloads import get_payload
from archive.store import Archive
from archive.warc.message import read_body

TOOLS = ("warcio", "wacz", "cdxj-indexer", "wb-manager", "wayback")
SECONDS = 120


def program(name: str) -> str:
    """Where a program lies; skips by name where it does not, and fails in CI."""
    found = shutil.which(name, path=os.environ.get("NIANBAO_WARC_TOOLS") or None)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} must be installed in CI: tests/tools/warc.lock, NIANBAO_WARC_TOOLS")
        pytest.skip(f"{name} is not installed (tests/tools/warc.lock)")
    return found


@dataclass(frozen=True)
class Exported:
    """An archive, its WACZ, and the WARC in it."""

    archive: Archive
    wacz: Path
    warc: Path
    index: list[str]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    folder = tmp_path_factory.mktemp("tools")
    with Archive.open(folder / "nianbao-archive", write=True) as archive:
        fill(archive, folder)
        out = io.BytesIO()
        find_export("wacz").write_export(archive, Selection(), out)
        wacz, warc = folder / "all.wacz", folder / "nianbao.warc.gz"
        wacz.write_bytes(out.getvalue())
        with zipfile.ZipFile(wacz) as package:
            warc.write_bytes(package.read("archive/nianbao.warc.gz"))
            index = gzip.decompress(package.read("indexes/index.cdx.gz")).decode().splitlines()
        yield Exported(archive, wacz, warc, index)


def ran(*words: str | Path, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, cwd=folder)


def test_warcio_finds_every_digest_right(exported: Exported) -> None:
    checked = ran(program("warcio"), "check", "-v", exported.warc)
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count("digest pass") > 60
    broken = bytearray(gzip.decompress(exported.warc.read_bytes()))
    at = broken.index("示例县财政局".encode())
    broken[at : at + 3] = b"xxx"
    damaged = exported.warc.with_name("damaged.warc")
    damaged.write_bytes(bytes(broken))
    assert ran(program("warcio"), "check", damaged).returncode == 1, "it would have found a wrong one"


def test_py_wacz_finds_the_package_valid(exported: Exported) -> None:
    checked = ran(program("wacz"), "validate", "-f", exported.wacz)
    assert checked.returncode == 0, checked.stdout
    assert "Validation succeeded" in checked.stdout


def test_the_index_is_that_of_cdxj_indexer(exported: Exported) -> None:
    """Keys, times, places and statuses; digests where a record names its own."""
    theirs = ran(program("cdxj-indexer"), "--sort", exported.warc)
    assert theirs.returncode == 0, theirs.stderr

    def told(lines: list[str]) -> list[tuple[str, ...]]:
        rows = []
        for line in lines:
            key, at, facts = line.split(" ", 2)
            known = json.loads(facts)
            if "/api" not in key:
                rows.append((key, at, *(known.get(name, "") for name in ("url", "mime", "offset", "length"))))
        return rows

    assert told(exported.index) == told(theirs.stdout.splitlines())


@pytest.fixture(scope="module")
def replay(exported: Exported, tmp_path_factory: pytest.TempPathFactory) -> Iterator[http.client.HTTPConnection]:
    """pywb over the WARC, on loopback."""
    folder = tmp_path_factory.mktemp("pywb")
    assert ran(program("wb-manager"), "init", "kept", folder=folder).returncode == 0
    assert ran(program("wb-manager"), "add", "kept", exported.warc, folder=folder).returncode == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [program("wayback"), "-b", "127.0.0.1", "-p", str(port)], cwd=folder, stdout=log, stderr=log
        )
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and server.poll() is None:
            try:
                connection.connect()
                break
            except ConnectionRefusedError:
                time.sleep(0.2)
        yield connection
    finally:
        connection.close()
        server.send_signal(signal.SIGTERM)
        server.wait(SECONDS)


def replayed(connection: http.client.HTTPConnection, at: str, mode: str, url: str) -> tuple[int, bytes, bytes]:
    """A URL at a time, in a mode of pywb's → (status, head, body as it came, whole or not)."""
    stamp = "".join(filter(str.isdigit, at))
    path = f"/kept/{stamp}{mode}/{quote(url, safe=':/?&=%')}"
    connection.request("GET", path, headers={"Accept-Encoding": "gzip, deflate, br", "Connection": "close"})
    answer = connection.getresponse()
    try:
        body = answer.read()
    except http.client.IncompleteRead as cut:
        body = cut.partial
    finally:
        connection.close()
    lines = [f"{name}: {value}" for name, value in answer.getheaders() if name.lower() != "transfer-encoding"]
    return answer.status, "\r\n".join([f"HTTP/1.1 {answer.status} X", *lines, "", ""]).encode("latin-1"), body


def test_pywb_gives_back_every_payload(exported: Exported, replay: http.client.HTTPConnection) -> None:
    archive = exported.archive
    rows = archive.db.execute(
        """
        SELECT url, captured_at, status, coalesce(wire, payload), outcome FROM captures
        WHERE status IS NOT NULL AND post = '' AND kind <> 'import' ORDER BY id
        """
    ).fetchall()
    compared = 0
    for url, at, status, digest, outcome in rows:
        got, head, body = replayed(replay, at, "id_", url)
        assert got == status, url
        sent = b"" if digest is None else get_payload(archive, digest)
        kept = archive.db.execute(
            "SELECT payload, says FROM captures WHERE url = ? AND captured_at = ?", (url, at)
        ).fetchone()
        payload = b"" if kept[0] is None else get_payload(archive, kept[0])
        # Of a page that a browser drew, the archive keeps both; a player may show the one or the other.
        shown = {payload, sent} if "rendered by" in kept[1] else {payload}
        assert read_body(head, body).payload in shown, (url, at, outcome)
        compared += bool(payload)
    assert compared == 16


def test_pywb_shows_an_article_as_a_person_sees_it(exported: Exported, replay: http.client.HTTPConnection) -> None:
    for at, figure in (("2025-01-01T08:00:01Z", b"<td>77</td>"), ("2025-01-02T08:00:01Z", b"<td>77</td>")):
        status, head, body = replayed(replay, at, "mp_", FIRST)
        page = read_body(head, body).payload
        assert status == 200
        assert "示例县教育局2024年政府信息公开工作年度报告".encode() in page
        assert (figure in page) is at.startswith("2025-01-02")
    status, _, _ = replayed(replay, "2025-01-01T08:00:01Z", "mp_", "http://www.shili.example/never-captured.html")
    assert status == 404
