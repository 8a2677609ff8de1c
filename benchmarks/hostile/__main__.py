"""Mutated files and bombs through the limited child: python -m benchmarks.hostile [FILES] [--json]."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter

from benchmarks.hostile.bombs import BOMBS, GIANTS
from benchmarks.hostile.growing import GROWING
from benchmarks.hostile.judging import End, ends_of, resident
from benchmarks.hostile.mutations import mutated
from parsers.child import Child

EXPECTATION_FAILED = 3
MOST_GROWTH = 64 * 2**20  # bytes of the parent; the bombs themselves pass through it
SLOWEST = 10


def main() -> int:
    """Prints how the files end; 3 where one ends as a mistake of ours or the parent grows."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__)
    options.add_argument("files", nargs="?", type=int, default=2000, help="mutated files (default 2000)")
    options.add_argument("--seed", type=int, default=2024)
    options.add_argument("--only", default="", metavar="WORDS", help="bombs with these words in their name")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    with Child() as child:
        list(ends_of(mutated(20, 1), child))
        before = resident()
        ends = list(ends_of(mutated(chosen.files, chosen.seed), child))
        grown = resident() - before
        ends += ends_of(
            ((name, make()) for name, make in (BOMBS | GROWING | GIANTS).items() if chosen.only in name), child
        )
    faults = [end.fault for end in ends if end.fault]
    if grown > MOST_GROWTH:
        faults.append(f"the parent grew by {grown} bytes")
    if chosen.json:
        print(json.dumps({"ends": Counter(end.code for end in ends), "grown": grown, "faults": faults}))
    else:
        print(_told(ends, grown, faults))
    return EXPECTATION_FAILED if faults else 0


def _told(ends: list[End], grown: int, faults: list[str]) -> str:
    lines = [f"{count:7}  {code}" for code, count in Counter(end.code for end in ends).most_common()]
    lines.append(f"\nthe parent grew by {grown / 2**20:.1f} MB; slowest:")
    slowest = sorted(ends, key=lambda end: -end.seconds)[:SLOWEST]
    lines += [f"{end.seconds:7.1f} s  {end.code:12} {end.name}  {end.says[:90]}" for end in slowest]
    return "\n".join([*lines, *(f"FAULT {fault}" for fault in faults)])


if __name__ == "__main__":
    sys.exit(main())
