"""A beginning is discovered by the house as it stands, its test fails for what is not done, and passes when it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nianbao
from crawler.contributing.scaffold import KINDS, scaffold
from crawler.errors import Usage
from tests.crawler.conftest import ROOT


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As much of a checkout as its tests of families, formats and exports need."""
    place = tmp_path_factory.mktemp("checkout")
    left_out = shutil.ignore_patterns("__pycache__", "fuzz_found", "kept", "documents", "warcs", "batteries", "web")
    for name in ("archive", "crawler", "parsers"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests", place / "tests", ignore=left_out)
    for name in ("nianbao.py", "pyproject.toml"):
        shutil.copyfile(ROOT / name, place / name)
    return place


def try_tests(checkout: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--tb=line", "-k", "madeup or 2099", *tests]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIANBAO_", "PYTEST_"))}
    surroundings = {**kept, "PYTHONPATH": str(checkout)}
    return subprocess.run(words, cwd=checkout, capture_output=True, text=True, env=surroundings, check=False)


# What a person would write in place of a beginning, for the test that came with it.
DONE = [
    ("crawler/families/madeup.py", "/TODO/\\d+", "/zfxxgknb/\\d+_\\d+"),
    ("crawler/families/madeup.py", "TODO_a_script_of_madeup.js", "served by madeup"),
    ("tests/crawler/saved/madeup_list.html", "TODO in place of this page", "served by madeup"),
    ("archive/exports/madeup.py", "TODO {one.version}", "示例县教育局 {one.version}"),
    ("archive/exports/madeup.py", "TODO one line", "one line"),
]


def test_beginnings_fail_until_they_are_made_good(checkout: Path) -> None:
    made = {kind: scaffold(kind, "madeup", checkout) for kind in KINDS if kind != "form"}
    assert all(path.is_file() for one in made.values() for path in one.paths)
    tests = {kind: one.test.split()[0] for kind, one in made.items()}
    first = try_tests(checkout, *tests.values())
    failed = sorted(line.split()[1] for line in first.stdout.splitlines() if line.startswith("FAILED"))
    assert [name.partition("::")[0] for name in failed] == sorted(tests.values()), first.stdout + first.stderr
    for path, before, after in DONE:
        text = (checkout / path).read_text(encoding="utf-8")
        assert before in text
        (checkout / path).write_text(text.replace(before, after), encoding="utf-8")
    second = try_tests(checkout, tests["family"], tests["export"])
    assert second.returncode == 0, second.stdout + second.stderr


def test_a_form_fails_for_its_notice_its_columns_and_its_document(checkout: Path) -> None:
    made = scaffold("form", "requests_2099", checkout)
    toml, test = made.paths
    assert made.test == str(test.relative_to(checkout))
    first = try_tests(checkout, made.test)
    assert len([line for line in first.stdout.splitlines() if line.startswith("FAILED")]) == 3, first.stdout
    toml.write_text(
        toml.read_text("utf-8").replace("TODO the number", "国办公开办函〔2099〕1号, not the number"), "utf-8"
    )
    columns = checkout / "archive" / "schema" / "form_columns.py"
    with columns.open("a", encoding="utf-8") as more:
        more.write(
            'BY_TABLE_AND_FORM["requests", "2099"] = Sheet(\n'
            '    "requests", "2099", BY_TABLE_AND_FORM["requests", "2021"].cells\n)\n'
        )
    second = try_tests(checkout, made.test)
    failed = [line.partition("::")[2].split()[0] for line in second.stdout.splitlines() if line.startswith("FAILED")]
    assert failed == ["test_a_report_of_it_is_read"], second.stdout + second.stderr


def test_what_is_written_is_in_the_style_of_the_house(checkout: Path, tmp_path: Path) -> None:
    for folder in ("crawler/families", "parsers/formats", "archive/exports", "tests/crawler", "tests/parsers",
                   "tests/archive"):  # fmt: skip
        (tmp_path / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "parsers" / "forms", tmp_path / "parsers" / "forms")
    names = {kind: "disputes_2099" if kind == "form" else "another" for kind in KINDS}
    made = [path for kind, name in names.items() for path in scaffold(kind, name, tmp_path).paths]
    paths = [path for path in made if path.suffix == ".py"]
    for words in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, "--no-cache", "--config", str(ROOT / "pyproject.toml"), *paths],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


def test_refusals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("", "Upper", "a b", "../up", "class", "1st"):
        with pytest.raises(Usage):
            scaffold("family", name, ROOT)
    for name in ("requests", "requests_1999", "others_2027", "requests_2014"):
        with pytest.raises(Usage):
            scaffold("form", name, ROOT)
    assert nianbao.main(["scaffold", "family", "trs", "--into", str(ROOT)]) == 1
    assert "occupied" in capsys.readouterr().err
    assert nianbao.main(["scaffold", "export", "madeup", "--into", str(tmp_path)]) == 2
    assert "no checkout" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
