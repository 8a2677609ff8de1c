"""Which hosts are followed: ``*.gov.cn`` and those on the allow-list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.connection.addresses import Guard, RefusedAddress, host_port, literal_address
from crawler.outcomes import Outcome

_GOVERNMENT = re.compile(
    r"(?:[a-z0-9_-]+\.)*gov\.cn"
)  # no escapes: 127.0.0.1%2f.gov.cn is whatever a reader makes of it


@dataclass(frozen=True, slots=True)
class Scope:
    """``hosts`` are followed on any port, ``allowed`` are single (host, port) pairs; and every ``*.gov.cn``.

    Copies of reports with altered figures stand on hijacked domains, so no other host is asked for anything.
    """

    hosts: frozenset[str] = frozenset()
    allowed: frozenset[tuple[str, int]] = frozenset()

    def follows(self, url: str) -> bool:
        """True if the URL may be asked for as far as its scheme and host go."""
        return not self.refusal(url)

    def refusal(self, url: str) -> str:
        """Why the URL is not asked for, in words; "" if it may be.

        One that names a user does so to hide its host (RFC 9110, 4.2.4).
        """
        try:
            parts = urlsplit(url)
            host, port = host_port(url)
        except ValueError:  # a port that is no number, brackets that hold no address
            return "this is no web address"
        if parts.scheme not in ("http", "https"):
            return "only http and https are followed"
        if not host:
            return "this is no web address"
        if "@" in parts.netloc:
            return f"a user is named before its host, {host}"
        followed = literal_address(host) is None and _GOVERNMENT.fullmatch(host)
        if followed or host in self.hosts or (host, port) in self.allowed:
            return ""
        return f"{parts.netloc} is not followed"


def refusal_of(url: str, scope: Scope, guard: Guard) -> Outcome | None:
    """The end of a URL that is not asked for because of its scheme, host or port; None: it may be."""
    if why := scope.refusal(url):
        return Outcome("off_scope", why)
    try:
        guard.check_literal(url)
    except RefusedAddress as error:
        return Outcome("refused_address", str(error))
    return None
