"""Leads in the reader's language: events of the ledgers, late reports and outliers as one kind of row."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.comparing.figures import Figure
from archive.comparing.outliers import Outlier
from archive.ledgers import Event
from archive.lookups.captures_shown import Shown
from archive.season.coverage import Entry
from archive.verbs.events import facts_of
from archive.web.links import cell_anchor, diff_path, history_path, report_path, version_path, with_query
from archive.web.registers import why_in
from archive.web.rendering import local_day
from archive.web.report_events import label_in
from archive.web.words import say, words_in
from parsers.forms import labels_by_key

LATE = "late"
_MOST_CELLS = 12
# What a copy's sentence of the ledger is made of (archive/ledgers/copy.py), to be said in Chinese.
_COPIES = {
    "same_prose": re.compile(r"shares (\S+) of .+?, (\d+) characters, with r\d+ (.+?) (\d{4}): (.*)", re.DOTALL),
    "last_year": re.compile(
        r"(\S+) of the prose is that of r\d+ of (\d{4}) but for figures and names: (.*)", re.DOTALL
    ),
    "foreign_name": re.compile(r"speaks as (.+?): (.*)", re.DOTALL),
    "last_years_figures": re.compile(
        r"the prose says what the tables of (\d{4}) say, and those of this year do not: (.*)", re.DOTALL
    ),
}
_WORDS = re.compile(
    r"words say something else: (.*?)(?:; the link leads to|; one of the looks|; the sides were|$)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Lead:
    """One row. ``says`` is a sentence, ``record`` what the ledger says of it in its own words; ``cells`` are (key,
    label, before, after, path); ``seen`` are captures that show it; ``mend`` is a corrections file to be filled in."""

    kind: str
    grade: str
    organisation: str
    region_code: str
    report_year: int
    report: int | None
    when: str
    says: str
    record: str
    cells: tuple[tuple[str, str, str, str, str], ...]
    seen: tuple[Shown, ...]
    diff: str
    mend: str
    facts: Mapping[str, Any]

    @property
    def path(self) -> str:
        """The report's page."""
        return report_path(self.region_code, self.organisation, self.report_year)

    @property
    def history(self) -> str:
        """The report's versions and looks."""
        return history_path(self.region_code, self.organisation, self.report_year)


def lead_of_event(lang: str, event: Event, region_code: str, shown: Mapping[int, Shown], now: str) -> Lead:
    """An event of a ledger; ``now`` dates the corrections file."""
    seen = tuple(shown[one] for one in event.captures if one in shown)
    path = report_path(region_code, event.organisation, event.report_year)
    cells = tuple(
        (one.key, _name(lang, one.key), _side(lang, one.before), _side(lang, one.after), _to_cell(lang, path, one.key))
        for one in event.cells
    )
    kept = [one.digest for one in seen if one.digest]
    diff = ""
    if event.kind == "silent_edit" and len(kept) > 1 and kept[0] != kept[-1]:
        diff = with_query(
            diff_path(kept[0], kept[-1]), {"report": f"r{event.report}", "lang": "en" if lang == "en" else None}
        )
    keys = [one.key for one in event.cells if one.key in labels_by_key()]
    return Lead(
        event.kind, event.grade, event.organisation, region_code, event.report_year, event.report, event.last,
        _event_says(lang, event), event.says, cells, seen, diff, _mend(kept[-1] if kept else "", keys, event.url, now),
        facts_of(event) | {"region_code": region_code},
    )  # fmt: skip


def lead_of_entry(lang: str, entry: Entry, year: int) -> Lead:
    """A report that came late, as the register says."""
    day = entry.printed or entry.first_seen
    says = say(lang, "leads.event_late", deadline=entry.deadline, days=entry.days_late, day=day or "")
    doubt = why_in(lang, entry.doubt)
    when = f"{entry.first_seen or day}T00:00:00Z"
    facts = {
        "kind": LATE, "grade": LATE, "report": f"r{entry.report}", "organisation": entry.organisation,
        "region_code": entry.region_code or "", "report_year": year, "deadline": str(entry.deadline),
        "printed": None if entry.printed is None else str(entry.printed),
        "first_seen": None if entry.first_seen is None else str(entry.first_seen), "days_late": entry.days_late,
        "doubt": entry.doubt,
    }  # fmt: skip
    return Lead(
        LATE, LATE, entry.organisation, entry.region_code or "", year, entry.report, when,
        f"{says} {doubt}".strip(), "", (), (), "", "", facts,
    )  # fmt: skip


