"""An explanation in words, for a person who wants to quote the figure."""

from __future__ import annotations

from collections.abc import Iterator

from parsers.forms import STATISTICS
from parsers.text import one_line
from parsers.why import Explanation, Figure, Sum, Witness

_TABLES = {"proactive": "二", "requests": "三", "disputes": "四", "statistics": "政府信息公开情况统计表"}
_UNITS = {"count": "a count", "10k_yuan": "万元"}
_STATUS = {
    "number": "a figure",
    "blank": "blank: the cell is there and nothing is printed in it",
    "filler": "a filler: something that is no figure stands for nothing said",
    "missing": "missing: the document has no such cell",
    "unread": "unread: something stands there that could not be read as one figure without doubt",
}
_CONVERSIONS = {
    "unit_converted": "the unit printed is not the form's, and the figure was converted",
    "unit_assumed": "no unit is printed anywhere, and the form's was assumed",
    "unit_unexpected": "the unit printed is not one that this cell may have",
}
_HOW = {
    "exact": "exactly the form's label",
    "alias": "another known spelling of the form's label",
    "below its groups": "the form's label, printed in one cell with the labels above it",
    "misspelt": "the nearest label of the form",
}


def tell(why: Explanation) -> str:
    """Explanation → a page of lines."""
    cell = why.cell
    lines = [
        cell.label,
        f"  key           {cell.key}",
        f"  reads         {_value(cell)} ({_STATUS[cell.status]})",
        f"  printed       {one_line(cell.raw)!r}" + (f"  at {cell.where}" if cell.where else ""),
        f"  table         {_table(why)}",
        f"  row           {_witness(why.row, 'no label of its own stands beside the figures')}",
        f"  column        {_witness(why.column, 'no printed label names it')}",
        f"  placed by     {_placing(why)}",
        f"  unit          {_unit(why)}",
    ]
    if why.beside:
        lines += ["", "  beside it" if why.table == STATISTICS else "  in the same row"]
        lines += [f"    {_value(other):>12}  {other.label}" for other in why.beside]
    lines += ["", "  identities"] if why.sums else ["", "  identities    the form has none for this cell"]
    lines += [line for identity in why.sums for line in _sum(identity)]
    lines += [f"  {one.severity:<14}{one.code}: {one.says}" for one in why.problems]
    return "\n".join(lines)


def _value(figure: Figure) -> str:
    return str(figure.value) if figure.value is not None else figure.status


def _table(why: Explanation) -> str:
    place = f", at {why.table_where}" if why.table_where else ""
    return f"{_TABLES.get(why.table, why.table)} ({why.table}), form {why.form}, {why.authority}{place}"


def _witness(witness: Witness | None, none: str) -> str:
    if witness is None:
        return none
    how = _HOW[witness.how] + (f", {witness.likeness:.0%} alike" if witness.how == "misspelt" else "")
    return f"{one_line(witness.printed)!r} at {witness.where} is {how}: {witness.label}"


def _placing(why: Explanation) -> str:
    how = {
        "grid": "row and column of one grid, with the order of the cells as second witness",
        "order": "the order of the cells in the row: the source states no grid for them",
        "": "nothing: no row of this name was found",
    }[why.placing]
    return f"{how}; in doubt: {why.doubt}" if why.doubt else how


def _unit(why: Explanation) -> str:
    said = _UNITS[why.unit] + (f"; the column says {why.printed_unit}" if why.printed_unit else "")
    return f"{said}; {_CONVERSIONS[why.conversion]}" if why.conversion else said


def _sum(identity: Sum) -> Iterator[str]:
    state = {"HOLDS": "holds", "BROKEN": "BROKEN", "UNKNOWN": "unknown, for not every part is a figure"}[identity.state]
    sides = "" if identity.left is None else f": {identity.left} {_sign(identity)} {identity.right}"
    yield f"    {identity.label}  ({identity.id} across {identity.across}) {state}{sides}"
    for name, cells in (("left", identity.left_cells), ("right", identity.right_cells)):
        yield f"      {name:<6}" + " + ".join(_value(cell) for cell in cells)


def _sign(identity: Sum) -> str:
    return "=" if identity.left == identity.right else "≠"
