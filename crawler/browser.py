"""Pages that only a browser can show: drawn by the system's Chromium, which reaches nothing but through us."""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from crawler.connection.addresses import host_port
from crawler.connection.tape import Exchange

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")

_WANTED = frozenset({"document", "script", "xhr", "fetch"})  # what text can depend on; no pictures, fonts, styles
_MOST_REQUESTS = 40
_SAYS_LENGTH = 100
_LOADING = 10.0  # seconds that a page which wants to be left may still take to be loaded
_SETTLING = 500  # milliseconds without a request after which a page is taken to be drawn
# Chromium resolves nothing and connects to nothing; all that a page asks for is given to it by ``_Sitting``.
# WebRTC goes past ``route``: without UDP of its own it has nothing but the proxy, and there is none. The second switch
# is the older name of the first; Chromium 156 knows the first alone.
_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
_WITHOUT_WEBRTC = "for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) delete globalThis[name];"
_NOWHERE = {"server": "http://127.0.0.1:9", "bypass": "<-loopback>"}

Fetch = Callable[[str, str, bytes, Mapping[str, str]], Awaitable[Exchange]]
"""URL, method, body, header fields → the exchange, through the guarded wire."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a page is to be drawn: what robots.txt ``allows`` of its host, and the seconds between two requests."""

    allows: Callable[[str], bool]
    delay: float


class NotDrawn(Exception):
    """A page that could not be drawn, and why."""


class Browser:
    """One Chromium for as many pages as come; it is begun with the first."""

    def __init__(self, fetch: Fetch, user_agent: str) -> None:
        self._fetch = fetch
        self._user_agent = user_agent
        self._playwright: Any = None
        self._chromium: Any = None
        self._beginning = asyncio.Lock()

    async def draw(self, url: str, exchange: Exchange, drawing: Drawing) -> Exchange:
        """A whole page as it was sent → the same exchange with what Chromium makes of it as payload, in UTF-8.

        The page's own requests go to its own host and port alone, as far as robots.txt allows, one after the other
        with the delay between them. A page that sends its reader on before it is loaded is left as it was sent.
        Raises NotDrawn.
        """
        async with self._beginning:
            if self._chromium is None:
                await self._begin()
        sitting = _Sitting(url, exchange, drawing, self._fetch, self._error)
        context = await self._chromium.new_context(user_agent=self._user_agent, service_workers="block")
        try:
            await context.add_init_script(_WITHOUT_WEBRTC)  # it would still bind sockets of its own
            await context.route("**/*", sitting.answer)
            await context.route_web_socket("**/*", _refuse_socket)
            page = await context.new_page()
            if not await _is_loaded(page, url, sitting):
                says = f"not drawn: the page leads on to {sitting.left_for[:_SAYS_LENGTH]}"
                return replace(exchange, says="; ".join(part for part in (exchange.says, says) if part))
            while True:
                await page.wait_for_load_state("networkidle", timeout=0)
                await page.wait_for_timeout(_SETTLING)
                if not sitting.pending:
                    break
            if host_port(page.url) != host_port(url):  # chrome-error://chromewebdata/
                raise NotDrawn(f"the page went on to {page.url[:_SAYS_LENGTH]}")
            text = await page.content()
        except self._error as error:
            raise NotDrawn(str(error).partition("\n")[0]) from error
        finally:
            await context.close()
        says = f"rendered by Chromium {self._chromium.version}, {sitting.asked} more requests"
        if sitting.refused:
            says += f", {sitting.refused} refused"
        says = "; ".join(part for part in (exchange.says, says) if part)
        return replace(exchange, payload=text.encode("utf-8", "replace"), says=says)

    async def _begin(self) -> None:
        try:
            library = importlib.import_module("playwright.async_api")
        except ModuleNotFoundError as error:
            raise NotDrawn("the extra nianbao[browser] is not installed") from error
        program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
        if program is None:
            raise NotDrawn(f"none of {', '.join(PROGRAMS)} is installed")
        self._error: type[Exception] = library.Error
        if self._playwright is None:
            self._playwright = await library.async_playwright().start()
        try:
            self._chromium = await self._playwright.chromium.launch(
                executable_path=program,
                args=list(_ARGUMENTS),
                proxy=_NOWHERE,
                chromium_sandbox=os.geteuid() != 0,  # Chromium's sandbox refuses to be begun by root
            )
        except self._error as error:
            raise NotDrawn(f"{program}: {str(error).partition(chr(10))[0]}") from error

    async def close(self) -> None:
        """Ends Chromium."""
        if self._chromium is not None:
            await self._chromium.close()
        if self._playwright is not None:
            await self._playwright.stop()


