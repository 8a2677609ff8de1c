"""The worn child under limits of a few seconds, for the short form of the battery."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from parsers.limited.limits import LIMITS, Limits
from parsers.word import libreoffice
from tests.batteries import documents_worn

_OFFICE = 12  # seconds: it needs three to begin


def brief(limits: Limits) -> Limits:
    """A twentieth of the CPU time, and by the wall six seconds more than that."""
    cpu = max(2, limits.cpu // 20)
    return replace(limits, cpu=cpu, wall=cpu + 6)


@contextmanager
def brief_limits() -> Iterator[None]:
    """In the parent: deadlines by the wall as this child has them."""
    kept = dict(LIMITS)
    LIMITS.update({name: brief(limits) for name, limits in kept.items()})
    try:
        yield
    finally:
        LIMITS.update(kept)


def main() -> None:
    LIMITS.update({name: brief(limits) for name, limits in LIMITS.items()})
    libreoffice.LIBREOFFICE = replace(libreoffice.LIBREOFFICE, wall=_OFFICE)
    documents_worn.main()


if __name__ == "__main__":
    main()
