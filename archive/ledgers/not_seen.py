"""Reports that were seen and then were not: present on one day, absent on another, looked so many times.

Grades about the page: ``delisted`` (its list does not name it, and it still answers), ``gone`` (404 or 410 at two looks
days apart, from a host that answers otherwise), ``absent_once`` (the same, at one look so far), ``soft_404`` (another
page answers in its place), ``redirected``. Grades that say nothing about it: ``host_down``, ``challenged``.
A stretch of looks is one event, of the grade that says most. Nobody can see from outside that anything was deleted.
"""

from __future__ import annotations

from collections.abc import Iterator

from archive.findings.absences import ABOUT_THE_HOST, ABOUT_THE_PAGE, Absence, Hosts, absences_of, delistings_of
from archive.findings.chains import chains_of
from archive.findings.timelines import timelines_of
from archive.ledgers import Event, Wanted, event_about, subjects_of
from archive.noted.namings import Namings
from archive.store import Archive

KIND = "not_seen"
GRADES = (*ABOUT_THE_PAGE, *ABOUT_THE_HOST)


def list_events(archive: Archive, wanted: Wanted) -> Iterator[Event]:
    """Every stretch in which a URL that had shown a report did not, or no list named it; over or not."""
    subjects, namings, hosts = subjects_of(archive, wanted), Namings(archive), Hosts(archive)
    for report, lines in timelines_of(archive, subjects):
        chains = tuple(chains_of(lines))
        for chain in chains:
            for one in (*absences_of(archive, hosts, chain), *delistings_of(namings, chains, chain)):
                if one.found >= wanted.since:
                    yield event_about(
                        subjects[report], KIND, one.grade, _says(one), url=one.url, first=one.present, last=one.last,
                        looks=one.looks, captures=one.captures,
                    )  # fmt: skip


def _says(one: Absence) -> str:
    times = "once" if one.looks == 1 else f"{one.looks} times"
    nothing = "; this says nothing about the page" if one.grade in ABOUT_THE_HOST else ""
    listed = " in its list" if one.grade == "delisted" else ""
    return f"present{listed} on {one.present}, absent on {one.last}, looked {times}: {one.how}{nothing}"
