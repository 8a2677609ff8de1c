"""Figures through the years: which cells of an older or newer form say what a cell says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from archive.schema.form_columns import BY_TABLE_AND_FORM, SHEETS

FORM_OF = ((2021, "2021"), (2019, "2019"), (2014, "2014"))
"""First report year → form of that year: 国办公开办函〔2021〕30号, 〔2019〕60号, and the annex 统计表 before them."""
CHANGES = (2019, 2021)
"""Report years that were the first of a new form."""

_APPLICANTS = ("natural_person", "enterprise", "research", "social_welfare", "legal_service", "other_org", "total")
_GROUNDS = (
    "state_secret", "forbidden_by_law", "security_stability", "third_party", "internal_affairs", "deliberative",
    "enforcement_file", "administrative_query",
)  # fmt: skip
_LAWSUITS = "disputes.litigation_direct.{0}+disputes.litigation_after_review.{0}"

# Cells that ask for the same in the words of another notice, the older form first; "+" where the newer one asks in
# parts. The statistics table counted one year's answers, the tables of 2019 count what was handled: akin, not alike.
_KIN: tuple[tuple[str, ...], ...] = (
    ("statistics.received.count", "requests.received.total"),
    ("statistics.answered_granted.count", "requests.granted.total"),
    ("statistics.answered_partly_granted.count", "requests.partly_granted.total"),
    ("statistics.answered_refused.count", "+".join(f"requests.refused_{ground}.total" for ground in _GROUNDS)),
    ("statistics.refused_state_secret.count", "requests.refused_state_secret.total"),
    ("statistics.refused_security_stability.count", "requests.refused_security_stability.total"),
    ("statistics.reviews.count", "disputes.review.total"),
    ("statistics.reviews_upheld.count", "disputes.review.upheld"),
    ("statistics.reviews_corrected.count", "disputes.review.corrected"),
    ("statistics.lawsuits.count", _LAWSUITS.format("total")),
    ("statistics.lawsuits_upheld.count", _LAWSUITS.format("upheld")),
    ("statistics.lawsuits_corrected.count", _LAWSUITS.format("corrected")),
    (
        "statistics.normative_documents_made.count",
        "proactive.normative_documents.made",
        "proactive.normative_documents.issued",
    ),
    ("proactive.regulations.made", "proactive.regulations.issued"),
    *(
        (
            f"requests.other_handling.{who}",
            f"requests.other_not_corrected.{who}+requests.other_fee_unpaid.{who}+requests.other_other.{who}",
        )
        for who in _APPLICANTS
    ),
)


@dataclass(frozen=True, slots=True)
class Break:
    """A new form between ``before`` and ``year``: what a figure is made of on either side, () where it is not asked."""

    year: int
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def joins(self) -> bool:
        """Whether it is the same cell on both sides, so that its figures may be held against one another."""
        return self.before == self.after


@cache
def keys_in(key: str, table: str, form: str) -> tuple[str, ...]:
    """A figure → the cells of one table of one form that say it: itself, its kin (several are summed), or none.

    >>> keys_in("statistics.lawsuits.count", "disputes", "2019")
    ('disputes.litigation_direct.total', 'disputes.litigation_after_review.total')
    """
    held = frozenset(BY_TABLE_AND_FORM[table, form].keys)
    if key in held:
        return (key,)
    for kin in _KIN:
        if key in kin:
            found = [parts for one in kin if (parts := one.split("+")) and held.issuperset(parts)]
            if found:
                return tuple(found[0])
    return ()


@cache
def sheets_with(key: str) -> tuple[tuple[str, str], ...]:
    """A figure → every (table, form) that has it, under its own key or a kin's."""
    return tuple((sheet.table, sheet.form) for sheet in SHEETS if keys_in(key, sheet.table, sheet.form))


def form_in(year: int) -> str:
    """The form that a report on a year should have: ``2014``, ``2019``, ``2021``.

    >>> form_in(2018), form_in(2020), form_in(2024)
    ('2014', '2019', '2021')
    """
    return next((form for first, form in FORM_OF if year >= first), "2014")


def keys_of_year(key: str, year: int) -> tuple[str, ...]:
    """A figure → the cells that the form of a year asks for it in, () where it does not."""
    form = form_in(year)
    for table, own in sheets_with(key):
        # The table of disputes was not changed in 2021.
        if own == form or (table == "disputes" and form == "2021"):
            return keys_in(key, table, own)
    return ()


def breaks_of(key: str, first: int, last: int) -> tuple[Break, ...]:
    """Changes of form between two years that a figure's table went through."""
    found = (
        Break(year, keys_of_year(key, year - 1), keys_of_year(key, year))
        for year in sorted(CHANGES)
        if first < year <= last
    )
    return tuple(
        one for one in found if one.before + one.after and not (one.joins and one.after[0].startswith("disputes."))
    )
