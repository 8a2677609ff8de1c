"""Silent edits: the same report, and it says something else than at the look before.

Grades: ``figures`` (with the cells), ``wording`` (words alone), ``attachment_swapped`` (the file is another: its link
leads elsewhere, its format changed, most of its text did, or it cannot be read), ``rendition_added`` (a further form of
a known report). Each step from what one look saw to what the next saw is one event; what an edit undoes is another.
Lines that belong to the page, their order, and another reading of ours of the same bytes are none.
"""

from __future__ import annotations

from collections.abc import Iterator

from archive.findings.chains import PAGE, Chain, chains_of
from archive.findings.edits import Edit, edit_between, kept_version, quote
from archive.findings.links_moved import Arrival, arrivals_in
from archive.findings.timelines import Sighting, timelines_of
from archive.ledgers import Event, Subject, Wanted, event_about, subjects_of
from archive.noted.namings import Namings
from archive.store import Archive

KIND = "silent_edit"
GRADES = ("figures", "wording", "attachment_swapped", "rendition_added")
_ANOTHER = 0.5  # less than half of the text stayed: another file under the name of the old one
_UNKNOWN = "other"  # what a page is kept as that could not be read at all


def list_events(archive: Archive, wanted: Wanted) -> Iterator[Event]:
    """Every step between versions, and every rendition that came to a known report, by report."""
    subjects, namings = subjects_of(archive, wanted), Namings(archive)
    for report, lines in timelines_of(archive, subjects):
        chains = tuple(chains_of(lines))
        for chain in chains:
            yield from _steps(archive, subjects[report], chain, wanted.since)
        for arrival in arrivals_in(archive, namings, chains):
            if arrival.new.at >= wanted.since:
                yield from _arrived(archive, subjects[report], arrival)


def _steps(archive: Archive, subject: Subject, chain: Chain, since: str) -> Iterator[Event]:
    before: Sighting | None = None
    for sighting in chain.sightings:
        if before is not None and sighting.version == before.version:
            before = sighting
            continue
        if _says_nothing(archive, sighting.version):
            continue
        if before is not None and sighting.at >= since:
            edit = edit_between(archive, before.version, sighting.version)
            if edit is not None:
                yield _step(subject, chain, before, sighting, edit)
        before = sighting


def _says_nothing(archive: Archive, version: int) -> bool:
    """A page that could not be read shows neither an edit nor that there was none; the next that can be read does."""
    kept = kept_version(archive, version)
    return bool(kept.unread) and kept.unread != "withdrawn" and kept.format in (PAGE, _UNKNOWN)


def _step(subject: Subject, chain: Chain, old: Sighting, new: Sighting, edit: Edit) -> Event:
    is_file = chain.format_of(new.version) != PAGE
    moved = old.resource != new.resource or chain.format_of(old.version) != chain.format_of(new.version)
    if is_file and (moved or not edit.compared or edit.alike < _ANOTHER):
        grade = "attachment_swapped"
    else:
        grade = "figures" if edit.cells else "wording"
    return _event(subject, grade, old, new, edit, chain.count_looks(old, new))


def _arrived(archive: Archive, subject: Subject, arrival: Arrival) -> Iterator[Event]:
    """A file that came under another URL: in the place of one that its page names no more, or beside what there was."""
    looks = arrival.chain.count_looks(arrival.old, arrival.new)
    if not arrival.replaces:
        form = arrival.chain.lines[0].format
        says = f"a further {form} first seen on {arrival.new.at}; the page that names it did not at the look before"
        yield event_about(
            subject, KIND, "rendition_added", says, url=arrival.new.url, first=arrival.old.at, last=arrival.new.at,
            looks=looks, captures=(arrival.old.capture, arrival.new.capture),
        )  # fmt: skip
        return
    edit = edit_between(archive, arrival.old.version, arrival.new.version)
    if edit is not None:
        grade = "attachment_swapped"
        if arrival.chain.is_page:
            grade = "figures" if edit.cells else "wording"
        yield _event(subject, grade, arrival.old, arrival.new, edit, looks)


def _event(subject: Subject, grade: str, old: Sighting, new: Sighting, edit: Edit, looks: int) -> Event:
    return event_about(
        subject, KIND, grade, _says(old, new, edit), url=new.url, first=old.at, last=new.at, looks=looks,
        captures=(old.capture, new.capture), cells=edit.cells,
    )  # fmt: skip


def _says(old: Sighting, new: Sighting, edit: Edit) -> str:
    if not edit.compared:
        what = "the bytes are others, and one side cannot be compared"
    elif edit.cells:
        what = f"{len(edit.cells)} figures say something else"
        what += f", and words: {quote(edit)}" if _words_besides(edit) else ""
    else:
        what = f"words say something else: {quote(edit)}"
    moved = f"; the link leads to another URL than {old.url}" if old.resource != new.resource else ""
    imported = "; one of the looks is imported" if old.imported or new.imported else ""
    releases = "; the sides were read by different releases" if edit.releases else ""
    return f"v{old.version} seen on {old.at}, v{new.version} on {new.at}: {what}{moved}{imported}{releases}"


def _words_besides(edit: Edit) -> bool:
    """Whether more lines changed than the rows of the figures can be."""
    return any(not any(sign.isdigit() for sign in line) for line in (*edit.removed, *edit.added))
