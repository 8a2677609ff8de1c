"""Which version a digest in an address means."""

from __future__ import annotations

from archive.errors import NotFound
from archive.lookups.addresses import Standing, is_captured, standings_of
from archive.web.asked import Asked


def standing_of(asked: Asked, digest: str) -> tuple[Standing, tuple[Standing, ...]]:
    """A digest, and ``?report=r12`` where its bytes stand for several reports → the version meant, and all of them.

    Raises NotFound: no such bytes, bytes that are no report, bytes that are not of that report.
    """
    standings = standings_of(asked.archive, digest)
    if not standings:
        key = "report.no_report_payload" if is_captured(asked.archive, digest) else "report.no_payload"
        raise NotFound(asked.say(key))
    wanted = asked.text("report").removeprefix("r")
    meant = [one for one in standings if not wanted or str(one.address.report) == wanted]
    if not meant:
        raise NotFound(f"expected report r{wanted[:20]} in these bytes, found others")
    return meant[0], standings
