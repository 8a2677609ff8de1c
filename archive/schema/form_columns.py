"""The columns of the wide tables of figures, frozen as the migrations made them.

A migration must make the same tables for ever, so this list is not read from ``parsers/forms``: it repeats
its keys, and ``tests/archive`` asserts that both agree. A form that is new to the parsers needs a new migration.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property

_APPLICANTS = ("natural_person", "enterprise", "research", "social_welfare", "legal_service", "other_org", "total")
_RESULTS = ("upheld", "corrected", "other_result", "pending", "total")
_DISPUTES = ("review", "litigation_direct", "litigation_after_review")
_REQUESTS = (
    "received", "carried_in", "granted", "partly_granted", "refused_state_secret", "refused_forbidden_by_law",
    "refused_security_stability", "refused_third_party", "refused_internal_affairs", "refused_deliberative",
    "refused_enforcement_file", "refused_administrative_query", "unavailable_not_held", "unavailable_needs_creation",
    "unavailable_still_unclear", "declined_petition", "declined_repeat", "declined_publication",
    "declined_excessive", "declined_reissue",
)  # fmt: skip
_HANDLED = ("handled_total", "carried_out")
_MADE = ("made", "newly_disclosed", "disclosed_total")
_ISSUED = ("issued", "repealed", "in_force")
_ITEMS = ("previous_items", "change", "decisions")

_STATISTICS = (
    "disclosed", "disclosed_normative_documents", "normative_documents_made", "disclosed_gazette",
    "disclosed_website", "disclosed_microblog", "disclosed_wechat", "disclosed_other", "responses",
    "press_conferences", "press_conferences_by_head", "online_interviews", "online_interviews_by_head",
    "policy_explanations", "responses_social_media", "responses_other", "received", "received_in_person",
    "received_fax", "received_online", "received_letter", "finished", "finished_on_time", "finished_extended",
    "answered", "answered_already_public", "answered_granted", "answered_partly_granted", "answered_refused",
    "refused_state_secret", "refused_trade_secret", "refused_privacy", "refused_security_stability",
    "refused_not_government_information", "refused_other", "answered_not_competent", "answered_not_existing",
    "answered_to_be_amended", "answered_other_channel", "reviews", "reviews_upheld", "reviews_corrected",
    "reviews_other", "lawsuits", "lawsuits_upheld", "lawsuits_corrected", "lawsuits_other", "complaints",
)  # fmt: skip
_SUPPORT = ("offices", "reading_points", "staff", "staff_full_time", "staff_part_time")

AMOUNTS = frozenset(
    {"proactive.fees.amount", "proactive.procurement.amount", "statistics.fees.amount", "statistics.funding.amount"}
)
"""Keys counted in 万元; all others are plain counts."""


def _product(rows: tuple[str, ...], columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{row}.{column}" for row in rows for column in columns)


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table of one form: its cells in the form's order, as ``row.column``. Compared by identity, as forms are."""

    table: str
    form: str
    cells: tuple[str, ...]

    @property
    def name(self) -> str:
        """The wide table's name: ``figures_requests_2021``."""
        return f"figures_{self.table}_{self.form}"

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The cells' full keys: ``requests.received.total``."""
        return tuple(sys.intern(f"{self.table}.{cell}") for cell in self.cells)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The wide table's columns: ``received_total``."""
        return tuple(cell.replace(".", "_") for cell in self.cells)


FIRST_SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "proactive",
        "2019",
        _product(("regulations", "normative_documents"), _MADE)
        + _product(("licensing", "other_services", "penalties", "coercion"), _ITEMS)
        + _product(("fees",), _ITEMS[:2])
        + _product(("procurement",), ("items", "amount")),
    ),
    Sheet(
        "proactive",
        "2021",
        _product(("regulations", "normative_documents"), _ISSUED)
        + _product(("licensing", "penalties", "coercion"), ("decisions",))
        + _product(("fees",), ("amount",)),
    ),
    Sheet("requests", "2019", _product((*_REQUESTS, "other_handling", *_HANDLED), _APPLICANTS)),
    Sheet(
        "requests",
        "2021",
        _product((*_REQUESTS, "other_not_corrected", "other_fee_unpaid", "other_other", *_HANDLED), _APPLICANTS),
    ),
    Sheet("disputes", "2019", _product(_DISPUTES, _RESULTS)),
)
"""Of migration 0001, in the order of the parse document: proactive, requests, disputes."""

STATISTICS_SHEET = Sheet(
    "statistics",
    "2014",
    (
        *_product(_STATISTICS, ("count",)),
        "fees.amount",
        *_product(_SUPPORT, ("count",)),
        "funding.amount",
        *_product(("meetings", "trainings", "trained"), ("count",)),
    ),
)
"""Of migration 0004."""

SHEETS: tuple[Sheet, ...] = (*FIRST_SHEETS, STATISTICS_SHEET)
"""In the order of the parse document."""

BY_TABLE_AND_FORM: dict[tuple[str, str], Sheet] = {(sheet.table, sheet.form): sheet for sheet in SHEETS}
