"""A page that tries everything a browser has to reach somebody, drawn by the real Chromium of a crawl."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from importlib.util import find_spec

from crawler.browser import PROGRAMS
from tests.batteries.ssrf_acts import Act, whole
from tests.batteries.ssrf_ground import Ground, captures_in
from tests.batteries.ssrf_stage import HTML, Site

_HOSTS = ("10.0.0.1", "169.254.169.254", "127.0.0.1", "[::1]", "inner.shili.gov.cn", "2130706433")
_MARKUP = (
    '<img src="http://HOST/LEAF">', '<img srcset="http://HOST/LEAF 2x">', '<script src="http://HOST/LEAF"></script>',
    '<script type="module" src="http://HOST/LEAF"></script>', '<link rel="stylesheet" href="http://HOST/LEAF">',
    '<link rel="preload" as="fetch" href="http://HOST/LEAF">', '<link rel="prefetch" href="http://HOST/LEAF">',
    '<link rel="modulepreload" href="http://HOST/LEAF">', '<link rel="preconnect" href="http://HOST/">',
    '<link rel="dns-prefetch" href="http://HOST/">', '<link rel="prerender" href="http://HOST/LEAF">',
    '<link rel="manifest" href="http://HOST/LEAF">', '<link rel="icon" href="http://HOST/LEAF">',
    '<iframe src="http://HOST/LEAF"></iframe>', '<iframe srcdoc="<img src=http://HOST/LEAF>"></iframe>',
    '<iframe src="data:text/html,<script>fetch(`http://HOST/LEAF`)</script>"></iframe>',
    '<object data="http://HOST/LEAF"></object>', '<embed src="http://HOST/LEAF">', '<video src="http://HOST/LEAF">',
    '<audio src="http://HOST/LEAF" autoplay></audio>', '<style>@import "http://HOST/LEAF";</style>',
    '<video><track default src="http://HOST/LEAF"></video>', '<input type="image" src="http://HOST/LEAF">',
    '<style>@font-face{font-family:f;src:url(http://HOST/LEAF)} body{font-family:f}</style>',
    '<div style="background:url(http://HOST/LEAF)">·</div>', '<svg><image href="http://HOST/LEAF"/></svg>',
    '<svg><use href="http://HOST/LEAF#a"/></svg>', '<portal src="http://HOST/LEAF"></portal>',
    '<iframe name="n"></iframe><form id="fTOKEN" target="n" method="post" action="http://HOST/LEAF"></form>'
    '<script>document.getElementById("fTOKEN").submit()</script>',
    '<a id="aTOKEN" href="#" ping="http://HOST/LEAF">·</a><script>document.getElementById("aTOKEN").click()</script>',
    '<script type="speculationrules">{"prefetch":[{"urls":["http://HOST/LEAF"],"eagerness":"immediate"}]}</script>',
    '<script type="speculationrules">{"prerender":[{"urls":["http://HOST/LEAF"],"eagerness":"immediate"}]}</script>',
    '<img src="ftp://HOST/LEAF">', '<iframe src="file:///etc/passwd"></iframe>',
    '<iframe src="view-source:http://HOST/LEAF"></iframe>',
)  # fmt: skip
_SCRIPTS = (
    "fetch('http://HOST/LEAF')", "fetch('http://HOST/LEAF', {mode: 'no-cors', method: 'POST', body: 'a'})",
    "fetch('http://HOST/LEAF', {keepalive: true, mode: 'no-cors'})", "fetch('https://HOST/LEAF', {mode: 'no-cors'})",
    "fetch('//HOST/LEAF')", "fetch('http:\\\\\\\\HOST\\\\LEAF')", "fetch('/moved?to=http://HOST/LEAF')",
    "var x = new XMLHttpRequest(); x.open('GET', 'http://HOST/LEAF'); x.send()", "new Image().src = 'http://HOST/LEAF'",
    "new WebSocket('ws://HOST/LEAF')", "new WebSocket('wss://HOST/LEAF')", "new WebSocketStream('ws://HOST/LEAF')",
    "new EventSource('http://HOST/LEAF')", "navigator.sendBeacon('http://HOST/LEAF', 'a')",
    "new Worker('http://HOST/LEAF')", "new SharedWorker('http://HOST/LEAF')", "import('http://HOST/LEAF')",
    "new Worker(URL.createObjectURL(new Blob(['fetch(`http://HOST/LEAF`, {mode: `no-cors`})'])))",
    "new Worker(URL.createObjectURL(new Blob(['importScripts(`http://HOST/LEAF`)'])))",
    "new Worker(URL.createObjectURL(new Blob(['new WebSocket(`ws://HOST/LEAF`)'])))",
    "new SharedWorker(URL.createObjectURL(new Blob(['fetch(`http://HOST/LEAF`, {mode: `no-cors`})'])))",
    "navigator.serviceWorker.register('/list.js?http://HOST/LEAF')", "window.open('http://HOST/LEAF')",
    "new WebTransport('https://HOST/LEAF').ready", "new FontFace('g', 'url(http://HOST/LEAF)').load()",
    "new AudioContext().audioWorklet.addModule('http://HOST/LEAF')", "CSS.paintWorklet.addModule('http://HOST/LEAF')",
    "rtc('stun:HOST')", "rtc('turn:HOST?transport=udp')", "rtc('turn:HOST?transport=tcp')",
    "rtc('turns:HOST?transport=tcp')", "candidate('HOST')", "frame('http://HOST/LEAF')",
)  # fmt: skip
_LEAVING = (
    "setTimeout(() => { location.href = 'http://HOST/LEAF' }, 50)",
    "setTimeout(() => { location.href = '/moved' }, 99)",
    "document.write('<meta http-equiv=refresh content=\"0;url=http://HOST/LEAF\">')", "window.open('http://HOST/LEAF')",
    "setTimeout(() => { location.replace('http://HOST/LEAF') }, 10)", "window.open('http://HOST/LEAF', '_top')",
    "setTimeout(() => { location.href = 'file:///etc/passwd' }, 20)", "navigation.navigate('http://HOST/LEAF')",
    "setTimeout(() => { location.href = 'view-source:http://HOST/LEAF' }, 30)",
    "document.write('<form id=f action=http://HOST/LEAF method=post></form>'); document.forms.f.submit()",
    "document.write('<a id=d download href=http://HOST/LEAF>d</a>'); document.getElementById('d').click()",
)  # fmt: skip
_COMMON = """
window.onerror = () => true;
const tried = f => { try { const done = f(); if (done && done.catch) done.catch(() => 0); } catch (e) {} };
const rtc = urls => { const c = new RTCPeerConnection({iceServers: [{urls, username: 'a', credential: 'b'}]});
  c.createDataChannel('d'); c.createOffer().then(o => c.setLocalDescription(o)); return c; };
