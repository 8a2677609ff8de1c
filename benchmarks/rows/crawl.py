"""A crawl of a thousand portals, each on an address of its own on loopback: robots.txt, home page, list, reports.

Ours is the crawler as ``nianbao crawl`` runs it, from opening the archive to the end of the run: whose turn it is,
robots.txt, the exact bytes, hashes, payloads, rows, the links of every page; reading what was fetched is not part of
it. Scrapy fetches the same URLs from a list that it has from the beginning, finds no links, and does nothing with the
answers: once with its default settings (but for its log, which is off), once with those of ours that make it cheaper.
Pages of reports have 32 KB. Starting Python and importing is left out on all sides.
"""

from __future__ import annotations

import tempfile

from benchmarks.crowd.crawling import ours, scrapys
from benchmarks.crowd.portal import serving
from benchmarks.table.deed import Done, do
from benchmarks.table.figures import Required, Row, Scale, beside

TITLE = "Crawl"
_REPORTS = 4
_DELAY = 2.0  # seconds, the polite ones


def measure(scale: Scale) -> list[Row]:
    """CPU milliseconds a page, without a delay and with the polite one."""
    hosts = scale.pick(100, 1000)
    rounds: list[tuple[Done, Done, Done]] = []
    with serving(hosts, _REPORTS) as served:
        for _ in range(scale.pick(3, 5)):
            rounds.append(
                (
                    crawled(served.port, hosts, 0.0),
                    do(scrapys, served.port, hosts, _REPORTS, False),
                    do(scrapys, served.port, hosts, _REPORTS, True),
                )
            )
        polite = crawled(served.port, hosts, _DELAY)
    mine, plain, tuned = ([_a_page(one) for one in side] for side in zip(*rounds, strict=True))
    peak = [max(one.peak for one in side) for side in zip(*rounds, strict=True)]
    default, ours_of_it = "Scrapy's default settings", "Scrapy with our settings"
    return [
        beside("a page, no delay", default, _pairs(mine, plain), "ms", Required(most=1.5), (peak[0], peak[1])),
        beside("a page, no delay", ours_of_it, _pairs(mine, tuned), "ms", Required(most=2.0), (peak[0], peak[2])),
        beside(
            f"a page, {_DELAY:g} s between two requests to a host", f"{default}, no delay",
            [(_a_page(polite), other) for other in plain], "ms", Required(most=1.5), (polite.peak, peak[1]),
        ),
    ]  # fmt: skip


def _a_page(done: Done) -> float:
    """CPU milliseconds."""
    return float(done.value["cpu"] / done.value["pages"] * 1e3)


def _pairs(mine: list[float], others: list[float]) -> list[tuple[float, float]]:
    return list(zip(mine, others, strict=True))


def crawled(port: int, hosts: int, delay: float) -> Done:
    """One crawl into a new archive. Raises ValueError where it did not fetch all."""
    with tempfile.TemporaryDirectory(prefix="nianbao-crawl-") as folder:
        done = do(ours, folder, port, hosts, delay)
    if done.value["outcomes"] != {"fetched": hosts * (3 + _REPORTS)}:
        raise ValueError(f"expected every page fetched, found {done.value['outcomes']}")
    return done
