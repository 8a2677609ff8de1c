"""A reading against the truth: cells right, honestly unread, silently wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from benchmarks.accuracy.papers import Paper, Told
from parsers.errors import DocumentError
from parsers.reading import read
from parsers.report import Status, Value


@dataclass(frozen=True)
class Score:
    """``says`` names cells that are not right, ``name: key expected … got …``."""

    right: int = 0
    unread: int = 0
    wrong: int = 0
    says: tuple[str, ...] = field(default=())

    def __add__(self, other: Score) -> Score:
        return Score(
            self.right + other.right, self.unread + other.unread, self.wrong + other.wrong, self.says + other.says
        )

    @property
    def cells(self) -> int:
        return self.right + self.unread + self.wrong


def judge(name: str, payload: bytes, truths: Iterable[Mapping[str, Told]]) -> Score:
    """Reads the payload and compares each report with its truth, in order; a report too few is unread."""
    wanted = list(truths)
    try:
        reports = read(payload)
    except DocumentError as error:
        return sum((_lost(name, truth, f"{error.code}: {error.says}") for truth in wanted), Score())
    score = Score()
    if len(reports) > len(wanted):
        score += Score(wrong=1, says=(f"{name}: {len(reports)} reports for {len(wanted)}",))
    for number, truth in enumerate(wanted):
        if number < len(reports):
            score += _compared(name, {value.key: value for value in reports[number].values}, truth)
        else:
            score += _lost(name, truth, "no such report")
    return score


def truths_of(paper: Paper) -> list[Mapping[str, Told]]:
    return [paper.truth, *(truths_of(paper.following) if paper.following is not None else [])]


def truth_in(path: Path) -> dict[str, Told]:
    """The truth of a committed document."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return {
        key: Told(None if cell["value"] is None else Decimal(str(cell["value"])), cell["status"])
        for key, cell in cells.items()
    }


def _lost(name: str, truth: Mapping[str, Told], why: str) -> Score:
    return Score(unread=len(truth), says=(f"{name}: {why}",))


def _compared(name: str, values: Mapping[str, Value], truth: Mapping[str, Told]) -> Score:
    score = Score()
    for key, told in truth.items():
        verdict = _verdict(values.get(key), told, name.partition(" ")[0])
        if verdict == "right":
            score = Score(score.right + 1, score.unread, score.wrong, score.says)
            continue
        found = values.get(key)
        got = "no such key" if found is None else f"{found.value} ({found.status}, {found.raw!r})"
        says = f"{name}: {verdict}: {key} expected {told.value} ({told.status}), got {got}"
        score += Score(unread=int(verdict == "unread"), wrong=int(verdict == "wrong"), says=(says,))
    extra = [value.key for value in values.values() if value.key not in truth and value.status is Status.NUMBER]
    return score + Score(wrong=len(extra), says=tuple(f"{name}: wrong: {key} is no key of the forms" for key in extra))


def _filled_in(found: Status, told: str, form: str) -> bool:
    """Programs write an empty cell where a row is too short, and sheets store no empty cells."""
    by_program = "-soffice" in form or "-chromium" in form or "-fpdf2" in form
    if form.startswith(("xls", "xlsx")) and told == "blank":
        return found is Status.MISSING
    return by_program and told == "missing" and found is Status.BLANK


def _verdict(found: Value | None, told: Told, form: str) -> str:
    """A number, a blank or a filler that is none is wrong; what is unread, or said to be missing, is not."""
    if found is None:
        return "unread"
    if found.status == told.status and found.value == told.value:
        return "right"
    if found.status is Status.UNREAD and (told.doubt == "anywhere" or form.startswith(told.doubt or "?")):
        return "right"
    if _filled_in(found.status, told.status, form):
        return "right"
    return "unread" if found.status in (Status.UNREAD, Status.MISSING) else "wrong"
