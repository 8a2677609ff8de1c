"""docs/reference/shapes.md: the JSON that commands print, one schema each."""

from __future__ import annotations

import json
from pathlib import Path

from docs.writing.markdown import page, plain, table

_FOLDER = Path(__file__).parents[1] / "schema"


def write() -> str:
    """The page."""
    rows = []
    for path in sorted(_FOLDER.glob("*.json")):
        said = json.loads(path.read_text("utf-8"))
        rows.append((f"[{path.name}](../schema/{path.name})", plain(said["title"]), plain(said.get("description", ""))))
    return page(
        "# JSON shapes",
        "What a verb prints with `--json`, and what runs write beside the archive, each as a JSON Schema (draft "
        "2020-12) that the tests hold the program to. A refusal prints `error.json` in place of its own shape.",
        table(("schema", "of what", "about it"), rows),
    )
