"""CMS families: how each one lists its articles; every module in this folder is one family."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import Protocol, cast

from crawler.links import Anchor, Page


@dataclass(frozen=True, slots=True)
class Found:
    """The links of a page by what their URLs promise in this family.

    ``rows`` are articles and documents, ``columns`` lists and indexes, ``pages`` the other pages of the
    list this page belongs to, ``attachments`` the documents that belong to this page as an article, ``others``
    pages whose URLs promise nothing.
    Whether any of them is an annual report is not the family's question (crawler/relevance.py).
    """

    rows: tuple[Anchor, ...] = ()
    columns: tuple[Anchor, ...] = ()
    pages: tuple[str, ...] = ()
    attachments: tuple[Anchor, ...] = ()
    others: tuple[Anchor, ...] = ()


class Family(Protocol):
    """What each module offers. It reads a Page and nothing else: no network, no Scrapy."""

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
    return max(families().values(), key=lambda family: family.recognise(page)).NAME
