"""The same pages fetched by this project's crawler, and by Scrapy with the settings of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.crowd.portal import host_of, paths
from benchmarks.table.deed import spending

# What of crawler/settings.py makes Scrapy cheaper and keeps it Scrapy: its own scheduler and download handlers.
_TUNED = (
    "CONCURRENT_REQUESTS", "CONCURRENT_ITEMS", "DUPEFILTER_CLASS", "ROBOTSTXT_OBEY", "RETRY_ENABLED",
    "REDIRECT_ENABLED", "METAREFRESH_ENABLED", "HTTPCACHE_ENABLED", "COMPRESSION_ENABLED", "COOKIES_ENABLED",
    "HTTPPROXY_ENABLED", "REFERER_ENABLED", "DOWNLOADER_MIDDLEWARES_BASE", "SPIDER_MIDDLEWARES_BASE",
    "TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED", "EXTENSIONS_BASE",
)  # fmt: skip


def ours(folder: str, port: int, hosts: int, delay: float, *, reading: bool = False) -> dict[str, Any]:
    """A crawl of all hosts into an archive, from opening it to the end of the run; its CPU seconds and pages.

    ``reading``: what was fetched is read as well.
    """
    from scrapy.settings import Settings

    import crawler.settings
    from archive.ingest import read_pending
    from archive.runs.run import end_run
    from archive.store import Archive
    from crawler.registry import find_portal
    from crawler.running.expedition import Expedition
    from crawler.running.plan import Plan
    from crawler.voyages.journey import travel

    _load(Settings({name: getattr(crawler.settings, name) for name in dir(crawler.settings) if name.isupper()}))
    netlocs = [f"{host_of(number)}:{port}" for number in range(hosts)]
    portals = tuple(find_portal(f"http://{netloc}/", ()) for netloc in netlocs)
    allow = frozenset((host_of(number), port) for number in range(hosts))
    plan = Plan(portals, "nianbao crawl", allow=allow, delay=delay)
    with spending() as crawl, Archive.open(Path(folder), write=True) as archive:
        expedition = Expedition(archive, plan)
        travel(expedition)
        expedition.finish()
        with spending() as read:
            if reading:
                read_pending(archive, expedition.run)
        summary = end_run(archive, expedition.run)
        payloads = archive.payloads.execute("SELECT count(*) FROM payload").fetchone()[0]
    return {
        "pages": summary["requests"], "outcomes": summary["outcomes"], "payloads": payloads,
        "versions": summary["new_versions"], "cpu": crawl.cpu, "reading": read.cpu, "wall": crawl.wall,
    }  # fmt: skip


def scrapys(port: int, hosts: int, reports: int, tuned: bool) -> dict[str, Any]:
    """Scrapy on the same URLs, a list of them from the beginning, nothing done with the answers."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    import crawler.settings

    urls = [f"http://{host_of(number)}:{port}{path}" for path in paths(reports) for number in range(hosts)]

    class Fetching(scrapy.Spider):
        name = "fetching"
        start_urls = urls

        def parse(self, response: Any, **_: Any) -> None:
            """Nothing."""

    settings = Settings({"LOG_LEVEL": "WARNING"})  # a line for each page is not part of the work
    if tuned:
        settings.update({name: getattr(crawler.settings, name) for name in _TUNED}, priority="project")
    _load(settings)
    with spending() as spent:
        process = AsyncCrawlerProcess(settings)
        fetching = process.create_crawler(Fetching)
        process.crawl(fetching)
        process.start()
    assert fetching.stats is not None
    return {
        "pages": fetching.stats.get_value("downloader/response_count") or len(urls),
        "cpu": spent.cpu, "wall": spent.wall,
    }  # fmt: skip


def _load(settings: Any) -> None:
    """Imports what Scrapy would import by these settings, and its reactor: the start is not a part of the work."""
    from scrapy.utils.misc import load_object
    from scrapy.utils.reactor import install_reactor

    import crawler.families

    install_reactor(settings["TWISTED_REACTOR"])
    named = [settings["SCHEDULER"], settings["DUPEFILTER_CLASS"], *settings["DOWNLOAD_HANDLERS_BASE"].values()]
    for base in ("DOWNLOADER_MIDDLEWARES_BASE", "SPIDER_MIDDLEWARES_BASE", "EXTENSIONS_BASE"):
        named += list(settings[base])
    for name in [*named, *settings["DOWNLOAD_HANDLERS"].values()]:
        if name:
            load_object(name)
    crawler.families.families()
