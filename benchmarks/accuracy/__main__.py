"""Builds the documents, reads them and prints how right the reader is: python -m benchmarks.accuracy [--quick]."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

from benchmarks.accuracy.judging import Score, judge, truth_in, truths_of
from benchmarks.accuracy.papers import Paper, draw
from benchmarks.accuracy.programs import PROGRAMS, NotWritten, Program
from benchmarks.accuracy.variants import Variant, all_variants
from benchmarks.accuracy.writers import WRITERS

DOCUMENTS = Path(__file__).resolve().parents[2] / "tests" / "documents"
FORMS = (("2021", "2021"), ("2019", "2019"), ("2021", "2019"))
LEAST_OF_VARIANTS = 99.9
EXPECTATION_FAILED = 3
Table = dict[tuple[str, str], Score]


def papers_of(variant: Variant, many: int) -> list[Paper]:
    """The variant's papers: one drawn for each form in turn, every one with figures of its own."""
    return [
        variant.bend(draw(f"accuracy {variant.name} {number}", FORMS[number % len(FORMS)], variant.label))
        for number in range(many)
    ]


def measure(many: int, only: str = "") -> Table:
    """Every variant in every format that is written here → variant, format → score."""
    table: Table = defaultdict(Score)
    for variant in all_variants().values():
        if only not in variant.name:
            continue
        for paper in papers_of(variant, many):
            for form, write in WRITERS.items():
                if variant.shown_in(form):
                    name = f"{form} {variant.name} {paper.forms['requests']}"
                    table[variant.name, form] += judge(name, write(paper), truths_of(paper))
    return table


def measure_program(program: Program, only: str = "") -> Table:
    """Every variant in the format of one program."""
    papers = {
        variant.name: papers_of(variant, 1)[0]
        for variant in all_variants().values()
        if only in variant.name and variant.shown_in(program.form)
    }
    return {
        (name, program.form): judge(f"{program.form} {name}", payload, truths_of(papers[name]))
        for name, payload in program.make(papers).items()
    }


def measure_committed() -> Table:
    """The documents of tests/documents, by the folder they stand in."""
    table: Table = defaultdict(Score)
    for truth in sorted(DOCUMENTS.glob("*/*.json")):
        path = truth.with_suffix(f".{truth.parent.name}")
        score = judge(f"{truth.parent.name} {path.name}", path.read_bytes(), [truth_in(truth)])
        table["tests/documents", f"{truth.parent.name} (committed)"] += score
    return table


def failures(table: Table) -> list[str]:
    """What the contract demands and the table does not show."""
    found = []
    for (variant, form), score in table.items():
        if score.wrong:
            found.append(f"{score.wrong} cells silently wrong: {variant} in {form}")
        if variant in {"clean", "tests/documents"} and score.right < score.cells:
            found.append(f"clean documents not 100 % right: {variant} in {form}")
    total = counted(table)
    if total.right * 100 < LEAST_OF_VARIANTS * total.cells:
        found.append(f"expected at least {LEAST_OF_VARIANTS} % right, found {percent(total)}")
    return found


def counted(table: Table, *, apart: bool = False) -> Score:
    """The sum over the formats of which ``LEAST_OF_VARIANTS`` is demanded, or over those apart."""
    names = {program.form for program in PROGRAMS if program.apart}
    return sum((score for (_, form), score in table.items() if (form in names) == apart), Score())


def _in_words(score: Score) -> str:
    return (
        f"{score.cells} cells, {percent(score)} % right, {score.unread} honestly unread, {score.wrong} silently wrong"
    )


def percent(score: Score) -> str:
    return f"{100 * score.right / score.cells:.2f}" if score.cells else "—"


def told(table: Table) -> str:
    """The table for a person: a variant a line, a format a column, ``right/unread/wrong`` where not all is right."""
    forms = list(dict.fromkeys(form for _, form in table))
    names = list(dict.fromkeys(name for name, _ in table))
    wide = max(map(_width, names)) + 2
    lines = [" " * wide + "".join(f"{form:>18}" for form in forms)]
    for name in names:
        scores = [table.get((name, form)) for form in forms]
        lines.append(name + " " * (wide - _width(name)) + "".join(f"{_shown(score):>18}" for score in scores))
    totals = [sum((score for (_, f), score in table.items() if f == form), Score()) for form in forms]
    lines.append("total" + " " * (wide - 5) + "".join(f"{_shown(score):>18}" for score in totals))
    lines.append("% right" + " " * (wide - 7) + "".join(f"{percent(score):>18}" for score in totals))
    return "\n".join(lines)


def _shown(score: Score | None) -> str:
    if score is None:
        return "·"
    return f"{score.right}" if score.right == score.cells else f"{score.right}/{score.unread}/{score.wrong}"


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E00 else 1 for letter in text)


def main() -> int:
    """Prints the table; 3 where the contract's numbers are not met."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    options.add_argument("--quick", action="store_true", help="one report a variant, no other programs (under 60 s)")
    options.add_argument("--json", action="store_true", help="one JSON document in the table's stead")
    options.add_argument("--only", default="", metavar="WORDS", help="variants with these words in their name")
    options.add_argument("--format", default="", metavar="NAME", help="programs whose format begins with this name")
    options.add_argument("--say", action="store_true", help="name every cell that is not right")
    chosen = options.parse_args()
    began = time.monotonic()
    table = measure(1 if chosen.quick else len(FORMS), chosen.only)
    skipped: list[str] = []
    for program in () if chosen.quick else PROGRAMS:
        if program.form.startswith(chosen.format):
            if why := program.why_not():
                skipped.append(why)
                continue
            try:
                table.update(measure_program(program, chosen.only))
            except NotWritten as error:
                skipped.append(f"skipped: {program.form}: {error}")
    if not chosen.only:
        table.update(measure_committed())
    failed = failures(table)
    if chosen.json:
        print(json.dumps(as_json(table, failed, skipped), ensure_ascii=False))
    else:
        print(told(table))
        print(f"\n{_in_words(counted(table))}, in {time.monotonic() - began:.0f} s")
        if (others := counted(table, apart=True)).cells:
            print(f"apart, PDFs without any line between their cells: {_in_words(others)}")
        for line in (*skipped, *failed):
            print(line)
    if chosen.say:
        print("\n".join(line for score in table.values() for line in score.says), file=sys.stderr)
    return EXPECTATION_FAILED if failed else 0


def as_json(table: Table, failed: list[str], skipped: list[str]) -> dict[str, object]:
    """The table as one JSON document; only counts and names, so that two runs can be compared."""
    cells = [
        {"variant": variant, "format": form, "right": score.right, "unread": score.unread, "wrong": score.wrong}
        for (variant, form), score in table.items()
    ]
    return {"cells": cells, "skipped": skipped, "failed": failed}


if __name__ == "__main__":
    sys.exit(main())
