"""How surely a cell was recognised, carried with its place as a further part of its fragment identifier.

``page=3&xywh=72.0,100.5,58.0,14.2&confidence=0.987``. Media Fragments URI 1.0 (4.1) has readers pass over names they
do not know, so the place stays one that others can follow.
"""

from __future__ import annotations

import re
from collections import defaultdict

from parsers.document import Problem
from parsers.report import Status, Value

SURE = 0.9
"""What was recognised less surely than this is unread: of a filler "/" taken for 1 the model was sure to 0.69."""
_ONE_ROW = "disputes"
_SAID = re.compile(r"&confidence=([01]\.\d{3})")


def confidence_in(where: str) -> float | None:
    """A place → how surely its text was recognised, 0.0 to 1.0; None where it was not recognised but read.

    >>> confidence_in("page=3&xywh=72.0,100.5,58.0,14.2&confidence=0.987"), confidence_in("page=3")
    (0.987, None)
    """
    found = _SAID.search(where)
    return None if found is None else float(found[1])


def with_confidence_in(where: str, sure: float) -> str:
    """A place with how surely its text was recognised, rounded down to thousandths."""
    return f"{where}&confidence={int(sure * 1000) / 1000:.3f}"


def without_doubtful(values: tuple[Value, ...]) -> tuple[tuple[Value, ...], tuple[Problem, ...]]:
    """Values, those recognised less surely than ``SURE`` unread; what is said of them. ``raw`` keeps what was seen.

    In a row of which a column was not found nothing is sure: its label may have been misread, and a row with a blank
    cell then has as many figures as columns, one aside.
    """
    torn, unplaced = _rows_with_gaps(values), _rows_with_unread(values)
    kept, problems = [], []
    for value in values:
        sure = confidence_in(value.where)
        if sure is None or value.status in (Status.MISSING, Status.UNREAD):
            kept.append(value)
        elif _printed_row(value.key.rpartition(".")[0]) in torn:
            kept.append(Value(value.key, None, value.raw, Status.UNREAD, value.where))
            says = f"{value.key}: seen as {value.raw!r}, in a row of which a column was not found"
            problems.append(Problem("recognised_unsurely", says, value.where))
        elif value.status is not Status.NUMBER and value.key.rpartition(".")[0] in unplaced:
            kept.append(Value(value.key, None, value.raw, Status.UNREAD, value.where))
            says = f"{value.key}: seen as {value.raw!r}, in a row of which cells could not be placed or read"
            problems.append(Problem("recognised_unsurely", says, value.where))
        elif sure < SURE:
            kept.append(Value(value.key, None, value.raw, Status.UNREAD, value.where))
            says = f"{value.key}: seen as {value.raw!r}, with a confidence of {sure:.2f}, less than {SURE}"
            problems.append(Problem("recognised_unsurely", says, value.where))
        else:
            kept.append(value)
    return tuple(kept), tuple(problems)


def _rows_with_gaps(values: tuple[Value, ...]) -> frozenset[str]:
    """Rows of the form of which some columns are in the document, and some are not."""
    rows: dict[str, list[bool]] = defaultdict(list)
    for value in values:
        rows[value.key.rpartition(".")[0]].append(value.status is Status.MISSING)
    return frozenset(_printed_row(row) for row, missing in rows.items() if any(missing) and not all(missing))


def _rows_with_unread(values: tuple[Value, ...]) -> frozenset[str]:
    return frozenset(value.key.rpartition(".")[0] for value in values if value.status is Status.UNREAD)


def _printed_row(row: str) -> str:
    """``table.row`` as it is printed: the groups of table 四 (行政复议 …) stand side by side in one."""
    return _ONE_ROW if row.startswith(f"{_ONE_ROW}.") else row
