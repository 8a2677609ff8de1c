"""Crawls of a crowd of portals in shares, and what the portals have to say of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from archive.ingest import read_pending
from archive.runs.run import end_run
from archive.spread.ledger import open_ledger
from archive.spread.task import Place
from archive.store import Archive
from crawler.registry import Portal
from crawler.running.expedition import Expedition
from crawler.running.plan import Plan
from crawler.running.plan_sent import plan_to_dict
from crawler.voyages.parties import travel_afield
from tests.crawler.conftest import ROOT, environment
from tests.crawler.timeless import seen_in
from tests.portals.crowd import Crowd, Logged
from tests.portals.trs import article, page, row

DELAY = 0.3
SEEDED = ["127.0.1.1", "127.0.1.2", "127.0.1.3", "127.0.1.3"]
BEYOND = "127.0.1.9"
"""A host that no portal names: its one report is found on the others' lists."""


@contextmanager
def a_crowd(**more: Any) -> Iterator[Crowd]:
    """Portals with a column of three reports each, two of them of one address, and a link from one to another host."""
    with Crowd([*SEEDED, BEYOND], **more) as crowd:
        beyond = f"http://{crowd.hosts[-1].netloc}/nb/beyond.html"
        further = row(beyond, "示例县水利局2023年政府信息公开工作年度报告")
        crowd.pages["/more/"] = page("政府信息公开年报", further).encode()
        crowd.pages["/nb/beyond.html"] = article("水利局", 2023).encode()
        yield crowd


def plan_of(crowd: Crowd, delay: float = DELAY, **more: Any) -> Plan:
    """A run of the crowd's portals; requests to all of its hosts are allowed."""
    portals = tuple(
        Portal(
            f"site{n}", f"示例{n}县", f"15082{n + 1}", f"http://{host.netloc}/", (host.netloc,),
            seeds=tuple(f"http://{host.netloc}/{name}/" for name in ("nb", "more")[: 1 + (n == 0)]),
        )
        for n, host in enumerate(crowd.hosts[:-1])
    )  # fmt: skip
    return Plan(portals, "test", allow=frozenset((one.address, one.port) for one in crowd.hosts), delay=delay, **more)


def alone(folder: Path, plan: Plan) -> dict[str, Any]:
    """What the same run holds when one process does all of it, in the same order of things."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crawler.one_process", str(folder), json.dumps(plan_to_dict(plan))],
        env=environment(), cwd=ROOT, timeout=120, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return seen_in(folder)


def crawled(folder: Path, plan: Plan, place: Place, **times: float) -> str:
    """The whole of a run with the workers of a place; why it was left undone, or ""."""
    with Archive.open(folder, write=True) as archive:
        expedition = Expedition(archive, plan)
        why = travel_afield(expedition, place, **times)
        read_pending(archive, expedition.run)
        if expedition.is_done():
            expedition.finish()
            end_run(archive, expedition.run)
    return why


def ends_of_tasks(folder: Path) -> dict[str, int]:
    with Archive.open(folder, write=True) as archive, open_ledger(archive) as ledger:
        return ledger.count_ends(1)


def judge(log: list[Logged], delay: float) -> None:
    """No address sees a request sooner than the delay after its answer to the one before, and never two at once."""
    for address in {one.address for one in log}:
        seen = sorted((one for one in log if one.address == address), key=lambda one: one.began)
        for before, after in pairwise(seen):
            assert after.began - before.ended >= delay * 0.98, (address, before, after)


def asked(log: list[Logged], address: str) -> int:
    return sum(one.address == address for one in log)
