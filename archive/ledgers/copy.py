"""Prose that is somebody else's, or last year's: shared passages, names and figures left in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from archive.findings.copies import Sentence, Shared, names_to_mask, pairs_that_share, sentences_of, share
from archive.ledgers import Event, Subject, Wanted, event_about, subjects_of
from archive.packed.figures import to_number
from archive.readings import get_text, get_values
from archive.store import Archive
from archive.versions import CellChange
from parsers.report import Number, Status
from parsers.text import one_line, squeeze

KIND = "copy"
GRADES = ("same_prose", "last_year", "foreign_name", "last_years_figures")

LEAST, FEWEST = 0.6, 150
"""Another body's prose: so much of the shorter one's own sentences, and at least so many characters."""
LEAST_OF_LAST_YEAR, FEWEST_OF_LAST_YEAR = 0.95, 300
"""A body repeats itself: only prose that is last year's but for its figures is remarkable."""
_SURE = 10  # a figure of last year that is this large is no coincidence; of smaller ones there must be two
_PASSAGES, _LONGEST = 3, 60
# "示例县民政局2024年政府信息公开工作年度报告", "示例县民政局编制本报告": whoever is named there speaks.
_SPEAKER = re.compile(
    r"([一-鿿]{2,20}(?:局|委员会|办公室|人民政府|街道办事处|管理委员会|中心|院))"
    r"(?:(?:20\d\d年?度?)?政府信息公开(?:工作)?(?:年度)?报告|(?:编制|发布|公布)(?:了)?本(?:年度)?报告)"
)
_NOT_A_NAME = re.compile(r"各|全县|全市|全区|全省|本|我|上级|有关|下属|所属|根据|按照|规定|《|由|及|和|与|的|在|对")


@dataclass(frozen=True, slots=True)
class _Standing:
    """A report's reading that stands: its version, whose it is, when and where it was seen."""

    subject: Subject
    organisation: int
    reading: int
    version: int
    capture: int
    first: str
    last: str
    url: str
    printed: str
    looks: int


def list_events(archive: Archive, wanted: Wanted) -> Iterator[Event]:
    """Copies among the reports that stand. Each is told of the report that was seen later, ``first`` being that time.

    Whose sentences are a template is asked of all bodies of the year, wanted or not. Raises nothing.
    """
    subjects = subjects_of(archive, wanted)
    years = sorted({one.report_year for one in subjects.values()})
    before: dict[int, _Standing] = {}
    texts_before: dict[int, tuple[Sentence, ...]] = {}
    for year in years:
        standing = _standing_of(archive, year)
        texts = _texts_of(archive, standing)
        if year - 1 not in years[: years.index(year)]:
            before = _standing_of(archive, year - 1)
            texts_before = _texts_of(archive, before)
        for event in _events_of_year(archive, standing, texts, before, texts_before):
            if event.report in subjects and event.first >= wanted.since:
                yield event
        before, texts_before = standing, texts


def _events_of_year(
    archive: Archive,
    standing: Mapping[int, _Standing],
    texts: Mapping[int, tuple[Sentence, ...]],
    before: Mapping[int, _Standing],
    texts_before: Mapping[int, tuple[Sentence, ...]],
) -> Iterator[Event]:
    for shared in pairs_that_share(texts, LEAST, FEWEST):
        yield _same_prose(standing, shared)
    own_before = {one.organisation: one for one in before.values()}
    for report, one in standing.items():
        yield from _foreign_names(one, texts[report])
        last = own_before.get(one.organisation)
        if last is not None:
            yield from _last_year(one, last, texts[report], texts_before[last.subject.report])
            yield from _last_years_figures(archive, one, last)


def _same_prose(standing: Mapping[int, _Standing], shared: Shared) -> Event:
    pair = standing[shared.left], standing[shared.right]
    earlier, later = sorted(pair, key=lambda one: (one.first, one.subject.report))
    return _event(
        later, earlier, "same_prose",
        f"shares {shared.score:.0%} of the shorter one's own prose, {shared.characters} characters, with "
        f"r{earlier.subject.report} {earlier.subject.organisation} {earlier.subject.report_year}: {_quoted(shared)}",
    )  # fmt: skip


