"""A crawl is led to addresses that are not public, in 136 spellings (decimal, octal, hexadecimal, short and fullwidth
ones, IPv6 with IPv4 inside, users before the host, escapes, backslashes), to 36 schemes that are not HTTP and to hosts
that only look like `*.gov.cn`: by links, scripts, redirects, refreshes, base elements, frames, attachments, pagers,
list programs, robots.txt, names whose answers change, targets, a declared proxy, Chromium and LibreOffice. It runs in a
network of its own in which every address of the world is this machine: listeners stand at every port that is named and
every packet is seen. What must hold: no packet, no connection and no byte to anybody but the portal, whose own pages
are all crawled; one typed row for each reference (or none, where it says nothing of a report); and the crawler listens
on nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.batteries.figures import Row, Scale, row_of
from tests.batteries.ssrf_enclosure import enclosure

TITLE = "SSRF: addresses that nobody is to reach"
_ROOT = Path(__file__).parents[2]


def run(scale: Scale) -> list[Row]:
    """Each kind of thing that leads elsewhere. Raises CalledProcessError with what the process inside says."""
    return rows_of(scale, enclosure())


def rows_of(scale: Scale, prefix: tuple[str, ...]) -> list[Row]:
    """As ``run``; ``prefix`` () is behind the audit hook alone. Chromium and LibreOffice are only in the whole form."""
    options = {
        "enclosed": bool(prefix),
        "programs": bool(prefix) and scale is Scale.WHOLE,
        "each": scale.pick(8, 0),
        "count": scale.pick(600, 4500),
    }
    words = [*prefix, sys.executable, "-m", "tests.batteries.ssrf_inside", json.dumps(options)]
    done = subprocess.run(words, cwd=_ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the process inside ended with {done.returncode}: {done.stderr[-2000:]}")
    said = json.loads(done.stdout)
    return [row_of(what, [(name, wrong) for name, wrong in ends], seconds) for what, ends, seconds in said]
