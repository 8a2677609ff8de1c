"""Counts of a search → the ways to narrow it, each a link, and the ways back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.bodies.kinds import KINDS, LEVELS
from archive.bodies.places import names_of
from archive.search.entries import FLAGS
from archive.store import Archive
from archive.web.place_names import called, chain_of
from archive.web.searches import Search
from archive.web.words import say, words_in

Counts = Mapping[str, Sequence[tuple[str, int]]]

FACETS = ("year", "region", "level", "kind", "form", "flags")
UNKNOWN = "-"
"""What stands in the address for a level, kind or form that is not known: "" is any."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet: how many reports of the search have it, and the search for these alone ("": none)."""

    value: str
    label: str
    count: int
    path: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter that is set, and the search without it."""

    facet: str
    label: str
    path: str


def choices_of(archive: Archive, search: Search, counts: Counts) -> dict[str, tuple[Choice, ...]]:
    """What ``count_facets`` counted → facet → its choices, in the order in which they are shown.

    A facet whose value is chosen already offers none, but for the region, which offers what lies below it, flags, of
    which several may be set, and the year, which offers the others where they were counted.
    """
    names = names_of(archive, _codes(search, counts))
    made: dict[str, tuple[Choice, ...]] = {}
    for facet in FACETS:
        found = [
            Choice(value, label_of(search.lang, facet, value, names), count, _path_with(search, facet, value))
            for value, count in counts.get(facet, ())
            if not _is_chosen(search, facet, value)
        ]
        made[facet] = tuple(sorted(found, key=lambda one: _place_in(facet, one)))
    return made


def chosen_in(archive: Archive, search: Search) -> tuple[Chosen, ...]:
    """The filters that are set; a region once for each step of its chain, which leads to what it lies in."""
    wanted, lang = search.filters, search.lang
    chain = chain_of(wanted.region)
    names = names_of(archive, chain)
    found = [
        Chosen("region", called(code, names, lang), search.without(region=above).path())
        for above, code in zip(("", *chain), chain, strict=False)
    ]
    if wanted.year is not None:
        found.append(Chosen("year", label_of(lang, "year", str(wanted.year)), search.without(year=None).path()))
    for facet in ("level", "kind", "form"):
        value: str = getattr(wanted, facet)
        if value:
            found.append(Chosen(facet, label_of(lang, facet, value), search.without(**{facet: ""}).path()))
    if wanted.organisation:
        said = say(lang, "search.chosen_organisation", text=wanted.organisation)
        found.append(Chosen("organisation", said, search.without(organisation="").path()))
    for flag in wanted.flags:
        left = tuple(one for one in wanted.flags if one != flag)
        found.append(Chosen("flags", label_of(lang, "flags", flag), search.without(flags=left).path()))
    return tuple(found)


def label_of(lang: str, facet: str, value: str, names: Mapping[str, str] | None = None) -> str:
    """A facet's value in the reader's words."""
    if facet == "region":
        return called(value, dict(names or {}), lang)
    if facet == "year":
        return say(lang, "search.of_year", year=value)
    if value in ("", UNKNOWN):
        return say(lang, "search.unknown")
    if facet in ("level", "kind"):
        kind = (LEVELS if facet == "level" else KINDS).get(value)
        return value if kind is None else kind.en if lang == "en" else kind.zh
    return words_in(lang).get(f"search.{facet}_{value}", value)


def facts_of(choices: Mapping[str, Sequence[Choice]]) -> dict[str, list[dict[str, Any]]]:
    """Choices → what ``.json`` gives of them."""
    return {
        facet: [
            {"value": one.value, "label": one.label, "count": one.count, "path": one.path or None} for one in offered
        ]
        for facet, offered in choices.items()
    }


def _codes(search: Search, counts: Counts) -> set[str]:
    found = {value for value, _ in counts.get("region", ())}
    return {*found, *(value[:-2] for value in found if len(value) > 2), *chain_of(search.filters.region)}


def _is_chosen(search: Search, facet: str, value: str) -> bool:
    chosen = getattr(search.filters, facet)
    if facet == "flags":
        return value in chosen
    if facet == "year":
        return value == str(chosen)
    if facet == "region":
        return value in chain_of(chosen)
    return bool(chosen)


def _path_with(search: Search, facet: str, value: str) -> str:
    if facet == "flags":
        flags = tuple(one for one in FLAGS if one == value or one in search.filters.flags)
        return search.without(flags=flags).path()
    if facet == "year":
        return search.without(year=int(value)).path()
    if facet == "region":
        return search.without(region=value).path() if _can_be_asked(value) else ""
    return search.without(**{facet: value or UNKNOWN}).path()


def _can_be_asked(region: str) -> bool:
    """A province's own bodies are counted under 1500, which as a filter is the province whole; "" is any."""
    return bool(region) and not (len(region) > 2 and region.endswith("00"))


def _place_in(facet: str, one: Choice) -> tuple[int | str, ...]:
    if facet == "year":
        return (-int(one.value),)
    if facet == "level":
        return (list(LEVELS).index(one.value) if one.value in LEVELS else len(LEVELS),)
    if facet == "flags":
        return (FLAGS.index(one.value),)
    return (-one.count, one.value)
