"""What was read: the values, claims, checks and facts of one annual report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from parsers.document import Problem

RELEASE = "2"
"""Release of the reading rules. A new release makes new readings and never a new version."""


class Status(StrEnum):
    """How a figure stands in the document; only NUMBER has a value.

    ``NUMBER``: a figure, 0 included. ``BLANK``: an empty cell. ``FILLER``: a slash, a dash, 无. ``MISSING``: the table
    has no such cell. ``UNREAD``: something stands there that could not be read for certain.
    """

    NUMBER = "number"
    BLANK = "blank"
    FILLER = "filler"
    MISSING = "missing"
    UNREAD = "unread"


class State(StrEnum):
    """How an identity of the form stands; UNKNOWN as soon as one operand is not a number."""

    HOLDS = "HOLDS"
    BROKEN = "BROKEN"
    UNKNOWN = "UNKNOWN"


Number = int | Decimal
_SURE_DIGITS = 15  # that a JSON number and a REAL of SQLite keep (IEEE 754 binary64)


def is_exact(number: Number) -> bool:
    """Whether a figure stays what it is wherever it is kept; no count and no amount of a report is longer."""
    return len(Decimal(number).as_tuple().digits) <= _SURE_DIGITS


@dataclass(frozen=True, slots=True)
class Value:
    """One cell of a form.

    ``key`` is ``table.row.column`` in the forms' own words (``requests.received.total``). ``value`` is a whole number,
    or for amounts an exact Decimal in 万元 (10,000 yuan); None unless ``status`` is NUMBER. ``raw`` is what was
    printed, before units. ``where`` is the place in the document: ``table=1&row=3&cell=2``,
    or ``page=1&xywh=…`` in points.
    """

    key: str
    value: Number | None
    raw: str
    status: Status
    where: str = ""


@dataclass(frozen=True, slots=True)
class Leftover:
    """A non-empty data cell of a recognised table that no key claims.

    ``label`` is the printed label of its row, where that is none of the form's; "" where the row is known.
    """

    raw: str
    where: str
    why: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure said in the prose; ``key`` is the cell it speaks of, or a name of its own (``disclosed.*``)."""

    key: str
    value: Number
    span: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One identity evaluated; ``across`` is the key of its column or row."""

    id: str
    across: str
    state: State
    left: Number | None
    right: Number | None


@dataclass(frozen=True, slots=True)
class Body:
    """The one identity behind the spellings of an organisation's name."""

    name: str
    region_code: str | None


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known about a document from outside, used where the document itself is silent.

    ``url`` of the document; ``link_text`` that led to it; ``page_title`` and ``page_published`` (a date as printed) of
    the page that it hangs on; ``site_name`` and ``site_region_code`` (six digits, GB/T 2260) of its portal.
    ``aliases``: pairs of a name as it is printed at the site, without white space, and the body that is meant by it.
    """

    url: str = ""
    link_text: str = ""
    page_title: str = ""
    page_published: str = ""
    site_name: str = ""
    site_region_code: str = ""
    aliases: tuple[tuple[str, str], ...] = ()

    def meant(self, organisation: str | None) -> str | None:
        """The body that a printed name means at this site: the name itself where the site has no alias for it.

        ``organisation`` None stays None; nothing is raised.
        """
        return organisation if organisation is None else dict(self.aliases).get(organisation, organisation)


@dataclass(frozen=True, slots=True)
class Report:
    """One annual report, read; its tables are those of 国办公开办函〔2019〕60号 and 〔2021〕30号, and of 2014 to 2018.

    ``title``, ``organisation``, ``published`` (ISO 8601) and ``phone`` are what the report says of itself;
    ``body`` is the one identity behind the spellings of the name. ``report_year`` is the year reported on;
    ``region_code`` six digits (GB/T 2260) of that year. ``values`` has every cell of the forms' tables, in their order,
    ``leftover`` what stands in those tables and belongs to no cell, ``claims`` the figures of the prose, ``checks``
    every sum that the forms demand, ``problems`` every doubt. ``format`` and ``converter`` (with its release) say how
    the bytes were read; ``content_digest`` is the SHA-256 of what was read, ``text`` the report's words.
    ``forms`` maps proactive, requests and disputes to "2019", "2021" or None, and statistics to "2014" where the
    report has that table. ``document_number`` is 文号 as printed (示政办发〔2024〕3号), None where there is none.
    ``file_created``: when the file says that it was made, ISO 8601; None for pages, and where it does not say.
    """

    title: str
    organisation: str | None
    body: Body
    report_year: int | None
    region_code: str | None
    published: str | None
    phone: str | None
    forms: Mapping[str, str | None]
    values: Sequence[Value]
    leftover: tuple[Leftover, ...]
    claims: tuple[Claim, ...]
    checks: tuple[Check, ...]
    problems: tuple[Problem, ...]
    format: str
    converter: str
    content_digest: str
    text: str
    document_number: str | None = None
    file_created: str | None = None
