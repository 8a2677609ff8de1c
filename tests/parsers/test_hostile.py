"""Damaged files and bombs end as reports or typed errors within limits; the parent neither dies nor grows."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from benchmarks.hostile.bombs import BOMBS
from benchmarks.hostile.growing import GROWING
from benchmarks.hostile.judging import End, ends_of, resident
from benchmarks.hostile.mutations import fixtures, inside, mutated
from parsers.child import Child
from parsers.errors import BY_CODE
from parsers.limits import LIMITS
from parsers.report import Hints

MUTATED = 240
MOST_GROWTH = 32 * 2**20  # bytes


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child() as started:
        yield started


def test_the_fixtures_are_of_every_kind() -> None:
    kinds = Counter(path.suffix for path in fixtures())
    assert {".html", ".docx", ".pdf", ".txt"} <= set(kinds)
    assert sum(kinds.values()) > 40


def test_the_same_seed_damages_the_same_way() -> None:
    first, second = list(mutated(30, 5)), list(mutated(30, 5))
    assert first == second
    originals = {path.name: path.read_bytes() for path in fixtures()}
    changed = [name for name, payload in first if payload != originals[name.split(" ")[0]]]
    assert len(changed) > 20


def test_a_package_damaged_inside_is_still_a_package() -> None:
    import io
    import random
    import zipfile

    docx = next(path for path in fixtures() if path.name == "docx01.docx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(inside(random.Random(3), docx))) as package:
        assert package.testzip() is None


def test_mutated_files_end_as_reports_or_typed_errors(child: Child) -> None:
    """No DOC here: each asks LibreOffice where its own reader gives up. benchmarks/hostile reads them, too."""
    list(ends_of(mutated(5, 1), child))
    before = resident()
    files = ((name, payload) for name, payload in mutated(MUTATED, 7) if ".doc " not in name)
    ends = list(ends_of(files, child))
    assert [end.fault for end in ends if end.fault] == []
    assert {end.code for end in ends} <= {"report", *BY_CODE}
    counts = Counter(end.code for end in ends)
    assert counts["report"] > len(ends) // 10
    assert counts["unreadable"] > 0
    assert resident() - before < MOST_GROWTH


@pytest.mark.parametrize("name", [name for name in BOMBS if " of " not in name])
def test_a_bomb_ends_within_its_limits(name: str, child: Child) -> None:
    payload = BOMBS[name]()
    assert len(payload) < 24 * 2**20
    before = resident()
    (end,) = ends_of([(name, payload)], child)
    _judge(end)
    assert resident() - before < MOST_GROWTH


@pytest.mark.parametrize(
    "name", ["title_rtf", "edges_rtf", "paragraphs_rtf", "steps_ofd", "same_page_ofd", "composite_ofd"]
)
def test_what_grows_faster_than_its_bytes_ends_before_the_limit(name: str, child: Child) -> None:
    """Without bounds of its own each takes the whole CPU limit; how long on this machine is not measured here."""
    (end,) = ends_of([(name, GROWING[name]())], child)
    _judge(end)
    assert end.code in {"too_large", "unreadable", "not_a_report"}


@pytest.mark.parametrize("kind", ["prose", "title"])
def test_no_pattern_of_text_holds_the_reader_up(kind: str, child: Child) -> None:
    """A hundred thousand of a kind, in prose, headings, titles and cells: time grows with the text, not its square."""
    names = [name for name in BOMBS if name.startswith(f"{kind} of ")]
    assert len(names) > 20
    before = time.process_time()
    ends = list(ends_of(((name, BOMBS[name]()) for name in names), child))
    assert time.process_time() - before < 10
    for end in ends:
        _judge(end)
        assert end.code in {"report", "not_a_report", "unknown_format"}, end


def _judge(end: End) -> None:
    assert end.fault == ""
    assert end.code in {"report", *BY_CODE}
    # pdfium aborts where memory ends; every other crash is a mistake of ours.
    assert end.code != "crash" or end.name.endswith("_pdf"), end.says
    assert end.seconds < max(limits.wall for limits in LIMITS.values())


def test_the_child_is_alive_after_all_of_them(child: Child) -> None:
    path = next(path for path in fixtures() if path.name == "html01.html")
    assert len(child.read(path.read_bytes(), Hints())) == 1