const candidate = at => { const c = rtc('stun:' + at), d = new RTCPeerConnection();
  const host = at.replace(/:\\d+$/, '').replace(/[\\[\\]]/g, ''), port = at.match(/\\d+$/)[0];
  c.createOffer().then(o => d.setRemoteDescription(o).then(() => d.createAnswer())
    .then(a => d.setLocalDescription(a).then(() => c.setRemoteDescription(a)))).then(() => c.addIceCandidate(
      {candidate: `candidate:1 1 udp 2130706431 ${host} ${port} typ host`, sdpMid: '0', sdpMLineIndex: 0})); };
const frame = url => { const f = document.createElement('iframe'); f.src = url; document.body.append(f); };
"""
_LIST = """fetch("/rows.json").then(r => r.json()).then(rows => { document.getElementById("list").innerHTML =
  rows.map((url, n) => `<li><a href="${url}">示例县第${n}局2023年政府信息公开工作年度报告</a></li>`).join(""); });"""
_HEADERS = (
    "Link: <http://HOST/LEAF>; rel=preload; as=script", "Link: <http://HOST/>; rel=preconnect",
    "Content-Security-Policy-Report-Only: default-src 'none'; report-uri http://HOST/LEAF", 'Alt-Svc: h2="HOST"',
    'Report-To: {"group":"g","max_age":99,"endpoints":[{"url":"http://HOST/LEAF"}]}', "SourceMap: http://HOST/LEAF",
    'NEL: {"report_to":"g","max_age":99,"success_fraction":1}', "X-DNS-Prefetch-Control: on",
    'Speculation-Rules: "http://HOST/LEAF"',
)  # fmt: skip


def lacks_browser() -> str:
    """What is not installed, or ""."""
    lacks = "" if find_spec("playwright") else "the extra nianbao[browser] is not installed"
    return lacks or ("" if any(map(shutil.which, PROGRAMS)) else "no Chromium in PATH")


def draw_pages(ground: Ground, each: int) -> Act:
    """Lists that a browser is to draw: one whose page tries everything at once, and (where ``each`` is 0: all) one for
    each way to leave a page.

    Each list's own rows, which a script fetches, must be there in the end, or it must say for what the page was left.
    """
    act = Act("what drawn pages ask of Chromium: markup, scripts, workers, sockets, WebRTC, headers, leaving")
    ways_out = () if each else _LEAVING
    kinds = [*_MARKUP, *_SCRIPTS, *_HEADERS, *ways_out]
    at = [kind.replace("HOST", f"{_HOSTS[number % len(_HOSTS)]}:PORT") for number, kind in enumerate(kinds)]
    act.tries = ground.tries(at)
    said = [one.reference("dTOKEN/x.json") for one in act.tries]
    calls, headers, leaving = len(_MARKUP), len(_MARKUP) + len(_SCRIPTS), len(kinds) - len(ways_out)
    sites = [_shell(ground.site(), said[:calls], said[calls:headers], said[headers:leaving])]
    sites += [_shell(ground.site(), [], [call], []) for call in said[leaving:]]
    folder = ground.folder / "drawn"
    options = {
        "folder": str(folder),
        "targets": [site.seed for site in sites],
        "allow": [site.netloc for site in sites],
        "browser": True,
    }
    ran = ground.run("tests.batteries.ssrf_travel", json.dumps(options))
    kept = captures_in(folder) if ran.code == 0 else []
    act.ends = [(one.name, "") for one in act.tries]
    for site in sites:
        drawn = [row.says for row in kept if row.url == site.seed]
        left = ran.code == 0 and site is not sites[0] and len(drawn) == 1 and "the page leads on to" in drawn[0]
        wrong = "" if left else whole(ran, [site]) or ("" if "rendered" in drawn[0] else f"not drawn: {drawn}")
        act.ends.append((f"{site.seed} was drawn", wrong))
    act.seconds, act.runs = ran.seconds, [ran]
    return act


def _shell(site: Site, markup: Sequence[str], scripts: Sequence[str], headers: Sequence[str]) -> Site:
    """A page that tries all of these, and then fetches the rows of its list."""
    calls = "".join(f"<script>tried(() => {{ {call} }})</script>\n" for call in scripts)
    body = f"""<html><head><meta charset="utf-8"><title>政府信息公开年报</title><script>{_COMMON}</script></head><body>
      <ul id="list"></ul><script src="/list.js"></script>{"".join(markup)}{calls}</body></html>""".encode()
    fields = [HTML.strip(), *headers, f"Content-Length: {len(body)}"]
    site.put("/nb/", "\r\n".join(("HTTP/1.1 200 OK", *fields, "", "")).encode() + body)
    site.put("/list.js", _LIST)
    files = [f"/nb/P02024011500000{number}.pdf" for number in (1, 2)]
    site.put("/rows.json", json.dumps(files))
    for file in files:
        site.put(file, b"%PDF-1.4\n")
    return site
