"""docs/performance.md holds a section of every row of the table, as its command wrote it, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.table.figures import Measured, Missing, Required, beside
from benchmarks.table.pages import FILE, RECORDED, ROWS, Section, find_row, read_sections, write_page
from benchmarks.table.recorded import read_recorded, record, regressions

ROOT = Path(__file__).parents[2]
RUN = tuple(read_sections(ROOT / FILE))


def test_a_section_says_how_it_was_written() -> None:
    for name, section in read_sections(ROOT / FILE).items():
        command = rf"^`python -m benchmarks {name}[^`]*` took \d+ s on \d{{4}}-\d\d-\d\d at commit [0-9a-f]{{12}}"
        assert re.search(command, section, re.M) is not None, section


@pytest.mark.parametrize("name", ROWS)
def test_every_row_says_what_it_is_and_has_a_section_or_is_said_to_be_missing(name: str) -> None:
    row, page = find_row(name), (ROOT / FILE).read_text("utf-8")
    assert row.TITLE
    assert row.__doc__
    assert name in RUN or f"`{name}`" in page.partition("Not yet measured: ")[2]


def test_what_is_recorded_is_of_rows_with_a_section() -> None:
    recorded = read_recorded(ROOT / RECORDED)
    assert set(recorded) <= set(RUN)
    assert all(rounds for row in recorded.values() for rounds in row.values())


def test_a_table_that_was_touched_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    rows = (
        beside("a page", "another", [(3.0, 2.0), (3.2, 2.0), (3.1, 2.0)], "ms", Required(most=1.5), (90.0, None)),
        beside("a page", "a third", [(1.0, 20.0)], "ms", Required(times=12.0)),
        Missing("a fourth", "not installed"),
    )
    write_page(page, {"crawl": Section("crawl", "Crawl", "What is done.", rows, "`python …`")})
    said = page.read_text("utf-8")
    assert "- Crawl: a page beside another, 1.55 (1.50–1.60), required ≤ 1.5 ×" in said
    assert "| 0.050, 20.0 × less | ≥ 12 × less | met |" in said
    assert "a fourth (not installed)" in said
    assert list(read_sections(page)) == ["crawl"]
    for was, becomes in (
        ("3.10 ms", "2.10 ms"),
        ("required ≤ 1.5 ×", "required ≤ 2 ×"),
        ("<!-- crawl", "x\n<!-- crawl"),
    ):
        page.write_text(said.replace(was, becomes, 1), encoding="utf-8")
        with pytest.raises(ValueError, match="expected"):
            read_sections(page)


def test_worse_is_what_every_round_says_beyond_the_margin(tmp_path: Path) -> None:
    def measured(*ratios: float) -> Measured:
        return beside("a page", "another", [(ratio, 1.0) for ratio in ratios], "ms")

    file = tmp_path / "recorded.json"
    record(file, "crawl", [measured(1.0, 1.1, 1.05), Missing("a third", "")])
    before = read_recorded(file)["crawl"]
    assert not regressions(before, [measured(1.0, 1.2, 1.15)])  # one round is as it was
    assert not regressions(before, [measured(1.15, 1.2, 1.18)])  # within the margin
    assert not regressions(before, [measured(0.5, 0.6, 0.5)])
    (line,) = regressions(before, [measured(1.3, 1.4, 1.35)])
    assert "1.35, recorded 1.05 (1–1.1)" in line
    assert "not measured now" in regressions(before, [])[0]
    assert not regressions(before, [Missing("another", "not installed")])
