"""docs/reliability.md holds a section of every battery, as its command wrote it when it ran whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.batteries.figures import Row
from tests.batteries.pages import BATTERIES, FILE, Section, read_sections, write_page

ROOT = Path(__file__).parents[2]
RUN = tuple(read_sections(ROOT / FILE))


@pytest.mark.parametrize("name", RUN)
def test_a_section_says_how_it_was_written(name: str) -> None:
    section = read_sections(ROOT / FILE)[name]
    ran = re.search(
        rf"^`python -m tests\.batteries {name}` took \d+ s on \d{{4}}-\d\d-\d\d at commit [0-9a-f]{{12}}", section, re.M
    )
    assert ran is not None, section


@pytest.mark.parametrize("name", BATTERIES)
def test_every_battery_has_a_section_or_is_said_to_be_missing(name: str) -> None:
    page = (ROOT / FILE).read_text("utf-8")
    assert name in RUN or f"`{name}`" in page.partition("Not yet run whole: ")[2]


@pytest.mark.parametrize("name", RUN)
def test_what_was_not_survived_is_named(name: str) -> None:
    section = read_sections(ROOT / FILE)[name]
    counts = re.findall(r"^\| [^|]+ \| ([\d,]+) \| ([\d,]+) \|", section, re.M)
    lost = sum(int(tried.replace(",", "")) - int(survived.replace(",", "")) for tried, survived in counts)
    assert counts
    assert lost == len(re.findall(r"^- ", section.partition("Not survived:")[2], re.M))


def test_a_table_that_was_touched_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "reliability.md"
    rows = (Row("示例", 3, 2, 0.5, 12.0, ("one: it fell",)),)
    write_page(page, {"example": Section("example", "An example", "What is done.", rows, "`python …`")})
    assert "Not yet run whole: " in page.read_text("utf-8")
    assert "| 示例 | 3 | 2 | 0.5 s | 12 MB |" in read_sections(page)["example"]
    page.write_text(page.read_text(encoding="utf-8").replace("| 3 | 2 |", "| 3 | 3 |"), encoding="utf-8")
    with pytest.raises(ValueError, match="example as its command wrote it"):
        read_sections(page)
