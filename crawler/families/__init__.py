"""CMS families: how each one lists its articles; every module in this folder is one family."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Protocol, cast

from crawler.pages.links import Anchor, Page, decode_page

Answer = Callable[[str, str, str], Page | None]
"""URL, body of the POST, text of the answer → the rows as a page, or None: not this family's."""


@dataclass(frozen=True, slots=True)
class Found:
    """The links of a page by what their URLs promise in this family.

    ``rows`` are articles and documents, ``columns`` lists and indexes, ``pages`` the other pages of the list this
    page belongs to and the API requests that give its rows, ``total`` the rows that the list says it has in all
    (None where it does not), ``attachments`` the documents that belong to this page as an article, ``others``
    pages whose URLs promise nothing.
    Whether any of them is an annual report is not the family's question (crawler/relevance.py).
    """

    rows: tuple[Anchor, ...] = ()
    columns: tuple[Anchor, ...] = ()
    pages: tuple[Anchor, ...] = ()
    attachments: tuple[Anchor, ...] = ()
    others: tuple[Anchor, ...] = ()
    total: int | None = None


class Family(Protocol):
    """What each module offers. It reads a Page and nothing else: no network, no Scrapy.

    A family whose lists come from an API of its own also has ``answer(url, post, text) -> Page | None``: an answer of
    that API (JSON, XML, JSONP, a fragment of HTML) → a page whose anchors are the rows, or None: not mine.
    """

    NAME: str

    def recognise(self, page: Page) -> float:
        """How surely the page was made by this family, 0.0 to 1.0."""
        ...

    def links(self, page: Page) -> Found:
        """The page's links, sorted by what they promise."""
        ...


@cache
def families() -> dict[str, Family]:
    """Every module of this folder by its NAME."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return {module.NAME: cast(Family, module) for module in modules}


def recognise(page: Page) -> str:
    """The NAME of the family that claims the page most surely; ``generic`` claims every page a little."""
    return next(iter(claims(page)), "generic")


def claims(page: Page) -> dict[str, float]:
    """NAME → how surely that family claims the page, the surest first; those that do not claim it are left out."""
    sure = {name: family.recognise(page) for name, family in families().items()}
    return {name: sureness for name, sureness in sorted(sure.items(), key=lambda item: -item[1]) if sureness > 0}


def read_answer(url: str, post: str, payload: bytes) -> tuple[Page, str] | None:
    """An answer of a list's API → its rows as a page, and the NAME of the family it belongs to; None: of no family."""
    text = decode_page(payload)[0]
    for name, family in families().items():
        answer: Answer | None = getattr(family, "answer", None)
        page = None if answer is None else answer(url, post, text)
        if page is not None:
            return page, name
    return None
