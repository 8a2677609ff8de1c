"""A list of names as people write them → the bodies of the archive that each line means."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.comparing.figures import Body
from archive.errors import BadQuery
from archive.search import Filters, find_page
from archive.store import Archive
from parsers.divisions import load_divisions
from parsers.text import squeeze

WHOLE, PART = "whole", "part"
"""The line is a name of the body, its own or one printed; or a piece of its name."""

_LIKE = 50  # reports whose bodies a piece of a name is looked for in
# "示例县教育局 150824", "示例县教育局（150824）"
_WITH_CODE = re.compile(r"(.+?)[\s,，]*[(（]?(\d{6})[)）]?")


@dataclass(frozen=True, slots=True)
class Meant:
    """The bodies that a line means: none, one, or several of the same name. ``is_all`` False: there may be more."""

    bodies: tuple[Body, ...]
    how: str = WHOLE
    is_all: bool = True


@dataclass(frozen=True, slots=True)
class _Asked:
    """One way to look for a line; ``code`` "" for any region."""

    line: str
    name: str
    code: str


def bodies_named(archive: Archive, lines: Iterable[str]) -> dict[str, Meant]:
    """Lines → the bodies of exactly that name; lines that name none are left out.

    A name may be a body's own or one that it was printed under, follow its place in full (北京市朝阳区教育局), or be
    followed by the six digits of its region. Own names come before printed ones, and before a reading of the place.
    """
    ways = [way for line in lines for way in _ways(line)]
    found: dict[_Asked, dict[int, Body]] = defaultdict(dict)
    rows = archive.db.execute(
        """
        SELECT w.key, o.id, o.name, coalesce(o.region_code, '')
        FROM json_each(:names) w JOIN organisations o ON o.name = w.value
        """,
        {"names": json.dumps([way.name for way in ways])},
    ).fetchall()
    for at, identity, name, code in rows:
        _take(found, ways[at], Body(name, code, (identity,)))
    printed = _printed_as(archive, {way.name for way in ways if not found.get(way)})
    for way in ways:
        for body in () if found.get(way) else printed.get(way.name, ()):
            _take(found, way, body)
    meant: dict[str, Meant] = {}
    for way in ways:
        if way.line not in meant and found.get(way):
            meant[way.line] = Meant(tuple(sorted(found[way].values(), key=lambda one: (one.region_code, one.name))))
    return meant


def bodies_like(archive: Archive, line: str) -> Meant:
    """A piece of a name → the bodies with a report whose names hold it, of the newest reports."""
    try:
        found = find_page(archive, "", Filters(organisation=line), sort="newest", limit=_LIKE)
    except BadQuery:  # punctuation alone is a piece of no name
        return Meant(())
    rows = archive.db.execute(
        """
        SELECT DISTINCT o.id, o.name, coalesce(o.region_code, '')
        FROM json_each(:reports) j JOIN reports p ON p.id = j.value JOIN organisations o ON o.id = p.organisation
        ORDER BY 3, 2
        """,
        {"reports": json.dumps([hit.report for hit in found.hits])},
    ).fetchall()
    return Meant(tuple(Body(name, code, (identity,)) for identity, name, code in rows), PART, not found.next)


def _ways(line: str) -> Iterator[_Asked]:
    """How a line may be meant, the surest first."""
    code = ""
    name = line
    if with_code := _WITH_CODE.fullmatch(line):
        name, code = with_code[1], with_code[2]
    name = squeeze(name)
    yield _Asked(line, name, code)
    place = load_divisions().at_start(name)
    if place is not None and place.end < len(name):
        for division in place.divisions:
            if not code or division.code == code:
                yield _Asked(line, division.name + name[place.end :], division.code)


def _take(found: dict[_Asked, dict[int, Body]], way: _Asked, body: Body) -> None:
    if not way.code or body.region_code == way.code:
        found[way][body.organisations[0]] = body


def _printed_as(archive: Archive, names: Iterable[str]) -> dict[str, list[Body]]:
    """Names → the bodies that a report printed so."""
    rows = archive.db.execute(
        """
        SELECT s.printed, o.id, o.name, coalesce(o.region_code, '')
        FROM organisation_names s JOIN organisations o ON o.id = s.organisation
        WHERE s.printed IN (SELECT value FROM json_each(:names))
        """,
        {"names": json.dumps(sorted(names))},
    ).fetchall()
    found: dict[str, list[Body]] = defaultdict(list)
    for printed, identity, name, code in rows:
        found[printed].append(Body(name, code, (identity,)))
    return found