def lead_of_outlier(lang: str, one: Outlier, now: str) -> Lead:
    """Zeros or a leap; the cells are the figures of the years, each with the one before it."""
    last = one.figures[-1]
    cells = tuple(
        (figure.keys[0], f"{figure.year} {label_in(lang, one.key)}", "", figure.raw, _figure_path(lang, figure))
        for figure in one.figures
    )
    before, now_value = one.figures[0], last
    says = say(
        lang, f"leads.event_{one.grade}", years=len(one.figures), first=before.year, peers=one.peers, above=one.above,
        label=label_in(lang, one.key), before=before.raw, after=now_value.raw, last=last.year, around=one.around,
    )  # fmt: skip
    facts = {
        "kind": one.kind, "grade": one.grade, "report": f"r{last.report}", "organisation": last.organisation,
        "region_code": last.region_code, "report_year": last.year, "key": one.key,
        "figures": [
            {"report": f"r{figure.report}", "report_year": figure.year, "value": figure.value, "raw": figure.raw}
            for figure in one.figures
        ],
        "peers": one.peers, "peers_above_zero": one.above, "peers_in": one.around,
    }  # fmt: skip
    return Lead(
        one.kind, one.grade, last.organisation, last.region_code, last.year, last.report, "", says, "", cells, (), "",
        _mend(last.digest, last.keys, "", now), facts,
    )  # fmt: skip


def cells_shown(lead: Lead) -> Sequence[tuple[str, str, str, str, str]]:
    """The first cells of a lead; its report's page has them all."""
    return lead.cells[:_MOST_CELLS]


def reports_in(events: Collection[Event]) -> list[int]:
    """The reports that events are about."""
    return [one.report for one in events]


def _event_says(lang: str, event: Event) -> str:
    words = words_in(lang)
    name = f"event_{event.kind}_{event.grade}"
    template = words.get(f"leads.{name}") or words.get(f"report.{name}")
    copy = _COPIES[event.grade].fullmatch(event.says) if event.kind == "copy" else None
    if template is None or (event.kind == "copy" and copy is None):
        return event.says
    if copy is not None:
        return template.format(*copy.groups())
    said = template.format(first=local_day(event.first), last=local_day(event.last), looks=event.looks)
    quoted = _WORDS.search(event.says) if event.grade == "wording" else None
    return said if quoted is None else said + say(lang, "leads.quoted", words=quoted[1])


def _name(lang: str, key: str) -> str:
    if key.startswith("dates."):
        return words_in(lang).get(f"report.date_{key.removeprefix('dates.')}", key)
    return label_in(lang, key)


def _side(lang: str, side: object) -> str:
    if side is None:
        return say(lang, "report.word_missing")
    return words_in(lang).get(f"report.word_{side}", str(side))


def _to_cell(lang: str, path: str, key: str) -> str:
    if key not in labels_by_key():
        return ""
    return f"{with_query(path, {'lang': 'en' if lang == 'en' else None})}#{cell_anchor(key)}"


def _figure_path(lang: str, figure: Figure) -> str:
    return _to_cell(lang, report_path(figure.region_code, figure.organisation, figure.year), figure.keys[0])


def _mend(digest: str, keys: Sequence[str], source: str, now: str) -> str:
    """JSON Lines as ``nianbao correct import`` takes them, with the value and the reason left to be filled in."""
    if not digest:
        return ""
    return "\n".join(
        json.dumps(
            {
                "payload_digest": digest, "key": key, "status": "number", "value": None, "who": "", "why": "",
                "source": source, "made_at": now,
            },
            ensure_ascii=False,
        )
        for key in keys
    )  # fmt: skip


def seen_path(shown: Shown) -> str:
    """Where the bytes of a capture can be looked at, "" where it shows no report."""
    return version_path(shown.digest) if shown.digest else ""
