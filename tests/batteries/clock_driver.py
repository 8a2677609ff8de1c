"""nianbao with a clock that jumps while it crawls: ``python -m tests.batteries.clock_driver LOOKS MOMENT VERB …``.

The clock is the one that the program reads (archive/clock.py takes NIANBAO_NOW); after so many looks it is changed.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import crawler.running.expedition
import nianbao
from archive.frontier import acknowledge


def main(looks: int, moment: str, words: list[str]) -> int:
    """Runs the verb; after so many looks were acknowledged it is another moment."""
    left = looks

    def jump_after(*given: Any) -> int:
        nonlocal left
        done = acknowledge(*given)
        left -= 1
        if left == 0:
            os.environ["NIANBAO_NOW"] = moment
        return done

    crawler.running.expedition.acknowledge = jump_after
    return nianbao.main(words)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2], sys.argv[3:]))
