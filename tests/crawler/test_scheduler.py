"""Requests come from the frontier alone, also where Scrapy is handed another."""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from crawler.spiders.portal import PortalSpider
from crawler.voyages.scheduler import FrontierScheduler


def test_a_request_that_is_not_the_frontiers_is_not_taken() -> None:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    scheduler = FrontierScheduler.from_crawler(Crawler(PortalSpider, settings))
    assert scheduler.enqueue_request(Request("http://www.shili.example/zwgk/")) is False
