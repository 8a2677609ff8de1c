"""The process in which the battery is run: inside the enclosure, or behind the audit hook alone."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.batteries.ssrf_acts import Act, crawl_pages, reached
from tests.batteries.ssrf_browser import draw_pages
from tests.batteries.ssrf_convert import convert_documents
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

# How Chromium and LibreOffice find another process of the same user and profile: Unix sockets, in a folder or under a
# name of their own, which no other machine and no page can reach.
_INSTANCES = ("/SingletonSocket", "OSL_PIPE_")
_OWN = (".gov.cn", "localhost")


def main() -> None:
    """``ssrf_inside.py OPTIONS``: JSON; prints [what, ends, seconds] of each row as JSON.

    ``enclosed``: in a network of its own, else behind the audit hook; ``programs``: Chromium and LibreOffice too;
    ``each``: so many references in each way, 0: all; ``count``: of ports.
    """
    options = json.loads(sys.argv[1])
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65_536), most))
    if options["enclosed"]:
        with tempfile.TemporaryDirectory(prefix="nianbao-ssrf-") as folder:  # what is mounted outlives its name
            furnish(Path(folder))
    each = options["each"]
    doors = [resolve_names, redirect_robots, crawl_targets, ask_handler, crawl_through_proxy]
    doors += [draw_pages, convert_documents] if options["programs"] else []
    with Ground(options["enclosed"], options["count"], ZONE) as ground:
        acts = crawl_pages(ground, each)
        for door in doors:
            acts.append(door(ground, each))
    left = reached(ground, acts)
    acts += [_listening(acts), _beside(ground, left)]
    print(json.dumps([[act.what, act.ends, act.seconds] for act in acts]))


def _listening(acts: Sequence[Act]) -> Act:
    """The sockets of every process that was begun, looked at while it ran."""
    act = Act("sockets that listen while the crawler runs (TCP, UDP, Unix; its children too)")
    seen = {id(ran): (one.what, ran) for one in acts for ran in one.runs}
    for what, ran in seen.values():
        others = [end for end in ran.listening if not (end[1] == "unix" and any(own in end[2] for own in _INSTANCES))]
        never = "" if ran.looks else "it was never looked at"
        act.ends.append((f"{what}, {ran.looks} looks", never or "; ".join(" ".join(end) for end in sorted(others))))
    return act


def _beside(ground: Ground, left: Sequence[str]) -> Act:
    """What was reached without being any try's, names that were looked up without being followed, packets missed."""
    act = Act("all else: packets to anybody who is not allowed, names looked up, http_proxy of the environment")
    strange = ground.looked_up() - ground.unscoped
    names = sorted(name for name in strange if "@" in name or not (name.endswith(_OWN) or _is_address(name)))
    act.ends = [("contacts", "; ".join(left)), ("names of strangers", ", ".join(names))]
    if ground.packets is not None:
        act.ends.append(("packets not seen", f"{ground.packets.dropped}" if ground.packets.dropped else ""))
    return act


def _is_address(name: str) -> bool:
    return ":" in name or name.replace(".", "").isdigit()


if __name__ == "__main__":
    main()
