"""What was sent and who was reached: every packet of the enclosed network, and a listener at every port that is not to
be asked."""

from __future__ import annotations

import ipaddress
import json
import selectors
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_LOOPBACK_INDEX = "lo"
_ALL_PROTOCOLS = 0x0003
_SOL_PACKET, _PACKET_STATISTICS = 263, 6  # linux/if_packet.h
_SYN, _ACK = 0x02, 0x10
_TCP, _UDP = 6, 17


@dataclass(frozen=True, slots=True)
class Contact:
    """One attempt to reach somebody: how it was seen, the address and port that were meant."""

    seen: str
    address: str
    port: int

    def __str__(self) -> str:
        return f"{self.seen} {self.address} port {self.port}"


class Packets:
    """Every packet of the enclosed network that begins something: a TCP SYN, a UDP datagram, anything else.

    Context manager; needs the enclosure's CAP_NET_RAW. ``contacts`` counts them; ``dropped`` are those that the kernel
    could not hand over, which must be none.
    """

    def __init__(self) -> None:
        self.contacts: Counter[Contact] = Counter()
        self.dropped = 0
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL_PROTOCOLS))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
        self._socket.bind((_LOOPBACK_INDEX, 0))
        self._socket.settimeout(0.1)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Packets:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(0.3)
        self._ended.set()
        self._thread.join()
        statistics = self._socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8)
        self.dropped = struct.unpack("II", statistics)[1]
        self._socket.close()

    def _listen(self) -> None:
        while True:
            try:
                packet, origin = self._socket.recvfrom(128)
            except TimeoutError:
                if self._ended.is_set():
                    return
                continue
            if origin[2] == socket.PACKET_OUTGOING and (contact := _contact_of(packet)) is not None:
                self.contacts[contact] += 1


def _contact_of(packet: bytes) -> Contact | None:
    """An IP packet → whom it is meant for, if it begins something."""
    version = packet[0] >> 4
    if version == 4:
        start, protocol, target = (packet[0] & 15) * 4, packet[9], ipaddress.ip_address(packet[16:20])
    else:
        start, protocol, target = 40, packet[6], ipaddress.ip_address(packet[24:40])
    if protocol not in (_TCP, _UDP):
        return Contact(f"protocol {protocol}", str(target), 0)
    source, port = struct.unpack_from("!HH", packet, start)
    if protocol == _UDP:
        return None if source == 53 else Contact("UDP", str(target), port)
    flags = packet[start + 13]
    return Contact("SYN", str(target), port) if flags & (_SYN | _ACK) == _SYN else None


class Traps:
    """Listeners on ports of every address, IPv4 and IPv6: ``heard`` has the bytes sent to each address and port.

    Context manager. ``fixed`` ports are tried beside ``count`` that the system gives. A connection gets a web page, as
    a server inside would answer.
    """

    def __init__(self, count: int, fixed: tuple[int, ...] = ()) -> None:
        self.heard: dict[tuple[str, int], bytes] = {}
        self._selector = selectors.DefaultSelector()
        listeners = [
            socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
            for port in (*fixed, *[0] * count)
        ]
        self.ports = [listener.getsockname()[1] for listener in listeners[len(fixed) :]]
        for listener in listeners:
            listener.setblocking(False)
            self._selector.register(listener, selectors.EVENT_READ, True)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Traps:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]

    def _serve(self) -> None:
        while not self._ended.is_set():
            for key, _ in self._selector.select(0.1):
                held = key.fileobj
                assert isinstance(held, socket.socket)
                if key.data:
                    caught, _ = held.accept()
                    self.heard.setdefault(_local(caught), b"")
                    caught.setblocking(False)
                    self._selector.register(caught, selectors.EVENT_READ, False)
                else:
                    self._hear(held)

    def _hear(self, caught: socket.socket) -> None:
        try:
            said = caught.recv(65536)
        except OSError:
            said = b""
        if said:
            self.heard[_local(caught)] += said
            caught.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")
        self._selector.unregister(caught)
        caught.close()


def _local(caught: socket.socket) -> tuple[str, int]:
    address, port = caught.getsockname()[:2]
    return address.removeprefix("::ffff:"), port


def calls_in(log: Path) -> list[Contact]:
    """The log of the audit hook → what Python code tried to reach, to listen on ("bind") or to look up ("name")."""
    if not log.exists():
        return []
    said = (json.loads(line) for line in log.read_text(encoding="utf-8").splitlines())
    return [Contact(str(event), str(address), int(port)) for event, address, port in said]
