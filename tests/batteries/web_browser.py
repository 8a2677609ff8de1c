"""The pages in a real Chromium, alone and beside a page of evil.example whose name leads to this machine."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.testclient import TestClient

from tests.batteries.figures import Row, Scale, row_of
from tests.batteries.web_served import Served
from tests.web.hostile import every_string
from tests.web.serving import is_complaint, is_own
from tests.web.walking import walk

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EVIL = "evil.example"
# No name is asked of anybody: evil.example is this machine, everything else is nobody.
_RULES = f"--host-resolver-rules=MAP {EVIL} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
_RAN = "'ran' in window"
_TRAP = "<script>top.ran=1;alert(1);fetch('//evil.example/1')</script>"


def find_browser() -> str | None:
    """Chromium's path; None where there is none, which with CI=true is a failure."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    lacks = program is None or find_spec("playwright") is None
    assert not lacks or os.environ.get("CI") != "true", "expected playwright and Chromium"
    return None if lacks else program


@contextmanager
def chromium(program: str) -> Iterator[Browser]:
    """Chromium, for which evil.example is this machine and every other name is nobody."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, chromium_sandbox=os.geteuid() != 0, args=["--disable-dev-shm-usage", _RULES]
        )
        yield browser
        browser.close()


def open_pages(browser: Browser, site: Served, scale: Scale) -> list[Row]:
    """What is stored, on pages of every kind; what is sent, coming back; and the trap itself, which must snap."""
    stored = _stored(site, scale)
    sent = list(_sent(scale))
    return [
        row_of("the trap for scripts, sprung on purpose", [("a page that does run", _sprung(browser))]),
        row_of("stored texts shown in Chromium", [*_visited(browser, site, stored)]),
        row_of("texts sent and shown in Chromium", [*_visited(browser, site, sent)]),
    ]


def _stored(site: Served, scale: Scale) -> list[str]:
    """Addresses of pages, as a reader finds them from link to link."""
    from httpx import Client

    with Client(base_url=site.base, timeout=60) as client:
        found = walk(_as_walker(client), most=scale.pick(8, 500), each=scale.pick(1, 40))
    return [url for url, one in found.items() if one.tree is not None and one.answer.status_code == 200]


def _as_walker(client: Any) -> TestClient:
    """``walk`` asks a client for nothing but get and base_url."""
    return client  # type: ignore[no-any-return]


def _sent(scale: Scale) -> Iterator[str]:
    strings = [text.encode("utf-8", "replace") for text in every_string(3)][:: scale.pick(700, 1)]
    for at, text in enumerate(strings):
        yield f"/search?{urlencode({'q': text[:2000], 'kind': text[:50] if at % 5 == 0 else b''})}"
        if at % 4 == 0:
            yield f"/compare?{urlencode({'body': text[:500], 'key': text[:100]})}"
        if at % 4 == 1:
            yield f"/batch?{urlencode({'lines': text[:1500]})}"
        if at % 4 == 2:
            yield f"/{urlencode({'': text[:500]})[1:]}/x?{urlencode({'lang': text[:90]})}"


def _visited(browser: Browser, site: Served, urls: list[str]) -> Iterator[tuple[str, str]]:
    context = browser.new_context(base_url=site.base)
    said: list[str] = []
    context.on("request", lambda one: None if is_own(site.base, one.url) else said.append(f"asks {one.url}"))
    page = context.new_page()
    _listen(page, said)
    for url in urls:
        said.clear()
        page.goto(url, wait_until="load")
        said += ["a script ran" for frame in page.frames if frame.evaluate(_RAN)]
        yield url[:140], "; ".join(dict.fromkeys(said))[:300]
    context.close()


def _listen(page: Page, said: list[str]) -> None:
    page.on("dialog", lambda dialog: (said.append("a dialog"), dialog.dismiss()))
    page.on("console", lambda one: said.append(one.text) if is_complaint(one.text) else None)
    page.on("pageerror", lambda error: said.append(str(error)))


def _sprung(browser: Browser) -> str:
    context = browser.new_context()
    said: list[str] = []
    context.on("request", lambda request: said.append(request.url))
    page = context.new_page()
    _listen(page, said)
    page.set_content(_TRAP)
    ran = page.evaluate(_RAN)
    page.wait_for_timeout(100)
    context.close()
    return "" if ran and "a dialog" in said and any(EVIL in one for one in said) else f"noticed only {said}"


_PAGE = """<!doctype html><meta charset=utf-8><title>evil</title><script>
const site = %(site)s, rebound = %(rebound)s, tell = {};
async function reads(name, url, options) {
  try { const a = await fetch(url, options); tell[name] = a.type === 'opaque' ? '' : (await a.text()).slice(0, 80); }
  catch (e) { tell[name] = ''; }
}
function frames(name, url) { return new Promise(done => {
  const one = document.createElement('iframe'); one.src = url;
  one.onload = () => { try { const inside = one.contentDocument;
    tell[name] = inside && inside.body.innerText.slice(0, 80) || ''; }
    catch (e) { tell[name] = ''; } done(); };
  document.body.append(one); setTimeout(done, 3000); }); }
