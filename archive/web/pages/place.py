"""A place: who has published on a year and who has not, what their figures add up to, how that went over the years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from time import thread_time
from typing import Any

from archive.bodies.places import around, code_of, count_bodies, names_of, range_of, stem_of, tally_places
from archive.clock import read_clock
from archive.comparing.series import breaks_of
from archive.comparing.totals import GOVERNMENT, Group, Total, group_bodies, sum_figures
from archive.errors import BadQuery, NotFound
from archive.season.coverage import CHINA, STATES, Entry, count_states, coverage_of, read_date
from archive.verbs.coverage import FIELDS
from archive.web.answers import Entry as FeedEntry
from archive.web.answers import Page, Redirect, Table
from archive.web.asked import Asked
from archive.web.briefly import briefly
from archive.web.charts import Dot, Line, Mark, draw_lines, spoken, swatch
from archive.web.links import with_query
from archive.web.pages_found import Path
from archive.web.registers import (
    Child,
    children_of,
    facts_of_totals,
    group_name,
    grouped,
    of_figure,
    of_reports,
    row_of,
)
from archive.web.report_events import label_in

FIGURES = (
    "requests.received.total", "requests.granted.total", "requests.carried_out.total", "disputes.review.total",
    "disputes.litigation_direct.total",
)  # fmt: skip
"""What is summed over a place; the first is followed through the years."""
MOST_BODIES = 6000
"""A register of more bodies is made place by place: it grows with the bodies, and a page has a second."""
_MOST_SUMMED = 4000  # bodies times figures or years
_ON_A_PAGE = 200
_IN_A_FEED = 50
_TOTALS_UNTIL, _TRENDS_UNTIL = 0.4, 0.5  # seconds after the beginning; what is left is for writing the page


@dataclass(frozen=True, slots=True)
class _Asked:
    """``stem``: the digits that the place's codes begin with. ``state`` "": all; ``start``: the first row shown."""

    stem: str
    year: int
    on: date
    state: str
    start: int


def show_country(asked: Asked) -> Page:
    """``/place/``: ``year``, ``on`` (as known at the end of that day), ``state``, ``from``. Raises BadQuery."""
    return _show(asked, "")


def show_place(asked: Asked) -> Page:
    """``/place/{region}``: a code of 2, 4 or 6 digits, or fewer where it ends in 00. Raises BadQuery, NotFound."""
    code = asked.part("region")
    if not (code.isascii() and code.isdigit() and len(code) in (2, 4, 6)):
        raise NotFound(f"expected the code of a region as in 150824, found {code!r}")
    return _show(asked, stem_of(code))


def _show(asked: Asked, stem: str) -> Page:
    begun = thread_time()
    wanted = _wanted(asked, stem)
    bodies = count_bodies(asked.archive, stem)
    entries = None
    if bodies <= MOST_BODIES:
        entries = briefly(asked, 0.75, lambda: coverage_of(asked.archive, wanted.year, wanted.on, stem))
    if entries is None and asked.form in ("csv", "atom"):
        raise BadQuery(asked.say("place.too_many", count=bodies))
    if stem and not bodies and not entries:
        raise NotFound(f"expected a region that the archive has bodies of, found {code_of(stem)}")
    tallies = tally_places(asked.archive, stem, wanted.year) if asked.form in ("html", "json") else {}
    codes = [code_of(one) for one in (*around(stem), stem, *tallies) if one]
    names = names_of(asked.archive, codes, wanted.year)
    place = names.get(code_of(stem), code_of(stem)) if stem else asked.say("place.country")
    children = children_of(stem, tallies, entries, names)
    shown = [one for one in entries or () if not wanted.state or one.state == wanted.state]
    sums = _sums(asked, wanted, entries, place, begun)
    # A page shows a part of them, a file its own columns: only JSON has them all with their links.
    rows = [row_of(asked.lang, one, wanted.year) for one in shown] if asked.form == "json" else []
    facts = {
        "year": wanted.year,
        "on": str(wanted.on),
        "region_code": code_of(stem),
        "name": place,
        "within": [{"region_code": code_of(one), "name": names.get(code_of(one), "")} for one in around(stem) if one],
        "known_bodies": bodies,
        "counts": None if entries is None else count_states(entries),
        "places": [_facts_of_child(one) for one in children],
        "bodies": None if entries is None else rows,
        "totals": [facts_of_totals(*one) for one in sums.totals],
        "trends": [facts_of_totals(*one) for one in sums.trends],
        "is_cut": sums.cut,
    }
    extra = _extra(asked, wanted, names, entries, shown, children, sums)
    title = asked.say("place.title", place=place, year=wanted.year)
    feed = tuple(_feed_entry(asked, one, wanted) for one in _latest(shown))
    return Page("place.html", title, facts, extra, table=Table(FIELDS, (_csv_row(one) for one in shown)), feed=feed)


