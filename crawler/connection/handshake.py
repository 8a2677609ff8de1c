"""TLS as portals speak it: every certificate is accepted, and what is wrong with it is named."""

from __future__ import annotations

from typing import Any

from OpenSSL import SSL, crypto
from service_identity.exceptions import CertificateError, VerificationError
from service_identity.hazmat import DNS_ID, IPAddress_ID, ServiceID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.connection.addresses import literal_address

OLD_CIPHERS = b"DEFAULT:@SECLEVEL=0"
"""Below TLS 1.2, and with keys and digests of its time: OpenSSL's levels 1 and above refuse both."""

_UNTRUSTED, _NO_AUTHORITY = "no chain to a known root", "signed by what is no authority"
# openssl-verification-options(1): what the library finds, by its number, in words that its versions do not change.
_WORDS = {
    2: _UNTRUSTED, 9: "not yet valid", 10: "expired", 18: "self-signed", 19: "self-signed root that is not known",
    20: _UNTRUSTED, 21: _UNTRUSTED, 22: "chain too long", 23: "revoked", 24: _NO_AUTHORITY, 26: "not meant for servers",
    66: "weak key", 67: "an authority's weak key", 68: "weak signature", 79: _NO_AUTHORITY,
}  # fmt: skip


@implementer(IPolicyForHTTPS)
class Handshakes:
    """What makes connections for a host and port. ``old``: those that may speak TLS 1.0 and 1.1, and weak keys.

    Known roots are the platform's, or those that SSL_CERT_FILE and SSL_CERT_DIR name.
    """

    def __init__(self, old: frozenset[tuple[str, int]] = frozenset()) -> None:
        self._old = old
        self._contexts: dict[bool, SSL.Context] = {}

    def creatorForNetloc(self, hostname: bytes, port: int) -> Handshake:  # noqa: N802 – Twisted's IPolicyForHTTPS
        """Host and port → what makes one connection to them."""
        host = hostname.decode("ascii")
        is_old = (host.lower().rstrip("."), port) in self._old
        if is_old not in self._contexts:
            self._contexts[is_old] = _context(is_old)
        return Handshake(self._contexts[is_old], host)


def _context(is_old: bool) -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_VERSION if is_old else SSL.TLS1_2_VERSION)
    if is_old:
        context.set_cipher_list(OLD_CIPHERS)
    context.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_LEGACY_SERVER_CONNECT)  # the latter as Scrapy has it
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_default_verify_paths()
    return context


@implementer(IOpenSSLClientConnectionCreator)
class Handshake:
    """Makes the TLS of one connection; ``problems`` of the certificate are noted while it is made."""

    def __init__(self, context: SSL.Context, host: str) -> None:
        self._context = context
        self._address = literal_address(host)
        self._host = host.rstrip(".")
        self.problems: list[str] = []

    def clientConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:  # noqa: ARG002, N802, N803 – Twisted
        """The connection to be, whose certificate nobody refuses."""
        connection = SSL.Connection(self._context, None)
        if self._address is None:
            connection.set_tlsext_host_name(self._host.encode("ascii"))
        connection.set_verify(SSL.VERIFY_PEER, self._look)
        return connection

    def _look(self, _connection: SSL.Connection, certificate: crypto.X509, error: int, depth: int, _: int) -> bool:
        """Called by OpenSSL for each certificate of the chain, and once more for each thing wrong with it."""
        if error:
            self._note(_WORDS.get(error, f"X.509 error {error}"))
        if depth == 0:
            self._note(self._misnamed(certificate))
        return True

    def _misnamed(self, certificate: crypto.X509) -> str:
        wanted: ServiceID = DNS_ID(self._host) if self._address is None else IPAddress_ID(str(self._address))
        try:
            verify_service_identity(extract_patterns(certificate), [wanted], [])
        except (CertificateError, VerificationError):
            return f"not for {self._host}"
        except ValueError as fault:  # a name in it that is none
            return f"names that cannot be read ({fault})"
        return ""

    def _note(self, problem: str) -> None:
        if problem and problem not in self.problems:
            self.problems.append(problem)
