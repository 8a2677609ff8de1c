"""Damaged files, bombs and documents that ask for something outside end with a name, within limits."""

from __future__ import annotations

import io
import os
import random
import shutil
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from parsers.word.libreoffice import why_not_run
from tests.batteries.documents_battery import run
from tests.batteries.documents_mutations import absurd, fixtures, inside, mutated
from tests.batteries.figures import Scale, deviations_of


def test_the_short_form_is_survived() -> None:
    reason = why_not_run()
    if reason or shutil.which("unshare") is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"LibreOffice must run in CI: {reason}")
        pytest.skip(reason or "unshare is not installed")
    rows = run(Scale.SHORT)
    assert deviations_of(rows) == []
    tried = {row.what.partition(" (")[0].partition(":")[0]: row.tried for row in rows}
    assert all(tried[name] >= 1 for name in ("html", "docx", "pdf", "xlsx", "xls", "xml", "rtf", "ofd", "zip", "dump"))
    assert tried["bombs among these, each of another kind"] >= 20
    assert tried["answers of a child that is taken over"] >= 250
    assert tried["entities, inclusions, links, templates, actions"] >= 60


def test_the_fixtures_are_of_every_kind() -> None:
    kinds = Counter(path.suffix for path in fixtures())
    assert {".html", ".docx", ".pdf", ".txt", ".doc", ".rtf", ".ofd", ".xls", ".xlsx", ".xml", ".zip"} <= set(kinds)
    assert sum(kinds.values()) > 80


def test_the_same_seed_damages_the_same_way() -> None:
    first, second = list(mutated(30, 5)), list(mutated(30, 5))
    assert first == second
    originals = {path.name: path.read_bytes() for path in fixtures()}
    changed = [name for name, payload in first if payload != originals[name.split(" ")[0]]]
    assert len(changed) > 20


def test_a_package_damaged_inside_is_still_a_package() -> None:
    docx = next(path for path in fixtures() if path.name == "docx01.docx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(inside(random.Random(3), docx))) as package:
        assert package.testzip() is None


def test_numbers_become_absurd(tmp_path: Path) -> None:
    made = {absurd(random.Random(seed), b"<td colspan=2>17</td>") for seed in range(40)}
    assert any(b"9" * 5000 in one for one in made)
    assert any(b"nan" in one for one in made)
