"""The process in which the battery is run: inside the enclosure, or behind the audit hook alone."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from pathlib import Path

from tests.batteries.ssrf_acts import crawl_pages, reached
from tests.batteries.ssrf_doors import (
    ZONE,
    ask_handler,
    crawl_targets,
    crawl_through_proxy,
    redirect_robots,
    resolve_names,
)
from tests.batteries.ssrf_enclosure import furnish
from tests.batteries.ssrf_ground import Ground


def main() -> None:
    """``ssrf_inside.py OPTIONS``: JSON with ``enclosed`` and ``each``; prints [what, ends, seconds] of each row."""
    options = json.loads(sys.argv[1])
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65_536), most))
    if options["enclosed"]:
        furnish(Path(tempfile.mkdtemp(prefix="nianbao-ssrf-")))
    with Ground(options["enclosed"], options["count"], ZONE) as ground:
        acts = crawl_pages(ground, options["each"]) if options.get("pages", True) else []
        for act in (resolve_names, redirect_robots, crawl_targets, ask_handler, crawl_through_proxy):
            acts.append(act(ground, options["each"]))
    left = reached(ground, acts)
    print(json.dumps([[act.what, act.ends, act.seconds] for act in acts]))
    print(left, ground.packets and ground.packets.dropped, file=sys.stderr)


if __name__ == "__main__":
    main()
