"""The front door: one command; each room brings its own verbs."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from archive.cli import add_verbs as add_archive_verbs
from crawler.cli import add_verbs as add_crawler_verbs
from parsers.cli import add_verbs as add_parser_verbs
from parsers.errors import Refusal

__version__ = "0.1.0"
INTERRUPTED = 130


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; importing it imports no document library, no database and no network."""
    parser = argparse.ArgumentParser(
        prog="nianbao",
        description="年报: keeps, reads and compares the annual reports on government information disclosure.",
        epilog="exit codes: 0 done · 1 error · 2 usage · 3 an expectation failed · 4 partly done · 5 no room or no "
        "right to write · 6 another run holds the archive · 7 damage found · 130 interrupted",
    )
    parser.add_argument("--version", action="version", version=f"nianbao {__version__}")
    parser.add_argument(
        "--archive",
        type=Path,
        metavar="DIR",
        default=Path(os.environ.get("NIANBAO_ARCHIVE", "./nianbao-archive")),
        help="the archive's folder (default: $NIANBAO_ARCHIVE, else ./nianbao-archive)",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    add_crawler_verbs(verbs)
    add_archive_verbs(verbs)
    add_parser_verbs(verbs)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one verb; a Refusal becomes one line (or one JSON document) and its exit code."""
    options = build_parser().parse_args(argv)
    try:
        code: int = options.run(options)
        return code
    except Refusal as refusal:
        if getattr(options, "json", False):
            print(json.dumps({"error": {"code": refusal.code, "says": refusal.says}}, ensure_ascii=False))
        print(f"nianbao: {refusal.code}: {refusal.says}", file=sys.stderr)
        return refusal.exit_code
    except KeyboardInterrupt:
        print("nianbao: interrupted; the same command goes on where it stopped", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output (head, less) has seen enough; Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
