"""docs/reference/changes.md: the change sequence, and what happened at the source."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from archive.ledgers import ledgers
from docs.writing.codes import said
from docs.writing.markdown import code, codes, from_docstring, page, plain, table

_SCHEMA = Path(__file__).parents[1] / "schema/changes.json"
_OF_ALL = ("seq", "kind", "at", "report", "version", "reading")


def fields_by_kind() -> dict[str, tuple[str, ...]]:
    """Kind of change → the fields that its entries have beside those of all."""
    arms = json.loads(_SCHEMA.read_text("utf-8"))["properties"]["changes"]["items"]["oneOf"]
    return {
        kind: tuple(name for name in arm["properties"] if name not in _OF_ALL)
        for arm in arms
        for kind in arm["properties"]["kind"]["enum"]
    }


def write() -> str:
    """The page."""
    fields = fields_by_kind()
    return page(
        "# Changes and events",
        "Two lists that are easily taken for each other. *Changes* is what became otherwise in this archive, numbered "
        "for ever, for programs that follow it. *Events* is what happened to reports at their source, told from what "
        "was seen; it is computed each time, and numbered nowhere.",
        "## The change sequence",
        "`nianbao changes --since CURSOR --json`, `GET /api/v1/changes`, the table `changes`. Whoever applies the "
        "entries from 0 on, in order, has the archive's present state; one applied twice changes nothing. Every entry "
        "has " + ", ".join(code(name) for name in _OF_ALL) + ", some of them null. An entry names what it is about; "
        "what is said of that is said as it stands now.",
        table(
            ("kind", "what happened", "fields beside"),
            [(code(kind), said()["changes"][kind], codes(names)) for kind, names in fields.items()],
        ),
        "## Events",
        "`nianbao events --kind KIND`, `GET /api/v1/events`, the pages 线索 and 历史. Each has its captures, the cells "
        "of both sides where figures are concerned, and a grade: what was seen, and how sure it is.",
        *(part for kind in ledgers() for part in _describe(kind)),
    )


def _describe(kind: str) -> Iterator[str]:
    ledger = ledgers()[kind]
    words = tomllib.loads(files("archive.web").joinpath("words/leads.toml").read_text("utf-8"))
    yield f"### {kind}"
    yield f"{words[f'kind_{kind}']['zh']}. " + from_docstring(ledger.__doc__ or "")
    method = words[f"method_{kind}"]
    yield plain(re.sub(r"\{[a-z_]+\}", "…", f"{method['en']} {method['zh']}"))
    yield table(
        ("grade", "中文", "in English"),
        [(code(one), words[f"grade_{one}"]["zh"], plain(words[f"grade_{one}"]["en"])) for one in ledger.GRADES],
    )
