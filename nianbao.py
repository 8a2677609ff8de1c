"""The front door: one command; each room brings its own verbs."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from archive.cli import add_verbs as add_archive_verbs
from archive.errors import name_os_error
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
        epilog="exit codes: 0 done · 1 error · 2 usage · 3 an expectation failed · 4 partly done · 5 the disk is full, "
        "failing, or may not be written · 6 another run holds the archive · 7 damage found · 8 the clock jumped · "
        "130 interrupted",
    )
    parser.add_argument("--version", action="version", version=f"nianbao {__version__}")
    parser.add_argument(
        "--archive",
        type=Path,
        metavar="DIR",
        help="the archive's folder (default: $NIANBAO_ARCHIVE, else archive in config.toml, else ./nianbao-archive)",
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
        _settle_archive(options)
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except Refusal as refusal:
        return _refuse(options, refusal)
    except KeyboardInterrupt:
        print("nianbao: interrupted; the same command goes on where it stopped", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _forget_output()  # its reader (head, less) has seen enough
        return 0
    except OSError as error:
        refused = name_os_error(error, error.filename or "the output")
        if refused is None:
            raise
        if error.filename is None:
            _forget_output()
        return _refuse(options, refused)


def _settle_archive(options: argparse.Namespace) -> None:
    """Which archive is meant where the command line does not say; ``usual_archive``: it is the one without --archive.

    Raises BadConfig.
    """
    options.flags = {} if options.archive is None else {"archive": str(options.archive)}
    usual = os.environ.get("NIANBAO_ARCHIVE", "")
    if options.archive is None and not usual:
        from crawler.preferences import read_config

        usual = read_config().archive
    options.usual_archive = Path(usual) if usual else None
    options.archive = options.archive or options.usual_archive


def _refuse(options: argparse.Namespace, refusal: Refusal) -> int:
    if getattr(options, "json", False):
        print(json.dumps({"error": {"code": refusal.code, "says": refusal.says}}, ensure_ascii=False))
    print(f"nianbao: {refusal.code}: {refusal.says}", file=sys.stderr)
    try:
        sys.stdout.flush()
    except OSError:  # the output has no room either
        _forget_output()
    return refusal.exit_code


def _forget_output() -> None:
    """Python would try to write again at exit, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
