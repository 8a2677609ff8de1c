"""What a reader asked for: the archive at this moment, the parameters checked, the language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.requests import Request

from archive.errors import BadQuery
from archive.store import Archive
from archive.web.door import Deadline
from archive.web.words import say

LONGEST = 2000
"""Characters of one parameter."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_REGION = re.compile(r"\d{2}|\d{4}|\d{6}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_YEARS = range(1990, 2100)


@dataclass(frozen=True, slots=True)
class Site:
    """Where the pages stand: ``base`` is the address that absolute links begin with, without a slash at the end.

    ``is_public``: whether pages of other sites may read the data interface. On a keeper's own machine they may not:
    any page that is open in a browser there could.
    """

    base: str
    has_datasette: bool = False
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. ``form``: what was asked for ("html", "json", "csv", "atom"); ``sent``: the fields of a POST."""

    archive: Archive
    request: Request
    site: Site
    deadline: Deadline
    form: str = "html"
    sent: Mapping[str, str] = field(default_factory=dict)

    @property
    def lang(self) -> str:
        """The language of the page: ``?lang=en``, else Chinese."""
        return language_of(self.request)

    def say(self, key: str, **given: object) -> str:
        """A text of the pages in the reader's language."""
        return say(self.lang, key, **given)

    def check_time(self) -> None:
        """To be called in loops. Raises TooSlow."""
        self.deadline.check()

    def part(self, name: str) -> str:
        """A segment of the path. Raises BadQuery for control characters."""
        return _clean(name, str(self.request.path_params[name]))

    def text(self, name: str, default: str = "") -> str:
        """A parameter without white space at its ends. Raises BadQuery: control characters, longer than LONGEST."""
        return _clean(name, self.request.query_params.get(name, default)).strip()

    def texts(self, name: str) -> tuple[str, ...]:
        """All values of a parameter that may come several times, each once. Raises BadQuery."""
        given = self.request.query_params.getlist(name)
        return tuple(dict.fromkeys(text for one in given if (text := _clean(name, one).strip())))

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """A parameter that is one of these; the first where it is not given. Raises BadQuery."""
        found = self.text(name) or choices[0]
        if found not in choices:
            raise BadQuery(f"{name}: expected one of {', '.join(one or '(empty)' for one in choices)}, found {found!r}")
        return found

    def number(self, name: str, default: int | None = None, *, most: int = 10**9) -> int | None:
        """A whole number from 0 on. Raises BadQuery."""
        found = self.text(name)
        if not found:
            return default
        if not (found.isascii() and found.isdigit() and len(found) < 12 and int(found) <= most):
            raise BadQuery(f"{name}: expected a whole number up to {most}, found {found!r}")
        return int(found)

    def year(self, name: str = "year") -> int | None:
        """A year, or None where none is given. Raises BadQuery."""
        found = self.number(name)
        if found is not None and found not in _YEARS:
            raise BadQuery(f"{name}: expected a year as in 2024, found {found}")
        return found

    def region(self, name: str = "region") -> str:
        """A region's code of 2, 4 or 6 digits, "" where none is given. Raises BadQuery."""
        found = self.text(name)
        if found and not _REGION.fullmatch(found):
            raise BadQuery(f"{name}: expected a region code of 2, 4 or 6 digits, found {found!r}")
        return found

    def digest(self, name: str = "digest") -> str:
        """A segment of the path that is a SHA-256 in hex. Raises BadQuery."""
        found = self.part(name).lower()
        if not _DIGEST.fullmatch(found):
            raise BadQuery(f"{name}: expected 64 hex digits of a SHA-256, found {found[:80]!r}")
        return found


def language_of(request: Request) -> str:
    """``?lang=en`` is English, anything else Chinese."""
    return "en" if request.query_params.get("lang") == "en" else "zh"


def path_of(request: Request) -> str:
    """The path as it was sent, percent-encoded, to stand in a link to this page.

    It begins with one slash: "//evil.example", "/\\evil.example" and, to a browser, a slash, a line break and a slash
    are addresses of another host.
    """
    raw = request.scope.get("raw_path") or quote(request.scope["path"]).encode("ascii")
    path: str = raw.partition(b"?")[0].decode("ascii", "replace")
    return "/" + quote(path.lstrip("/\\"), safe="/%:@!$&'()*+,;=~")


def _clean(name: str, text: str) -> str:
    if len(text) > LONGEST:
        raise BadQuery(f"{name}: expected at most {LONGEST} characters, found {len(text)}")
    if _CONTROL.search(text):
        raise BadQuery(f"{name}: expected no control characters")
    return text.encode("utf-8", "replace").decode("utf-8")
