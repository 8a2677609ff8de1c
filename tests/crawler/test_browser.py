"""A list that a script fetches is seen through the system's real Chromium, which itself reaches nothing."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import time
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from archive.payloads import get_payload
from archive.store import Archive
from crawler.browser import PROGRAMS
from tests import forked
from tests.crawler.conftest import ends_of, environment
from tests.portals.raw import RawServer
from tests.portals.shapes import sized
from tests.portals.trs import article

SHELL = """<html><head><meta charset="utf-8"><title>政府信息公开年报</title><style>@import "/style.css";</style></head>
<body><img src="/picture.png"><ul id="list"></ul><script src="/list.js"></script></body></html>"""
SCRIPT = """
new WebSocket("ws://127.0.0.1:%(other)d/socket");
fetch("http://127.0.0.1:%(other)d/elsewhere.json").catch(() => 0);
fetch("/private/rows.json").catch(() => 0);
fetch("/api/rows.json").then(r => r.json()).then(rows => {
  document.getElementById("list").innerHTML = rows.map(r => `<li><a href="${r[0]}">${r[1]}</a></li>`).join("");
});
const one = new RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:%(udp)d"}]}), two = new RTCPeerConnection();
one.createDataChannel("d");
one.createOffer().then(o => one.setLocalDescription(o).then(() => two.setRemoteDescription(o)))
  .then(() => two.createAnswer()).then(a => two.setLocalDescription(a).then(() => one.setRemoteDescription(a)))
  .then(() => one.addIceCandidate(
    {candidate: "candidate:1 1 udp 2130706431 127.0.0.1 %(udp)d typ host", sdpMid: "0", sdpMLineIndex: 0}));
"""
ROWS = [[f"/nb/t100{n}.html", f"示例县第{n}局2023年政府信息公开工作年度报告"] for n in (1, 2)]
CHALLENGE = b"<html><script>var a = '__jsl_clearance_s'; document.cookie = a; fetch('/solved')</script></html>"
DELAY = 0.3


def needs_browser() -> None:
    """Skips by name where the extra or Chromium is not installed; with CI=true that is a failure."""
    lacks = "" if find_spec("playwright") else "the extra nianbao[browser] is not installed"
    lacks = lacks or ("" if any(map(shutil.which, PROGRAMS)) else "no Chromium in PATH")
    if lacks:
        assert os.environ.get("CI") != "true", lacks
        pytest.skip(lacks)


def travel(folder: Path, server: RawServer) -> dict[str, Any]:
    netloc = f"127.0.0.1:{server.port}"
    options = {"folder": str(folder), "delay": DELAY, "portals": [{"netloc": netloc, "browser": True}]}
    done = forked.run(
        [sys.executable, Path(__file__).with_name("travel.py"), json.dumps(options)],
        env=environment(),
        timeout=170,
    )
    assert done.returncode == 0, done.stderr
    stands: dict[str, Any] = json.loads(done.stdout)
    return stands


def reply(body: str, kind: str = "text/html; charset=utf-8") -> bytes:
    return sized(body.encode(), b"Content-Type: " + kind.encode()) + body.encode()


def portal_of(other: int, udp: int, moments: list[float]) -> dict[str, Any]:
    """What the portal answers; ``moments`` gets when each request came."""
    said = {
        "/robots.txt": reply("User-agent: *\nDisallow: /private/\n", "text/plain"),
        "/nb/": reply(SHELL),
        "/list.js": reply(SCRIPT % {"other": other, "udp": udp}, "text/javascript"),
        "/api/rows.json": reply(json.dumps(ROWS), "application/json"),
        **{path: reply(article(f"第{n}局", 2023)) for n, (path, _) in enumerate(ROWS, 1)},
    }

    def noting(answer: bytes) -> Any:
        def send(connection: Any) -> None:
            moments.append(time.monotonic())
            connection.sendall(answer)

        return send

    return {path: noting(answer) for path, answer in said.items()}


def test_a_list_made_by_a_script_is_seen_and_nothing_else_is_reached(folder: Path) -> None:
    needs_browser()
    moments: list[float] = []
    with RawServer({}) as other, RawServer({}) as server, socket.socket(type=socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        server.answers = portal_of(other.port, udp.getsockname()[1], moments)
        stands = travel(folder, server)
        with pytest.raises(BlockingIOError):  # WebRTC goes past all that a page asks for
            udp.recv(1, socket.MSG_DONTWAIT)
        assert stands["outcomes"] == {"fetched": 4}
        assert server.paths == ["/robots.txt", "/nb/", "/list.js", "/api/rows.json", *sorted(p for p, _ in ROWS)]
        assert other.connections == 0, "no socket, no request to another port"
        agents = {line for asked in server.requests for line in asked.split(b"\r\n") if line.startswith(b"User-Agent")}
        assert len(agents) == 1
        assert b"nianbao/" in agents.pop()
    assert min(later - earlier for earlier, later in pairwise(moments)) >= DELAY, "a browser's requests keep the rate"
    with Archive.open(folder, write=False) as archive:
        payload, wire, says = archive.db.execute(
            "SELECT payload, wire, says FROM captures WHERE url LIKE '%/nb/'"
        ).fetchone()
        drawn, sent = get_payload(archive, payload).decode("utf-8"), get_payload(archive, wire).decode("utf-8")
    assert sent == SHELL, "the bytes as sent are kept beside what was made of them"
    assert all(title in drawn and title not in sent for _, title in ROWS)
    assert "rendered by Chromium " in says
    assert "2 more requests" in says


def test_a_challenge_is_reported_and_not_solved(folder: Path) -> None:
    needs_browser()
    challenge = sized(CHALLENGE, b"Content-Type: text/html", status=b"HTTP/1.1 412 Precondition Failed") + CHALLENGE
    with RawServer({"/nb/": challenge}) as server:
        travel(folder, server)
        assert server.paths == ["/robots.txt", "/nb/"]
    assert ends_of(folder)["nb/"] == "challenge"


def test_a_page_that_cannot_be_drawn_is_not_taken_for_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with RawServer({"/nb/": reply(SHELL)}) as server:
        assert travel(folder, server)["outcomes"] == {"not_found": 1, "truncated": 1}
    with Archive.open(folder, write=False) as archive:
        (says,) = archive.db.execute("SELECT says FROM captures WHERE outcome = 'truncated'").fetchone()
    assert "not drawn: " in says
