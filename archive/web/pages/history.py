"""A report over time: every look at each of its renditions, its versions, and what happened to it at its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from archive.clock import parse_time
from archive.errors import BadQuery, NotFound
from archive.findings.stretches import SEEN, Course, Stretch, courses_of
from archive.lookups.addresses import Address, find_address
from archive.queries import describe_relatives, describe_report, list_history, named_report
from archive.web.answers import Entry, Field, Head, Page, Redirect, Table
from archive.web.asked import Asked
from archive.web.links import NO_REGION, diff_path, history_path, report_path, version_path, with_query
from archive.web.pages_found import Path
from archive.web.rendering import local_time
from archive.web.report_events import Happened, happened_to
from archive.web.timeline_drawn import draw_timeline
from archive.web.words import words_in

_COLUMNS = (
    "format", "state", "version", "number", "first", "last", "looks", "outcome", "url", "payload_digest",
)  # fmt: skip


def history(asked: Asked) -> Page | Redirect:
    """``/r/{region}/{body}/{year}/history``: JSON has the history as ``nianbao history --json`` gives it, the looks,
    and the events; CSV a line a stretch of looks; Atom the versions and the events. Raises NotFound."""
    region, organisation, year = asked.part("region"), asked.part("body"), asked.part("year")
    code = "" if region == NO_REGION else region
    address = find_address(asked.archive, code, organisation, int(year)) if _is_year(year) else None
    if address is None:
        raise NotFound(asked.say("history.none", organisation=organisation, year=year))
    own = history_path(address.region_code, address.organisation, address.report_year)
    if (address.region_code, address.organisation) != (code, organisation):
        form = "" if asked.form == "html" else f".{asked.form}"
        return Redirect(with_query(own + form, dict(asked.request.query_params)))
    versions = list_history(asked.archive, address.report)
    courses = courses_of(asked.archive, address.report)
    asked.check_time()
    events = happened_to(asked.archive, asked.lang, address.report, local_time)
    asked.check_time()
    numbers = {int(one["version"][1:]): one["number"] for one in versions}
    told = {int(one["version"][1:]): one for one in versions}
    facts = {
        "report": f"r{address.report}",
        "organisation": address.organisation,
        "region_code": address.region_code,
        "report_year": address.report_year,
        "history": versions,
        "renditions": [_facts_of(course, told) for course in courses],
        "not_seen": describe_report(asked.archive, named_report(asked.archive, address.report))["not_seen"],
        "events": [asdict(one) for one in events],
        "relatives": describe_relatives(asked.archive, address.report),
    }
    extra = {
        "address": address,
        "drawing": draw_timeline(courses, numbers) if courses else None,
        "looks": {f"v{version}": looks for version, looks in _counts(courses).items()},
        "pairs": _pairs(versions),
        "state_words": _state_words(asked),
        "diffs": _steps(versions),
        "report": report_path(address.region_code, address.organisation, address.report_year),
    }
    title = asked.say("history.title", organisation=address.organisation, year=address.report_year)
    return Page(
        "history.html", title, facts, extra, table=Table(_COLUMNS, _rows(facts)),
        feed=_entries(asked, address, versions, events), head=Head(own),
    )  # fmt: skip


def choose(asked: Asked) -> Redirect:
    """``/diff?before=…&after=…``: what the form of the history page asks for."""
    before, after = asked.text("before"), asked.text("after")
    if not before or not after:
        raise BadQuery(asked.say("history.choose_two"))
    names = {name: asked.text(name) for name in ("report", "lang")}
    return Redirect(with_query(diff_path(before, after), names))


def _is_year(said: str) -> bool:
    return len(said) == 4 and said.isascii() and said.isdigit()


def _facts_of(course: Course, told: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    first = next((told[one.version] for one in course.stretches if one.version is not None), None)
    return {
        "format": course.format,
        "rendition": None if first is None else first["rendition"],
        "looks": len(course.moments),
        "stretches": [_facts_of_stretch(one, told) for one in course.stretches],
    }


def _facts_of_stretch(one: Stretch, told: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    version = None if one.version is None else told[one.version]
    return asdict(one) | {
        "version": None if version is None else version["version"],
        "number": None if version is None else version["number"],
        "payload_digest": None if version is None else version["payload_digest"],
    }


def _counts(courses: Sequence[Course]) -> dict[int, int]:
    counted: dict[int, int] = {}
    for course in courses:
        for one in course.stretches:
            if one.state == SEEN and one.version is not None:
                counted[one.version] = counted.get(one.version, 0) + one.looks
    return counted


def _pairs(versions: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """The two versions that the form compares unless told otherwise: the last two of a rendition that has two."""
    chains: dict[str, list[str]] = {}
    for one in versions:
        chains.setdefault(one["rendition"], []).append(one["payload_digest"])
    changed = [chain for chain in chains.values() if len(chain) > 1]
    if changed:
        return changed[0][-2], changed[0][-1]
    return (versions[0]["payload_digest"], versions[-1]["payload_digest"]) if versions else ("", "")


def _steps(versions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Version → the path of its difference from the one before in its rendition."""
    last: dict[str, str] = {}
    found = {}
    for one in versions:
        if one["rendition"] in last:
            found[one["version"]] = diff_path(last[one["rendition"]], one["payload_digest"])
        last[one["rendition"]] = one["payload_digest"]
    return found


def _state_words(asked: Asked) -> dict[str, str]:
    """``not_seen``, ``outcome:timeout`` … → what it means."""
    words = words_in(asked.lang)
    prefix = "history.outcome_"
    return {key.removeprefix(prefix): text for key, text in words.items() if key.startswith(prefix)}


def _rows(facts: Mapping[str, Any]) -> list[tuple[Field, ...]]:
    return [
        tuple({"format": course["format"], **one}[name] for name in _COLUMNS)
        for course in facts["renditions"]
        for one in course["stretches"]
    ]


def _entries(
    asked: Asked, address: Address, versions: Sequence[Mapping[str, Any]], events: Sequence[Happened]
) -> tuple[Entry, ...]:
    steps = _steps(versions)
    named = {"organisation": address.organisation, "year": address.report_year}
    found = [
        Entry(
            f"version {address.report} {one['payload_digest']}",
            asked.say("history.entry_version", format=one["format"].upper(), number=one["number"], **named),
            steps.get(one["version"], version_path(one["payload_digest"])),
            one["first_captured"],
            asked.say("history.entry_seen", first=local_time(one["first_captured"]), url=one["url"]),
            address.organisation,
        )
        for one in versions
    ]
    own = history_path(address.region_code, address.organisation, address.report_year)
    found += [
        Entry(
            f"event {address.report} {one.kind} {one.grade} {one.first} {one.last}",
            asked.say("history.entry_event", **named),
            own,
            one.last,
            one.says,
            address.organisation,
        )
        for one in events
    ]
    return tuple(sorted(found, key=lambda one: (parse_time(one.updated), one.key), reverse=True))


PATHS = (
    Path("/r/{region}/{body:path}/{year}/history", history, ("json", "csv", "atom")),
    Path("/diff", choose),
)
