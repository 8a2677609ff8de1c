"""Two sheets of one table: the lower one laid under the upper one, and whether the break cut a row in two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parsers.confidence import confidence_in, with_confidence_in
from parsers.pdf.figures import is_figure
from parsers.pdf.tables import Part, PartCell
from parsers.sight.blanks import NOT_SURE
from parsers.sight.labels import is_known, is_whole, nearest_label

_AS_WIDE = 8.0  # points: tables whose widths are nearer are of one width on paper that was drawn in a little askew
_ASIDE = 60.0  # points: how far aside a page may lie from the one before
_SEVERAL = 2
_CHINESE = re.compile("[\u4e00-\u9fff]")
_CONFIDENCE = re.compile(r"&confidence=[\d.]+")


def laid_under(above: Part, below: Part) -> tuple[Part, Part]:
    """Both, the lower one on the columns of the upper one where it may be its rest.

    Where the break may have cut a row in two, and its two labels do not tell that it did, neither half's figures nor
    blank cells are sure: a half label is like another row's, and the figures stand in one half only.
    """
    wide, other = above.xs[-1] - above.xs[0], below.xs[-1] - below.xs[0]
    if abs(wide - other) > _AS_WIDE or abs(above.xs[0] - below.xs[0]) > _ASIDE or not other:
        return above, with_sure_beginning(below)
    below = replace(below, xs=tuple(above.xs[0] + (x - below.xs[0]) * wide / other for x in below.xs))
    upper, lower = above.row(above.rows - 1), below.row(0)
    if _are_halves(upper, lower):
        return _as_halves(above, below)
    if _are_apart(upper, lower):
        return replace(above, open_bottom=False), replace(below, open_top=False)
    return unsure_in(above, above.rows - 1), unsure_in(below, 0)


def with_sure_beginning(part: Part) -> Part:
    """A table that begins with a row of a label that no form has, and no figures: its blank cells are not sure, for
    its figures may stand a page before."""
    first = part.row(0)
    if is_whole(_label_in(first)) or any(is_figure(cell.text) for cell in first):
        return part
    return unsure_in(part, 0)


def _are_halves(upper: Sequence[PartCell], lower: Sequence[PartCell]) -> bool:
    """Whether two rows are one that the break cut: together their labels are one of the forms, alone they are not.

    "1.本" over "机关不掌握相关政府信息"; the figures stand in one of them.
    """
    first, last = _label_in(upper), _label_in(lower)
    if not first or not last or (is_whole(first) and is_whole(last)) or not is_whole(first + last):
        return False  # 主要负责同志参加 and 政府网站在线访谈总次数 are whole, and so are both together
    return not (_figures_in(upper) and _figures_in(lower))


def _are_apart(upper: Sequence[PartCell], lower: Sequence[PartCell]) -> bool:
    """Whether each of two rows stands for itself."""
    first, last = _label_in(upper), _label_in(lower)
    if is_whole(first) and is_whole(last) and not is_whole(first + last):
        return True
    if _is_full(upper) and _is_full(lower):
        # Of a row that was cut the figures stand in one half.
        return is_known(nearest_label(first)) and is_known(nearest_label(last))
    # Labels of columns, and a row of nothing but figures (table 四).
    labels = [cell.text for cell in upper if cell.text]
    return (
        len(lower) > _SEVERAL
        and all(is_figure(cell.text) for cell in lower)
        and len(labels) >= len(lower)
        and all(is_whole(label) for label in labels)
    )


def _label_in(row: Sequence[PartCell]) -> str:
    """The row's own label: the last before its figures; "" without one."""
    labels = [cell.text for cell in row if _CHINESE.search(cell.text)]
    return labels[-1] if labels else ""


def _figures_in(row: Sequence[PartCell]) -> int:
    return sum(is_figure(cell.text) for cell in row)


def _is_full(row: Sequence[PartCell]) -> bool:
    """Whether something stands in every cell behind the label, more than one figure."""
    cells = [cell.text for cell in row]
    at = max((number for number, text in enumerate(cells) if _CHINESE.search(text)), default=len(cells))
    behind = cells[at + 1 :]
    return len(behind) > _SEVERAL and all(is_figure(text) for text in behind)


def _as_halves(above: Part, below: Part) -> tuple[Part, Part]:
    """Both open at the break, each cell of the cut row only as sure as both of its halves: one may be blank for a
    figure that was not seen."""
    sure: dict[tuple[int, int], float] = {}
    last = above.rows - 1
    for cell in (*above.row(last), *below.row(0)):
        sure[cell.columns] = min(sure.get(cell.columns, 1.0), _sure_of(cell))
    upper = tuple(_only_so_sure(cell, sure) if cell.row <= last < cell.row_end else cell for cell in above.cells)
    lower = tuple(_only_so_sure(cell, sure) if cell.row == 0 else cell for cell in below.cells)
    return replace(above, cells=upper, open_bottom=True), replace(below, cells=lower, open_top=True)


def _only_so_sure(cell: PartCell, sure: dict[tuple[int, int], float]) -> PartCell:
    return cell._replace(where=with_confidence_in(_CONFIDENCE.sub("", cell.where), sure[cell.columns]))


def _sure_of(cell: PartCell) -> float:
    found = confidence_in(cell.where)
    return 1.0 if found is None else found


def unsure_in(part: Part, row: int) -> Part:
    """The part with the figures and blank cells of a row (from 0) in doubt."""
    cells = tuple(
        cell._replace(where=with_confidence_in(_CONFIDENCE.sub("", cell.where), NOT_SURE))
        if cell.row <= row < cell.row_end and not _CHINESE.search(cell.text)
        else cell
        for cell in part.cells
    )
    return replace(part, cells=cells)
