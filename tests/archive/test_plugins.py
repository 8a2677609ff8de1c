"""A reader that others install: found by its entry point, run in a child of its own, kept beside ours, compared."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import newsroom
import pytest
from test_cli import validator

from archive.store import Archive
from archive.withdraw import withdraw
from tests import forked

ROOT = Path(__file__).resolve().parents[2]
# A package as an installer leaves it: a module, and beside it what it declares.
DECLARED = """
[nianbao.parsers]
sample = sample_reader
broken = sample_reader:broken
absent = no_such_module
"""
READER = """
import os
import re
from decimal import Decimal

NAME, RELEASE = "sample", "7"
MARK = {mark!r}


def read(payload, hints):
    text = payload.decode("utf-8")  # a PDF is none: UnicodeDecodeError, and the process ends
    open(MARK, "a").write(f"{{os.getpid()}} {{hints.url}}\\\\n")
    (received,) = re.findall("新收政府信息公开申请数量</td>((?:<td>[^<]*</td>)+)", text)
    figures = re.findall("<td>([^<]*)</td>", received)
    yield "requests.received.natural_person", int(figures[0]), figures[0]
    yield "requests.received.enterprise", int(figures[1]) + (figures[1] == "77"), figures[1]
    yield "requests.received.research", None, ""
    yield "proactive.fees.amount", Decimal("3.25"), "3.25"
    yield "sample.words", len(text), str(len(text))


class broken:
    NAME, RELEASE = "broken", "1"

    def read(payload, hints):
        return [("requests.received.total", True, "yes")]
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    packages = tmp_path / "packages"
    declared = packages / "sample_reader-1.2.dist-info"
    declared.mkdir(parents=True)
    (declared / "METADATA").write_text("Metadata-Version: 2.1\nName: sample-reader\nVersion: 1.2\n", "utf-8")
    (declared / "entry_points.txt").write_text(DECLARED, "utf-8")
    reader = READER.replace("{{", "{").replace("}}", "}").replace("\\\\n", "\\n")
    (packages / "sample_reader.py").write_text(reader.replace("{mark!r}", repr(str(tmp_path / "mark"))), "utf-8")
    return packages


@pytest.fixture
def room(folder: Path) -> Path:
    with Archive.open(folder, write=True) as archive:
        newsroom.fill(archive)
    return folder


def plugins(folder: Path, packages: Path, *words: str, code: int = 0) -> Any:
    ran = forked.run(
        [sys.executable, str(ROOT / "nianbao.py"), "--archive", str(folder), "plugins", *words, "--json"],
        env=os.environ | {"PYTHONPATH": str(packages)},
    )
    assert ran.returncode == code, ran.stderr
    document = json.loads(ran.stdout)
    validator("error" if "error" in document else f"plugins_{words[0]}").validate(document)
    return document


def test_they_are_listed_and_not_loaded(tmp_path: Path, installed: Path, room: Path) -> None:
    assert plugins(room, installed, "list") == [
        {"name": name, "value": value, "package": "sample-reader", "version": "1.2"}
        for name, value in (
            ("absent", "no_such_module"),
            ("broken", "sample_reader:broken"),
            ("sample", "sample_reader"),
        )
    ]


def test_one_reads_what_is_kept_and_is_compared_by_field(tmp_path: Path, installed: Path, room: Path) -> None:
    before = states(room)
    done = plugins(room, installed, "run", "sample", code=4)
    assert (done["release"], done["versions"], done["read"], done["codes"]) == ("7", 6, 4, {"crash": 2})
    processes = {line.split()[0] for line in (tmp_path / "mark").read_text("utf-8").splitlines()}
    assert str(os.getpid()) not in processes
    found = plugins(room, installed, "compare", "sample")
    fields = {one.pop("key"): one for one in found["fields"]}
    assert fields["requests.received.natural_person"] == {"agree": 4, "differ": 0, "only_ours": 0, "only_theirs": 0}
    assert fields["requests.received.enterprise"] == {"agree": 3, "differ": 1, "only_ours": 0, "only_theirs": 0}
    assert fields["requests.received.research"] == {"agree": 0, "differ": 0, "only_ours": 4, "only_theirs": 0}
    assert fields["proactive.fees.amount"]["agree"] == 2  # two versions of one report
    assert fields["sample.words"]["only_theirs"] == 4
    (differing,) = [one for one in found["differences"] if one["key"] == "requests.received.enterprise"]
    assert found["differences"][0]["verdict"] == "differ"
    assert (differing["report"], differing["ours"], differing["theirs"], differing["their_raw"]) == ("r1", 77, 78, "77")
    assert states(room) == before
    again = plugins(room, installed, "run", "sample", code=4)
    assert (again["versions"], again["read"]) == (2, 0)  # only those that failed


def states(folder: Path) -> list[tuple[Any, ...]]:
    with Archive.open(folder, write=False) as archive:
        return [
            *archive.db.execute("SELECT report, version, key, value, raw, status FROM cells").fetchall(),
            *archive.db.execute("SELECT * FROM changes").fetchall(),
        ]


def test_what_it_read_leaves_with_a_withdrawn_payload(installed: Path, room: Path) -> None:
    plugins(room, installed, "run", "sample", code=4)
    with Archive.open(room, write=True) as archive:
        kept = "SELECT count(*) FROM foreign_cells"
        assert archive.db.execute(kept).fetchone() == (20,)
        withdraw(archive, "v1", "当事人要求")
        assert archive.db.execute(kept).fetchone() == (15,)
        assert archive.db.execute("SELECT code, says FROM foreign_readings WHERE version = 1").fetchone() == (
            "withdrawn",
            "",
        )
    assert plugins(room, installed, "compare", "sample")["versions"] == 3


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("run", "nothing"), 1, "not_found"),
        (("run", "absent"), 1, "crash"),
        (("compare", "sample"), 1, "not_found"),
    ],
)
def test_refusals(installed: Path, room: Path, words: tuple[str, ...], code: int, error: str) -> None:
    assert plugins(room, installed, *words, code=code)["error"]["code"] == error


def test_what_is_no_figure_is_refused(installed: Path, room: Path) -> None:
    done = plugins(room, installed, "run", "broken", code=4)
    assert (done["read"], done["codes"]) == (0, {"crash": 6})
    with Archive.open(room, write=False) as archive:
        says = archive.db.execute("SELECT DISTINCT says FROM foreign_readings").fetchone()[0]
    assert "expected a figure or None" in says
