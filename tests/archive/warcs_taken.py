"""Web archives of others, written for a test and taken in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from archive.imports import import_files
from archive.store import Archive

ROOT = Path(__file__).resolve().parents[2]
WARCS = Path(__file__).parent / "warcs"
BUREAU = "示例县教育局"
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def taken(archive: Archive, *files: Path) -> dict[str, Any]:
    """What an import says of web archives, checked against the schema of all that it prints."""
    summary = import_files(archive, list(files), None, NOW)
    schemas = {file.name: json.loads(file.read_text("utf-8")) for file in (ROOT / "docs" / "schema").glob("*.json")}
    registry: Registry[Any] = Registry().with_resources(
        [(name, Resource.from_contents(schema)) for name, schema in schemas.items()]
    )
    Draft202012Validator(schemas["import.json"], registry=registry).validate(json.loads(json.dumps(summary)))
    warcs = summary["warcs"]
    assert isinstance(warcs, dict)
    return warcs | {"failed": summary["failed"], "reports": summary["reports"]}


def put(folder: Path, content: bytes, name: str = "others.warc") -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_bytes(content)
    return file
