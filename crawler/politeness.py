"""Manners as they are written: robots.txt (RFC 9309) and Retry-After."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from protego import Protego

from crawler.connection.tape import GZIP, Exchange
from crawler.pages.links import is_page

PRODUCT = "nianbao"
"""Our name in robots.txt and the first word of the user agent."""

POLITE_DELAY = 2.0
"""Fewest seconds between two requests to one group of hosts; chance makes them up to half more."""

ROBOTS_BYTES = 512_000  # RFC 9309, 2.5: at least 500 KiB must be read
ROBOTS_HOPS = 5  # RFC 9309, 2.3.1.2
LONGEST_DELAY = 60.0  # a Crawl-delay of a day is a mistake more often than a wish; a minute is asked of us at most
LONGEST_PAUSE = 600.0
"""Seconds a process waits while all that is left is paused; then it ends, and the same command goes on later."""

LONGEST_HONOURED = 7 * 86_400.0
"""Seconds that one Retry-After is obeyed at most: a week, after which an unfinished run is closed anyway."""


@dataclass(frozen=True, slots=True)
class Robots:
    """What a host's robots.txt says. ``state``: rules, absent, unreachable, or the failure refused_address."""

    state: str
    rules: Protego | None = None
    says: str = ""

    def allows(self, url: str) -> bool:
        """True if the URL may be asked for."""
        if self.state not in ("rules", "absent"):
            return False
        return self.rules is None or self.rules.can_fetch(url, PRODUCT)

    @property
    def delay(self) -> float:
        """Seconds that Crawl-delay asks for between requests, 0.0 if nothing."""
        asked = self.rules.crawl_delay(PRODUCT) if self.rules is not None else None
        return min(float(asked), LONGEST_DELAY) if asked is not None else 0.0


ABSENT = Robots("absent")


def robots_url(url: str) -> str:
    """Any URL → the robots.txt that speaks for it (RFC 9309, 2.3).

    >>> robots_url("http://a.example:8080/zwgk/nb/?x=1")
    'http://a.example:8080/robots.txt'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def read_robots(payload: bytes) -> Robots:
    """The bytes of a robots.txt → its rules, those of the first 500 KiB to the end of a line.

    What is not text in UTF-8 is read with replacement characters. Rules are ASCII: without its NULs, and without the
    mark at its beginning, UTF-16 has them too.
    """
    read = payload if len(payload) <= ROBOTS_BYTES else payload[:ROBOTS_BYTES].rpartition(b"\n")[0]
    text = read.replace(b"\0", b"").decode("utf-8", "replace").lstrip("\ufeff\ufffd")
    return Robots("rules", Protego.parse(text), "is a page, and no rules" if is_page(payload) else "")


def judge_robots(exchange: Exchange) -> Robots:
    """The answer to a request for robots.txt → Robots (RFC 9309, 2.3.1): 2xx rules, 4xx absent, else unreachable."""
    if exchange.failure == "refused_address":
        return Robots("refused_address", says=exchange.says)
    if exchange.failure or exchange.status is None:
        return Robots("unreachable", says=f"robots.txt: {exchange.failure}: {exchange.says}")
    if exchange.status == 206 or exchange.payload.startswith(GZIP):
        return Robots("unreachable", says=f"robots.txt: status {exchange.status}, not text or not all of it")
    if 200 <= exchange.status < 300:
        return read_robots(exchange.payload)
    if is_verdict(exchange.status):
        return ABSENT
    return Robots("unreachable", says=f"robots.txt: status {exchange.status}")


def is_verdict(status: int | None) -> bool:
    """Whether a status to a request for robots.txt settles what is allowed (RFC 9309, 2.3.1): 2xx, and 4xx but for 429.

    >>> is_verdict(404), is_verdict(503), is_verdict(None)
    (True, False, False)
    """
    return status is not None and 200 <= status < 500 and status not in (206, 304, 429)


def read_retry_after(value: str, now: datetime) -> float | None:
    """Retry-After (RFC 9110, 10.2.3) → seconds from ``now``, never negative, at most a week; None: none to read.

    >>> read_retry_after("120", datetime(2026, 1, 1, tzinfo=UTC))
    120.0
    >>> read_retry_after("Thu, 01 Jan 2026 00:01:00 GMT", datetime(2026, 1, 1, tzinfo=UTC))
    60.0
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(LONGEST_HONOURED, float(value[:12]))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # "-1", "soon", the year 10**20: too much, but not for how long
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return min(LONGEST_HONOURED, max(0.0, (moment - now).total_seconds()))
