"""Scrapy's downloader without its queues: one request, one exchange, and back to the scheduler."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.core.downloader import Downloader
from scrapy.http import Response
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.defer import Deferred

from crawler.wire import WireFailure


class FrontierDownloader(Downloader):
    """Hands each request to its handler at once: the expedition has kept the rate, and gives no group two.

    A request comes back with its exchange in ``meta["exchange"]``, whole or not. What comes back from a downloader as
    a request is the scheduler's (``enqueue_request``); a response would be the scraper's, which starts three tasks to
    look for items and requests in what a callback returns.
    """

    def fetch(self, request: Request, spider: Any = None) -> Deferred[Response | Request]:  # noqa: ARG002 – Scrapy
        """Called by Scrapy's engine. Fails with errors of ours alone, which are the spider's ``fail`` to name."""
        return deferred_from_coro(self._fetch(request))

    async def _fetch(self, request: Request) -> Response | Request:
        self.active.add(request)
        try:
            await self.middleware.download_async(self._hand_over, request)
        except WireFailure as failure:
            request.meta["exchange"] = failure.exchange
        finally:
            self.active.remove(request)
        return request

    async def _hand_over(self, request: Request) -> Response:
        # By the first letters of its URL, which the handlers' own way takes apart as a whole.
        handler = self.handlers._get_handler(request.url.partition(":")[0])
        if handler is None:
            return await self.handlers.download_request_async(request)  # which says why
        return await handler.download_request(request)
