"""Whether labels over figures are those of an official form: only such are taken for the head of a table."""

from __future__ import annotations

from collections.abc import Sequence

from parsers.forms import list_forms
from parsers.tables.labels import match_label


def are_columns(texts: Sequence[str]) -> bool:
    """True if some official form has a column for every one of these labels.

    Where a label is none, two of them may be read as one, and a blank column then goes unnoticed: the figures of a row
    would be too few by one, and each be taken for its neighbour's.
    """
    return any(all(match_label(text, form.column_labels()) for text in texts) for form in list_forms())