def _wanted(asked: Asked, stem: str) -> _Asked:
    today = read_clock().astimezone(CHINA).date()
    said = asked.text("on")
    on = read_date(said) if said else today
    if on is None:
        raise BadQuery(f"on: expected a date such as 2026-02-01, found {said!r}")
    year = asked.year() or today.year - 1
    start = asked.number("from", 0, most=10**6) or 0
    return _Asked(stem, year, on, asked.choice("state", ("", *STATES)), start)


_Sums = list[tuple[str, Group, tuple[Total, ...]]]


@dataclass(frozen=True, slots=True)
class _Summed:
    """Totals of the year, and one figure through the years, by group; ``cut``: some would have taken too long."""

    totals: _Sums
    trends: _Sums
    cut: bool = False


def _sums(asked: Asked, wanted: _Asked, entries: Sequence[Entry] | None, place: str, begun: float) -> _Summed:
    """Only for the page that shows all bodies; the groups of governments, which are small, first."""
    if entries is None or wanted.state or wanted.start or asked.form not in ("html", "json"):
        return _Summed([], [])
    groups = [one for one in group_bodies(asked.archive, wanted.stem, entries) if one.bodies]
    years = range_of(asked.archive)[-12:]

    def summed(keys: Sequence[str], of_years: Sequence[int], until: float) -> _Sums:
        found: _Sums = []
        for one in groups:
            fits = len(one.bodies) * len(keys) * len(of_years) <= _MOST_SUMMED
            make = partial(sum_figures, asked.archive, one, keys, of_years)
            sums = briefly(asked, begun + until - thread_time(), make) if fits else None
            if sums is not None:
                found.append((group_name(asked.lang, one, place), one, sums))
        return found

    totals = summed(FIGURES, (wanted.year,), _TOTALS_UNTIL)
    trends = summed(FIGURES[:1], years, _TRENDS_UNTIL)
    return _Summed(totals, trends, cut=min(len(totals), len(trends)) < len(groups))


def _extra(
    asked: Asked,
    wanted: _Asked,
    names: dict[str, str],
    entries: Sequence[Entry] | None,
    shown: Sequence[Entry],
    children: Sequence[Child],
    sums: _Summed,
) -> dict[str, Any]:
    rows = [row_of(asked.lang, one, wanted.year) for one in shown[wanted.start : wanted.start + _ON_A_PAGE]]
    following = wanted.start + _ON_A_PAGE
    return {
        "asked": wanted,
        "path": asked.request.url.path,
        "names": names,
        "crumbs": [(code_of(one), names.get(code_of(one)) or code_of(one)) for one in around(wanted.stem) if one],
        "years": sorted({*range_of(asked.archive), wanted.year}),
        "counts": None if entries is None else {name: n for name, n in count_states(entries).items() if n},
        "expected": len(entries or ()),
        "too_many": asked.say("place.too_many", count=count_bodies(asked.archive, wanted.stem)),
        "children": children,
        "rows": rows,
        "found": len(shown),
        "next": _here(asked, {"from": following}) if following < len(shown) else "",
        "first": _here(asked, {"from": None}) if wanted.start else "",
        "here": lambda **changed: _here(asked, {"from": None, **changed}),
        "figures": FIGURES,
        "label": lambda key: label_in(asked.lang, key).removesuffix(" · 总计").removesuffix(": total"),
        "totals": [
            (
                name,
                of_reports(asked.lang, found[0], group.count),
                [(one, of_figure(asked.lang, one), grouped(one.total)) for one in found],
            )
            for name, group, found in sums.totals
        ],
        "trends": sums.trends,
        "chart": _chart(asked, sums.trends),
        "swatch": swatch,
        "grouped": grouped,
        "is_government": lambda group: group.name == GOVERNMENT,
    }


