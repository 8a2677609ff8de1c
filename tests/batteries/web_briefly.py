"""``nianbao serve`` with less patience for those who drip, for the short form of the battery."""

from __future__ import annotations

import sys

import nianbao
from archive.web import listening


def main() -> int:
    listening.ASKING_SECONDS, listening.TAKING_SECONDS = 4.0, 6.0
    return nianbao.main()


if __name__ == "__main__":
    sys.exit(main())
