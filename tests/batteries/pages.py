"""docs/reliability.md: a section for each battery, written by its command alone."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from benchmarks.sections import as_code, join_sections, split_sections
from tests.batteries.figures import Row

FILE = Path("docs") / "reliability.md"
BATTERIES = tuple(sorted(file.name.removesuffix("_battery.py") for file in Path(__file__).parent.glob("*_battery.py")))

_HEAD = """# What was done to it, and what it survived

Each table was written by the command under it and by nothing else; the digest that follows a section is of its text,
and a test refuses any other. `make test` runs a short form of every battery; `make test-full` runs them whole.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """What one battery did; ``ran`` tells the command, the day, the commit and the machine."""

    name: str
    title: str
    about: str
    rows: tuple[Row, ...]
    ran: str

    def text(self) -> str:
        """As Markdown."""
        table = ["| what | tried | survived | worst time | worst memory |", "| --- | ---: | ---: | ---: | ---: |"]
        table += [
            f"| {row.what} | {row.tried:,} | {row.survived:,} | {_seconds(row)} | {_megabytes(row)} |"
            for row in self.rows
        ]
        wrong = [f"- {row.what}: {says}" for row in self.rows for says in row.deviations]
        parts = [f"## {self.title}", as_code(self.about), "\n".join(table)]
        parts += ["Not survived:", "\n".join(wrong)] if wrong else []
        return "\n\n".join([*parts, self.ran]) + "\n"


def find_battery(name: str) -> ModuleType:
    """Name → its module, with ``TITLE`` and ``run``."""
    return importlib.import_module(f"tests.batteries.{name}_battery")


def read_sections(page: Path) -> dict[str, str]:
    """The page's sections by battery, as they stand there. Raises ValueError for one that its command did not write."""
    if not page.exists():
        return {}
    found, before, after = split_sections(page.read_text(encoding="utf-8").removeprefix(_HEAD))
    rest = f"{before}{after}".strip()
    if rest and rest != _missing(found).strip():
        raise ValueError(f"expected the names of what was not yet run whole, found {rest[:80]!r}")
    return found


def write_page(page: Path, sections: Mapping[str, Section | str]) -> None:
    """Writes the sections in the order of their names."""
    texts = {name: one if isinstance(one, str) else one.text() for name, one in sections.items()}
    page.write_text(_HEAD + join_sections(texts) + _missing(texts), encoding="utf-8")


def _missing(sections: Mapping[str, object]) -> str:
    """What the page says of batteries that have no section."""
    names = [f"`{name}`" for name in BATTERIES if name not in sections]
    return f"\nNot yet run whole: {', '.join(names)}.\n" if names else ""


def _seconds(row: Row) -> str:
    return "–" if row.seconds is None else f"{row.seconds:.1f} s"


def _megabytes(row: Row) -> str:
    return "–" if row.megabytes is None else f"{row.megabytes:,.0f} MB"
