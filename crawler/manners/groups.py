"""Hosts that are one server, or one shared platform: asked as one."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from crawler.connection.addresses import Address, literal_address

Resolve = Callable[[str], Iterable[Address]]
"""A host's name → its addresses, none where it has none."""

_THREADS = 4


def resolve_name(host: str) -> tuple[Address, ...]:
    """The addresses that the system's resolver gives for a name; none where it knows none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # UnicodeError: a label that no name may have
        return ()
    return tuple(ipaddress.ip_address(str(address[0]).partition("%")[0]) for *_, address in found)


class Groups:
    """Host and port → host group: what the registry declares, else the host's address, else the host's name.

    ``declared``: host, or host and port, → group. A host of several addresses is grouped by the lowest IPv4 address,
    which stays the same however its answers are ordered; without one by the lowest IPv6 address. Each name is looked
    up once, on a thread of its own.
    """

    def __init__(self, declared: Mapping[str, str], resolve: Resolve = resolve_name) -> None:
        self._declared = declared
        self._resolve = resolve
        self._known: dict[str, str] = {}
        self._sought: dict[str, Future[Iterable[Address]]] = {}
        self._threads: ThreadPoolExecutor | None = None

    def group_of(self, netloc: str) -> str | None:
        """The group, or None while the host's name is being looked up."""
        host = netloc.rpartition(":")[0]
        declared = self._declared.get(netloc) or self._declared.get(host)
        if declared:
            return declared
        if host not in self._known:
            literal = literal_address(host)
            if literal is not None:
                self._known[host] = str(literal)
            elif (group := self._looked_up(host)) is not None:
                self._known[host] = group
        return self._known.get(host)

    @property
    def is_seeking(self) -> bool:
        """True while names are being looked up."""
        return bool(self._sought)

    def _looked_up(self, host: str) -> str | None:
        if host not in self._sought:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="names")
            self._sought[host] = self._threads.submit(self._resolve, host)
        if not self._sought[host].done():
            return None
        addresses = sorted(self._sought.pop(host).result(), key=lambda address: (address.version, int(address)))
        return str(addresses[0]) if addresses else host

    def close(self) -> None:
        """Ends the threads; names that nobody has begun to look up are left."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None
