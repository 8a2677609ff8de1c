"""A process that crawls portals given as JSON, as ``nianbao crawl`` would, and prints how the run stands."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from archive.runs.hosts import list_pauses, robots_state
from archive.runs.run import end_run, summarise_run
from archive.store import Archive
from crawler.registry import Portal
from crawler.running.expedition import Expedition
from crawler.running.plan import Plan
from crawler.voyages.journey import travel

OPTIONS: dict[str, Any] = json.loads(sys.argv[1])


def main() -> None:
    """Crawls ``portals`` (netloc, group, budget, browser) with the ``delay`` and ``hours`` given, into ``folder``."""
    portals = tuple(
        Portal(
            code=said["netloc"],
            name="",
            region_code="",
            home=f"http://{said['netloc']}/",
            hosts=(said["netloc"],),
            seeds=(f"http://{said['netloc']}/nb/",),
            allow=(said["netloc"],),
            group=said.get("group", ""),
            budget=said.get("budget", 0),
            browser=said.get("browser", False),
        )
        for said in OPTIONS["portals"]
    )
    hours = OPTIONS.get("hours")
    plan = Plan(portals, "crawl", delay=OPTIONS["delay"], hours=tuple(hours) if hours else None)
    with Archive.open(Path(OPTIONS["folder"]), write=True) as archive:
        expedition = Expedition(archive, plan)
        travel(expedition)
        done, stuck = expedition.is_done(), expedition.why_stuck()
        expedition.finish() if done else None
        summary = end_run(archive, expedition.run) if done else summarise_run(archive, expedition.run.id)
        print(
            json.dumps(
                {
                    "outcomes": summary["outcomes"],
                    "stuck": stuck,
                    "pauses": [(one.host_group, one.until.isoformat(), one.why) for one in list_pauses(archive)],
                    "robots": {
                        said["netloc"]: [(one.state, one.delay) for one in robots_state(archive, said["netloc"])]
                        for said in OPTIONS["portals"]
                    },
                }
            )
        )


if __name__ == "__main__":
    main()
