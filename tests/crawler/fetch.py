"""A process that fetches URLs with the crawler's download handler and prints each exchange as JSON."""

from __future__ import annotations

import ipaddress
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.connection.addresses import Guard
from crawler.connection.endpoint import GuardedEndpoint
from crawler.connection.tape import Exchange

OPTIONS: dict[str, Any] = json.loads(sys.argv[1])
EXCHANGES: dict[str, Exchange] = {}


class Probe(scrapy.Spider):
    """Asks for each URL once."""

    name = "probe"

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for url in OPTIONS["urls"]:
            body = OPTIONS.get("posts", {}).get(url, "")
            yield scrapy.Request(
                url,
                self.note,
                method="POST" if body else "GET",
                body=body,
                errback=self.note_failure,
                meta={"url": url},
                dont_filter=True,
            )

    def note(self, response: scrapy.http.Response) -> None:
        EXCHANGES[response.meta["url"]] = response.meta["exchange"]

    def note_failure(self, failure: Any) -> None:
        EXCHANGES[failure.request.meta["url"]] = failure.value.exchange


def rebind() -> None:
    """The name resolves to a public address, and the connection ends up at a private one all the same."""
    reach = GuardedEndpoint._reach

    async def addresses(_: GuardedEndpoint) -> list[Any]:
        return [ipaddress.ip_address("93.184.216.34")]

    GuardedEndpoint._addresses = addresses  # type: ignore[method-assign]
    GuardedEndpoint._reach = lambda self, _: reach(self, ipaddress.ip_address("127.0.0.1"))  # type: ignore[method-assign]


def resolve_as(addresses: dict[str, str]) -> None:
    """Names resolve to the addresses given."""

    async def found(self: GuardedEndpoint) -> list[Any]:
        return [ipaddress.ip_address(addresses[self._host])]

    GuardedEndpoint._addresses = found  # type: ignore[method-assign]


def main() -> None:
    """Runs the probe."""
    if OPTIONS.get("resolve"):
        resolve_as(OPTIONS["resolve"])
    if OPTIONS.get("rebind"):
        rebind()
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    allowed = frozenset((host, port) for host, port in OPTIONS.get("allow", []))
    for name, value in {
        "SCHEDULER": "scrapy.core.scheduler.Scheduler",
        "DOWNLOADER": "scrapy.core.downloader.Downloader",
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "ERROR",
        "WIRE_GUARD": Guard(allowed),
        "WIRE_PROXY": tuple(OPTIONS["proxy"]) if "proxy" in OPTIONS else None,
        **OPTIONS.get("settings", {}),
    }.items():
        settings.set(name, value, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    process.crawl(Probe)
    process.start()
    print(
        json.dumps(
            {
                url: {
                    "failure": exchange.failure,
                    "status": exchange.status,
                    "request": exchange.request.decode("latin-1"),
                    "header": exchange.header.decode("latin-1"),
                    "wire": exchange.wire.decode("latin-1"),
                    "payload": exchange.payload.decode("latin-1"),
                    "peer": exchange.peer,
                    "says": exchange.says,
                }
                for url, exchange in EXCHANGES.items()
            }
        )
    )


if __name__ == "__main__":
    main()
