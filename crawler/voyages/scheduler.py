"""Scrapy's scheduler, fed by the archive's frontier."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Self

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.utils.asyncio import CallLaterResult, call_later

from archive.errors import ArchiveError
from crawler.running.asking import Ask
from crawler.spiders.portal import PortalSpider, ask_for_more

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_BEAT = 5.0  # seconds: the engine asks by itself


class FrontierScheduler(BaseScheduler):
    """Hands out one request for each lease; Scrapy's own queue, duplicate filter and JOBDIR have no part in it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._most = crawler.settings.getint("CONCURRENT_REQUESTS")
        self._asks: deque[Ask] = deque()
        self._alarm: CallLaterResult | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Called by Scrapy's engine."""
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Opens the spider's expedition, if it was not given one. Raises the archive's refusals."""
        assert isinstance(spider, PortalSpider)
        self._spider = spider
        spider.open_expedition()

    def has_pending_requests(self) -> bool:
        """True while a URL of the run has no outcome."""
        expedition = self._spider.expedition
        return self._spider.error is None and not (expedition.is_done() or expedition.is_stuck())

    def enqueue_request(self, request: Request) -> bool:
        """A request that comes back with its exchange is settled. No other is taken: every URL comes from the
        frontier."""
        if "exchange" not in request.meta:
            return False
        self._spider.take(request.meta["ask"], request.meta["exchange"])
        return True

    def next_request(self) -> Request | None:
        """The next request, or None at this moment. After an error of the archive there are no more."""
        if self._spider.error is not None:
            return None
        expedition = self._spider.expedition
        if not self._asks:
            if (room := self._most - expedition.under_way) <= 0:
                return None  # the end of one of them has us asked again
            try:
                self._asks.extend(expedition.next_asks(room))
            except ArchiveError as refusal:
                self._spider.error = refusal
                return None
            except Exception as error:
                self._spider.error = error
                raise
        if not self._asks:
            self._look_again()
            return None
        return self._spider.request_for(self._asks.popleft())

    def _look_again(self) -> None:
        """Asks Scrapy's engine to ask us again when the next group's turn comes; its own beat is five seconds."""
        seconds = self._spider.expedition.wait()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if seconds < _BEAT:
            self._alarm = call_later(seconds, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        ask_for_more(self._crawler)
