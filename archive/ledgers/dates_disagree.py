"""Dates of a report that disagree: printed, PubDate, in its URL, Last-Modified, in its file, our first look.

Grades: ``backdated`` (dated before its deadline, and every other witness is after it; or a look after the deadline, at
a site that answered whole, did not find it), ``disagree`` (what is printed is more than a month off another date).
Neither says why: a note, with all dates side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from archive.findings.chains import Chain, chains_of
from archive.findings.mentions import list_mentions
from archive.findings.timelines import timelines_of
from archive.findings.witnesses import Witnesses, witnesses_of
from archive.ledgers import Event, Subject, Wanted, event_about, subjects_of
from archive.noted.looks import SiteLook, looks_at_sites
from archive.season.coverage import CHINA, deadline_of
from archive.store import Archive
from archive.versions import CellChange

KIND = "dates_disagree"
GRADES = ("backdated", "disagree")
MONTH = timedelta(days=31)
"""A report is signed in January and put out by the end of it; what is further apart is remarkable."""
_NAMES = {"meta": "PubDate", "url": "URL", "modified": "Last-Modified", "made": "file made", "seen": "first seen"}
_Looks = Mapping[str, tuple[SiteLook, ...]]


def list_events(archive: Archive, wanted: Wanted) -> Iterator[Event]:
    """Every report that prints a date with which others do not agree."""
    subjects = subjects_of(archive, wanted)
    looks: dict[int, _Looks] = {}
    for report, lines in timelines_of(archive, subjects):
        chains = tuple(chains_of(lines))
        subject = subjects[report]
        if not chains or min(chain.sightings[0].at for chain in chains) < wanted.since:
            continue
        year = subject.report_year
        if year not in looks:
            since = datetime(year + 1, 1, 1, tzinfo=CHINA).astimezone(UTC)
            # Of one report only its own sites matter.
            own = frozenset(look.site for chain in chains for look in chain.looks) if len(subjects) == 1 else None
            looks[year] = looks_at_sites(archive, year, since, own)
        said = witnesses_of(archive, chains, year)
        unseen = _unseen(archive, chains, looks[year], said.seen)
        grade = grade_of(said, unseen, deadline_of(subject.organisation, year), year)
        if grade:
            yield _event(subject, grade, said, unseen, chains)


def grade_of(said: Witnesses, unseen: tuple[date, ...], deadline: date, report_year: int) -> str:
    """Witnesses, and the days on which the site answered whole and did not show the report → the grade, or "".

    A date before the end of the year reported on is a slip of the pen, and backdates nothing.
    """
    printed, others = said.printed, said.others()
    if printed is None:
        return ""
    if printed.year > report_year and printed <= deadline:
        meant = [others[name] for name in ("meta", "url", "made") if name in others]
        all_after = bool(meant) and all(day > deadline for day in others.values())
        if all_after or any(day > deadline for day in unseen):
            return "backdated"
    published = [others[name] for name in ("meta", "url") if name in others]
    apart = any(abs(day - printed) > MONTH for day in published)
    made_later = said.made is not None and said.made - printed > MONTH
    unmodified = said.modified is not None and printed - said.modified > MONTH
    ahead = said.seen is not None and printed > said.seen
    return "disagree" if apart or made_later or unmodified or ahead else ""


def _unseen(archive: Archive, chains: tuple[Chain, ...], looks: _Looks, seen: date | None) -> tuple[date, ...]:
    """Days before the report was first seen on which one of its sites answered whole, without it.

    None where the lists of the last of these looks mention its URL: then it was there, and we did not take it.
    """
    sites = {look.site for chain in chains for look in chain.looks}
    whole = [look for site in sites for look in looks.get(site, ()) if not look.why and seen and look.day < seen]
    if not whole:
        return ()
    last = max(whole, key=lambda look: (look.day, look.run))
    urls = [one.url for chain in chains for one in chain.crawled()[:1]]
    if any(list_mentions(archive, last.run, url) for url in urls):
        return ()
    return tuple(sorted({look.day for look in whole}))


def _event(subject: Subject, grade: str, said: Witnesses, unseen: tuple[date, ...], chains: tuple[Chain, ...]) -> Event:
    sightings = sorted((one for chain in chains for one in chain.sightings), key=lambda one: (one.at, one.capture))
    dates = [f"{_NAMES[name]} {day}" for name, day in said.others().items()]
    deadline = deadline_of(subject.organisation, subject.report_year)
    absent = f"; not there on {unseen[-1]}, looked {len(unseen)} times before" if unseen else ""
    return event_about(
        subject, KIND, grade, f"printed {said.printed}; {'; '.join(dates)}; deadline {deadline}{absent}",
        url=sightings[0].url, first=sightings[0].at, last=sightings[-1].at,
        looks=len({one.capture for one in sightings}) - 1,
        captures=sorted({chain.sightings[0].capture for chain in chains}),
        cells=[CellChange(f"dates.{name}", str(said.printed), str(day)) for name, day in said.others().items()],
    )  # fmt: skip
