"""An endpoint that resolves, checks every address, connects, and checks the peer before anything is sent."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, TCP4ClientEndpoint, TCP6ClientEndpoint
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.connection.addresses import Address, Guard, RefusedAddress, literal_address

_TUNNELLED = re.compile(rb"HTTP/1\.[01] 2\d\d[ \r]")
_LONGEST_ANSWER = 16 * 1024


@implementer(IStreamClientEndpoint)
class GuardedEndpoint:
    """One host and port; ``creator`` makes its TLS connection (crawler/connection/handshake.py), None is plain TCP.

    ``connect`` fails with DNSLookupError, RefusedAddress or a ConnectError. The name is resolved once, and
    the connection goes to the very address that was checked, so that a second DNS answer cannot change it.
    """

    def __init__(self, reactor: Any, host: str, port: int, creator: Any, guard: Guard, seconds: float) -> None:
        self._reactor = reactor
        self._host = host
        self._port = port
        self._creator = creator
        self._guard = guard
        self._seconds = seconds

    def connect(self, protocolFactory: Any) -> Deferred[Any]:  # noqa: N803 – IStreamClientEndpoint names it
        """Connects ``protocolFactory``'s protocol to the first permitted address that answers."""
        return Deferred.fromCoroutine(self._connect(protocolFactory))

    async def _connect(self, factory: Any) -> Any:
        found = await self._addresses()
        permitted = [address for address in found if self._guard.permits(self._host, self._port, address)]
        if not permitted:
            for address in found:
                self._guard.check(self._host, self._port, address)
            raise DNSLookupError(f"{self._host} has no address")
        for number, address in enumerate(permitted):
            try:
                gate: _Gate = await self._reach(address)
                break
            except ConnectError:
                if number == len(permitted) - 1:
                    raise
        self._check_peer(gate)
        return self._open(gate, factory)

    async def _addresses(self) -> list[Address]:
        """Addresses to try, IPv4 first: many portals announce IPv6 that does not answer."""
        literal = literal_address(self._host)
        if literal is not None:
            return [literal]
        receiver = _Resolution()
        self._reactor.nameResolver.resolveHostName(receiver, self._host, self._port)
        found: list[Address] = await receiver.complete
        if not found:
            raise DNSLookupError(f"no address found for {self._host}")
        return sorted(dict.fromkeys(found), key=lambda address: address.version)

    def _reach(self, address: Address) -> Deferred[Any]:
        kind = TCP4ClientEndpoint if address.version == 4 else TCP6ClientEndpoint
        endpoint = kind(self._reactor, str(address), self._port, self._seconds)
        gates: Any = Factory.forProtocol(_Gate)
        return endpoint.connect(gates)

    def _check_peer(self, gate: _Gate) -> None:
        """Asks the socket itself whom it is connected to; nothing has been written to it yet."""
        peer = gate.transport.getHandle().getpeername()[0]
        try:
            self._guard.check(self._host, self._port, ipaddress.ip_address(peer.partition("%")[0]))
        except RefusedAddress:
            gate.transport.abortConnection()
            raise

    def _open(self, gate: _Gate, factory: Any) -> Any:
        if self._creator is None:
            protocol = factory.buildProtocol(gate.transport.getPeer())
            gate.open(protocol)
            return protocol
        secured: Any = TLSMemoryBIOFactory(self._creator, True, factory).buildProtocol(gate.transport.getPeer())
        secured.problems = self._creator.problems
        gate.open(secured)
        return secured.wrappedProtocol


class ProxiedEndpoint(GuardedEndpoint):
    """One host and port, reached through the declared proxy, which may be on this machine because it is declared.

    Before the proxy hears of the host, every address that our own resolver gives for it must be permitted; what the
    proxy then resolves is its own affair. TLS goes through a tunnel (CONNECT, RFC 9110, 9.3.6).
    """

    proxy: tuple[str, int] = ("", 0)

    async def _connect(self, factory: Any) -> Any:
        for address in await self._addresses():
            self._guard.check(self._host, self._port, address)
        gates: Any = Factory.forProtocol(_Gate)
        gate: _Gate = await HostnameEndpoint(self._reactor, *self.proxy, self._seconds).connect(gates)
        if self._creator is not None:
            host = f"[{self._host}]" if ":" in self._host else self._host
            answer = await gate.ask(f"CONNECT {host}:{self._port} HTTP/1.1\r\nHost: {host}:{self._port}\r\n\r\n")
            if not _TUNNELLED.match(answer):
                gate.transport.abortConnection()
                said = answer.partition(b"\r\n")[0].decode("latin-1")
                raise ConnectError(string=f"the proxy made no tunnel: {said!r}")  # type: ignore[no-untyped-call]
        return self._open(gate, factory)


class _Gate(Protocol):
    """A connection on which nothing is said until the peer is known; then it hands all on."""

    transport: Any
    _inner: Any = None
    _answer: Deferred[bytes] | None = None
    _heard = b""

    def ask(self, question: str) -> Deferred[bytes]:
        """Says something and gives the answer's first block, up to 16 KiB, or what came before the connection ended."""
        self._answer = Deferred(lambda _: self.transport.abortConnection())
        self.transport.write(question.encode("ascii"))
        return self._answer

    def _hear(self, data: bytes, *, ended: bool) -> None:
        self._heard += data
        if self._answer is not None and (ended or b"\r\n\r\n" in self._heard or len(self._heard) > _LONGEST_ANSWER):
            answer, self._answer = self._answer, None
            answer.callback(self._heard)

    def open(self, inner: Any) -> None:
        self._inner = inner
        inner.makeConnection(self.transport)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 – Twisted
        if self._inner is not None:
            self._inner.dataReceived(data)
        else:
            self._hear(data, ended=False)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802 – Twisted
        if self._inner is not None:
            self._inner.connectionLost(reason)
        else:
            self._hear(b"", ended=True)


class _Resolution:
    """Receives what the reactor's resolver finds (IResolutionReceiver)."""

    def __init__(self) -> None:
        self.complete: Deferred[list[Address]] = Deferred()
        self._found: list[Address] = []

    def resolutionBegan(self, resolutionInProgress: Any) -> None:  # noqa: N802, N803 – Twisted
        """Nothing to do: the answer comes by addressResolved."""

    def addressResolved(self, address: Any) -> None:  # noqa: N802 – Twisted
        """One address of the host."""
        self._found.append(ipaddress.ip_address(str(address.host).partition("%")[0]))

    def resolutionComplete(self) -> None:  # noqa: N802 – Twisted
        """No more addresses will come."""
        self.complete.callback(self._found)
