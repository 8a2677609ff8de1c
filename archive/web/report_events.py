"""What was seen to happen to a report, and what is doubtful about it: facts → sentences of the page."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from archive.ledgers import Event, Wanted, list_events
from archive.store import Archive
from archive.web.check_words import exact, plain
from archive.web.figures_shown import in_words
from archive.web.report_text import line_with
from archive.web.words import say, words_in
from parsers.english import english_of
from parsers.forms import label_of, labels_by_key

KINDS = ("silent_edit", "not_seen", "returned", "dates_disagree", "contradiction")
"""Ledgers of one report's own page. Copies are sought among all reports of a year, which takes longer than a page may;
corrections stand beside their figures."""
_SHOWN_IN_PLACE = frozenset({"prose", "years", "years_in_force"})
_MOST_CELLS = 12
_LAWSUITS = ("litigation_direct", "litigation_after_review")

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Happened:
    """``says`` is one sentence; ``cells`` are (name, before, after), ``more`` how many further ones there are."""

    kind: str
    grade: str
    says: str
    cells: tuple[tuple[str, str, str], ...]
    more: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A figure of the prose beside its cell. ``verdict``: same, differs, or other (no cell says anything of it)."""

    key: str
    name: str
    claimed: str
    value: str
    span: str
    line: int | None
    verdict: str


def happened_to(archive: Archive, language: str, report: int, local_time: Callable[[str], str]) -> tuple[Happened, ...]:
    """A report's id → its events, the latest last. ``local_time`` turns a time of the archive into the reader's."""
    events = list_events(archive, Wanted(reports=frozenset({report})), KINDS)
    wanted = (one for one in events if not (one.kind == "contradiction" and one.grade in _SHOWN_IN_PLACE))
    return tuple(_happened(language, one, local_time) for one in wanted)


def claims_in(language: str, facts: Facts) -> tuple[Claimed, ...]:
    """A parse document → every figure that its prose states, those that differ from the tables first.

    As in the parser: one differs from a figure if no other claim about the same cell agrees with it.
    """
    agreed = {claim["key"] for claim in facts["claims"] if _agrees(facts, claim)}
    found = [_claimed(language, facts, claim, agreed) for claim in facts["claims"]]
    return tuple(sorted(found, key=lambda one: ("differs", "same", "other").index(one.verdict)))


def label_in(language: str, key: str) -> str:
    """A cell's name in the reader's language; a key that is no cell of a form is its own name."""
    if key not in labels_by_key():
        return key
    return english_of(key) if language == "en" else label_of(key)


def problem_in(language: str, code: str) -> str:
    """A code of a doubt or a refusal in words; a code that has none is its own."""
    return words_in(language).get(f"problems.{code}", code)


def _happened(language: str, event: Event, local_time: Callable[[str], str]) -> Happened:
    words = words_in(language)
    said = words.get(f"report.event_{event.kind}_{event.grade}", event.says)
    says = said.format(first=local_time(event.first), last=local_time(event.last), looks=event.looks)
    cells = tuple(
        (_name(language, one.key), _side(language, one.before), _side(language, one.after)) for one in event.cells
    )
    return Happened(
        event.kind, event.grade, says, cells[:_MOST_CELLS], max(0, len(cells) - _MOST_CELLS), event.first, event.last
    )


def _name(language: str, key: str) -> str:
    if key.startswith("dates."):
        return words_in(language).get(f"report.date_{key.removeprefix('dates.')}", key)
    return label_in(language, key)


def _side(language: str, side: object) -> str:
    if side is None:
        return say(language, "report.word_missing")
    words = words_in(language).get(f"report.word_{side}")
    return str(side) if words is None else words


def _agrees(facts: Facts, claim: Facts) -> bool:
    found = _printed(facts, claim["key"])
    return found is not None and found[1] == exact(claim["value"])


def _printed(facts: Facts, key: str) -> tuple[str, Decimal | None] | None:
    """What the tables have for a claim, in words and as a number; both kinds of lawsuit count together."""
    if key.startswith("disputes.litigation."):
        pair = [facts["cells"].get(key.replace("litigation.", f"{kind}.")) for kind in _LAWSUITS]
        if any(cell is None or cell["status"] != "number" for cell in pair):
            return None
        numbers = [exact(cell["value"]) for cell in pair]
        return f"{' + '.join(map(plain, numbers))} = {plain(sum(numbers, Decimal(0)))}", sum(numbers, Decimal(0))
    cell = facts["cells"].get(key)
    if cell is None:
        return None
    return cell["raw"], exact(cell["value"]) if cell["status"] == "number" else None


def _claimed(language: str, facts: Facts, claim: Facts, agreed: Container[str]) -> Claimed:
    key = claim["key"]
    found = _printed(facts, key)
    verdict = "other"
    if found is not None and found[1] is not None:
        verdict = "same" if _agrees(facts, claim) else "other" if key in agreed else "differs"
    cell = facts["cells"].get(key)
    value = in_words(language, cell["status"], cell["raw"]) if cell is not None else found[0] if found else ""
    return Claimed(
        key, _name_of_claim(language, key), plain(exact(claim["value"])), value, claim["span"],
        line_with(facts["text"], claim["span"]), verdict,
    )  # fmt: skip


def _name_of_claim(language: str, key: str) -> str:
    if key.startswith("disclosed.parts."):
        return key.removeprefix("disclosed.parts.")
    return words_in(language).get(f"report.claim_{key.replace('.', '_')}") or label_in(language, key)
