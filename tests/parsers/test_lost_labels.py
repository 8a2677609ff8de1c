"""A dump whose header has lost a label: nothing is placed by order, and one problem says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsers.reading import read
from parsers.report import Status

DUMP = (Path(__file__).parent / "documents" / "formats" / "cells.txt").read_text("utf-8")


@pytest.mark.parametrize("label", ["自然人", "科研机构", "商业企业", "总计"])
def test_the_label_that_is_lost_is_named(label: str) -> None:
    assert DUMP.count(f"\t{label}\n") >= 1
    (report,) = read(DUMP.replace(f"\t{label}\n", "", 1).encode())
    requests = [value for value in report.values if value.key.startswith("requests.")]
    assert {value.status for value in requests} == {Status.UNREAD}
    (problem,) = [problem for problem in report.problems if problem.code == "column_label_missing"]
    assert f"· {label}," in problem.says
    assert "table requests" in problem.says
    assert problem.severity == "error"


def test_a_lost_group_is_told_by_the_name_of_the_table() -> None:
    (report,) = read(DUMP.replace("\t法人或其他组织\n", "", 1).encode())
    (problem,) = [problem for problem in report.problems if problem.code == "no_column_labels"]
    assert "table requests" in problem.says


def test_a_whole_dump_lacks_none() -> None:
    (report,) = read(DUMP.encode())
    assert not {problem.code for problem in report.problems} & {"column_label_missing", "no_column_labels"}
