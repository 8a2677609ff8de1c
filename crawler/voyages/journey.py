"""Scrapy started in this process for one expedition, and stopped cleanly."""

from __future__ import annotations

import gc
import logging
import signal
import sys

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from tqdm import tqdm

from crawler.running.expedition import Expedition
from crawler.running.plan import expect_contact
from crawler.spiders.portal import PortalSpider
from crawler.telling.logbook import is_open

_INTERRUPTED = "shutdown"
_YOUNG = 10_000  # objects


def travel(expedition: Expedition) -> None:
    """Runs the spider until its expedition is done or stuck; logs and a progress bar go to standard error.

    Raises KeyboardInterrupt after SIGINT or SIGTERM, when what was under way has ended; a second signal stops
    at once. Raises the error that ended the spider early, if one did (NoRoom, Damaged, …); NoContact.
    """
    plan = expedition.plan
    expect_contact(plan)
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set("LOG_LEVEL", "WARNING", priority="cmdline")
    settings.set("LOG_INSTALL_ROOT_HANDLER", not is_open(), priority="cmdline")
    _spare_garbage_collector()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    process = AsyncCrawlerProcess(settings)
    logging.getLogger("scrapy").setLevel(logging.WARNING)  # it makes a record of each page, for no handler to take
    crawler = process.create_crawler(PortalSpider)
    with tqdm(desc="crawl", unit=" pages", delay=2, disable=None, file=sys.stderr) as bar:
        process.crawl(crawler, expedition=expedition, tick=bar.update)
        process.start()
    for number, handler in handlers.items():
        signal.signal(number, handler)
    spider = crawler.spider
    if not isinstance(spider, PortalSpider):
        raise RuntimeError("the spider could not be started; the log says why")
    if spider.error is not None:
        raise spider.error
    if spider.ended == _INTERRUPTED:
        raise KeyboardInterrupt
    logging.getLogger(__name__).info("spider closed: %s", spider.ended)


def _spare_garbage_collector() -> None:
    """What is loaded stays, and a page leaves few rings of objects: to look for them took a thirtieth of a crawl."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)
