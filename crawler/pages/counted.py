"""Numbers and JSON that a page or a list's program says, read without trust in either."""

from __future__ import annotations

import json
import re
from typing import Any

_COUNT = re.compile(r"\s*(\d{1,9})\s*", re.ASCII)


def count_in(said: object) -> int | None:
    """Digits or a number → the count, below a thousand million; None for all else.

    Longer ones are no counts: SQLite keeps none of more than 63 bits, and CPython refuses to read 4,301 digits.

    >>> count_in("52"), count_in(52.0), count_in("-1"), count_in(float("inf")), count_in("9" * 5000)
    (52, 52, None, None, None)
    """
    if isinstance(said, int | float) and said == (whole := int(said) if abs(said) < 10**9 else -1):
        said = str(whole)
    found = _COUNT.fullmatch(said) if isinstance(said, str) else None
    return None if found is None else int(found[1])


def read_json(text: str) -> Any:
    """A list program's answer → what it says. Raises ValueError for all that is no JSON or nested without end."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
