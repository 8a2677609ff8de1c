"""What a reader searches for, as the address of the page has it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from archive.search import Filters
from archive.web.asked import Asked
from archive.web.links import with_query

SORTS = ("newest", "rank")


@dataclass(frozen=True, slots=True)
class Search:
    """A query, its filters, the order, the language: the whole state of the page but for where in the list it is."""

    query: str
    filters: Filters
    sort: str
    lang: str

    def path(self, form: str = "", *, after: str = "", limit: int | None = None) -> str:
        """The address of this search; ``form``: "" for the page, "json", "csv" or "atom" for its data."""
        beginning = f"/search.{form}" if form else "/search"
        return with_query(beginning, {**self.state(), "limit": limit, "after": after})

    def without(self, **changes: Any) -> Search:
        """The same search with other filters: ``without(year=None)``."""
        return replace(self, filters=replace(self.filters, **changes))

    def state(self) -> dict[str, str | int | tuple[str, ...] | None]:
        """The parameters of the address; what is any is "" or None."""
        wanted = self.filters
        return {
            "q": self.query,
            "year": wanted.year,
            "region": wanted.region,
            "level": wanted.level,
            "kind": wanted.kind,
            "form": wanted.form,
            "organisation": wanted.organisation,
            "flags": wanted.flags,
            "sort": self.sort if self.sort != SORTS[0] else "",
            "lang": "en" if self.lang == "en" else "",
        }

    def fields(self, *leave_out: str) -> list[tuple[str, str]]:
        """(name, value) of what a form must carry along."""
        return [
            (name, str(one))
            for name, value in self.state().items()
            if name not in leave_out
            for one in (value if isinstance(value, tuple) else (value,))
            if one is not None and one != ""
        ]

    @property
    def is_filtered(self) -> bool:
        return self.filters != Filters()


def read_search(asked: Asked) -> Search:
    """The parameters of a request → the search. Raises BadQuery."""
    filters = Filters(
        year=asked.year(),
        region=asked.region(),
        level=asked.text("level"),
        kind=asked.text("kind"),
        form=asked.text("form"),
        organisation=asked.text("organisation"),
        flags=asked.texts("flags"),
    )
    return Search(asked.text("q"), filters, asked.choice("sort", SORTS), asked.lang)
