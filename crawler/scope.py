"""Which hosts are followed: ``*.gov.cn`` and those on the allow-list."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.addresses import host_port, literal_address


@dataclass(frozen=True, slots=True)
class Scope:
    """``hosts`` are followed on any port, ``allowed`` are single (host, port) pairs; and every ``*.gov.cn``.

    Copies of reports with altered figures stand on hijacked domains, so no other host is asked for anything.
    """

    hosts: frozenset[str] = frozenset()
    allowed: frozenset[tuple[str, int]] = frozenset()

    def follows(self, url: str) -> bool:
        """True if the URL's host may be asked."""
        try:
            host, port = host_port(url)
        except ValueError:  # a port that is no number
            return False
        if host in self.hosts or (host, port) in self.allowed:
            return True
        return literal_address(host) is None and (host == "gov.cn" or host.endswith(".gov.cn"))
