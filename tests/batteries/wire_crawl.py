"""A process that is ``nianbao`` with shorter limits: settings as JSON, then the command's words.

The last line on standard error is the most memory that it had, in MB.
"""

from __future__ import annotations

import json
import resource
import sys

import crawler.settings
from nianbao import main as nianbao


def main() -> int:
    """The command's exit code."""
    for name, value in json.loads(sys.argv[1]).items():
        if not hasattr(crawler.settings, name):
            raise ValueError(f"expected a setting of the crawler, found {name}")
        setattr(crawler.settings, name, value)
    try:
        return nianbao(sys.argv[2:])
    finally:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
