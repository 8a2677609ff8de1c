"""The columns of the wide tables of figures, frozen as the first migration made them.

A migration must make the same tables for ever, so this list is not read from ``parsers/forms``: it repeats
its keys, and ``tests/archive`` asserts that both agree. A form that is new to the parsers needs a new migration.
"""

from __future__ import annotations

from dataclasses import dataclass

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

AMOUNTS = frozenset({"proactive.fees.amount", "proactive.procurement.amount"})
"""Keys counted in 万元; all others are plain counts."""


def _product(rows: tuple[str, ...], columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{row}.{column}" for row in rows for column in columns)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of one form: its cells in the form's order, as ``row.column``."""

    table: str
    form: str
    cells: tuple[str, ...]

    @property
    def name(self) -> str:
        """The wide table's name: ``figures_requests_2021``."""
        return f"figures_{self.table}_{self.form}"

    @property
    def keys(self) -> tuple[str, ...]:
        """The cells' full keys: ``requests.received.total``."""
        return tuple(f"{self.table}.{cell}" for cell in self.cells)

    @property
    def columns(self) -> tuple[str, ...]:
        """The wide table's columns: ``received_total``."""
        return tuple(cell.replace(".", "_") for cell in self.cells)


SHEETS: tuple[Sheet, ...] = (
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
"""In the order of the parse document: proactive, requests, disputes."""

BY_TABLE_AND_FORM: dict[tuple[str, str], Sheet] = {(sheet.table, sheet.form): sheet for sheet in SHEETS}
