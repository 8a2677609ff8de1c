"""What persons say that cells are, beside what was read."""

from __future__ import annotations

from collections.abc import Iterator

from archive.corrections import RETRACTED, VERSIONS_SHOWING, Correction, list_corrections
from archive.ledgers import Event, Subject, Wanted, event_about, subjects_of
from archive.readings import get_values
from archive.store import Archive
from archive.versions import CellChange
from parsers.forms import label_of
from parsers.report import Number, Status

KIND = "correction"
GRADES = ("in_force", "replaced", "retracted")


def list_events(archive: Archive, wanted: Wanted) -> Iterator[Event]:
    """Each correction of each version of its bytes: in force, replaced by a later one, or taken back since.

    ``before`` is what was read, ``after`` what the person says; ``first`` is when the bytes were first captured,
    ``last`` when the correction was made, and ``looks`` how often those bytes were seen.
    """
    subjects = subjects_of(archive, wanted)
    made = list(list_corrections(archive))
    last_of = {(one.payload_digest, one.key): one for one in made}
    for one in made:
        last = last_of[one.payload_digest, one.key]
        if one.status == RETRACTED or one.made_at < wanted.since:
            continue
        grade = "in_force" if last == one else "retracted" if last.status == RETRACTED else "replaced"
        yield from _events(archive, subjects, one, grade)


def _events(archive: Archive, subjects: dict[int, Subject], one: Correction, grade: str) -> Iterator[Event]:
    rows = archive.db.execute(
        f"""
        SELECT n.report, v.first_capture, v.first_captured, c.url, r.id,
            (SELECT count(*) FROM sightings g WHERE g.version = v.id)
        FROM versions v
        JOIN renditions n ON n.id = v.rendition
        JOIN captures c ON c.id = v.first_capture
        LEFT JOIN readings r ON r.version = v.id AND r.current = 1
        WHERE v.id IN ({VERSIONS_SHOWING.format(digest=":digest")})
        """,
        {"digest": one.payload_digest},
    ).fetchall()
    for report, capture, first, url, reading, looks in rows:
        if report in subjects:
            before = None if reading is None else _read_as(archive, reading, one.key)
            after = one.value if one.status == Status.NUMBER.value else one.status
            change = CellChange(one.key, before, after)
            yield event_about(
                subjects[report], KIND, grade, _says(one, change, grade),
                url=url, first=first, last=one.made_at, looks=looks, captures=(capture,), cells=(change,),
            )  # fmt: skip


def _read_as(archive: Archive, reading: int, key: str) -> Number | str | None:
    for value in get_values(archive, reading):
        if value.key == key:
            return value.value if value.status is Status.NUMBER else value.status.value
    return None


def _says(one: Correction, change: CellChange, grade: str) -> str:
    source = f" ({one.source})" if one.source else ""
    since = {"in_force": "", "replaced": "; replaced since", "retracted": "; taken back since"}[grade]
    return f"{label_of(one.key)}: read as {change.before}, {one.who} says {change.after}: {one.why}{source}{since}"
