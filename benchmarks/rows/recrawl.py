"""A portal's second crawl where nothing has changed: every page has an ETag and is answered by a 304.

What is sent is counted by the servers. CPU is that of the crawl and of reading what it brought, readers included.
"""

from __future__ import annotations

import tempfile

from benchmarks.crowd.crawling import ours
from benchmarks.crowd.portal import serving
from benchmarks.table.deed import Done, do
from benchmarks.table.figures import Required, Row, Scale, beside

TITLE = "An unchanged site, second crawl"
_REPORTS = 9
_ROUNDS = 3


def measure(scale: Scale) -> list[Row]:
    """Bytes, payloads and CPU of the second crawl beside the first."""
    hosts = scale.pick(6, 40)
    octets: list[tuple[float, float]] = []
    payloads: list[tuple[float, float]] = []
    cpu: list[tuple[float, float]] = []
    peak: list[tuple[float, float]] = []
    for _ in range(_ROUNDS):
        with serving(hosts, _REPORTS) as served, tempfile.TemporaryDirectory(prefix="nianbao-recrawl-") as folder:
            first, sent = _crawled(folder, served.port, hosts), served.sent()[1]
            second, all_sent = _crawled(folder, served.port, hosts), served.sent()[1]
        octets.append(((all_sent - sent) / 1e6, sent / 1e6))
        payloads.append((second.value["payloads"] - first.value["payloads"], first.value["payloads"]))
        cpu.append((second.value["cpu"], first.value["cpu"]))
        peak.append((second.peak, first.peak))
    memory = (max(one for one, _ in peak), max(other for _, other in peak))
    return [
        beside("bytes sent", "the first crawl", octets, "MB", Required(most=0.03)),
        beside("new payloads", "those of the first crawl", payloads, "payloads", Required(most=0.0)),
        beside("CPU, reading included", "the first crawl", cpu, "s", Required(most=0.5), memory),
    ]


def _crawled(folder: str, port: int, hosts: int) -> Done:
    done = do(_reading, folder, port, hosts)
    if set(done.value["outcomes"]) - {"fetched", "not_modified"}:
        raise ValueError(f"expected every page fetched, found {done.value['outcomes']}")
    return done


def _reading(folder: str, port: int, hosts: int) -> object:
    return ours(folder, port, hosts, 0.0, reading=True)