function loads(name, tag, url) { return new Promise(done => {
  const one = document.createElement(tag); one.onload = () => { tell[name] = 'loaded'; done(); };
  one.onerror = () => { tell[name] = ''; done(); };
  one.src = url; document.body.append(one); setTimeout(done, 3000); }); }
onload = async () => {
  for (const path of ['/api/v1/bodies', '/search.json?q=a', '/status', '/openapi.json', '/datasette/archive.json',
                      '/opensearch.xml', '/nothing', '/batch'])
    { await reads('fetch ' + path, site + path);
      await reads('with cookies ' + path, site + path, {credentials: 'include'}); }
  await reads('post', site + '/batch', {method: 'POST', body: new URLSearchParams({lines: 'x'})});
  await reads('post json', site + '/api/v1/bodies',
              {method: 'POST', body: '{}', headers: {'Content-Type': 'application/json'}});
  await reads('put', site + '/search', {method: 'PUT', body: 'x'});
  await reads('own header', site + '/api/v1/bodies', {headers: {'If-None-Match': 'x'}});
  for (const path of ['/', '/api/v1/bodies', '/search.json?q=a', '/status'])
    await reads('rebound ' + path, rebound + path);
  for (const path of ['/', '/search', '/api/v1']) { await frames('frame ' + path, site + path); }
  await loads('script', 'script', site + '/api/v1/bodies');
  await loads('script json', 'script', site + '/search.json?q=a');
  const xhr = new XMLHttpRequest(); xhr.open('GET', site + '/', false);
  try { xhr.send(); tell['sync'] = xhr.responseText.slice(0, 80); } catch (e) { tell['sync'] = ''; }
  const other = window.open(site + '/search'); await new Promise(r => setTimeout(r, 500));
  try { tell['opened'] = other && !other.closed && other.document.title || ''; } catch (e) { tell['opened'] = ''; }
  window.told = tell;
};
</script><body>"""


class _Evil(BaseHTTPRequestHandler):
    """The page of others."""

    def __init__(self, page: bytes, *given: Any) -> None:
        self._page = page
        super().__init__(*given)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self._page)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 – its name there
        """Says nothing."""


def visit_evil(browser: Browser, site: Served) -> Row:
    """A page of evil.example tries to read the archive: by the address, and by its own name that leads there now."""
    given = {"site": json.dumps(site.base), "rebound": json.dumps(f"http://{EVIL}:{site.port}")}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Evil, (_PAGE % given).encode()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"http://{EVIL}:{server.server_port}/", wait_until="load")
        page.wait_for_function("window.told", timeout=60_000)
        told: dict[str, str] = page.evaluate("window.told")
        # The name leads to the site's own port: what comes is the refusal, and nothing of the archive.
        answer = page.goto(f"http://{EVIL}:{site.port}/search?q=a")
        assert answer is not None
        told["rebound page"] = "" if answer.status == 421 else f"status {answer.status}"
        context.close()
    finally:
        server.shutdown()
        server.server_close()
    refused = "expected one of the hosts"
    ends = [(name, "" if not text or text.startswith(refused) else f"read {text!r}") for name, text in told.items()]
    return row_of("a page of evil.example reads, frames, posts", ends)
