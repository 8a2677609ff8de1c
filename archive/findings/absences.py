"""When a report that was seen before was not seen, how sure that is, and when it was seen again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from archive.clock import parse_time
from archive.findings.chains import Chain
from archive.findings.links_moved import replaced_by
from archive.findings.mentions import list_mentions, page_mentions
from archive.findings.timelines import LookAt, Sighting
from archive.noted.looks import BLOCKED, DOWN
from archive.noted.namings import Naming, Namings
from archive.resources import ALIVE
from archive.store import Archive
from archive.urls import netloc_of

ABOUT_THE_PAGE = ("delisted", "gone", "absent_once", "soft_404", "redirected")
ABOUT_THE_HOST = ("host_down", "challenged")
"""These say nothing about the page: the host did not answer, or let nobody in."""
DAYS_APART = timedelta(hours=18)
"""Looks of two nights one after the other are at least so far apart, whatever their place in the night's queue."""
_MISSING = frozenset({"not_found", "gone"})


@dataclass(frozen=True, slots=True)
class Absence:
    """``present``: the last look that saw it, or its name in a list; ``last`` the last that did not, of ``looks``.

    ``found``: the look from which the grade can be said. ``captures``: those that show it. ``back``: the first look
    that saw it again, None while there is none. ``how``: how it was not seen, in words.
    """

    grade: str
    url: str
    present: str
    last: str
    found: str
    looks: int
    captures: tuple[int, ...]
    how: str
    before: Sighting
    back: Sighting | None


