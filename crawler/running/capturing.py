"""A target and what came of asking for it → the capture that is kept."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from archive.capture import Capture, Target
from crawler.connection.tape import Exchange
from crawler.outcomes import Outcome
from crawler.running.gleaner import Gleaned
from crawler.running.plan import Plan


def capture_of(
    target: Target, exchange: Exchange, outcome: Outcome, at: datetime, plan: Plan, gleaned: Gleaned | None = None
) -> Capture:
    """All that is known of one exchange, with what a page says of itself; an empty one where nobody was asked.

    ``at`` is in UTC.
    """
    said = (outcome.says, exchange.certificate, "" if gleaned is None else gleaned.says)
    return Capture(
        url=target.url,
        captured_at=at,
        outcome=outcome.name,
        status=exchange.status,
        header=exchange.header,
        wire=exchange.wire,
        payload=exchange.payload,
        kind=target.kind if gleaned is None else gleaned.kind,
        seed=target.seed,
        via=target.via,
        link_text=target.link_text,
        site=target.site or plan.site_of(urlsplit(target.url).netloc),
        peer=exchange.peer,
        says="; ".join([part for part in said if part]),
        title="" if gleaned is None else gleaned.title,
        published="" if gleaned is None else gleaned.published,
        post=target.post,
        proxy=plan.proxy if exchange.failure or exchange.status else "",
        request=exchange.request,
    )
