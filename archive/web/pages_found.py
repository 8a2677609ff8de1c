"""The modules of ``pages``, and what each promises."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from archive.web import pages
from archive.web.answers import Made
from archive.web.asked import Asked

FORMS = {"json": "application/json", "csv": "text/csv; charset=utf-8", "atom": "application/atom+xml"}


@dataclass(frozen=True, slots=True)
class Path:
    """A path as Starlette writes it, what answers there, and the data forms it has besides (keys of FORMS).

    With ``forms`` the path followed by ``.json`` and so on is served too. ``takes_posts``: a form may be sent there,
    whose fields are in ``Asked.sent``; nothing is ever written.
    """

    path: str
    make: Callable[[Asked], Made]
    forms: tuple[str, ...] = ()
    takes_posts: bool = False


@cache
def paths() -> tuple[Path, ...]:
    """Every path of every page, in the order in which they are tried: those without parameters first."""
    names = sorted(found.name for found in pkgutil.iter_modules(pages.__path__))
    every = [path for name in names for path in import_module(f"{pages.__name__}.{name}").PATHS]
    return tuple(sorted(every, key=lambda one: one.path.count("{")))
