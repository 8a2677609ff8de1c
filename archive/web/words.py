"""The words of the pages in both languages: one TOML file a page, ``key = {zh = "…", en = "…"}``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
_FOLDER = Path(__file__).parent / "words"


@cache
def words_in(language: str) -> dict[str, str]:
    """A language → ``page.key`` → text. Raises KeyError where a text has no such language."""
    return {
        f"{file.stem}.{key}": texts[language]
        for file in sorted(_FOLDER.glob("*.toml"))
        for key, texts in tomllib.loads(file.read_text("utf-8")).items()
    }


def say(language: str, key: str, **given: object) -> str:
    """One text, with what is given put in: ``say("zh", "search.total", count=3)``. Raises KeyError."""
    text = words_in(language)[key]
    return text.format(**given) if given else text
