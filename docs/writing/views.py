"""docs/reference/views.md: the views and tables that are kept stable, column by column."""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from archive.store import Archive
from docs.writing.markdown import code, page, plain, table

_BETWEEN = re.compile(r" ?· ")
"""What stands between the Chinese of a description and its English."""


def described() -> Mapping[str, Mapping[str, Any]]:
    """Name of a view or table → what is said of it: title, description, columns; ``hidden``: it is internal."""
    said = yaml.safe_load(files("archive.web").joinpath("metadata.yaml").read_text("utf-8"))
    tables: Mapping[str, Mapping[str, Any]] = said["databases"]["archive"]["tables"]
    return tables


def columns_found() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Name → "view" or "table", and its columns, in an archive that this release makes."""
    with tempfile.TemporaryDirectory() as folder:
        Archive.open(Path(folder) / "archive", write=True).close()
        with closing(sqlite3.connect(f"file:{folder}/archive/archive.db?mode=ro", uri=True)) as db:
            named = db.execute("SELECT name, type FROM sqlite_schema WHERE type IN ('view', 'table') ORDER BY name")
            return {
                name: (
                    kind,
                    tuple(column for (column,) in db.execute("SELECT name FROM pragma_table_info(?)", (name,))),
                )
                for name, kind in named.fetchall()
            }


def write() -> str:
    """The page."""
    found = columns_found()
    public = {name: one for name, one in described().items() if not one.get("hidden")}
    views = {name: one for name, one in public.items() if found[name][0] == "view"}
    tables = {name: one for name, one in public.items() if name not in views}
    return page(
        "# Views and tables",
        "`archive.db` opens in any SQLite from 3.40 on, while nianbao writes too. The views are the public contract: "
        "their names and columns stay from release to release, and the [changelog](../changelog.md) names what is "
        "added. Tables that are not listed here are internal.",
        "`latest` is 1 for the reading that stands for its report now: sums over bodies or years want `WHERE latest`. "
        "Figures are numbers, amounts in 万元 (10,000 yuan); times are RFC 3339 in UTC, dates ISO "
        "8601. `report`, `version`, `reading`, `run` and `capture` are numbers within "
        "this archive; region, body and year identify a report in every archive, `payload_digest` a version.",
        "## Views",
        table(("view", "what it has"), [_listed(name, one) for name, one in views.items()]),
        *(part for name, one in views.items() for part in _describe(name, one, found[name][1])),
        "## Tables",
        table(("table", "what it has"), [_listed(name, one) for name, one in tables.items()]),
        *(part for name, one in tables.items() for part in _describe(name, one, found[name][1])),
    )


def _listed(name: str, said: Mapping[str, Any]) -> tuple[str, str]:
    return f"[{code(name)}](#{name})", plain(said.get("title", ""))


def _describe(name: str, said: Mapping[str, Any], columns: tuple[str, ...]) -> Iterator[str]:
    yield f"### {name}"
    yield plain(said.get("description", ""))
    texts: Mapping[str, str] = said["columns"]
    if lacking := [column for column in columns if column not in texts]:
        raise ValueError(f"nobody says what {name}.{lacking[0]} is")
    # What type a view's column has, each release of SQLite says otherwise; figures are numbers, times RFC 3339 in UTC.
    yield table(("column", "中文", "in English"), [(code(column), *_in_both(texts[column])) for column in columns])


def _in_both(text: str) -> tuple[str, str]:
    chinese, english = _BETWEEN.split(text, maxsplit=1)
    return plain(chinese), plain(english)