class _Sitting:
    """Gives one page what it asks for."""

    def __init__(self, url: str, exchange: Exchange, drawing: Drawing, fetch: Fetch, error: type[Exception]) -> None:
        self._error = error
        self.left = asyncio.Event()
        self.left_for = ""
        self.asked = 0
        self.refused = 0
        self.pending = 0
        self._url = url
        self._exchange = exchange
        self._drawing = drawing
        self._fetch = fetch
        self._given = False
        self._turn = asyncio.Lock()
        self._last = time.monotonic()

    async def answer(self, route: Any) -> None:
        """One request of the page: given from what has come already, fetched for it, or refused."""
        request = route.request
        self.pending += 1
        try:
            if not self._given and request.is_navigation_request() and request.url == self._url:
                self._given = True
                await _fulfil(route, self._exchange)
            elif self._is_refused(request):
                self.refused += 1
                # With any other reason Chromium would show an error's page in the place of one that wants to be left.
                await route.abort("aborted" if request.is_navigation_request() else "blockedbyclient")
            else:
                await self._ask(route)
        finally:
            self.pending -= 1

    def _is_refused(self, request: Any) -> bool:
        if request.resource_type not in _WANTED or self.asked >= _MOST_REQUESTS:
            return True
        try:
            elsewhere = host_port(request.url) != host_port(self._url)
        except ValueError:  # a port that is no number
            return True
        another = urlsplit(request.url).scheme != urlsplit(self._url).scheme
        return self._leaves(request) or elsewhere or another or not self._drawing.allows(request.url)

    def _leaves(self, request: Any) -> bool:
        """True for what would put another page in the place of this one, or open a second."""
        try:
            leaves = request.is_navigation_request() and request.frame.parent_frame is None
        except self._error:  # a window that the page opens has no frame yet
            return True
        if leaves:
            self.left_for = request.url
            self.left.set()
        return bool(leaves)

    async def _ask(self, route: Any) -> None:
        request = route.request
        async with self._turn:
            await asyncio.sleep(max(0.0, self._drawing.delay - (time.monotonic() - self._last)))
            self.asked += 1
            fields = {"Referer": self._url, "Accept": "*/*"}
            if kind := request.headers.get("content-type"):
                fields["Content-Type"] = kind
            exchange = await self._fetch(request.url, request.method, request.post_data_buffer or b"", fields)
            self._last = time.monotonic()
        if exchange.failure or exchange.status is None:
            await route.abort("failed")
        else:
            await _fulfil(route, exchange)


async def _is_loaded(page: Any, url: str, sitting: _Sitting) -> bool:
    """Goes to a page; False if it is not loaded because it wants to be left, which nobody lets it."""
    going = asyncio.ensure_future(page.goto(url, wait_until="load", timeout=0))
    leaving = asyncio.ensure_future(sitting.left.wait())
    try:
        await asyncio.wait({going, leaving}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({going}, timeout=_LOADING)
        if going.done():
            await going
        return bool(going.done())
    finally:
        leaving.cancel()
        going.cancel()


async def _fulfil(route: Any, exchange: Exchange) -> None:
    kind = exchange.value("content-type")
    await route.fulfill(
        status=exchange.status, headers={"Content-Type": kind} if kind else {}, body=bytes(exchange.payload)
    )


async def _refuse_socket(socket: Any) -> None:
    await socket.close()
