"""benchmarks/accuracy, its quick part: every variant in every format that is written here; no figure silently wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from benchmarks.accuracy.judging import judge, truths_of
from benchmarks.accuracy.papers import Told, draw
from benchmarks.accuracy.variants import all_variants
from benchmarks.accuracy.writers import WRITERS, html_plain

ROOT = Path(__file__).resolve().parents[2]
LEAST = 99.9


@pytest.fixture(scope="module")
def quick() -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.accuracy", "--quick", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.stdout, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode == 0) == (answer["failed"] == []), done.returncode
    return answer


def test_nothing_is_silently_wrong(quick: dict[str, Any]) -> None:
    assert [cell for cell in quick["cells"] if cell["wrong"]] == []


def test_clean_documents_are_read_whole(quick: dict[str, Any]) -> None:
    clean = [cell for cell in quick["cells"] if cell["variant"] == "clean"]
    assert {cell["format"] for cell in clean} == set(WRITERS)
    assert [cell for cell in clean if cell["unread"] or cell["right"] != 200] == []


def test_the_variants_are_read(quick: dict[str, Any]) -> None:
    right = sum(cell["right"] for cell in quick["cells"])
    cells = sum(cell["right"] + cell["unread"] + cell["wrong"] for cell in quick["cells"])
    assert cells > 100_000
    assert right * 100 >= LEAST * cells, [cell for cell in quick["cells"] if cell["unread"]]


def test_every_variant_is_a_document_of_its_own() -> None:
    """A bend that bends nothing would prove nothing: each page differs from the clean one in more than its figures."""
    for variant in all_variants().values():
        if variant.name == "clean" or variant.only:
            continue
        clean = draw("one seed", ("2019", "2021"))
        bent = variant.bend(draw("one seed", ("2019", "2021"), variant.label))
        if variant.name in {"extra: cells of a clone", "label: truncated header"}:
            bent = variant.bend(draw("one seed", ("2021", "2021"), variant.label))
            clean = draw("one seed", ("2021", "2021"))
        if variant.name == "label: 规范性文件":
            bent, clean = draw("one seed", ("2021", "2021"), variant.label), draw("one seed", ("2021", "2021"))
        assert html_plain(bent) != html_plain(clean), variant.name


def test_the_judge_can_say_no() -> None:
    paper = draw("judged", ("2021", "2021"))
    page = html_plain(paper)
    whole = judge("html", page, truths_of(paper))
    assert (whole.right, whole.unread, whole.wrong) == (200, 0, 0)
    key = "requests.granted.total"
    figure = paper.truth[key].value
    for truth, right, unread, wrong in (
        (Told(Decimal(figure or 0) + 1, "number"), 199, 0, 1),
        (Told(None, "unread"), 199, 0, 1),
        (Told(None, "blank"), 199, 0, 1),
    ):
        score = judge("html", page, [{**paper.truth, key: truth}])
        assert (score.right, score.unread, score.wrong) == (right, unread, wrong), truth
        assert key in score.says[0]
    lost = judge("html", b"<html><p>nothing</p></html>", truths_of(paper))
    assert (lost.right, lost.unread, lost.wrong) == (0, 200, 0)
    cut = judge("html", page.replace(str(figure).encode(), "约20".encode()), truths_of(paper))
    assert (cut.right, cut.unread, cut.wrong) == (199, 1, 0)


def test_two_reports_are_two() -> None:
    """The second set of tables in a page is a second report, also where no title line stands between."""
    variant = all_variants()["layout: two reports, one title"]
    paper = variant.bend(draw("two", ("2021", "2021")))
    score = judge("html", html_plain(paper), truths_of(paper))
    assert (score.right, score.unread, score.wrong) == (400, 0, 0)
