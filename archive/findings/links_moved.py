"""What came to a known report later, beside what there was or in its place: by what pages named, and name now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.findings.chains import Chain
from archive.findings.mentions import page_mentions
from archive.findings.timelines import Sighting
from archive.noted.namings import Namings
from archive.store import Archive


@dataclass(frozen=True, slots=True)
class Arrival:
    """``new``: the first look that saw a chain of a report that was known before.

    ``old``: with ``replaces`` the last look that saw what stood in its place, else the last that saw the report
    before.
    """

    chain: Chain
    new: Sighting
    old: Sighting
    replaces: Chain | None


def arrivals_in(archive: Archive, namings: Namings, chains: Sequence[Chain]) -> Iterator[Arrival]:
    """A report's chains → those that came later, where the page that names them was looked at before they came.

    Without such a look nobody can say that it was not there: it is none.
    """
    for chain in chains:
        crawled = chain.crawled()
        if not crawled or chain.sightings[0].imported:
            continue
        new = crawled[0]
        others = [one for other in chains if other is not chain for one in other.crawled()]
        before = [one for one in others if one.run != new.run and one.at < new.at]
        earlier = namings.run_before(new.via, new.capture) if before and new.via else None
        if earlier is None or namings.in_run(new.resource, earlier) or _was_asked_for(archive, new):
            continue
        if page_mentions(archive, namings.captures_before(new.via, earlier), new.url):
            continue
        old_chain = replaced_by(namings, chains, chain, new, earlier)
        if old_chain is None:
            yield Arrival(chain, new, max(before, key=lambda one: (one.at, one.capture)), None)
        else:
            old = [one for one in old_chain.crawled() if one.run != new.run and one.at < new.at][-1]
            yield Arrival(chain, new, old, old_chain)


def replaced_by(namings: Namings, chains: Sequence[Chain], chain: Chain, new: Sighting, earlier: int) -> Chain | None:
    """The chain that the pages naming ``new`` named in the run ``earlier`` and do not name in that of ``new``."""
    pages = _places(namings, new.resource, new.run)
    for other in chains:
        seen = [one for one in other.crawled() if one.run != new.run and one.at < new.at]
        if other is chain or not seen or other.is_page != chain.is_page:
            continue
        stood = seen[-1].resource
        if pages & _places(namings, stood, earlier) and not namings.in_run(stood, new.run):
            return other
    return None


def _places(namings: Namings, resource: int, run: int) -> set[int | str]:
    """The pages, and the lists they are of, that named a resource in a run: a row goes from one page to the next."""
    named = namings.in_run(resource, run)
    return {one.page for one in named} | {one.list_key for one in named if one.list_key}


def _was_asked_for(archive: Archive, new: Sighting) -> bool:
    """Whether an earlier run knew of the URL, whatever became of it there: a file that could not be had is not new."""
    row = archive.db.execute(
        """
        SELECT 1 FROM captures WHERE resource = :resource AND run <> :run AND captured_at < :at
        UNION ALL
        SELECT 1 FROM resources s
        CROSS JOIN runs r ON r.id <> :run AND r.started_at < :at
        CROSS JOIN frontier f ON f.run = r.id AND f.url_key = s.url_key
        WHERE s.id = :resource
        LIMIT 1
        """,
        {"resource": new.resource, "run": new.run, "at": new.at},
    ).fetchone()
    return row is not None
