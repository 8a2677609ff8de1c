"""The sums a form demands → whether they hold; reported, never repaired."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache

from parsers.forms import Form, Identity
from parsers.report import Check, Number, State, Status, Value
from parsers.tables.figures import plain


def evaluate_checks(forms: Iterable[Form], values: Mapping[str, Value]) -> tuple[Check, ...]:
    """Every identity of the forms, across every column or row it speaks of, in the form's own order.

    A check is UNKNOWN, with both sides None, as soon as one operand is not a number: a blank is never taken as 0.
    """
    return tuple(
        _evaluate(form.table, identity, across, values)
        for form in forms
        for identity in form.identities
        for across in across_of(form, identity)
    )


@cache
def across_of(form: Form, identity: Identity) -> Sequence[str]:
    """Keys of the columns (or rows) for which every operand of the identity is a cell of the form."""
    keys = {cell.key for cell in form.cells()}
    if identity.per == "row":
        candidates: Sequence[str] = form.rows()
    else:
        candidates = tuple(dict.fromkeys(column.key for band in form.bands for column in band.columns))
    operands = (*identity.left, *identity.right)
    return tuple(one for one in candidates if all(key_of(form.table, identity, one, name) in keys for name in operands))


def key_of(table: str, identity: Identity, across: str, operand: str) -> str:
    return f"{table}.{across}.{operand}" if identity.per == "row" else f"{table}.{operand}.{across}"


def _evaluate(table: str, identity: Identity, across: str, values: Mapping[str, Value]) -> Check:
    left = _sum(values.get(key_of(table, identity, across, name)) for name in identity.left)
    right = _sum(values.get(key_of(table, identity, across, name)) for name in identity.right)
    if left is None or right is None:
        return Check(identity.id, across, State.UNKNOWN, None, None)
    return Check(identity.id, across, State.HOLDS if left == right else State.BROKEN, left, right)


def _sum(values: Iterable[Value | None]) -> Number | None:
    total: Number = 0
    for value in values:
        if value is None or value.status is not Status.NUMBER or value.value is None:
            return None
        total += value.value
    return plain(total) if isinstance(total, Decimal) else total
