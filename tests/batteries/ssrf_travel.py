"""A process that crawls targets without pauses and prints which were refused at the door."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive.ingest import read_pending
from archive.runs.run import end_run
from archive.store import Archive
from crawler.connection.addresses import read_host_port
from crawler.errors import UnknownTarget
from crawler.registry import find_portal
from crawler.running.expedition import Expedition
from crawler.running.plan import Plan
from crawler.voyages.journey import travel

OPTIONS: dict[str, Any] = json.loads(sys.argv[1])


def main() -> None:
    """Crawls ``targets`` into ``folder``; ``allow``: HOST:PORT pairs, ``proxy`` as in config.toml, ``browser``: draws
    every page."""
    portals, refused = {}, {}
    for target in OPTIONS["targets"]:
        try:
            portal = find_portal(target, ())
            portals[portal.code] = replace(portal, browser=OPTIONS.get("browser", False))
        except UnknownTarget as error:
            refused[target] = str(error)
    allow = frozenset(read_host_port(pair) for pair in OPTIONS["allow"])
    plan = Plan(
        tuple(portals.values()), "crawl", allow=allow, delay=0, user_agent="nianbao", proxy=OPTIONS.get("proxy", "")
    )
    with Archive.open(Path(OPTIONS["folder"]), write=True) as archive:
        expedition = Expedition(archive, plan)
        travel(expedition)
        read_pending(archive, expedition.run)
        assert expedition.is_done(), expedition.why_stuck()
        expedition.finish()
        end_run(archive, expedition.run)
    print(json.dumps(refused))


if __name__ == "__main__":
    main()
