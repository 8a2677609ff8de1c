"""A report's values in columns: what is asked of all two hundred is asked of a column at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import compress
from operator import attrgetter, ne
from typing import overload

from parsers.report import Number, Status, Value

LETTERS = {Status.NUMBER: "n", Status.BLANK: "b", Status.FILLER: "f", Status.MISSING: "m", Status.UNREAD: "u"}
"""A letter for each status, as the archive keeps them and as the reading process sends them."""
STATUSES = {letter: status for status, letter in LETTERS.items()}

_COLUMNS = tuple(map(attrgetter, ("key", "value", "raw", "status", "where")))


class Values(Sequence[Value]):
    """Many values, each made when it is first asked for.

    ``keys``, ``numbers`` and ``places`` are the columns ``key``, ``value`` and ``where``; ``letters`` has a letter for
    each status (``LETTERS``); ``prints`` is ``raw`` by its place in the column, where that is not the number's own
    digits, and "" where there is no number. Equal to any sequence of equal values.
    """

    def __init__(
        self,
        keys: tuple[str, ...],
        numbers: Sequence[Number | None],
        letters: str,
        prints: Mapping[int, str],
        places: Sequence[str],
    ) -> None:
        self.keys, self.numbers, self.letters, self.prints, self.places = keys, numbers, letters, prints, places

    @classmethod
    def of(cls, values: Sequence[Value]) -> Values:
        """The same values; these themselves where they are in columns already."""
        if isinstance(values, Values):
            return values
        keys, numbers, raws, statuses, places = (tuple(map(column, values)) for column in _COLUMNS)
        odd = map(ne, raws, digits_of(numbers))
        prints = {at: raws[at] for at in compress(range(len(raws)), odd)}
        return cls(keys, numbers, "".join(map(LETTERS.__getitem__, statuses)), prints, places)

    @cached_property
    def _each(self) -> tuple[Value, ...]:
        raws = digits_of(self.numbers)
        for at, raw in self.prints.items():
            raws[at] = raw
        return tuple(map(Value, self.keys, self.numbers, raws, map(STATUSES.__getitem__, self.letters), self.places))

    @overload
    def __getitem__(self, at: int) -> Value: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Value, ...]: ...
    def __getitem__(self, at: int | slice) -> Value | tuple[Value, ...]:
        return self._each[at]

    def __iter__(self) -> Iterator[Value]:
        return iter(self._each)

    def __len__(self) -> int:
        return len(self.keys)

    def __eq__(self, other: object) -> bool:
        return self._each == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._each)

    def __repr__(self) -> str:
        return repr(self._each)


def digits_of(numbers: Iterable[Number | None]) -> list[str]:
    """Each number's own digits, which are nearly always what was printed; "" where there is none."""
    return ["" if number is None else str(number) for number in numbers]
