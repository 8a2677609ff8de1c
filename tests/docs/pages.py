"""The pages that people read, and what in them can be tried: their code blocks, links and headings.

A page may say near its top what its blocks are run with:

- ``<!-- archive: newsroom -->``: ``./nianbao-archive`` is there, as ``python -m benchmarks.newsroom`` makes it of three
  places; ``demo``: as ``nianbao demo`` leaves it; ``odd``: as ``tests/archive/newsroom.py`` fills it.
- ``<!-- serve -->``: a ``nianbao serve`` of that archive answers at http://127.0.0.1:8000.

What is done with a block is said by its language; any other language is a fault of the page.

- ``console``: lines that begin with ``$ `` are commands, run in order in one new folder for the page, without a
  network; a command goes on in the next line where it ends with a backslash. The lines beneath are all that it prints,
  standard error after standard output, without the log that goes to standard error. In a line ``…`` stands for
  anything, a line ``…`` for any number of lines. The last line is ``[exit N]`` where it does not end with 0.
- ``sql``: run on the page's archive, which it cannot change; each statement gives a row unless ``-- may be empty`` is
  in the block.
- ``python``: run in the page's folder, and ends without an error.
- ``sh``: needs a network, root, or an hour, and is not run; but every ``nianbao …`` in it is a command line that
  nianbao takes, and every target of make and module of Python is there.
- ``toml``: beginning with ``# config.toml``, settings that are taken; with ``# crawler/sites/…``, a site that is.
- ``json``: is JSON. ``text``: anything. ``{toctree}``, ``{include}``: of Sphinx.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from myst_parser.slugs import github_slugify, unique_slug

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = ("README.md", "README.zh-CN.md", "SECURITY.md", "CHANGELOG.md")
"""Pages that are read where the repository is."""
RUN = ("console", "sql", "python")
CHECKED = (*RUN, "sh", "toml", "json", "text", "{toctree}", "{include}")
_SAID = re.compile(r"<!--\s*(?:archive:\s*(?P<archive>newsroom|demo|odd)|(?P<serve>serve))\s*-->")

# `archive/ingest.py`, `crawler/sites/NAME.toml`: a name in capitals is the reader's own.
_FILE = re.compile(
    r"(?<![\w./*{-])(?:archive|crawler|parsers|tests|benchmarks|docs)/[a-z0-9_/.-]+\.(?:py|toml|md|csv|yaml|json)\b"
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, the page and the line it begins at."""

    language: str
    text: str
    page: str
    line: int

    @property
    def where(self) -> str:
        """As an editor opens it: ``docs/tutorial.md:12``."""
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, slots=True)
class Link:
    """A link or a picture: what it points at, the page and the line of the paragraph it stands in."""

    to: str
    page: str
    line: int

    @property
    def where(self) -> str:
        """As an editor opens it."""
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, slots=True)
class Page:
    """One Markdown file. ``archive``: which is there while its blocks are run, "" for none; ``named``: files in code.

    ``anchors``: its headings, as the ends of links.
    """

    name: str
    archive: str
    is_served: bool
    blocks: tuple[Block, ...]
    links: tuple[Link, ...]
    named: tuple[str, ...]
    anchors: frozenset[str]


@cache
def list_pages() -> tuple[Page, ...]:
    """Every page, those outside of docs/ first."""
    inside = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))
    return tuple(read_page(name) for name in (*OUTSIDE, *inside))


@cache
def read_page(name: str) -> Page:
    """A page by its path in the repository."""
    return page_of(name, (ROOT / name).read_text("utf-8"))


def page_of(name: str, text: str) -> Page:
    """The Markdown of a page → what can be tried. Raises AssertionError where it says what cannot be."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    said = list(_SAID.finditer(text))
    archive = next((match["archive"] for match in said if match["archive"]), "")
    is_served = any(match["serve"] for match in said)
    assert archive or not is_served, f"{name}: expected an archive that is served"
    blocks = tuple(
        Block(token.info.split(" ")[0], token.content, name, token.map[0] + 1)
        for token in tokens
        if token.type in ("fence", "code_block") and token.map is not None
    )
    links, anchors = tuple(_links_in(tokens, name)), frozenset(_anchors_in(tokens))
    return Page(name, archive, is_served, blocks, links, tuple(_files_in(tokens)), anchors)


def _files_in(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        for child in token.children or ():
            if child.type == "code_inline":
                yield from _FILE.findall(child.content)


def _links_in(tokens: list[Token], page: str) -> Iterator[Link]:
    line = 0
    for token in tokens:
        line = token.map[0] + 1 if token.map is not None else line
        for child in token.children or ():
            if to := child.attrs.get("href", child.attrs.get("src")):
                yield Link(str(to), page, line)


def _anchors_in(tokens: list[Token]) -> Iterator[str]:
    slugs: set[str] = set()
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open":
            title = "".join(one.content for one in inline.children or () if one.type in ("text", "code_inline"))
            slug = unique_slug(github_slugify(title), slugs)
            slugs.add(slug)
            yield slug
