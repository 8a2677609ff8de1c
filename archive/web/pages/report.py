"""One report: as it stands now under its body and year, or exactly these bytes under their digest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from archive.bodies.places import names_of
from archive.corrections import describe_corrections
from archive.errors import NotFound
from archive.lookups.addresses import (
    Address,
    Standing,
    digest_of,
    find_address,
    standings_of,
)
from archive.payloads import why_withdrawn
from archive.proof.citing import citation_of
from archive.queries import Named, describe_report, describe_version, list_history, named_report
from archive.web.answers import Field, Page, Redirect, Table
from archive.web.asked import Asked
from archive.web.links import NO_REGION, report_path, with_query
from archive.web.no_report import say_none, say_withdrawn
from archive.web.pages_found import Path
from archive.web.report_head import head_of, permalinks_of
from archive.web.report_view import view_of
from archive.web.versions_meant import standing_of
from parsers.forms import label_of

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_COLUMNS = (
    "key", "label", "value", "raw", "status", "where", "corrected_status", "corrected_value", "corrected_by",
    "corrected_why", "corrected_at",
)  # fmt: skip


def latest(asked: Asked) -> Page | Redirect:
    """``/r/{region}/{body}/{year}``: the report as it stands now. ``cell``: the figure to box in the original;
    ``with=last``: last year's figures beside; ``q``: words to mark in the text.

    JSON: what ``nianbao show --json`` prints, and ``permalinks``. CSV: one line a cell. A name of another year or
    another spelling leads to the present one. Raises NotFound.
    """
    region, organisation = asked.part("region"), asked.part("body")
    said = asked.part("year")
    if not _YEAR.fullmatch(said):
        raise NotFound(f"expected a report year as in 2024, found {said[:20]!r}")
    year = int(said)
    code = "" if region == NO_REGION else region
    address = find_address(asked.archive, code, organisation, year)
    if address is None:
        return say_none(asked, code, organisation, year)
    if (address.region_code, address.organisation) != (code, organisation):
        return Redirect(_same_form(asked, report_path(address.region_code, address.organisation, year)))
    named = named_report(asked.archive, address.report)
    facts = describe_report(asked.archive, named)
    return _page(asked, address, named, digest_of(asked.archive, named.version), facts, ())


def exact_version(asked: Asked) -> Page:
    """``/v/{digest}``: exactly these bytes, and what is read in them. ``report=r12`` where they stand for several.

    JSON: as ``latest``, of this version alone, with ``stands_for``. Raises NotFound; withdrawn bytes are Gone (410).
    """
    digest = asked.digest()
    why = why_withdrawn(asked.archive, digest)
    if why is not None:
        return say_withdrawn(asked, digest, why, standings_of(asked.archive, digest))
    standing, standings = standing_of(asked, digest)
    named = standing.named
    facts = describe_version(asked.archive, named.version) | {
        "payload_digest": digest,
        "corrections": describe_corrections(asked.archive, named.version),
        "history": list_history(asked.archive, named.report),
        "stands_for": [_facts_of(one) for one in standings],
    }
    return _page(asked, standing.address, named, digest, facts, standings)


def _page(
    asked: Asked,
    address: Address,
    named: Named,
    digest: str,
    facts: dict[str, Any],
    standings: tuple[Standing, ...],
) -> Page:
    facts = facts | {"permalinks": permalinks_of(asked, address, digest)}
    place = names_of(asked.archive, (address.region_code,)).get(address.region_code, "")
    citation = replace(citation_of(asked.archive, named.version), payload_digest=digest)
    head = head_of(asked, address, citation, facts, place, is_latest=not standings)
    extra: Mapping[str, Any] = {}
    if asked.form == "html":
        extra = view_of(asked, address, named, digest, facts, citation) | {
            "place": place,
            "standings": standings,
            "is_latest": not standings,
        }
    title = asked.say("report.title", organisation=address.organisation, year=address.report_year)
    return Page("report.html", title, facts, extra, table=Table(_COLUMNS, _rows_of(facts)), head=head)


def _rows_of(facts: Mapping[str, Any]) -> Iterator[tuple[Field, ...]]:
    corrections = {one["key"]: one for one in facts["corrections"]}
    for key, cell in facts.get("cells", {}).items():
        one = corrections.get(key)
        said: tuple[Field, ...] = (None,) * 5
        if one is not None:
            said = (one["said"]["status"], one["said"]["value"], one["who"], one["why"], one["made_at"])
        yield (key, label_of(key), cell["value"], cell["raw"], cell["status"], cell["where"], *said)


def _facts_of(one: Standing) -> dict[str, Any]:
    return {
        "report": f"r{one.address.report}",
        "version": f"v{one.version}",
        "organisation": one.address.organisation,
        "region_code": one.address.region_code,
        "report_year": one.address.report_year,
        "format": one.format,
        "url": one.url,
        "is_present": one.is_present,
    }


def _same_form(asked: Asked, path: str) -> str:
    form = "" if asked.form == "html" else f".{asked.form}"
    names = {name: tuple(asked.request.query_params.getlist(name)) for name in asked.request.query_params}
    return with_query(path + form, names)


PATHS = (
    Path("/r/{region}/{body:path}/{year}", latest, ("json", "csv")),
    Path("/v/{digest}", exact_version, ("json", "csv")),
)
