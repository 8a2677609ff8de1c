"""docs/reference/codes.md: outcomes, errors, doubts, each with what it means and what to do about it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from crawler.outcomes import OUTCOMES, PARTLY, RETRIED
from docs.writing.command_line import exit_codes
from docs.writing.markdown import code, page, plain, table
from docs.writing.refusals import list_refusals
from nianbao import build_parser


@cache
def said() -> Mapping[str, Any]:
    """codes.toml: what is said of codes here alone."""
    return tomllib.loads(files(__package__).joinpath("codes.toml").read_text("utf-8"))


@cache
def words_of_problems() -> Mapping[str, Mapping[str, str]]:
    """Code of a doubt, or of why a document is unread → its words in two languages, as the pages have them."""
    return tomllib.loads(files("archive.web").joinpath("words/problems.toml").read_text("utf-8"))


def write() -> str:
    """The page."""
    refusals = list_refusals()
    of_archive = [one for one in refusals if not one.is_of_document]
    of_document = [one for one in refusals if one.is_of_document]
    return page(
        "# Codes",
        "What nianbao says in one word: how a command ended, how a look at an address ended, why it refused, why a "
        "document is not read, what is doubtful in a reading.",
        "## Exit codes",
        table(("exit code", "meaning"), exit_codes(build_parser())),
        "## Outcomes of a look",
        "Every address of a run ends in exactly one: `nianbao runs`, `runs/ID/crawl.log` and the column `outcome` have "
        "them. *Again*: tried three times in a run. *4*: leaves the run partly done (exit code 4).",
        table(("outcome", "means", "what to do", "again", "4"), _outcomes()),
        "## Why a command refused",
        "`nianbao: CODE: …` on standard error; with `--json` also `{\"error\": {\"code\", \"says\"}}`.",
        table(("code", "means", "what to do", "exit code"), [
            (code(one.code), plain(one.means), _do(one.code), code(str(one.exit_code))) for one in of_archive
        ]),
        "## Why a document is not read",
        "The document is kept all the same, and counted: `nianbao status`, the view `unread_reports`.",
        table(("code", "中文", "means", "what to do"), [
            (code(one.code), words_of_problems()[one.code]["zh"], plain(one.means), _do(one.code))
            for one in of_document
        ]),
        "## Doubts of a reading",
        "The reading stands, and something in it is doubtful: the view `problems`, `problems` in the JSON of a report. "
        "What exactly was found stands beside the code, with its place in the document.",
        *(part for group in said()["problems"] for part in _describe_group(group)),
    )  # fmt: skip


def _outcomes() -> Iterator[tuple[str, ...]]:
    for name in OUTCOMES:
        one = said()["outcomes"][name]
        yield code(name), plain(one["means"]), one["do"], *("yes" if name in of else "" for of in (RETRIED, PARTLY))


def _do(name: str) -> str:
    return str(said()["errors"][name])


def _describe_group(group: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {group['title']}"
    words = words_of_problems()
    yield table(
        ("code", "中文", "means"), [(code(one), words[one]["zh"], plain(words[one]["en"])) for one in group["codes"]]
    )
