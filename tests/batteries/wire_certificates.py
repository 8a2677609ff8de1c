"""TLS as it should not be: certificates, old protocols, handshakes that end early, each at a host of its own."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from OpenSSL import crypto

from tests.batteries.wire_faults import end_abruptly

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
NOW = dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Signed:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    def pem(self) -> bytes:
        """The certificate alone."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True)
class Service:
    """A host that speaks TLS in some way. ``outcome`` and ``says`` of the look at its page; ``host`` names it.

    ``old``: the site allows it old TLS. ``script``: has the connection instead of ``tls``.
    """

    name: str
    tls: ssl.SSLContext | None
    outcome: str
    says: str
    host: str = ""
    old: bool = False
    script: Callable[[socket.socket], None] | None = None


def sign(
    name: str,
    by: Signed | None = None,
    key: Key | None = None,
    *,
    addresses: tuple[str, ...] = (),
    authority: bool = False,
    days: tuple[int, int] = (-1, 2),
) -> Signed:
    """A certificate for a name (and addresses), signed by another or by itself, good from and to so many days."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = [x509.DNSName(name), *(x509.IPAddress(ipaddress.ip_address(one)) for one in addresses)]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + dt.timedelta(days=days[0]))
        .not_valid_after(NOW + dt.timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    return Signed(builder.sign(by.key if by else key, hashes.SHA256()), key)  # type: ignore[arg-type]


def sign_weakly(one: Signed, by: Signed) -> Signed:
    """The same certificate with a signature over SHA-1, which today's library makes no more."""
    old = crypto.X509.from_cryptography(one.certificate)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.sign(crypto.PKey.from_cryptography_key(by.key), "sha1")
    return Signed(old.to_cryptography(), one.key)


def context(folder: Path, name: str, own: Signed, *chain: Signed) -> ssl.SSLContext:
    """A server that shows a certificate and a chain."""
    file = folder / f"{name}.pem"
    secret = own.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + own.pem() + b"".join(one.pem() for one in chain))
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers("ALL:@SECLEVEL=0")  # a weak key is not the server's own problem
    made.load_cert_chain(file)
    return made


def services(folder: Path, addresses: list[str]) -> tuple[list[Service], Path]:
    """All of them, the n-th for the n-th address; and the file of the one root that the crawl is to know."""
    root = sign("Root", authority=True)
    middle = sign("Middle", root, authority=True)
    stranger = sign("Stranger", authority=True)
    roots = folder / "roots.pem"
    roots.write_bytes(root.pem())
    forger = sign("forger.example", root)
    weak = rsa.generate_private_key(65537, 1024)
    feeble = sign("Feeble", root, weak, authority=True)
    strong = rsa.generate_private_key(65537, 2048)
    address = iter(addresses)
    found: list[Service] = []

    def add(name: str, shown: tuple[Signed, ...], says: str = "", outcome: str = "fetched") -> ssl.SSLContext:
        tls = context(folder, f"{len(found)}", *shown)
        found.append(Service(name, tls, outcome, says and f"certificate: {says}"))
        return tls

    def own(by: Signed | None = root, key: Key | None = None, days: tuple[int, int] = (-1, 2)) -> Signed:
        return sign("a.example", by, key, addresses=(next(address),), days=days)

    def other(by: Signed | None = root, key: Key | None = None, days: tuple[int, int] = (-1, 2)) -> Signed:
        next(address)
        return sign("another.example", by, key, days=days)

    add("a good one", (own(middle), middle))
    add("self-signed", (own(None),), "self-signed")
    add("expired", (own(days=(-9, -2)),), "expired")
    add("not yet valid", (own(days=(2, 9)),), "not yet valid")
    add("another host's", (other(),), "not for 127.0.74.5")
    add("its chain incomplete", (own(middle),), "no chain to a known root")
    add("an unknown root", (own(stranger), stranger), "self-signed root that is not known")
    add("signed by no authority", (own(forger), forger), "signed by what is no authority")
    add("four things at once", (other(None, weak, (-9, -2)),), "weak key, not for 127.0.74.9, self-signed, expired")
    add("a weak key", (own(key=weak),), "weak key")
    add("an authority's weak key", (own(feeble), feeble), "an authority's weak key")
    add("a weak signature", (sign_weakly(own(), root),), "weak signature")
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        tls = add(f"only {version.name}", (own(),))
        _only(tls, version)
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        tls = add(f"only {version.name}", (own(key=strong),), outcome="tls_failed")
        _only(tls, version)
        tls = add(f"only {version.name}, allowed", (own(key=strong),))
        _only(tls, version)
        found[-1] = replace(found[-1], old=True)
    tls = add("that wants ours", (own(),), outcome="tls_failed|truncated|reset|bad_http")
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.load_verify_locations(roots)
    tls = context(folder, "sni", sign("localhost", root))
    tls.sni_callback = lambda *_: ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME  # type: ignore[assignment]
    found.append(Service("name refused", tls, "tls_failed", "", host="localhost"))
    named_well = context(folder, "named", sign("localhost", root))
    found.append(Service("a good name", named_well, "fetched", "", host="localhost"))
    return found, roots


def _only(tls: ssl.SSLContext, version: ssl.TLSVersion) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is what is tried here
        tls.minimum_version = tls.maximum_version = version


def handshakes() -> list[Service]:
    """Those that come to nothing."""
    scripts: dict[str, tuple[Callable[[socket.socket], None], str]] = {
        "stalled": (_stall, "timeout"), "of no TLS": (_noise, "tls_failed"), "cut": (_cut, "tls_failed|reset"),
        "reset": (_shot, "tls_failed|reset"),
    }  # fmt: skip
    return [Service(f"handshake {name}", None, end, "", script=script) for name, (script, end) in scripts.items()]


def _stall(connection: socket.socket) -> None:
    """Hears the client's greeting and says nothing."""
    while connection.recv(65536):
        pass


def _noise(connection: socket.socket) -> None:
    """Answers the greeting with what is no TLS."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def _cut(connection: socket.socket) -> None:
    """Ends the connection in the middle of the handshake."""
    connection.recv(65536)
    connection.sendall(b"\x16\x03\x03\x00\x7a\x02")


def _shot(connection: socket.socket) -> None:
    """Ends it with RST."""
    connection.recv(65536)
    end_abruptly(connection)
