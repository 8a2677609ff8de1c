"""A task that does nothing for a minute."""

from __future__ import annotations

import time

from archive.spread.child import answer_with


def idle(question: bytes, ends: float) -> bytes:
    """Nothing."""
    time.sleep(60)
    return b""


if __name__ == "__main__":
    answer_with(idle)
