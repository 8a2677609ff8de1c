"""Download handler: the exact bytes on the wire, peer address checked before the first byte is sent."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from OpenSSL import SSL
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _BindAddressAgent,
    _LenientHTTPClientParser,
    _RequestBodyProducer,
)
from scrapy.http import Response
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import CancelledError, Deferred, maybeDeferred
from twisted.internet.error import ConnectError, ConnectionClosed, ConnectionDone, DNSLookupError
from twisted.internet.error import TimeoutError as ConnectTimeout
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web._newclient import HTTP11ClientProtocol, ResponseFailed, _WrapperException
from twisted.web.client import URI, HTTPConnectionPool, ResponseDone, _HTTP11ClientFactory
from twisted.web.http import PotentialDataLoss, _DataLoss, _MalformedChunkedDataError
from twisted.web.http_headers import Headers as TxHeaders
from twisted.web.iweb import IBodyProducer, IPolicyForHTTPS, IResponse

from crawler.browser import Browser, Drawing, NotDrawn
from crawler.connection.addresses import Guard, RefusedAddress
from crawler.connection.endpoint import GuardedEndpoint, ProxiedEndpoint
from crawler.connection.handshake import Handshakes
from crawler.connection.tape import HEAD_LIMIT, Exchange, Tape
from crawler.outcomes import name_outcome
from crawler.pages.links import is_page
from crawler.running.share import LEASE_OVER, LeaseOver

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.web._newclient import Request as TxRequest

CONNECT_SECONDS = 20.0


class WireFailure(Exception):
    """A request that brought no whole answer; ``exchange`` names the outcome and holds what arrived."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(f"{exchange.failure}: {exchange.says}")
        self.exchange = exchange


class WireHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler with a tape on each connection.

    Every request's ``meta["exchange"]`` is set to an Exchange, whatever happens. A whole answer of any
    status is returned as a Response with the decoded body, without the header that the Exchange has; anything else
    raises WireFailure.
    Settings: WIRE_GUARD (a Guard), WIRE_PROXY ((host, port) of the declared proxy, or None), WIRE_OLD_TLS ((host,
    port) pairs that may speak TLS older than 1.2), WIRE_ENDS (the moment of ``time.monotonic`` at which nothing more is
    sent), DOWNLOAD_MAXSIZE (longest body, bytes), DOWNLOAD_TIMEOUT (seconds
    for the whole exchange: a server that drips a byte a minute is cut off too), WIRE_DRAWING_TIMEOUT (seconds for what
    a browser adds where ``meta["drawing"]`` asks for one).
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._guard: Guard = settings.get("WIRE_GUARD") or Guard()
        self._proxy: tuple[str, int] | None = settings.get("WIRE_PROXY")
        self._contextFactory = cast(IPolicyForHTTPS, Handshakes(settings.get("WIRE_OLD_TLS") or frozenset()))
        self._ends: float = settings.get("WIRE_ENDS", math.inf)
        self._limit = settings.getint("DOWNLOAD_MAXSIZE")
        self._seconds = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._drawing_seconds = settings.getfloat("WIRE_DRAWING_TIMEOUT")
        self._browser: Browser | None = None
        self._pool._factory = _WireFactory
        self._pool._reactor = SimpleNamespace(callLater=_call_later)
        # A reused connection that the server has closed is tried anew here, with a fresh tape.
        self._pool.retryAutomatically = False

    async def download_request(self, request: Request) -> Response:
        """One exchange. Raises WireFailure."""
        exchange = await self._exchange(request)
        drawing: Drawing | None = request.meta.get("drawing")
        if drawing is not None and is_page(exchange.payload) and _is_fetched(exchange):
            exchange = await self._draw(request, exchange, drawing)
            if time.monotonic() >= self._ends:  # some of what the page asks for may not have been sent
                exchange = replace(exchange, failure=LEASE_OVER)
        request.meta["exchange"] = exchange
        if exchange.failure:
            raise WireFailure(exchange)
        return Response(request.url, status=exchange.status or 0, body=exchange.payload)

    async def _exchange(self, request: Request) -> Exchange:
        tape, exchange = await self._attempt(request)
        while exchange.failure == "reset" and tape.reused and not tape.received:
            tape, exchange = await self._attempt(request)
        return exchange

    async def _draw(self, request: Request, exchange: Exchange, drawing: Drawing) -> Exchange:
        """A page as it was sent → as a browser shows it; one that is not drawn is not whole."""

        async def fetch(url: str, method: str, body: bytes, fields: Mapping[str, str]) -> Exchange:
            try:
                self._guard.check_literal(url)
            except RefusedAddress as error:
                return Exchange("refused_address", says=str(error))
            own = {name: request.headers[name] for name in ("User-Agent", "Accept-Language") if name in request.headers}
            return await self._exchange(Request(url, method=method, body=body, headers={**own, **fields}))

        if self._browser is None:
            agent = (request.headers.get("User-Agent") or b"").decode("ascii", "replace")
            self._browser = Browser(fetch, agent)
        try:
            return await asyncio.wait_for(self._browser.draw(request.url, exchange, drawing), self._drawing_seconds)
        except NotDrawn as error:
            return replace(exchange, failure="truncated", says=f"not drawn: {error}")
        except TimeoutError:
            return replace(exchange, failure="timeout", says=f"not drawn within {self._drawing_seconds:g} seconds")

    async def close(self) -> None:
        """Ends the browser, if there is one, and the connections."""
        if self._browser is not None:
            await self._browser.close()
        await super().close()

    async def _attempt(self, request: Request) -> tuple[Tape, Exchange]:
        from twisted.internet import reactor as installed

        reactor: Any = installed
        tape = Tape(self._limit)
        agent = _WireAgent(
            reactor=reactor,
            contextFactory=self._contextFactory,
            connectTimeout=CONNECT_SECONDS,
            pool=cast(HTTPConnectionPool, _TapedPool(self._pool, tape, self._ends)),
        )
        agent.guard, agent.proxy = self._guard, self._proxy
        answered: Deferred[IResponse] = maybeDeferred(
            agent.request,
            request.method.encode("ascii"),
            request.url.encode("ascii"),
            TxHeaders(request.headers),
            cast(IBodyProducer, _RequestBodyProducer(request.body)) if request.body else None,
        )
        received: Deferred[str] = answered.addCallback(_receive, tape)
        deadline = _call_later(self._seconds, received.cancel)
        try:
            says = await maybe_deferred_to_future(received)
            return tape, tape.exchange("", says)
        except _KNOWN as error:
            failure, says = failure_of(error, tape)
            return tape, tape.exchange(failure, says)
        finally:
            deadline.cancel()


def _call_later(seconds: float, call: Callable[..., object], *given: object) -> asyncio.TimerHandle:
    # Of the loop itself: Twisted's callLater sets the timer of all its calls anew for each.
    return asyncio.get_running_loop().call_later(seconds, call, *given)


def _is_fetched(exchange: Exchange) -> bool:
    """True for an answer that is what was asked for; a challenge or a login is not drawn, only reported."""
    return name_outcome(exchange, conditional=False).name == "fetched"


class _WireProtocol(HTTP11ClientProtocol):
    """The HTTP client of one connection, its tape changed from request to request."""

    transport: Any
    tape: Tape | None = None
    served = False

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        assert self.tape is not None
        peer = self.transport.getPeer()
        self.tape.problems = getattr(self.transport, "problems", [])
        self.tape.peer = f"[{peer.host}]:{peer.port}" if ":" in peer.host else f"{peer.host}:{peer.port}"
        write, sent = request.writeTo, self.tape.sent
        request.writeTo = lambda transport: write(_Copied(transport, sent))  # type: ignore[method-assign, no-untyped-call]
        answered: Deferred[IResponse] = super().request(request)
        assert self._parser is not None
        # As in Scrapy's own protocol, which looks up the peer's address and certificate for each answer besides.
        self._parser.__class__ = _LenientHTTPClientParser
        # The tape limits the head as a whole; Twisted ends the connection for a line of 16 KiB, and does not say why.
        self._parser.MAX_LENGTH = HEAD_LIMIT
        return answered

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 – Twisted
        if self.tape is not None and not self.tape.record(data):
            self.transport.abortConnection()
            return
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802 – Twisted
        if self.tape is not None:
            self.tape.lost = reason.value
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802 – Twisted
        if self.tape is not None:
            self.tape.cut(len(rest))
            self.tape = None
        super()._finishResponse(rest)


