"""Every refusal that nianbao knows, found in the source: its code, what it means, its exit code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_ROOMS = ("parsers", "archive", "crawler")
_BASE = "Refusal"
DOCUMENT = "DocumentError"
"""What comes of one document, and is kept with it."""


@dataclass(frozen=True, slots=True)
class RefusalFound:
    """One class of refusals. ``is_of_document``: it says why a document is unread."""

    code: str
    means: str
    exit_code: int
    is_of_document: bool


@cache
def list_refusals() -> tuple[RefusalFound, ...]:
    """All classes that have a code of their own, by code. Raises ValueError where one has no docstring."""
    classes = {one.name: one for one in _classes()}
    found = []
    for one in classes.values():
        line = _line_of(one, classes)
        if line[-1].name != _BASE or (code := _said(one, "code")) is None:
            continue
        exits = next(value for each in line if (value := _said(each, "exit_code")) is not None)
        docstring = ast.get_docstring(one)
        if not docstring:
            raise ValueError(f"{one.name} does not say what it means")
        of_document = any(each.name == DOCUMENT for each in line)
        means = " ".join(docstring.split("\n\n")[0].replace("``", "`").split())
        found.append(RefusalFound(str(code), means, int(exits), of_document))
    return tuple(sorted(found, key=lambda one: (one.code, one.is_of_document, one.exit_code)))


def _classes() -> Iterator[ast.ClassDef]:
    for room in _ROOMS:
        for path in sorted((_ROOT / room).rglob("*.py")):
            text = path.read_text("utf-8")
            if "    code" in text or f"class {_BASE}" in text or f"class {DOCUMENT}" in text:
                yield from (node for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and node.bases)


def _line_of(one: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> list[ast.ClassDef]:
    """A class, what it is made of, and so on up to one that is made of nothing of ours."""
    line = [one]
    while (base := next((b.id for b in line[-1].bases if isinstance(b, ast.Name)), "")) in classes:
        line.append(classes[base])
    return line


def _said(one: ast.ClassDef, name: str) -> str | int | None:
    for node in one.body:
        if isinstance(node, ast.AnnAssign):
            targets: list[ast.expr] = [node.target]
        elif isinstance(node, ast.Assign):
            targets = node.targets
        else:
            continue
        value = node.value
        is_meant = any(isinstance(target, ast.Name) and target.id == name for target in targets)
        if is_meant and isinstance(value, ast.Constant) and isinstance(value.value, str | int):
            return value.value
    return None
