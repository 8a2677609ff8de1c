"""The reference in the repository is what the code writes, and lacks nothing that the code has."""

from __future__ import annotations

import doctest
import re

import pytest

import parsers
from archive.ledgers import ledgers
from crawler.outcomes import OUTCOMES
from docs.writing import markdown, word_search
from docs.writing.changes import fields_by_kind
from docs.writing.codes import said, words_of_problems
from docs.writing.fields import fields_of, list_tables
from docs.writing.pages import FOLDER, PAGES
from docs.writing.refusals import list_refusals
from docs.writing.views import columns_found, described
from parsers.errors import BY_CODE
from parsers.forms import labels_by_key
from tests.docs.pages import Block
from tests.docs.trying import read_commands


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_what_the_code_writes(name: str) -> None:
    kept = (FOLDER / name).read_text("utf-8")
    assert kept == PAGES[name](), f"docs/reference/{name} is of another code: python -m docs.writing {name}"


def test_every_page_is_written_or_the_index() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {"index.md", *PAGES}


def test_every_code_is_explained_and_no_other() -> None:
    refusals = list_refusals()
    assert set(said()["outcomes"]) == set(OUTCOMES)
    assert set(said()["errors"]) == {one.code for one in refusals}
    assert {one.code for one in refusals if one.is_of_document} == set(BY_CODE)


def test_every_doubt_stands_in_one_group() -> None:
    grouped = [code for group in said()["problems"] for code in group["codes"]]
    of_documents = {*BY_CODE, "withdrawn"}
    assert sorted(grouped) == sorted(set(words_of_problems()) - of_documents)


def test_every_change_and_every_event_is_explained() -> None:
    assert set(said()["changes"]) == set(fields_by_kind())
    page = (FOLDER / "changes.md").read_text("utf-8")
    assert set(re.findall(r"^### (\S+)$", page, re.M)) == set(ledgers())


def test_every_cell_of_every_form_is_in_both_dictionaries() -> None:
    keys = {one.key for name in list_tables() for one in fields_of(name)}
    assert keys == set(labels_by_key())
    for name in ("dictionary.md", "dictionary.zh.md"):
        rows = re.findall(r"^\| `([a-z_0-9]+\.[a-z_0-9]+\.[a-z_0-9]+)` \|", (FOLDER / name).read_text("utf-8"), re.M)
        assert sorted(rows) == sorted(keys)


def test_nothing_in_the_lists_is_left_without_words() -> None:
    for name in ("cli.md", "settings.md", "views.md", "changes.md", "dictionary.md", "python.md"):
        rows = re.findall(r"^\| (`[^|]+`) \|  \|", (FOLDER / name).read_text("utf-8"), re.M)
        assert rows == [], f"{name}: say what these are"


def test_every_name_of_the_library_says_what_it_is() -> None:
    assert [name for name in parsers.__all__ if not getattr(parsers, name).__doc__] == []


def test_every_view_is_described() -> None:
    views = {name for name, (kind, _) in columns_found().items() if kind == "view"}
    assert views <= {name for name, one in described().items() if not one.get("hidden")}


def test_what_is_advised_is_a_command() -> None:
    texts = [*(one["do"] for one in said()["outcomes"].values()), *said()["errors"].values()]
    commands = [
        command for text in texts for command in re.findall(r"`(nianbao [^`]+)`", text) if "VERB" not in command
    ]
    assert len(commands) > 10
    faults = read_commands(Block("sh", "\n".join(commands), "docs/writing/codes.toml", 1))
    assert [fault for fault in faults if "are required" not in fault] == [], "a verb may be named alone"


def test_examples() -> None:
    assert [doctest.testmod(module).failed for module in (markdown, word_search)] == [0, 0]
