"""The portal spider: one for all; families differ, spiders do not."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, Spider
from scrapy.utils.asyncio import CallLaterResult, call_later
from twisted.python.failure import Failure

from archive.errors import ArchiveError
from archive.ingest import read_pending
from archive.runs.run import end_run
from archive.store import Archive
from crawler.config import equip
from crawler.connection.addresses import read_host_port
from crawler.connection.tape import Exchange
from crawler.preferences import read_config, read_proxy
from crawler.registry import find_portal, read_registry
from crawler.running.asking import Ask
from crawler.running.expedition import Expedition
from crawler.running.plan import Plan

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)
# Of such URLs Scrapy escapes nothing; to find that out takes it 15 µs.
_PLAIN = re.compile(
    r"https?://[a-z0-9.-]{1,63}(?::(?:[1-9]\d{0,3}|[1-5]\d{4}))?/[\w/.~%=&+,:@!$()*-]*(?:\?[\w/.~%=&?+,:@!$()*-]+)?",
    re.ASCII,
)
_TOGETHER = 0.02  # seconds that an answer waits for others at most: nothing beside the polite interval


def ask_for_more(crawler: Crawler) -> None:
    """Has Scrapy's engine ask the scheduler now; its own beat is five seconds."""
    slot = crawler.engine._slot if crawler.engine is not None else None
    if slot is not None:
        slot.nextcall.schedule()


class PortalSpider(Spider):
    """``scrapy crawl portal -a site=CODE|HOST|URL [-a year=2024] [-a allow=HOST:PORT,…]``.

    ``nianbao crawl`` gives an expedition instead.

    Requests come from FrontierScheduler alone, so ``start`` yields none. Each request's end, good or bad, comes back
    to it, and goes to ``Expedition.settle``. ``tick`` is told of each.
    """

    name = "portal"

    def __init__(
        self,
        site: str = "",
        year: str = "",
        allow: str = "",
        expedition: Expedition | None = None,
        tick: Callable[[], object] = lambda: None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._target = site
        self._allow = frozenset(read_host_port(pair) for pair in allow.split(",") if pair)
        self._year = int(year) if year else None
        self._given = expedition
        self._tick = tick
        self._plan: Plan | None = None
        self._own: Archive | None = None
        self._answered: list[tuple[Ask, Exchange]] = []
        self._alarm: CallLaterResult | None = None
        self.ended = ""
        self.error: Exception | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Called by Scrapy. What the plan says comes before the download handler and the middleware are made."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        plan = spider.plan(crawler)
        crawler.settings.set("WIRE_GUARD", plan.guard, priority="spider")
        crawler.settings.set("WIRE_PROXY", read_proxy(plan.proxy) if plan.proxy else None, priority="spider")
        crawler.settings.set("WIRE_OLD_TLS", plan.old_tls, priority="spider")
        if spider._given is not None:
            crawler.settings.set("WIRE_ENDS", spider._given.ends, priority="spider")
        if plan.user_agent:
            crawler.settings.set("USER_AGENT", plan.user_agent, priority="spider")
        # The expedition keeps the rate of each group of hosts; Scrapy's queues by host would only hold requests back.
        crawler.settings.set("DOWNLOAD_DELAY", 0, priority="cmdline")
        return spider

    def plan(self, crawler: Crawler) -> Plan:
        """The plan of the expedition given, or one for the ``site`` argument. Raises UnknownTarget, NoContact."""
        if self._given is not None:
            return self._given.plan
        if self._plan is None:
            portal = find_portal(self._target, read_registry())
            command = f"scrapy crawl portal -a site={self._target}"
            delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
            self._plan = equip(Plan((portal,), command, self._year, allow=self._allow, delay=delay))
        return self._plan

    @property
    def expedition(self) -> Expedition:
        """The run this spider works for."""
        assert self._given is not None
        return self._given

    def open_expedition(self) -> None:
        """Opens the archive and the run, if none was given. Raises Held, NoRoom, NotAnArchive."""
        if self._given is None:
            self._own = Archive.open(Path(self.settings["ARCHIVE_FOLDER"] or read_config().archive), write=True)
            self._given = Expedition(self._own, self.plan(self.crawler))

    async def start(self) -> AsyncIterator[Any]:
        """Nothing: the frontier has the seeds."""
        return
        yield

    def request_for(self, ask: Ask) -> Request:
        """A lease to be asked → Scrapy's request."""
        target = ask.lease.target
        return Request(
            target.url,
            method="POST" if target.post else "GET",
            body=target.post.encode("utf-8"),
            headers=ask.headers,
            errback=self.fail,
            meta={"ask": ask, "drawing": ask.drawing, "verbatim_url": _PLAIN.fullmatch(target.url) is not None},
            dont_filter=True,
        )

    def fail(self, failure: Failure) -> None:
        """An error of ours in place of an exchange: it is raised again, and the run stays open."""
        self.error = failure.value if isinstance(failure.value, Exception) else RuntimeError(repr(failure.value))
        failure.raiseException()

    def take(self, ask: Ask, exchange: Exchange) -> None:
        """What came of a request. With others that are under way, if they come soon: their commits are one."""
        self._tick()
        self._answered.append((ask, exchange))
        if len(self._answered) >= self.expedition.under_way:
            self._settle_answered()
        elif self._alarm is None:
            self._alarm = call_later(_TOGETHER, self._settle_in_time)

    def _settle_answered(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        answered, self._answered = self._answered, []
        try:
            self.expedition.settle(answered)
        except ArchiveError as refusal:  # ``travel`` raises it; Scrapy would log where in our code it was raised
            self.error = self.error or refusal
            logger.info("stops, as nothing more is asked: %s", refusal.code)
        except Exception as error:
            self.error = error
            raise

    def _settle_in_time(self) -> None:
        self._alarm = None
        try:
            self._settle_answered()
        finally:
            ask_for_more(self.crawler)

    def closed(self, reason: str) -> None:
        """Called by Scrapy. A run of our own opening is ended here, if it is done."""
        self.ended = reason
        if self._answered and self.error is None:
            self._settle_answered()
        if self._given is not None:
            self._given.close()
        if self._own is None:
            return
        with self._own:
            if self.error is None and self.expedition.is_done():
                self.expedition.finish()
                read_pending(self._own, self.expedition.run)
                logger.info("run ended: %s", end_run(self._own, self.expedition.run))
