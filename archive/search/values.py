"""What a search asks and what it finds, as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filters:
    """Which reports are wanted; None, "" and () are any.

    ``region`` is a code or its first two or four digits (15, 1508, 150824), ``organisation`` a piece of the body's
    name, ``level`` and ``kind`` keys of archive/bodies/kinds.py, ``form`` that of the requests table ("2021"),
    ``flags`` some of ``FLAGS``, all of which must be set.
    """

    year: int | None = None
    region: str = ""
    level: str = ""
    kind: str = ""
    form: str = ""
    organisation: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """One line of a report's text that holds a term.

    ``version``: whose text; ``line``: which of its lines, from 0; ``pieces``: (text, is it a term), some 120
    characters around the first term.
    """

    version: int
    line: int
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One report that holds every term; ``passages``: at most three, none where title or name alone hold them.

    ``version`` and ``url`` are of what stands for the report, ``published`` as it says itself, YYYY-MM-DD.
    """

    report: int
    organisation: str
    region_code: str
    report_year: int
    version: int
    url: str
    title: str
    published: str | None
    passages: tuple[Passage, ...]
    headline: tuple[tuple[str, bool], ...] = ()
    """Title in pieces as a passage has them; the name where the title holds no term and the name does."""

    @property
    def snippet(self) -> str:
        """One line, terms between 【 and 】: the first passage, or else the headline."""
        pieces = self.passages[0].pieces if self.passages else self.headline
        return " ".join("".join(f"【{text}】" if is_term else text for text, is_term in pieces).split())


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits. ``is_exact`` False: there are at least ``total``; counting stopped at a bound of work.

    ``next`` goes back in as ``after`` for the next page, "" at the end. ``says`` is "" or a plain sentence in Chinese
    about the query, ``code`` its name: "punctuation" (nothing in it can be looked for), "ignored" (some terms were
    punctuation alone), "pool" (best first: ranked among the newest only), "not_indexed", "unfinished" (the page stopped
    looking before it was full; ``next`` goes on).
    """

    total: int
    is_exact: bool
    hits: tuple[Hit, ...]
    next: str = ""
    says: str = ""
    code: str = ""
