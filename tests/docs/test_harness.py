"""What tries the pages sees what is wrong in one: each kind of fault, in a page made for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import Block, page_of
from tests.docs.running import Reader, commands_in, differs
from tests.docs.trying import ask, read_commands, read_json, read_toml


def block(language: str, text: str) -> Block:
    return Block(language, text, "docs/made.md", 3)


@pytest.mark.parametrize(
    ("expected", "printed", "is_same"),
    [
        (("found 3 in … s",), "found 3 in 0.2 s\n", True),
        (("a", "…", "d"), "a\nb\nc\nd\n", True),
        (("a", "…", "d"), "a\nd\n", True),
        (("…", "b", "…"), "a\nb\n", True),
        ((), "", True),
        ((), "something\n", False),
        (("a",), "", False),
        (("a",), "a\nb\n", False),
        (("a", "…", "d"), "a\nb\nc\n", False),
        (("found 3",), "found 30\n", False),
    ],
)
def test_what_is_printed_is_compared(expected: tuple[str, ...], printed: str, is_same: bool) -> None:
    assert (differs(expected, printed) == "") == is_same


def test_commands_of_a_block() -> None:
    text = "$ nianbao show r1 \\\n    --json\n{}\n$ nianbao show r99\nnianbao: not_found: no report r99\n[exit 1]\n"
    first, second = commands_in(block("console", text))
    assert (first.command, first.line, first.expected, first.code) == ("nianbao show r1 --json", 4, ("{}",), 0)
    assert (second.command, second.line, second.code) == ("nianbao show r99", 7, 1)
    with pytest.raises(AssertionError, match="expected a command"):
        list(commands_in(block("console", "printed by nobody\n")))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("$ nianbao --version\nnianbao …\n", ""),
        ("$ nianbao --version\nnianbao 0.0.0\n", "docs/made.md:4: $ nianbao --version\n  expected 'nianbao 0.0.0'"),
        ("$ nianbao status\n…\n", "expected exit code 0, found 1"),
        ("$ nianbao status\nnianbao: not_an_archive: …\n[exit 1]\n", ""),
        ("$ nianbao status 2>&1 | wc -l\n1\n", ""),
        ("$ nianbao --version\nnianbao …\n[exit 3]\n", "expected exit code 3, found 0"),
    ],
)
def test_what_is_typed(tmp_path: Path, text: str, wrong: str) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    faults = Reader(folder, "", "", lambda: tmp_path).type(block("console", text))
    assert (faults == []) if wrong == "" else (wrong in faults[0])


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("nianbao crawl HOST --max-requests 5  # politely\n", ""),
        ("NIANBAO_CONTACT=me@example.org .venv/bin/nianbao season --dry-run | less\n", ""),
        ("sudo nianbao backup /elsewhere/a.tar && nianbao verify > said.txt 2>&1\n", ""),
        ("nianbao crawl HOST \\\n  --deep\n", "unrecognized arguments: --deep"),
        ("echo; nianbao frobnicate\n", "invalid choice"),
        ("make tests\n", "make has no target tests"),
        ("python3 -m benchmarks.nothing\n", "Python has no module benchmarks.nothing"),
    ],
)
def test_what_is_to_be_typed_elsewhere(text: str, wrong: str) -> None:
    faults = read_commands(block("sh", text))
    assert (faults == []) if wrong == "" else (wrong in faults[0])


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('contact = "a@b.example"\n', ""),
        ('# config.toml\ncontact = "a@b.example"\n[notify]\nmail_to = "c@d.example"\n', ""),
        ('# config.toml\ncontract = "a@b.example"\n', "unknown keys contract"),
        ("# config.toml\ncontact = a\n", "Invalid value"),
        ('# crawler/sites/990000_a.example.toml\ncode = "a"\n', "missing"),
    ],
)
def test_toml(tmp_path: Path, text: str, wrong: str) -> None:
    faults = read_toml(block("toml", text), tmp_path)
    assert (faults == []) if wrong == "" else (wrong in faults[0])


def test_json() -> None:
    assert read_json(block("json", '{"a": 1}\n{"b": 2}\n')) == []
    assert read_json(block("json", "{a: 1}\n"))


def test_sql(empty: Path) -> None:
    assert ask(block("sql", "SELECT 1;\nSELECT count(*)\nFROM annual_reports;\n"), empty) == []
    assert ask(block("sql", "SELECT * FROM annual_reports -- may be empty\n"), empty) == []
    assert "gave nothing" in ask(block("sql", "SELECT * FROM annual_reports\n"), empty)[0]
    assert "no such column" in ask(block("sql", "SELECT no_column FROM annual_reports\n"), empty)[0]
    assert "readonly" in ask(block("sql", "DELETE FROM reports\n"), empty)[0]


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    from archive.store import Archive

    Archive.open(tmp_path / "archive", write=True).close()
    return tmp_path / "archive"


def test_what_a_page_says_of_itself() -> None:
    page = page_of(
        "docs/made.md", "# 甲 `b`\n\n<!-- archive: demo -->\n<!-- serve -->\n\n## 甲 b\n\n[x](y.md)\n\n```sql\n```\n"
    )
    assert (page.archive, page.is_served, page.anchors) == ("demo", True, frozenset({"甲-b", "甲-b-1"}))
    assert [(link.to, link.line) for link in page.links] == [("y.md", 8)]
    assert [(one.language, one.where) for one in page.blocks] == [("sql", "docs/made.md:10")]
    naming = page_of("docs/made.md", "`archive/none.py`, `archive/`, `crawler/sites/NAME.toml`")
    assert naming.named == ("archive/none.py",)
    with pytest.raises(AssertionError, match="an archive that is served"):
        page_of("docs/made.md", "<!-- serve -->\n")
