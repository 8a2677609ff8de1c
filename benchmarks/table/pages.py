"""docs/performance.md: a section for each row of the table, written by its command alone."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from benchmarks.sections import as_code, join_sections, split_sections
from benchmarks.table.figures import Measured, Missing, Row

FILE = Path("docs") / "performance.md"
RECORDED = Path("benchmarks") / "recorded.json"
_ROWS = Path(__file__).parent.parent / "rows"
ROWS = tuple(sorted(file.stem for file in _ROWS.glob("*.py") if file.stem != "__init__"))

_HEAD = """# What it costs, beside others

Every table was written by the command under it and by nothing else; the digest that follows a section is of its text,
and a test refuses any other. `make bench` runs all, `make bench-check` a short form of each, which it holds against
the ratios that were recorded here. Times are of the processor unless it is said, and of one run: ours and the other by
turns, the ratio the median of the rounds, in brackets the least and the most of them. Memory is the most that the
process had resident.
"""
_ABSENT = re.compile(r"\nNot yet measured: .*\n")


@dataclass(frozen=True, slots=True)
class Section:
    """What one row came to; ``ran`` tells the command, the day, the commit and the machine."""

    name: str
    title: str
    about: str
    rows: tuple[Row, ...]
    ran: str

    def text(self) -> str:
        """As Markdown."""
        head = "| measured | beside | ours | theirs | ours ÷ theirs | required | | memory, ours and theirs |"
        table = [head, "| --- | --- | ---: | ---: | ---: | --- | --- | ---: |"]
        table += [_line(row) for row in self.rows if isinstance(row, Measured)]
        missing = [f"Not measured: {row.reference} ({row.why})." for row in self.rows if isinstance(row, Missing)]
        parts = [f"## {self.title}", as_code(self.about), "\n".join(table), *missing, self.ran]
        return "\n\n".join(parts) + "\n"


def _line(row: Measured) -> str:
    ratio = f"{row.ratio:.{_places(row.ratio)}f}"
    if len(row.ratios) > 1:
        least, most = (f"{edge:.{_places(row.ratio)}f}" for edge in (min(row.ratios), max(row.ratios)))
        ratio += f" ({least}–{most})"
    if row.required is not None and row.required.times is not None:
        ratio += f", {1 / row.ratio:.1f} × less"
    required = "" if row.required is None else row.required.says(row.unit)
    memory = ", ".join("–" if one is None else f"{one:,.0f} MB" for one in row.memory)
    memory = "" if row.memory == (None, None) else memory
    figures = f"{_figure(row.ours)} {row.unit} | {_figure(row.theirs)} {row.unit} | {ratio}"
    return f"| {row.what} | {row.reference} | {figures} | {required} | {row.verdict} | {memory} |"


def _places(ratio: float) -> int:
    return 2 if ratio >= 0.5 else 3 if ratio >= 0.02 else 4


def _figure(number: float) -> str:
    return f"{number:,.0f}" if number >= 1000 else f"{number:.{3 if number < 1 else 2 if number < 10 else 1}f}"


def find_row(name: str) -> ModuleType:
    """Name → its module, with ``TITLE`` and ``measure``."""
    return importlib.import_module(f"benchmarks.rows.{name}")


def read_sections(page: Path) -> dict[str, str]:
    """The page's sections by row, as they stand there. Raises ValueError for one that its command did not write."""
    if not page.exists():
        return {}
    found, summary, rest = split_sections(page.read_text(encoding="utf-8").removeprefix(_HEAD))
    if _ABSENT.sub("", summary) != _missed(found) or rest.strip():  # which rows there are is no result
        raise ValueError(f"expected {_missed(found)!r} before the sections, and nothing after them")
    return found


def write_page(page: Path, sections: Mapping[str, Section | str]) -> None:
    """Writes the sections in the order of their names."""
    texts = {name: _text(sections[name]) for name in sorted(sections)}
    page.write_text(_HEAD + _missed(texts) + _absent(texts) + join_sections(texts), encoding="utf-8")


def _text(section: Section | str) -> str:
    return section if isinstance(section, str) else section.text()


def _missed(texts: Mapping[str, str]) -> str:
    """What is required and not met, in all sections."""
    missed = []
    for text in texts.values():
        title = text.partition("\n")[0].removeprefix("## ")
        for cells in _rows_of(text):
            if "not met" in cells[6]:
                missed.append(f"- {title}: {cells[0]} beside {cells[1]}, {cells[4]}, required {cells[5]}")
    return "\nRequired and not met:\n\n" + "\n".join(missed) + "\n" if missed else ""


def _absent(texts: Mapping[str, str]) -> str:
    names = [f"`{name}`" for name in ROWS if name not in texts]
    return f"\nNot yet measured: {', '.join(names)}.\n" if names else ""


def _rows_of(text: str) -> list[Sequence[str]]:
    """The cells of each line of a section's table."""
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
