"""What the terms of the forms mean: glossary.toml → terms, found by the printed label."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("glossary.toml")
GROUPS = (
    "report", "proactive", "requests", "refused", "unavailable", "declined", "other", "applicants", "disputes",
    "statistics", "archive",
)  # fmt: skip
"""In the order in which the form has them; the last are words of the archive itself."""


@dataclass(frozen=True, slots=True)
class Term:
    """One entry; ``name``, ``means`` and ``sources`` by language. ``labels``: the labels of the forms it explains."""

    id: str
    group: str
    name: Mapping[str, str]
    means: Mapping[str, str]
    sources: tuple[Mapping[str, str], ...]
    labels: tuple[str, ...]


@cache
def list_terms() -> tuple[Term, ...]:
    """All terms, in the order of the file. Raises KeyError where one lacks a language or names no known source."""
    said = tomllib.loads(_FILE.read_text("utf-8"))
    return tuple(_term_of(one, said["sources"]) for one in said["terms"])


@cache
def _by_label() -> Mapping[str, Term]:
    return {label: term for term in list_terms() for label in term.labels}


def term_of(label: str) -> Term | None:
    """A printed label of a form → what explains it; None for one that needs no words (a unit)."""
    return _by_label().get(label)


def name_of(label: str, language: str) -> str:
    """A label's short name: 一、本年新收政府信息公开申请数量 → 本年新收; itself where it shares its term."""
    term = term_of(label)
    return term.name[language] if term is not None and len(term.labels) == 1 else label


def _term_of(said: dict[str, Any], sources: dict[str, Any]) -> Term:
    return Term(
        said["id"],
        said["group"],
        {language: said[language] for language in ("zh", "en")},
        {language: said["means"][language] for language in ("zh", "en")},
        tuple(
            {
                "zh": sources[one["of"]]["zh"] + one.get("zh", ""),
                "en": ", ".join(filter(None, (sources[one["of"]]["en"], one.get("en", "")))),
            }
            for one in said["sources"]
        ),
        tuple(said.get("labels", ())),
    )
