"""Hosts that have something in the frontier of a run, by host group; kept, not read anew after every page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archive.frontier import has_queued, queued_netlocs
from archive.runs.run import Run
from archive.store import Archive
from crawler.manners.groups import Groups


class OpenHosts:
    """Hosts and ports that have something queued. To read a thousand of them anew took 3 ms of every page.

    What this process does with the frontier is noticed as it is told of it (``look_at``); ``forget`` has all read anew.
    ``only``: hosts and ports that may be asked; None: all.
    """

    def __init__(self, archive: Archive, run: Run, groups: Groups, only: frozenset[str] | None) -> None:
        self._archive = archive
        self._run = run
        self._groups = groups
        self._only = only
        self._open: dict[str, None] | None = None
        self._by_group: dict[str, dict[str, None]] = {}
        self._sought: dict[str, None] = {}
        self._group: dict[str, str] = {}

    def every(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(self._known())

    def has(self, netloc: str) -> bool:
        """Whether it is among them."""
        return netloc in self._known()

    def by_group(self) -> Mapping[str, Iterable[str]]:
        """Group → its hosts, without those whose names are being looked up."""
        self._known()
        for netloc in tuple(self._sought):
            group = self._groups.group_of(netloc)
            if group is not None:
                del self._sought[netloc]
                self._group[netloc] = group
                self._by_group.setdefault(group, {})[netloc] = None
        return self._by_group

    @property
    def is_seeking(self) -> bool:
        """True while the name of one is being looked up."""
        return bool(self._sought)

    def forget(self) -> None:
        """Others have changed the frontier."""
        self._open = None

    def look_at(self, netlocs: Iterable[str]) -> None:
        """Of these hosts something was queued, or taken."""
        known = self._known()
        for netloc in netlocs:
            may_be_asked = self._only is None or netloc in self._only
            if may_be_asked and has_queued(self._archive, self._run, netloc):
                self._put(netloc)
            elif netloc in known:
                del known[netloc]
                self._ungroup(netloc)

    def _known(self) -> dict[str, None]:
        if self._open is None:
            self._open, self._by_group, self._sought, self._group = {}, {}, {}, {}
            for netloc in queued_netlocs(self._archive, self._run):
                if self._only is None or netloc in self._only:
                    self._put(netloc)
        return self._open

    def _put(self, netloc: str) -> None:
        if netloc not in (known := self._known()):
            known[netloc] = self._sought[netloc] = None

    def _ungroup(self, netloc: str) -> None:
        """Never by asking which group it is of: of a host that may not be asked, not even the name is looked up."""
        self._sought.pop(netloc, None)
        group = self._group.pop(netloc, None)
        if group is not None:
            del self._by_group[group][netloc]
            if not self._by_group[group]:
                del self._by_group[group]