class Hosts:
    """Which hosts answered well in a run; asked of the archive once for each run."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._well: dict[int, frozenset[str]] = {}

    def answered(self, run: int, url: str) -> bool:
        """Whether the host of a URL gave the run any page."""
        if run not in self._well:
            rows = self._archive.db.execute(
                """
                SELECT url FROM captures
                WHERE run = :run AND outcome IN ('fetched', 'not_modified') AND kind <> 'robots'
                """,
                {"run": run},
            ).fetchall()
            beginnings = {"/".join(found.split("/", 3)[:3]) for (found,) in rows}  # a run has few hosts, many pages
            self._well[run] = frozenset(map(netloc_of, beginnings))
        return netloc_of(url) in self._well[run]


def absences_of(archive: Archive, hosts: Hosts, chain: Chain) -> Iterator[Absence]:
    """A chain → each stretch of completed runs in which its URL was asked for and did not show the report."""
    before: Sighting | None = None
    missed: list[tuple[str, LookAt]] = []
    shown = {one for line in chain.lines for one in line.beside}
    for seen, looks in _by_run(chain):
        if seen:
            if before is not None and missed:
                yield _absence(before, missed, seen[0])
            before, missed = seen[-1], []
        elif before is not None:
            there = [look for look in looks if look.resource == before.resource and look.capture not in shown]
            verdicts = ((verdict_of(archive, hosts, chain, look), look) for look in there)
            missed += [(verdict, look) for verdict, look in verdicts if verdict]
    if before is not None and missed:
        yield _absence(before, missed, None)


def verdict_of(archive: Archive, hosts: Hosts, chain: Chain, look: LookAt) -> str:
    """How a look did not see the report: ``missing`` (404, 410), a grade, or "": it says nothing."""
    if look.outcome in ALIVE:
        # It answers, and as something else: no report, or another one. What could not be read may be the report.
        answers = look.code in ("not_a_report", "report") and not _was_read_before(archive, chain, look)
        return "soft_404" if answers else ""
    if look.outcome in _MISSING:
        return "missing" if hosts.answered(look.run, look.url) else "host_down"
    if look.outcome in BLOCKED:
        return "challenged"
    if look.outcome in DOWN:
        return "host_down"
    return {"soft_404": "soft_404", "alias": "redirected"}.get(look.outcome, "")


def _was_read_before(archive: Archive, chain: Chain, look: LookAt) -> bool:
    """Whether the same bytes were this report to an earlier release of ours."""
    row = archive.db.execute(
        """
        SELECT 1 FROM captures c
        JOIN sightings g ON g.capture = c.id
        JOIN versions v ON v.id = g.version
        JOIN renditions n ON n.id = v.rendition
        WHERE c.payload = :payload AND n.report = :report LIMIT 1
        """,
        {"payload": look.payload, "report": chain.lines[0].report},
    ).fetchone()
    return row is not None


def _by_run(chain: Chain) -> Iterator[tuple[list[Sighting], list[LookAt]]]:
    """What each run saw and looked at, in the order of time."""
    moments: list[Sighting | LookAt] = sorted((*chain.crawled(), *chain.looks), key=lambda one: (one.at, one.capture))
    first = {one.run: at for at, one in reversed(list(enumerate(moments)))}
    moments.sort(key=lambda one: first[one.run])
    for _, of_run in groupby(moments, key=lambda one: one.run):
        these = list(of_run)
        yield [one for one in these if isinstance(one, Sighting)], [one for one in these if isinstance(one, LookAt)]


def _absence(before: Sighting, missed: Sequence[tuple[str, LookAt]], back: Sighting | None) -> Absence:
    grade, found = _grade(missed)
    verdict = "missing" if grade in ("gone", "absent_once") else grade
    shown = [look for said, look in missed if said == verdict]
    captures = dict.fromkeys((before.capture, shown[0].capture, found.capture, shown[-1].capture))
    return Absence(
        grade, before.url, before.at, missed[-1][1].at, found.at, len(missed), tuple(sorted(captures)),
        _how(grade, shown[-1]), before, back,
    )  # fmt: skip


def _grade(missed: Sequence[tuple[str, LookAt]]) -> tuple[str, LookAt]:
    """The grade of an absence, and the look from which it can be said: what says most about the page, and latest."""
    missing = [look for verdict, look in missed if verdict == "missing"]
    for look in missing:
        if parse_time(look.at) - parse_time(missing[0].at) >= DAYS_APART:
            return "gone", look
    about_the_page = [(verdict, look) for verdict, look in missed if verdict not in ABOUT_THE_HOST]
    last = (about_the_page or list(missed))[-1][0]
    found = next(look for verdict, look in missed if verdict == last)
    return "absent_once" if last == "missing" else last, found


def _how(grade: str, look: LookAt) -> str:
    if look.outcome == "alias":
        return f"leads to {look.location}"
    if look.outcome in ALIVE:
        return "answers with another report" if look.code == "report" else "answers with a page that is no report"
    if grade == "host_down" and look.outcome in _MISSING:
        return f"{look.outcome}, and the host gave no other page either"
    return look.outcome if look.status is None else f"{look.outcome}, status {look.status}"


def delistings_of(namings: Namings, chains: Sequence[Chain], chain: Chain) -> Iterator[Absence]:
    """A chain → each stretch of runs in which its page was alive and no list named it, or no page the file.

    Only runs count that read the links of every list that named it last, to its end, and lost nothing of the site.
    """
    basis: tuple[Naming, ...] = ()
    missed: list[tuple[Sighting, int]] = []
    for seen in _once_a_run(chain.crawled()):
        named = _named(namings, chain, seen, basis)
        if named:
            if missed:
                yield _delisting(basis, missed, seen)
            basis, missed = named, []
        elif basis and (shown := _missed_in(namings, basis, seen)) is not None:
            if not missed and _is_replaced(namings, chains, chain, seen.run, basis[0].run):
                basis = ()
            else:
                missed.append((seen, shown))
    if missed:
        yield _delisting(basis, missed, None)


def _once_a_run(sightings: Sequence[Sighting]) -> Iterator[Sighting]:
    """The last sighting of each run."""
    return iter({one.run: one for one in sightings}.values())


def _named(namings: Namings, chain: Chain, seen: Sighting, basis: tuple[Naming, ...]) -> tuple[Naming, ...]:
    """Who names it in the run of a sighting: lists; other pages count for a file, and for what a list named before
    as long as they are no articles beside it."""
    named = namings.in_run(seen.resource, seen.run)
    lists = tuple(one for one in named if one.list_key)
    if lists or (not chain.is_page and not any(one.list_key for one in basis)):
        return lists or named
    return tuple(one for one in named if one.kind == "column") if basis else ()


def _missed_in(namings: Namings, basis: tuple[Naming, ...], seen: Sighting) -> int | None:
    """A capture of the run that would have named it, if all that named it before were read and none mentions it."""
    run, shown = seen.run, None
    for naming in basis:
        shown = namings.walked_again(naming, run) if naming.list_key else namings.read_again(naming, run)
        if shown is None:
            return None
    if shown is None or page_mentions(namings.archive, [shown], seen.url):
        return None
    return None if basis[0].list_key and list_mentions(namings.archive, run, seen.url) else shown


def _is_replaced(namings: Namings, chains: Sequence[Chain], chain: Chain, run: int, earlier: int) -> bool:
    """Whether its page names another file or article of the same report in its place from that run on."""
    come = ((other, crawled[0]) for other in chains if other is not chain and (crawled := other.crawled()))
    return any(new.run == run and replaced_by(namings, chains, other, new, earlier) is chain for other, new in come)


def _delisting(basis: tuple[Naming, ...], missed: Sequence[tuple[Sighting, int]], back: Sighting | None) -> Absence:
    (first, shown), (last, shown_last) = missed[0], missed[-1]
    captures = dict.fromkeys((basis[0].capture, shown, first.capture, shown_last, last.capture))
    whose = "no list names it" if basis[0].list_key else "its page does not name it"
    return Absence(
        "delisted", first.url, basis[-1].at, last.at, first.at, len(missed), tuple(sorted(captures)),
        f"{whose} any more, the page itself answers", first, back,
    )  # fmt: skip
