"""The headers of every answer, how much may wait to be sent, and the names under which the site may be asked."""

from __future__ import annotations

import ipaddress
import re
from threading import Lock

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self'", "font-src 'self'",
        "connect-src 'self'", "frame-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'self'",
    )
)  # fmt: skip
"""Content-Security-Policy (W3C CSP 3): nothing inline, nothing from anywhere else."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


MOST_UNSENT = 128 * 2**20
"""Bytes of answers that wait for their readers at once. A file may have 64 MB, and who asks need not take it."""
TOO_MANY = "expected fewer large files to be on their way at once; try again"
_SMALL, _PIECE = 256 * 2**10, 64 * 2**10
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:@/?#\s]+)(?::\d{1,5})?")  # RFC 3986, 3.2.2: "[::1]:8000"


class Turn:
    """What one answer has of MOST_UNSENT. Pages are made in threads: who is about to read a large file asks first."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._held = 0

    def reserve(self, size: int) -> bool:
        """Whether there is room for an answer of so many bytes; from then on it is held. Alone, it always has room."""
        with self._guard.lock:
            others = self._guard.unsent - self._held
            if size > max(_SMALL, self._held) and others and others + size > MOST_UNSENT:
                return False
            self._guard.unsent = others + max(size, self._held)
            self._held = max(size, self._held)
            return True

    def end(self) -> None:
        """It was sent, or never will be."""
        with self._guard.lock:
            self._guard.unsent -= self._held
            self._held = 0


TURN = "nianbao.turn"
"""Under this name the scope of a request (ASGI) has its Turn."""


class Guard:
    """Answers only to its names (a page elsewhere could point its own name at a loopback address and read along),
    puts HEADERS on what an answer has not set itself, keeps what waits to be sent within MOST_UNSENT, and takes no
    Transfer-Encoding: no page needs it, and beside a Content-Length a proxy could see another request than we do.

    ``hosts``: the names, "[::1]" among them; none: any. An address is always answered to: no page can be at a name
    that is one.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._hosts = hosts
        self.unsent = 0
        self.lock = Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI 3."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        turn = scope[TURN] = Turn(self)
        is_refused = False

        async def guarded(message: Message) -> None:
            nonlocal is_refused
            if is_refused:
                return
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if not turn.reserve(int(headers.get("content-length", 0))):
                    is_refused = True
                    await _too_many()(scope, receive, send)
                    return
            await _send_in_pieces(send, message)

        if self._hosts and not _is_of(_hosts_in(scope), self._hosts):
            names = ", ".join(sorted(self._hosts))
            refusal = PlainTextResponse(
                f"expected one of the hosts {names}; nianbao serve --public-url names another\n", 421
            )
            await refusal(scope, receive, guarded)
            return
        if any(name == b"transfer-encoding" for name, _ in scope["headers"]):
            says = "expected a Content-Length and no Transfer-Encoding\n"
            await PlainTextResponse(says, 411, {"Connection": "close"})(scope, receive, guarded)
            return
        try:
            await self._app(scope, receive, guarded)
        finally:
            turn.end()


async def _send_in_pieces(send: Send, message: Message) -> None:
    """A long body piece by piece: the server waits for the reader between two of them."""
    body = message.get("body", b"")
    if len(body) <= _PIECE:
        await send(message)
        return
    for begin in range(0, len(body), _PIECE):
        is_last = begin + _PIECE >= len(body)
        more = message.get("more_body", False) if is_last else True
        await send({**message, "body": body[begin : begin + _PIECE], "more_body": more})


def _too_many() -> PlainTextResponse:
    return PlainTextResponse(f"{TOO_MANY}\n", 503, {**HEADERS, "Retry-After": "5"})


def _hosts_in(scope: Scope) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]


def _is_of(given: list[str], names: frozenset[str]) -> bool:
    """Whether exactly one host is given, and it is one of the names, or an address (RFC 9110, 7.2).

    >>> [_is_of([host], frozenset({"localhost"})) for host in ("LOCALHOST:8000", "127.0.0.1", "[::1]:80", "a.example")]
    [True, True, True, False]
    """
    found = _HOST.fullmatch(given[0].strip().lower()) if len(given) == 1 else None
    if found is None:
        return False
    if found[1] in names:
        return True
    try:
        ipaddress.ip_address(found[1].strip("[]"))
    except ValueError:
        return False
    return True
