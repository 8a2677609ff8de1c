"""Blocks that are not typed: SQL, command lines that are only read, TOML, JSON."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import re
import shlex
import sqlite3
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from crawler.errors import BadConfig, BadSite
from crawler.preferences import read_config
from crawler.registry import read_portal
from nianbao import build_parser
from tests.docs.pages import ROOT, Block

_MAY_BE_EMPTY = "-- may be empty"
_NEXT_COMMAND = {"|", "||", "&&", ";", "&"}
_TARGETS = frozenset(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.M))


def ask(block: Block, archive: Path) -> list[str]:
    """Runs a block of SQL on an archive; what was wrong: an error, or a statement that gave nothing."""
    faults = []
    with contextlib.closing(sqlite3.connect(f"file:{archive}/archive.db?mode=ro", uri=True)) as db:
        for statement in _statements_in(block.text):
            try:
                found = db.execute(statement).fetchone()
            except sqlite3.Error as error:
                faults.append(f"{block.where}: {error}\n{statement}")
                continue
            if found is None and _MAY_BE_EMPTY not in block.text:
                faults.append(f"{block.where}: gave nothing\n{statement}")
    return faults


def _statements_in(text: str) -> Iterator[str]:
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if re.sub(r"--.*", "", statement).strip():
        yield statement


def read_commands(block: Block) -> list[str]:
    """Reads what is to be typed elsewhere; what no program would take."""
    faults = []
    for line in block.text.replace("\\\n", " ").splitlines():
        for command in _commands_in(line):
            if wrong := _wrong_with(command):
                faults.append(f"{block.where}: {line.strip()}\n  {wrong}")
    return faults


def _commands_in(line: str) -> Iterator[list[str]]:
    """The commands of a line of a shell, each as its words, without sudo and variables before it."""
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    words.commenters = "#"
    command: list[str] = []
    for word in [*words, ";"]:
        if word in _NEXT_COMMAND:
            while command and (command[0] in ("sudo", "exec", "$") or re.match(r"\w+=", command[0])):
                command.pop(0)
            if command:
                yield command
            command = []
        else:
            command.append(word)


def _wrong_with(command: list[str]) -> str:
    program, *words = command
    for at, word in enumerate(words):
        if re.fullmatch(r"[<>]+&?", word) or re.fullmatch(r"\d?>.*", word):
            words = words[:at]
            break
    if program.rpartition("/")[2] == "nianbao":
        return _refused(words)
    if program == "make":
        odd = [word for word in words if "=" not in word and word not in _TARGETS]
        return f"make has no target {odd[0]}" if odd else ""
    if program.rpartition("/")[2].startswith("python") and "-m" in words[:1] and len(words) > 1:
        return "" if find_spec(words[1]) else f"Python has no module {words[1]}"
    return ""


@cache
def _parser() -> argparse.ArgumentParser:
    return build_parser()


def _refused(words: list[str]) -> str:
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            _parser().parse_args(words)
        except SystemExit as ended:
            return said.getvalue().strip().rpartition("\n")[2] if ended.code else ""
    return ""


def read_toml(block: Block, folder: Path) -> list[str]:
    """Reads TOML as what its first line says that it is; what was wrong."""
    first = block.text.partition("\n")[0].removeprefix("#").strip()
    try:
        tomllib.loads(block.text)
        path = folder / Path(first.split(" ")[0] or "block.toml").name
        path.write_text(block.text, "utf-8")
        if path.name == "config.toml":
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("NIANBAO_CONFIG", str(path))
                read_config()
        elif first.startswith("crawler/sites/"):
            read_portal(path)
    except (tomllib.TOMLDecodeError, BadConfig, BadSite) as error:
        return [f"{block.where}: {error}"]
    return []


def read_json(block: Block) -> list[str]:
    """JSON, or lines of it; what was wrong."""
    try:
        json.loads(block.text)
    except ValueError:
        try:
            [json.loads(line) for line in block.text.splitlines()]
        except ValueError as error:
            return [f"{block.where}: {error}"]
    return []