class _Copied:
    """A connection that notes what is written to it."""

    def __init__(self, transport: Any, sent: bytearray) -> None:
        self._transport = transport
        self._sent = sent

    def write(self, data: bytes) -> None:
        self._sent += data
        self._transport.write(data)

    def writeSequence(self, pieces: Iterable[bytes]) -> None:  # noqa: N802 – Twisted
        self.write(b"".join(pieces))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _WireFactory(_HTTP11ClientFactory):
    noisy = False

    def buildProtocol(self, addr: Any) -> _WireProtocol:  # noqa: N802, ARG002 – Twisted
        return _WireProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _TapedPool:
    """The handler's connection pool, for one request: puts that request's tape into the connection it gets."""

    def __init__(self, pool: HTTPConnectionPool, tape: Tape, ends: float) -> None:
        self.persistent = pool.persistent
        self._pool = pool
        self._tape = tape
        self._ends = ends

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[_WireProtocol]:  # noqa: N802 – Twisted
        def load(protocol: _WireProtocol) -> _WireProtocol:
            # The last moment before a byte of the request: a process may have been stopped since it was decided on.
            if time.monotonic() >= self._ends:
                protocol.abort()  # type: ignore[no-untyped-call]
                raise LeaseOver("the lease of the host group is over; nothing was sent")
            self._tape.reused = protocol.served
            protocol.tape, protocol.served = self._tape, True
            return protocol

        connected: Deferred[Any] = self._pool.getConnection(key, endpoint)
        return connected.addCallback(load)


class _WireAgent(_BindAddressAgent):
    """An agent whose endpoints look at addresses before they connect, and again after."""

    guard = Guard()
    proxy: tuple[str, int] | None = None

    def request(
        self,
        method: bytes,
        uri: bytes,
        headers: TxHeaders | None = None,
        bodyProducer: IBodyProducer | None = None,  # noqa: N803 – Twisted
    ) -> Deferred[IResponse]:
        """As Twisted's, which takes each URI apart and puts it together again."""
        plain = _PLAIN.fullmatch(uri)
        if plain is None or self.proxy is not None:
            return super().request(method, uri, headers, bodyProducer)
        origin = _origin_of(plain[1])
        key = (origin.scheme, origin.host, origin.port)
        endpoint = self._getEndpoint(origin)
        return self._requestWithEndpoint(key, endpoint, method, origin, headers, bodyProducer, plain[2])

    def _getEndpoint(self, uri: Any) -> GuardedEndpoint:  # noqa: N802 – Twisted
        creator = None
        if uri.scheme == b"https":
            creator = self._endpointFactory._policyForHTTPS.creatorForNetloc(uri.host, uri.port)
        kind = GuardedEndpoint if self.proxy is None else ProxiedEndpoint
        endpoint = kind(self._reactor, uri.host.decode("ascii"), uri.port, creator, self.guard, CONNECT_SECONDS)
        if isinstance(endpoint, ProxiedEndpoint) and self.proxy is not None:
            endpoint.proxy = self.proxy
        return endpoint

    def _requestWithEndpoint(  # noqa: N802 – Twisted
        self,
        key: Any,
        endpoint: Any,
        method: bytes,
        parsedURI: Any,  # noqa: N803 – Twisted
        headers: Any,
        bodyProducer: Any,  # noqa: N803 – Twisted
        requestPath: bytes,  # noqa: N803 – Twisted
    ) -> Deferred[IResponse]:
        # To a proxy in absolute-form, RFC 9112, 3.2.2.
        path = parsedURI.toBytes() if self.proxy is not None and parsedURI.scheme == b"http" else requestPath
        return super()._requestWithEndpoint(key, endpoint, method, parsedURI, headers, bodyProducer, path)


