"""A plug-in's reader in a limited child process: its code never runs in ours."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import IO, Any, cast

from parsers.child import Child, listed, main, the_one
from parsers.errors import OutOfMemory
from parsers.limited.limits import OTHER, limit_to
from parsers.plugins import ForeignCell, Plugin, find_entry_point
from parsers.report import Hints, Number

_ABOUT, _READ = "about:", "read:"
_TOO_MUCH = 2**63  # SQLite holds no larger number exactly


class PluginChild(Child):
    """``Child`` for plug-ins: what their code does ends with the child, and is a DocumentError here."""

    def __init__(self) -> None:
        super().__init__("parsers.plugin_child")

    def release_of(self, name: str) -> str:
        """A plug-in's own release. Raises Crashed where it cannot be loaded, with the reason."""
        named, release = the_one(self._asked(b"", {"hints": {}, "why": _ABOUT + name}, _about_in))
        return release if named == name else f"{named} {release}"

    def read_with(self, payload: bytes, hints: Hints, name: str) -> tuple[ForeignCell, ...]:
        """What a plug-in reads in a file. Raises a DocumentError: TimedOut, OutOfMemory, Crashed with its exception."""
        return self._asked(payload, {"hints": asdict(hints), "why": _READ + name}, _cells_in)


def answer_to(payload: bytes, hints: Hints, _sink: IO[bytes], why: str) -> dict[str, object]:
    """In the child: one question → its answer. Whatever a plug-in raises ends the process, and the parent says so."""
    limit_to(OTHER)
    asked, name = why.split(":", 1)
    plugin = cast(Plugin, find_entry_point(name).load())
    if f"{asked}:" == _ABOUT:
        return {"about": [[str(plugin.NAME), str(plugin.RELEASE)]]}
    try:
        return {"cells": [_sent(*cell) for cell in plugin.read(payload, hints)]}
    except MemoryError:
        return {"error": {"code": OutOfMemory.code, "says": "reading needed more memory than its limit"}}


def _sent(key: str, value: Number | float | None, raw: str) -> list[str | int | None]:
    """A cell → JSON: a whole number as it is, an amount as its digits in text."""
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, bool) or not (value is None or isinstance(value, int | Decimal)):
        raise TypeError(f"expected a figure or None as the value of {key!r}, found {value!r}")
    if not isinstance(key, str) or not isinstance(raw, str):
        raise TypeError(f"expected texts as key and raw, found {key!r} and {raw!r}")
    return [key, str(value) if isinstance(value, Decimal) else value, raw]


def _cells_in(answer: dict[str, object]) -> tuple[ForeignCell, ...]:
    return listed(answer, "cells", _cell_in)


def _cell_in(said: list[Any]) -> ForeignCell:
    key, value, raw = said
    if not isinstance(key, str) or not isinstance(raw, str) or isinstance(value, bool | float):
        raise TypeError(f"{key!r} {value!r} {raw!r}")
    number = Decimal(value) if isinstance(value, str) else value
    if (isinstance(number, Decimal) and not number.is_finite()) or abs(number or 0) >= _TOO_MUCH:
        raise ValueError(f"{key!r} is {number}")
    return key, number, raw


def _about_in(answer: dict[str, object]) -> tuple[tuple[str, str], ...]:
    return listed(answer, "about", lambda said: (str(said[0]), str(said[1])))


if __name__ == "__main__":
    main(answer_to)
