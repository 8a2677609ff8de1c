"""Whatever others build on is described where it is made: names, verbs, options, settings, views, tables, columns."""

from __future__ import annotations

import argparse
import enum
import inspect
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import parsers
from archive.store import Archive
from crawler.preferences import OTHER_VARIABLES, Config
from nianbao import build_parser

ROOT = Path(__file__).resolve().parents[2]
METADATA = ROOT / "archive" / "web" / "metadata.yaml"
"""Titles and descriptions, Chinese · English: for Datasette, the reference and this test."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ENGLISH = re.compile(r"[A-Za-z]{3}")


@cache
def described() -> dict[str, Any]:
    said = yaml.safe_load(METADATA.read_text("utf-8"))
    tables: dict[str, Any] = said["databases"]["archive"]["tables"]
    return tables


def public() -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    """Every public name, and every public method of one: with the words that its docstring has to say."""
    for name in parsers.__all__:
        one = getattr(parsers, name)
        if inspect.isclass(one) and issubclass(one, enum.Enum):
            yield name, one, tuple(member.name for member in one)
        elif is_dataclass(one):
            yield name, one, tuple(field.name for field in fields(one))
        elif inspect.isclass(one) and issubclass(one, Exception):
            yield name, one, ("code", "says")
        else:
            yield name, one, tuple(word for word in inspect.signature(one).parameters)
        if inspect.isclass(one):
            for method, found in vars(one).items():
                if not method.startswith("_") and inspect.isfunction(found):
                    words = tuple(inspect.signature(found).parameters)
                    yield f"{name}.{method}", found, tuple(word for word in words if word != "self")


@pytest.mark.parametrize(("name", "one", "words"), [pytest.param(*given, id=given[0]) for given in public()])
def test_a_public_name_says_what_goes_in_and_out(name: str, one: Any, words: tuple[str, ...]) -> None:
    text = inspect.getdoc(one) or ""
    assert text, f"{name} has no docstring"
    assert [word for word in words if f"``{word}``" not in text] == [], name
    if inspect.isfunction(one):
        assert re.search(r"\braise[sd]?\b", text, re.I), f"{name} does not say what it raises"
        assert "return" in one.__annotations__, f"{name} is not typed"


def test_amounts_and_places_have_units() -> None:
    for name in ("Value", "report_to_dict"):
        assert "万元" in (inspect.getdoc(getattr(parsers, name)) or ""), name
    assert "GB/T 2260" in (inspect.getdoc(parsers.Report) or "")


def test_each_room_says_that_it_is_typed() -> None:
    assert [room for room in ("parsers", "archive", "crawler") if not (ROOT / room / "py.typed").is_file()] == []


def commands(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any, str | None]]:
    """Every verb and what is below it: its words, its parser, its line of help."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {one.dest: one.help for one in action._choices_actions}
            for name, below in action.choices.items():
                yield " ".join((*words, name)), below, helps.get(name)
                yield from commands(below, (*words, name))


def test_every_verb_has_its_line_and_its_sentence() -> None:
    found = list(commands(build_parser()))
    assert len(found) > 40
    assert [name for name, _, says in found if not says or says == argparse.SUPPRESS] == []
    assert [name for name, parser, _ in found if not (parser.description or "").rstrip().endswith((".", ")"))] == []


def test_every_option_has_help() -> None:
    bare = [
        f"{name} {action.option_strings or action.dest}"
        for name, parser, _ in commands(build_parser())
        for action in parser._actions
        if not action.help and not isinstance(action, argparse._SubParsersAction)
    ]
    assert bare == []


def test_every_setting_says_what_it_does() -> None:
    assert [one.name for one in fields(Config) if len(one.metadata["says"]) < 10] == []
    assert [name for name, says in OTHER_VARIABLES.items() if len(says) < 10] == []


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Name → "view" or "table", and its columns, in an archive that this release makes."""
    folder = tmp_path_factory.mktemp("documented")
    Archive.open(folder, write=True).close()
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        named = db.execute("SELECT name, type FROM sqlite_schema WHERE type IN ('view', 'table')").fetchall()
        return {
            name: (kind, tuple(one for (one,) in db.execute("SELECT name FROM pragma_table_info(?)", (name,))))
            for name, kind in named
            if not name.startswith("search_index_")
        }


def in_both(text: str) -> bool:
    return bool(_CHINESE.search(text)) and bool(_ENGLISH.search(text))


def test_every_table_and_view_is_described_in_both_languages(columns: dict[str, tuple[str, tuple[str, ...]]]) -> None:
    assert len(columns) > 60
    said = {name: f"{one.get('title', '')} {one.get('description', '')}" for name, one in described().items()}
    assert [name for name in columns if not in_both(said.get(name, ""))] == []
    assert sorted(set(said) - set(columns)) == [], "nothing is described that is not there"


def test_every_view_is_public_and_each_of_its_columns_described(
    columns: dict[str, tuple[str, tuple[str, ...]]],
) -> None:
    hidden = {name for name, one in described().items() if one.get("hidden")}
    assert [name for name, (kind, _) in columns.items() if kind == "view" and name in hidden] == []
    for name, (_, there) in columns.items():
        if name not in hidden:
            said = described()[name]["columns"]
            assert tuple(said) == there, f"{name}: described are other columns, or in another order"
            assert [column for column, text in said.items() if not in_both(text)] == [], name