def _here(asked: Asked, changed: dict[str, Any]) -> str:
    """This page with other parameters."""
    given = {
        name: value for name, value in asked.request.query_params.items() if name in ("year", "on", "state", "lang")
    }
    return with_query(asked.request.url.path, given | changed)


def _chart(asked: Asked, trends: _Sums) -> Any:
    if not trends or not any(one.total is not None for _, _, sums in trends for one in sums):
        return None
    years = range(trends[0][2][0].year, trends[0][2][-1].year + 1)
    breaks = breaks_of(FIGURES[0], years[0], years[-1])
    apart = {one.year for one in breaks if not one.joins}
    lines = [
        Line(
            name,
            tuple(
                None
                if one.total is None
                else Dot(one.total, f"{name} {one.year}: {spoken(one.total)}", one.year not in apart)
                for one in sums
            ),
        )
        for name, _, sums in trends
    ]
    marks = [Mark(one.year, asked.say("compare.break_mark", year=one.year)) for one in breaks]
    tells = "；".join(
        f"{name} " + ", ".join(f"{one.year} {'–' if one.total is None else spoken(one.total)}" for one in sums)
        for name, _, sums in trends
    )
    return draw_lines(lines, years, marks, label_in(asked.lang, FIGURES[0]), tells, lang=asked.lang)


def _facts_of_child(one: Child) -> dict[str, Any]:
    return {
        "region_code": one.code,
        "name": one.name,
        "is_own": one.is_own,
        "known_bodies": one.tally.bodies,
        "reports": one.tally.reports,
        "read": one.tally.read,
        "checks_broken": one.tally.broken,
        "states": None if one.states is None else dict(one.states),
    }


def _latest(entries: Sequence[Entry]) -> list[Entry]:
    """What was seen last, for the feed."""
    seen = [one for one in entries if one.first_seen is not None]
    return sorted(seen, key=lambda one: str(one.first_seen), reverse=True)[:_IN_A_FEED]


def _feed_entry(asked: Asked, one: Entry, wanted: _Asked) -> FeedEntry:
    facts = row_of(asked.lang, one, wanted.year)
    state = asked.say(f"place.state_{one.state}")
    seen = f"{one.first_seen}T00:00:00Z"
    key = f"register:{one.region_code}:{one.organisation}:{wanted.year}"
    says = "；".join(part for part in (state, facts["says"], facts["doubts"]) if part)
    return FeedEntry(key, f"{one.organisation} {wanted.year} {state}", facts["link"], seen, says, one.organisation)


def _csv_row(entry: Entry) -> tuple[Any, ...]:
    facts = row_of("en", entry, entry.deadline.year - 1)
    return tuple(" ".join(facts[name]) if isinstance(facts[name], list) else facts[name] for name in FIELDS)


def _to_country(asked: Asked) -> Redirect:
    return Redirect(with_query("/place/", dict(asked.request.query_params)))


PATHS = (
    Path("/place", _to_country),
    Path("/place/", show_country, ("json", "csv", "atom")),
    Path("/place/{region}", show_place, ("json", "csv", "atom")),
)
