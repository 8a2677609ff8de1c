"""Every path of the site, made in one place: what stands in a path or a query is percent-encoded here."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

NO_REGION = "-"
"""Stands for the region of a body that none is known of."""


def report_path(region_code: str, organisation: str, report_year: int) -> str:
    """The latest of a report: ``/r/150824/示例县教育局/2024``."""
    return f"/r/{_one(region_code or NO_REGION)}/{_one(organisation)}/{report_year}"


def history_path(region_code: str, organisation: str, report_year: int) -> str:
    """A report's versions and looks."""
    return f"{report_path(region_code, organisation, report_year)}/history"


def version_path(payload_digest: str) -> str:
    """Exactly these bytes and what was read in them, for ever."""
    return f"/v/{_one(payload_digest)}"


def diff_path(before: str, after: str) -> str:
    """Two payload digests → what differs between them."""
    return f"/diff/{_one(before)}/{_one(after)}"


def original_path(payload_digest: str) -> str:
    """The document as it was published, to be shown in a frame."""
    return f"/original/{_one(payload_digest)}/view"


def place_path(region_code: str, year: int | None = None) -> str:
    """The register of a place; "" for the whole country."""
    return with_query(f"/place/{_one(region_code)}", {"year": year})


def search_path(query: str, **filters: str | int | None) -> str:
    """A search; what is None or "" is left out."""
    return with_query("/search", {"q": query, **filters})


def compare_path(**chosen: str | int | None) -> str:
    """A comparison."""
    return with_query("/compare", chosen)


def cell_anchor(key: str) -> str:
    """Where a figure stands on the report's page."""
    return f"c-{key}"


def with_query(path: str, parameters: Mapping[str, str | int | tuple[str, ...] | None]) -> str:
    """A path and its parameters; those that are None or "" are left out, a tuple stands for several of one name.

    >>> with_query("/search", {"q": "复议", "year": None, "flags": ("broken",)})
    '/search?q=%E5%A4%8D%E8%AE%AE&flags=broken'
    """
    if {None, ""}.issuperset(parameters.values()):
        return path
    pairs = [
        (name, str(one))
        for name, value in parameters.items()
        for one in (value if isinstance(value, tuple) else (value,))
        if one is not None and one != ""
    ]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _one(segment: str) -> str:
    # "." and ".." are taken out of a path by every browser.
    return {".": "%2E", "..": "%2E%2E"}.get(segment) or quote(segment, safe="")