def _last_year(
    one: _Standing, last: _Standing, text: tuple[Sentence, ...], text_before: tuple[Sentence, ...]
) -> Iterator[Event]:
    shared = share(last.subject.report, one.subject.report, text_before, text)
    if shared.score >= LEAST_OF_LAST_YEAR and shared.characters >= FEWEST_OF_LAST_YEAR:
        says = f"{shared.score:.0%} of the prose is that of r{last.subject.report} of {last.subject.report_year} but "
        yield _event(one, last, "last_year", f"{says}for figures and names: {_quoted(shared)}")


def _foreign_names(one: _Standing, text: tuple[Sentence, ...]) -> Iterator[Event]:
    own = {squeeze(name) for name in (one.printed, one.subject.organisation) if name}
    for sentence in text:
        for found in _SPEAKER.finditer(squeeze(sentence.printed)):
            name = found[1]
            if not _NOT_A_NAME.search(name) and not any(name in mine or mine in name for mine in own):
                says = f"speaks as {name}: “{_cut(sentence.printed)}”"
                yield _event(one, None, "foreign_name", says)
                return


def _last_years_figures(archive: Archive, one: _Standing, last: _Standing) -> Iterator[Event]:
    rows = archive.db.execute(
        "SELECT key, value, span FROM reading_claims WHERE reading = :reading ORDER BY position",
        {"reading": one.reading},
    ).fetchall()
    if not rows:
        return
    now = _numbers_of(archive, one.reading)
    if all(now.get(key) in (None, to_number(stored)) for key, stored, _ in rows):
        return
    then = _numbers_of(archive, last.reading)
    stale: dict[str, tuple[Number, str]] = {}
    for key, stored, span in rows:
        said = to_number(stored)
        if said is not None and key in now and said != now[key] and then.get(key) == said and said:
            stale[key] = said, span
    if len(stale) > 1 or any(said >= _SURE or -said >= _SURE for said, _ in stale.values()):
        spans = "; ".join(f"“{_cut(span)}”" for _, span in stale.values())
        year = last.subject.report_year
        says = f"the prose says what the tables of {year} say, and those of this year do not: {spans}"
        cells = tuple(CellChange(key, now[key], said) for key, (said, _) in stale.items())
        yield _event(one, last, "last_years_figures", says, cells)


def _numbers_of(archive: Archive, reading: int) -> dict[str, Number]:
    values = get_values(archive, reading)
    return {one.key: one.value for one in values if one.status is Status.NUMBER and one.value is not None}


def _event(one: _Standing, other: _Standing | None, grade: str, says: str, cells: tuple[CellChange, ...] = ()) -> Event:
    captures = (one.capture,) if other is None else (other.capture, one.capture)
    return event_about(
        one.subject, KIND, grade, says,
        url=one.url, first=one.first, last=one.last, looks=one.looks, captures=captures, cells=cells,
    )  # fmt: skip


def _quoted(shared: Shared) -> str:
    return "; ".join(f"“{_cut(printed)}”" for printed in shared.sentences[:_PASSAGES])


def _cut(printed: str) -> str:
    line = one_line(printed)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _standing_of(archive: Archive, year: int) -> dict[int, _Standing]:
    rows = archive.db.execute(
        """
        SELECT p.id, o.name, coalesce(o.region_code, ''), p.report_year, o.id, r.id, v.id, v.first_capture,
            v.first_captured, v.last_captured, c.url, coalesce(r.organisation, ''),
            (SELECT count(*) FROM sightings g WHERE g.version = v.id)
        FROM reports p
        JOIN organisations o ON o.id = p.organisation
        JOIN readings r ON r.id = p.reading
        JOIN versions v ON v.id = r.version
        JOIN captures c ON c.id = v.first_capture
        WHERE p.report_year = :year ORDER BY p.id
        """,
        {"year": year},
    ).fetchall()
    return {row[0]: _Standing(Subject(*row[:4]), *row[4:]) for row in rows}


def _texts_of(archive: Archive, standing: Mapping[int, _Standing]) -> dict[int, tuple[Sentence, ...]]:
    return {
        report: sentences_of(
            get_text(archive, one.reading),
            names_to_mask(one.printed, one.subject.organisation, one.subject.region_code),
        )
        for report, one in standing.items()
    }
