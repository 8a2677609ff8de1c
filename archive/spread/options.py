"""The words of a command line that say where work is done."""

from __future__ import annotations

import argparse


def add_place_options(verb: argparse.ArgumentParser) -> None:
    """Adds ``--workers`` and ``--scheduler``."""
    where = verb.add_mutually_exclusive_group()
    where.add_argument("--workers", type=_positive, metavar="N", help="N processes at once on this machine")
    where.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="the workers of a Dask cluster: tls://HOST:PORT, or tcp:// on this machine (extra: cluster)",
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, found {number}")
    return number
