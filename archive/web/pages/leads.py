"""Leads: what happened to reports at their source, what contradicts itself, what stands out; each with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.bodies.places import code_of, count_bodies, names_of, range_of, stem_of, tally_places
from archive.clock import parse_time, read_clock, stamp
from archive.comparing.outliers import (
    FEWEST_PEERS,
    JUMPS,
    MORE,
    TIMES,
    ZERO_YEARS,
    ZEROS,
    jumps_of_year,
    zeros_for_years,
)
from archive.errors import BadQuery
from archive.ledgers import Wanted, ledgers, list_events
from archive.lookups.captures_shown import captures_shown, count_reports, edited_reports, regions_of
from archive.season.coverage import CHINA, coverage_of
from archive.web.answers import Entry, Head, Page, Table
from archive.web.asked import Asked
from archive.web.briefly import briefly
from archive.web.leads_shown import (
    LATE,
    Lead,
    cells_shown,
    lead_of_entry,
    lead_of_event,
    lead_of_outlier,
    reports_in,
    seen_path,
)
from archive.web.links import with_query
from archive.web.pages_found import Path

KINDS = (
    "silent_edit", "contradiction", "not_seen", "returned", "dates_disagree", LATE, ZEROS, JUMPS, "copy", "correction",
)  # fmt: skip
"""As they are offered; one at a time, since each is worked out anew when it is asked for."""
MOST_BODIES = 6000
"""What may be gone through within a second: bodies of the place; of its province for zeros."""
MOST = {"silent_edit": 1000, "contradiction": 2500, "not_seen": 1200, "returned": 1200, "dates_disagree": 500,
        "copy": 500}  # fmt: skip
"""Reports of the year and place; for edits those that were seen as more than one version, for copies those of all
places and of the year before as well, among which they are sought."""
_ON_A_PAGE = 40
_IN_A_FEED = 50
_SECONDS = 0.55
_COLUMNS = (
    "kind", "grade", "organisation", "region_code", "report_year", "report", "when", "says", "record", "cells", "link",
)  # fmt: skip
_NUMBERS = {"zero_years": ZERO_YEARS, "peers": FEWEST_PEERS, "times": TIMES, "more": MORE}


@dataclass(frozen=True, slots=True)
class _Wanted:
    kind: str
    year: int
    stem: str
    since: str
    start: int


def show_leads(asked: Asked) -> Page:
    """``/leads``: ``kind`` (one of KINDS), ``year`` (the latest that there are reports on), ``region`` (a code or its
    beginning), ``since`` (a time: found from then on), ``from`` (the first row). Raises BadQuery."""
    wanted = _wanted(asked)
    counted, cost, most = _cost(asked, wanted)
    found = None if cost > most else briefly(asked, _SECONDS, lambda: _find(asked, wanted))
    says = asked.say(f"leads.too_many_{counted}" if cost > most else "leads.too_slow", count=cost, most=most)
    if found is None and asked.form in ("csv", "atom"):
        raise BadQuery(says)
    leads = found or []
    narrower = [] if found is not None or wanted.kind == "copy" else _narrower(asked, wanted)
    shown = leads[wanted.start : wanted.start + _ON_A_PAGE]
    names = names_of(asked.archive, [code_of(wanted.stem)], wanted.year) if wanted.stem else {}
    place = names.get(code_of(wanted.stem), code_of(wanted.stem)) or asked.say("place.country")
    facts = {
        "kind": wanted.kind,
        "year": wanted.year,
        "region_code": code_of(wanted.stem),
        "since": wanted.since,
        "method": asked.say(f"leads.method_{wanted.kind}", **_NUMBERS),
        "thresholds": _NUMBERS,
        "total": None if found is None else len(leads),
        "too_many": None
        if found is not None
        else {"counted": counted, "count": cost, "most": most, "says": says, "narrower": narrower},
        "leads": [dict(one.facts) | {"says": one.says, "link": one.path} for one in leads],
    }
    following = wanted.start + _ON_A_PAGE
    extra = {
        "asked": wanted,
        "kinds": [(kind, _here(asked, {"kind": kind})) for kind in KINDS],
        "years": [(year, _here(asked, {"year": year})) for year in range_of(asked.archive)],
        "place": place,
        "everywhere": _here(asked, {"region": None}) if wanted.stem else "",
        "shown": shown,
        "cells_shown": cells_shown,
        "seen_path": seen_path,
        "methods": [(kind, asked.say(f"leads.method_{kind}", **_NUMBERS)) for kind in KINDS],
        "command": f"nianbao events --kind {wanted.kind} --year {wanted.year}",
        "is_event": wanted.kind in ledgers(),
        "next": _here(asked, {"from": following}) if following < len(leads) else "",
        "first": _here(asked, {"from": None}) if wanted.start else "",
    }
    title = asked.say("leads.title_of", kind=asked.say(f"leads.kind_{wanted.kind}"), year=wanted.year)
    return Page(
        "leads.html", title, facts, extra, table=Table(_COLUMNS, (_row(asked, one) for one in leads)),
        feed=tuple(_entry(asked, one) for one in leads[:_IN_A_FEED]), head=Head(is_listed=False),
    )  # fmt: skip


def _wanted(asked: Asked) -> _Wanted:
    kind = asked.choice("kind", KINDS)
    years = range_of(asked.archive)
    year = asked.year() or (years[-1] if years else read_clock().year - 1)
    said = asked.text("since")
    start = asked.number("from", 0, most=10**6) or 0
    return _Wanted(kind, year, stem_of(asked.region()), stamp(parse_time(said)) if said else "", start)


def _cost(asked: Asked, wanted: _Wanted) -> tuple[str, int, int]:
    """What finding these leads grows with: what is counted, how many there are, how many may be gone through."""
    archive, year, kind = asked.archive, wanted.year, wanted.kind
    bodies = count_bodies(archive, wanted.stem[:2] if kind == ZEROS else wanted.stem)
    if kind == "copy":
        return "copies", count_reports(archive, "", year - 1, year), MOST[kind]
    if bodies > MOST_BODIES or kind not in MOST:
        return "bodies", bodies, MOST_BODIES
    if kind == "silent_edit":
        return "edits", len(edited_reports(archive, wanted.stem, year)), MOST[kind]
    return "reports", count_reports(archive, wanted.stem, year, year), MOST[kind]


def _find(asked: Asked, wanted: _Wanted) -> list[Lead]:
    now = stamp(read_clock())
    finders: Mapping[str, Callable[[], list[Lead]]] = {
        LATE: lambda: _late(asked, wanted),
        ZEROS: lambda: [
            lead_of_outlier(asked.lang, one, now) for one in zeros_for_years(asked.archive, wanted.year, wanted.stem)
        ],
        JUMPS: lambda: [
            lead_of_outlier(asked.lang, one, now) for one in jumps_of_year(asked.archive, wanted.year, wanted.stem)
        ],
    }
    return finders.get(wanted.kind, lambda: _events(asked, wanted, now))()


def _events(asked: Asked, wanted: _Wanted, now: str) -> list[Lead]:
    """Events of one ledger, the last found first."""
    reports: frozenset[int] = frozenset()
    if wanted.kind == "silent_edit":
        reports = edited_reports(asked.archive, wanted.stem, wanted.year)
        if not reports:
            return []
    events = list_events(
        asked.archive, Wanted(wanted.year, wanted.stem, wanted.since, reports), frozenset({wanted.kind})
    )[::-1]
    asked.check_time()
    regions = regions_of(asked.archive, reports_in(events))
    shown = captures_shown(asked.archive, [capture for event in events for capture in event.captures])
    return [lead_of_event(asked.lang, event, regions[event.report], shown, now) for event in events]


def _late(asked: Asked, wanted: _Wanted) -> list[Lead]:
    """Late reports of the register, the latest first; ``since`` is by the day they were first seen."""
    today = read_clock().astimezone(CHINA).date()
    entries = [
        one
        for one in coverage_of(asked.archive, wanted.year, today, wanted.stem)
        if one.state == LATE and str(one.first_seen) >= wanted.since[:10]
    ]
    entries.sort(key=lambda one: one.days_late or 0, reverse=True)
    return [lead_of_entry(asked.lang, one, wanted.year) for one in entries]


def _narrower(asked: Asked, wanted: _Wanted) -> list[dict[str, Any]]:
    """The places in this one, with how many reports each has on the year."""
    tallies = {stem: one for stem, one in tally_places(asked.archive, wanted.stem, wanted.year).items() if stem}
    names = names_of(asked.archive, [code_of(stem) for stem in tallies], wanted.year)
    return [
        {
            "region_code": code_of(stem),
            "name": names.get(code_of(stem), ""),
            "reports": tally.reports,
            "link": _here(asked, {"region": code_of(stem)}),
        }
        for stem, tally in tallies.items()
        if stem != wanted.stem and tally.reports
    ]


def _here(asked: Asked, changed: Mapping[str, Any]) -> str:
    """This page with other parameters, from the first row."""
    kept = ("kind", "year", "region", "since", "lang")
    given = {name: value for name, value in asked.request.query_params.items() if name in kept}
    return with_query("/leads", given | dict(changed))


def _row(asked: Asked, one: Lead) -> tuple[Any, ...]:
    cells = "; ".join(
        f"{key} {before} → {after}" if before else f"{key} {after}" for key, _, before, after, _ in one.cells
    )
    report = None if one.report is None else f"r{one.report}"
    return (
        one.kind, one.grade, one.organisation, one.region_code, one.report_year, report, one.when, one.says, one.record,
        cells, f"{asked.site.base}{one.path}",
    )  # fmt: skip


def _entry(asked: Asked, one: Lead) -> Entry:
    kind = asked.say(f"leads.kind_{one.kind}")
    keys: Sequence[str] = [key for key, *_ in one.cells[:1]]
    key = f"lead:{one.kind}:{one.grade}:{one.region_code}:{one.organisation}:{one.report_year}:{one.when}:{keys}"
    return Entry(key, f"{kind}：{one.organisation} {one.report_year}", one.path, one.when, one.says, one.organisation)


PATHS = (Path("/leads", show_leads, ("json", "csv", "atom")),)
