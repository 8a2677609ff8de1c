"""Ways real reports print a figure: figure → (what is printed, the value a reader must find, its status)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from tests.documents.figures import Figure

Printed = tuple[str, Figure | None, str]
Print = Callable[[Figure], Printed]
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def plain(figure: Figure) -> Printed:
    return str(figure), figure, "number"


def zero(figure: Figure) -> Printed:
    return "0", 0, "number"


def plus(figure: Figure) -> Printed:
    return f"+{figure}", figure, "number"


def minus(figure: Figure) -> Printed:
    return f"-{figure}", -figure, "number"


def increased(figure: Figure) -> Printed:
    return f"增加{figure}", figure, "number"


def decreased(figure: Figure) -> Printed:
    return f"减{figure}", -figure, "number"


def thousands(figure: Figure) -> Printed:
    """A figure of at least 1000, with the separator: 4,021."""
    large = figure if figure >= 1000 else figure + 4000
    return f"{large:,}", large, "number"


def full_width(figure: Figure) -> Printed:
    return str(figure).translate(_FULL_WIDTH), figure, "number"


def in_10k_yuan(figure: Figure) -> Printed:
    """The form's own unit again in the cell: 797.58万元."""
    return f"{figure}万元", figure, "number"


def in_yuan(figure: Figure) -> Printed:
    """The amount in yuan; the form's unit is 万元: 251000元 is 25.1."""
    yuan = int(Decimal(figure) * 10000)
    return f"{yuan}元", Decimal(yuan) / 10000, "number"


def four_decimals(figure: Figure) -> Printed:
    """18.8710: the last zero is printed and means nothing."""
    longer = Decimal(figure) + Decimal("0.0010")
    return str(longer), longer, "number"


def with_unit(figure: Figure) -> Printed:
    return f"{figure}件", figure, "number"


def with_revisions(figure: Figure) -> Printed:
    return f"{figure}（其中修订 {int(figure) // 3} 件）", figure, "number"


def with_expiries(figure: Figure) -> Printed:
    return f"{figure}（含自然失效 {int(figure) // 2} 件）", figure, "number"


def padded(figure: Figure) -> Printed:
    return f"\u3000{figure} ", figure, "number"


def spaced_out(figure: Figure) -> Printed:
    """Digits with spaces between them, as justified cells come out."""
    return " ".join(str(figure)), figure, "number"


def empty(figure: Figure) -> Printed:
    return "", None, "blank"


def wide_space(figure: Figure) -> Printed:
    return "\u3000", None, "blank"


def hard_space(figure: Figure) -> Printed:
    return "\u00a0", None, "blank"


def slash(figure: Figure) -> Printed:
    return "/", None, "filler"


def dash(figure: Figure) -> Printed:
    return "—", None, "filler"


def hyphen(figure: Figure) -> Printed:
    return "-", None, "filler"


def none_word(figure: Figure) -> Printed:
    return "无", None, "filler"
