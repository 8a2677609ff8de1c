"""Which network addresses may be asked: public ones, and hosts and ports named one by one."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from encodings.idna import dots, nameprep
from functools import lru_cache
from urllib.parse import SplitResult, unquote, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_DEFAULT_PORTS = {"http": 80, "https": 443}
_ODD = re.compile(r"^(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}$", re.I | re.A)  # 2130706433, 0x7f.1, 0177.0.0.1
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_UNICAST = ipaddress.ip_network("2000::/3")  # all of IPv6 that is given out for global unicast: RFC 4291, 2.4
# Special purposes that the ``ipaddress`` of Python 3.11 takes for global: relays of 6to4 (RFC 7526), documentation
# (RFC 9637).
_SPECIAL = tuple(map(ipaddress.ip_network, ("192.88.99.0/24", "3fff::/20")))
_LOOPBACK_NAMES = ("localhost", "localhost.")
_REMEMBERED = 4096  # hosts, and addresses: each request asks five times


class RefusedAddress(Exception):
    """An address that is not public, for a host and port that nobody allowed."""


@lru_cache(maxsize=_REMEMBERED)
def literal_address(host: str) -> Address | None:
    """The address that a host's text is, in any spelling a resolver or a browser would take for one, else None.

    >>> literal_address("2130706433"), literal_address("0x7f.1"), literal_address("[::1]")
    (IPv4Address('127.0.0.1'), IPv4Address('127.0.0.1'), IPv6Address('::1'))
    >>> literal_address("①②⑦.⓪.⓪.①"), literal_address("%31%32%37.1")
    (IPv4Address('127.0.0.1'), IPv4Address('127.0.0.1'))
    """
    bare = _prepared(host).removeprefix("[").removesuffix("]").rstrip(".")
    for text in (bare, unquote(bare)):
        if (address := _address(text)) is not None:
            return address
    return None


def _prepared(host: str) -> str:
    """A host's name as it is looked up: IDNA (RFC 3490, 3.1 and 4.1) makes plain digits and dots of all others."""
    try:
        return host if host.isascii() else nameprep(dots.sub(".", host))
    except UnicodeError:  # a character that no name may have
        return host


def _address(bare: str) -> Address | None:
    try:
        return ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        pass  # a name, or one of the spellings that only inet_aton knows
    if not _ODD.match(bare):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(bare))
    except OSError:  # 999.1.1.1: looks like an address, is none, resolves to nothing
        return None


@lru_cache(maxsize=_REMEMBERED)
def is_public(address: Address) -> bool:
    """True for globally reachable unicast addresses (IANA special-purpose registries, through ``ipaddress``).

    An IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) is judged as itself.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        tunnelled = (address.sixtofour, *(address.teredo or ()))
        if address not in _UNICAST or not all(is_public(inner) for inner in tunnelled if inner is not None):
            return False
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def is_loopback(host: str) -> bool:
    """True for a loopback address and for the name localhost, without asking a resolver."""
    address = literal_address(host)
    return host.lower() in _LOOPBACK_NAMES if address is None else address.is_loopback


def host_port(url: str) -> tuple[str, int]:
    """(lower-case host without a final dot, port) of an http or https URL. Raises ValueError on a bad port."""
    parts = urlsplit(url)
    port = parts.port
    return (parts.hostname or "").rstrip("."), _DEFAULT_PORTS.get(parts.scheme, 0) if port is None else port


def web_parts(url: str) -> SplitResult | None:
    """The parts of an http or https URL; None where it is none: another scheme, no host, or what no parser takes.

    >>> web_parts("http://[x]/"), web_parts("ftp://a.example/"), web_parts("http://a.example:x/")
    (None, None, None)
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # a bracket too few, a port that is no number, letters that become others under NFKC
        return None
    # In brackets there may be other than addresses one day: "IPvFuture" of RFC 3986, 3.2.2.
    is_host = (
        host != "" and not re.search(r"\s", host) and ("[" not in parts.netloc or literal_address(host) is not None)
    )
    return parts if is_host and port != 0 and parts.scheme in _DEFAULT_PORTS else None


def repeatable(target: str) -> str:
    """What was given as an address → as an error may repeat it: without what could be a password.

    >>> repeatable("http://me:secret@a.example/x"), repeatable("a.example")
    ('http://…@a.example/x', 'a.example')
    """
    return re.sub(r"^((?:\w+://)?).*@", r"\1…@", target, flags=re.DOTALL)


def read_host_port(text: str) -> tuple[str, int]:
    """``HOST:PORT`` → (host, port). Raises ValueError for anything else."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdigit() or not 0 < int(port) < 65_536:
        raise ValueError(f"expected HOST:PORT, found {text!r}")
    return host.removeprefix("[").removesuffix("]").lower().rstrip("."), int(port)


@dataclass(frozen=True, slots=True)
class Guard:
    """``allowed``: (host, port) pairs that may be asked although their address is not public."""

    allowed: frozenset[tuple[str, int]] = frozenset()

    def permits(self, host: str, port: int, address: Address) -> bool:
        """True if ``address``, reached as ``host``:``port``, may be asked."""
        return is_public(address) or (host.lower().rstrip("."), port) in self.allowed

    def check(self, host: str, port: int, address: Address) -> None:
        """Raises RefusedAddress unless the address may be asked."""
        if not self.permits(host, port, address):
            raise RefusedAddress(f"{host}:{port} is {address}, not a public address; --allow-host allows it by name")

    def check_literal(self, url: str) -> None:
        """Raises RefusedAddress if the URL spells an address that may not be asked; names are not resolved."""
        host, port = host_port(url)
        if (address := literal_address(host)) is not None:
            self.check(host, port, address)
