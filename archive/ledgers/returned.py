"""Reports that are seen again after they were not.

Grades: ``unchanged`` and ``changed`` by what the page or file says, ``listed`` (its list names it again). An outage or
a challenge said nothing about the page: after one nothing has returned.
"""

from __future__ import annotations

from collections.abc import Iterator

from archive.findings.absences import ABOUT_THE_PAGE, Absence, Hosts, absences_of, delistings_of
from archive.findings.chains import chains_of
from archive.findings.edits import edit_between
from archive.findings.timelines import Sighting, timelines_of
from archive.ledgers import Event, Subject, Wanted, event_about, subjects_of
from archive.noted.namings import Namings
from archive.store import Archive

KIND = "returned"
GRADES = ("unchanged", "changed", "listed")


def list_events(archive: Archive, wanted: Wanted) -> Iterator[Event]:
    """The end of every absence that said something about the page."""
    subjects, namings, hosts = subjects_of(archive, wanted), Namings(archive), Hosts(archive)
    for report, lines in timelines_of(archive, subjects):
        chains = tuple(chains_of(lines))
        for chain in chains:
            for one in (*absences_of(archive, hosts, chain), *delistings_of(namings, chains, chain)):
                if one.back is not None and one.back.at >= wanted.since and one.grade in ABOUT_THE_PAGE:
                    yield _event(archive, subjects[report], one, one.back)


def _event(archive: Archive, subject: Subject, one: Absence, back: Sighting) -> Event:
    edit = None if one.grade == "delisted" else edit_between(archive, one.before.version, back.version)
    grade = "listed" if one.grade == "delisted" else "unchanged" if edit is None else "changed"
    says = f"present on {one.present}, absent on {one.last} ({one.grade}), present again on {back.at}: {grade}"
    return event_about(
        subject, KIND, grade, says, url=back.url, first=one.present, last=back.at, looks=one.looks + 1,
        captures=(*one.captures, back.capture), cells=() if edit is None else edit.cells,
    )  # fmt: skip