# Scheme, host and port; what is asked of them, where nothing is to be left out of it (a fragment, an empty query)
_PLAIN = re.compile(rb"(https?://[a-z0-9.-]+(?::\d{1,5})?)(/[\w/.~%=&+,:@!$()*-]*(?:\?[\w/.~%=&?+,:@!$()*-]+)?)")


@lru_cache(maxsize=1024)
def _origin_of(origin: bytes) -> URI:
    return cast(URI, URI.fromBytes(origin + b"/"))  # type: ignore[no-untyped-call]


class _Entity(Protocol):
    """Receives the body without its transfer coding, into the tape."""

    def __init__(self, tape: Tape, ended: Callable[[Failure], None]) -> None:
        self._tape = tape
        self._ended = ended

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 – Twisted
        self._tape.take(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802 – Twisted
        self._ended(reason)


def _receive(response: Any, tape: Tape) -> Deferred[str]:
    """Response whose head has arrived → a remark on how its body ended. Fails if the body is not whole."""
    transport = response._transport
    finished: Deferred[str] = Deferred(lambda _: transport._producer and transport._producer.abortConnection())

    def ended(reason: Failure) -> None:
        if finished.called:
            return
        if isinstance(reason.value, ResponseDone):
            finished.callback("")
        elif isinstance(reason.value, PotentialDataLoss) and isinstance(tape.lost, ConnectionDone):
            finished.callback("the answer gave no length and ended with the connection")
        elif isinstance(reason.value, PotentialDataLoss):
            # RFC 9112, 8 and 9.8: whole only if the connection was closed in order, with TLS by its closure alert.
            finished.errback(tape.lost or reason.value)
        else:
            finished.errback(reason)

    response.deliverBody(_Entity(tape, ended))
    return finished


_NAMED: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (RefusedAddress, "refused_address"),
    (LeaseOver, LEASE_OVER),
    (SSL.Error, "tls_failed"),
    (DNSLookupError, "dns_failed"),
    ((CancelledError, ConnectTimeout), "timeout"),
    (_MalformedChunkedDataError, "bad_http"),
    (_DataLoss, "truncated"),
    ((ConnectError, ConnectionClosed), "reset"),
    ((ValueError, KeyError, _WrapperException), "bad_http"),
)
_KNOWN: tuple[type[BaseException], ...] = tuple(
    kind for kinds, _ in _NAMED for kind in (kinds if isinstance(kinds, tuple) else (kinds,))
)


def failure_of(error: BaseException, tape: Tape) -> tuple[str, str]:
    """What went wrong below HTTP → (outcome, what it says). Raises the error itself when it has no name here."""
    causes = list(_causes(error))
    for kinds, outcome in _NAMED:
        for cause in causes:
            if isinstance(cause, kinds):
                if outcome == "reset" and tape.received:
                    outcome = "truncated" if tape.head_ends is not None else "bad_http"
                return outcome, _words(cause)
    raise error


def _causes(error: BaseException) -> list[BaseException]:
    """An error and all that it wraps, innermost last."""
    found = [error]
    for reason in getattr(error, "reasons", ()):
        found += _causes(reason.value)
    return found


def _words(cause: BaseException) -> str:
    if isinstance(cause, CancelledError):
        return "no whole answer within the time allowed"
    if isinstance(cause, ConnectionDone):
        return "the server closed the connection"
    if isinstance(cause, ResponseFailed):
        return "the answer breaks the rules of HTTP"
    return f"{type(cause).__name__}: {cause}"
