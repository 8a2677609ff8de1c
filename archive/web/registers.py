"""A register of a place as its page shows it: bodies in their states, places in it, sums over it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.bodies.kinds import LEVELS
from archive.bodies.places import Tally, code_of
from archive.comparing.totals import GOVERNMENT, Group, Total
from archive.season.coverage import Entry, count_states
from archive.verbs.coverage import facts_of
from archive.web.links import history_path, report_path
from archive.web.words import say
from parsers.report import Number

_WHY = (
    (re.compile(r"looked (\d+) times, the site answering whole"), "why_looked"),
    (re.compile(r"not looked at since the deadline"), "why_not_since"),
    (re.compile(r"not looked at"), "why_not"),
    (re.compile(r"from (\d+) on, with (.+)"), "why_merged"),
    (re.compile(r"kept and not read: (\S+)"), "why_unread"),
    (re.compile(r"layout unread: no page listed a report(?:, (\d+) that did are gone)?"), "why_layout"),
    (re.compile(r"no column was had"), "why_no_column"),
    (re.compile(r"printed (\S+), seen already on (\S+)"), "doubt_seen"),
    (re.compile(r"printed (\S+), not there on (\S+)"), "doubt_unseen"),
    (re.compile(r"(blocked|host down|cut short) \((\w+)(?:, (\d+) columns)?\)"), "why_"),
)
"""What ``archive.season.coverage`` says of a body, piece by piece → the word of it in words/place.toml."""


@dataclass(frozen=True, slots=True)
class Child:
    """A place in the place: its tally, and its states where the register was made."""

    code: str
    stem: str
    name: str
    is_own: bool
    tally: Tally
    states: Mapping[str, int] | None


def why_in(lang: str, says: str) -> str:
    """What the register says of a body, in the reader's language; a piece that is not known stays as it is."""
    if lang == "en" or not says:
        return says
    return "；".join(_piece(piece.strip()) for piece in says.split("; "))


def _piece(piece: str) -> str:
    day, colon, rest = piece.partition(": ")
    lead = f"{day}：" if colon and re.fullmatch(r"\d{4}-\d\d-\d\d", day) else ""
    for pattern, key in _WHY:
        found = pattern.fullmatch(rest if lead else piece)
        if found is not None:
            if key == "why_":
                key = f"why_{found[1].replace(' ', '_')}"
                return lead + say("zh", f"place.{key}", code=found[2], count=found[3] or "")
            return lead + say("zh", f"place.{key}", one=found[1] if found.groups() else "", two=found[found.re.groups])
    return piece


def children_of(
    stem: str, tallies: Mapping[str, Tally], entries: Iterable[Entry] | None, names: Mapping[str, str]
) -> tuple[Child, ...]:
    """Places in a place, those bodies first that are its own; ``entries`` None where no register was made."""
    digits = min(len(stem) + 2, 6)
    by_child: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries or ():
        code = entry.region_code or ""
        by_child[stem if code in ("", code_of(stem)) else code[:digits]].append(entry)
    stems = sorted({*tallies, *by_child}, key=lambda child: (child != stem, child))
    return tuple(
        Child(
            code_of(child), child, names.get(code_of(child), ""), child == stem, tallies.get(child, Tally()),
            None if entries is None else count_states(by_child[child]),
        )
        for child in stems
    )  # fmt: skip


def row_of(lang: str, entry: Entry, year: int) -> dict[str, Any]:
    """An entry as the page and its JSON show it: the facts of ``nianbao coverage``, paths, and words."""
    has_report = entry.report is not None
    code = entry.region_code or ""
    return facts_of(entry) | {
        "link": report_path(code, entry.organisation, year) if has_report else "",
        "history": history_path(code, entry.organisation, year) if has_report else "",
        "says": why_in(lang, entry.why),
        "doubts": why_in(lang, entry.doubt),
    }


def group_name(lang: str, group: Group, place: str) -> str:
    """What a group of bodies is called: 县级人民政府, 市级部门."""
    level = LEVELS.get(group.level)
    said = "" if level is None else level.en if lang == "en" else level.zh
    key = "place.governments" if group.name == GOVERNMENT else "place.departments"
    return say(lang, key, level=said, place=place)


def facts_of_totals(name: str, group: Group, totals: Sequence[Total]) -> dict[str, Any]:
    """A group's sums as JSON: the states of each figure add up to ``bodies``."""
    return {
        "group": group.name,
        "level": group.level,
        "name": name,
        "bodies": group.count,
        "figures": [_facts_of_total(one) for one in totals],
    }


def _facts_of_total(one: Total) -> dict[str, Any]:
    return {
        "key": one.key,
        "report_year": one.year,
        "total": one.total,
        "reports": one.added,
        "states": one.states,
        "corrected": one.corrected,
        "checks_broken": one.broken,
    }


def of_reports(lang: str, one: Total, bodies: int) -> str:
    """How many bodies of a group have a report that was read, and what became of the others, in a sentence."""
    read = bodies - one.states["unreadable"] - one.states["no_report"]
    said = [say(lang, "place.of_bodies", count=bodies), say(lang, "place.were_read", count=read)]
    said += _but(lang, one, ("unreadable", "no_report"))
    return ("，" if lang == "zh" else ", ").join(said)


def of_figure(lang: str, one: Total) -> str:
    """How many of the reports that were read a sum comes from, and what stands in the others, in a sentence."""
    own = [state for state in one.states if state not in ("number", "unreadable", "no_report")]
    said = [say(lang, "place.from_reports", count=one.added), *_but(lang, one, own)]
    if one.corrected:
        said.append(say(lang, "place.corrected", count=one.corrected))
    if one.broken:
        said.append(say(lang, "place.with_broken", count=one.broken))
    return ("，" if lang == "zh" else ", ").join(said)


def _but(lang: str, one: Total, states: Iterable[str]) -> list[str]:
    return [say(lang, f"place.but_{state}", count=one.states[state]) for state in states if one.states[state]]


def grouped(value: Number | None) -> str:
    """A sum with its thousands apart."""
    return "" if value is None else f"{value:,}"
