"""Readers that others install beside ours, found by their entry point."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol

from parsers.report import Hints, Number

GROUP = "nianbao.parsers"
"""The entry point group (packaging.python.org: Entry points specification)."""

ForeignCell = tuple[str, Number | None, str]
"""One cell: key (``requests.received.total``, or a key of the plug-in's own), figure or None, what is printed."""


class Plugin(Protocol):
    """What an entry point of the group names: a module or an object.

    ``RELEASE`` changes whenever the same bytes may read otherwise. ``read`` is called in a limited child process, with
    the bytes of one file; a float is taken for the figure that it prints as.
    """

    NAME: str
    RELEASE: str

    def read(self, payload: bytes, hints: Hints) -> Iterable[ForeignCell]: ...


@dataclass(frozen=True, slots=True)
class Installed:
    """An entry point as its package declares it; nothing of the package has been imported."""

    name: str
    value: str
    package: str
    version: str


def list_installed() -> tuple[Installed, ...]:
    """The plug-ins there are, by name."""
    found = (
        Installed(
            one.name, one.value, "" if one.dist is None else one.dist.name, "" if one.dist is None else one.dist.version
        )
        for one in entry_points(group=GROUP)
    )
    return tuple(sorted(found, key=lambda one: (one.name, one.package)))


def find_entry_point(name: str) -> EntryPoint:
    """The one entry point of that name. Raises LookupError where there is none, or more than one."""
    found = tuple(entry_points(group=GROUP, name=name))
    if len(found) != 1:
        raise LookupError(f"expected one plug-in {name} in the entry point group {GROUP}, found {len(found)}")
    return found[0]
