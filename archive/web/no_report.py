"""Where there is no report to show: what the register knows of it, or why its bytes were withdrawn."""

from __future__ import annotations

from typing import Any

from archive.clock import read_clock
from archive.lookups.addresses import BodyKnown, Standing, bodies_known
from archive.season.coverage import CHINA, Entry, coverage_of
from archive.web.answers import Head, Page
from archive.web.asked import Asked
from archive.web.links import place_path, search_path
from archive.web.refusals import problem_of


def say_none(asked: Asked, region_code: str, organisation: str, report_year: int) -> Page:
    """404: a body without a report on that year, or a name that no body has; with everything near it."""
    known = bodies_known(asked.archive, organisation)
    here = [one for one in known if one.name == organisation and one.region_code == region_code]
    others = [one for one in known if one not in here]
    entry = _entry_of(asked, here, organisation, report_year)
    says = _says(asked, here, organisation, report_year)
    facts: dict[str, Any] = problem_of(404, "not_found", says) | {
        "organisation": organisation,
        "region_code": region_code,
        "report_year": report_year,
        "register": _facts_of_entry(entry),
        "bodies": [
            {"organisation": one.name, "region_code": one.region_code, "report_years": list(one.years)} for one in known
        ],
    }
    extra = {
        "says": says,
        "register": "" if entry is None else _register_says(asked, entry),
        "here": here,
        "others": others,
        "same_name": bool(others) and all(one.name == organisation for one in others),
        "year": report_year,
        "place_link": place_path(region_code, report_year) if region_code else "",
        "search_link": search_path(organisation),
        "organisation": organisation,
    }
    return _none(asked.say("report.none_title"), facts, extra, 404)


def say_withdrawn(asked: Asked, digest: str, why: str, standings: tuple[Standing, ...]) -> Page:
    """410: bytes that were taken out of the archive, and why."""
    says = asked.say("report.withdrawn_says", why=why)
    facts = problem_of(410, "withdrawn", says) | {"payload_digest": digest, "why": why}
    extra = {
        "says": says, "register": "", "here": [], "others": [], "same_name": False, "year": 0, "place_link": "",
        "search_link": "", "organisation": "", "standings": standings, "digest": digest,
    }  # fmt: skip
    return _none(asked.say("report.withdrawn_title"), facts, extra, 410)


def _none(title: str, facts: dict[str, Any], extra: dict[str, Any], status: int) -> Page:
    extra = {"standings": (), "digest": ""} | extra
    return Page("no_report.html", title, facts, extra, head=Head(is_listed=False), status=status)


def _entry_of(asked: Asked, here: list[BodyKnown], organisation: str, report_year: int) -> Entry | None:
    """What the register says of the body on that year; None where it does not expect it."""
    region = here[0].region_code if here else ""
    if not here:
        return None
    asked.check_time()
    today = read_clock().astimezone(CHINA).date()
    entries = coverage_of(asked.archive, report_year, today, region)
    return next((one for one in entries if one.organisation == organisation), None)


def _says(asked: Asked, here: list[BodyKnown], organisation: str, report_year: int) -> str:
    if not here:
        return asked.say("report.none_body", organisation=organisation)
    return asked.say("report.none_year", organisation=organisation, year=report_year)


def _register_says(asked: Asked, entry: Entry) -> str:
    after = [day for day in entry.looked if day > entry.deadline]
    if entry.state == "missing" and after:
        return asked.say("report.none_missing", deadline=entry.deadline, count=len(after), last=after[-1])
    if entry.state == "due":
        return asked.say("report.none_due", deadline=entry.deadline)
    if entry.state == "merged":
        return asked.say("report.none_merged", into=entry.into)
    return asked.say("report.none_not_knowable", deadline=entry.deadline, why=entry.why or entry.doubt or entry.state)


def _facts_of_entry(entry: Entry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {
        "state": entry.state,
        "deadline": entry.deadline.isoformat(),
        "looked": [day.isoformat() for day in entry.looked],
        "into": entry.into,
        "why": entry.why,
        "doubt": entry.doubt,
    }
