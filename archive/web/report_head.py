"""What machines read in the head of a report's page: schema.org, citation_*, permanent addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archive.lookups.addresses import Address
from archive.proof.citing import Citation
from archive.web.answers import Head
from archive.web.asked import Asked
from archive.web.links import history_path, original_path, report_path, version_path, with_query

_MEASURED = (
    ("requests.received.total", "本年新收政府信息公开申请"),
    ("requests.handled_total.total", "本年度办理结果总计"),
    ("requests.carried_out.total", "结转下年度继续办理"),
    ("disputes.review.total", "行政复议总计"),
)


def permalinks_of(asked: Asked, address: Address, digest: str) -> dict[str, str]:
    """A report and the digest of a version → every address that leads to them, absolute."""
    own = report_path(address.region_code, address.organisation, address.report_year)
    paths = {
        "latest": own,
        "latest_json": f"{own}.json",
        "latest_csv": f"{own}.csv",
        "history": history_path(address.region_code, address.organisation, address.report_year),
        "version": version_path(digest),
        "version_json": f"{version_path(digest)}.json",
        "version_csv": f"{version_path(digest)}.csv",
        "original": original_path(digest),
        "proof": f"/proof/{digest}.zip",
        "gbt": f"/cite/{digest}.gbt",
        "bibtex": f"/cite/{digest}.bib",
        "embed": f"/embed/{digest}",
    }
    return {name: asked.site.base + path for name, path in paths.items()}


def head_of(
    asked: Asked, address: Address, citation: Citation, facts: Mapping[str, Any], place: str, *, is_latest: bool
) -> Head:
    """What stands in the head of the page of a report (or of one version of it)."""
    own = report_path(address.region_code, address.organisation, address.report_year)
    canonical = own if is_latest else version_path(citation.payload_digest)
    language = {"lang": "en" if asked.lang == "en" else None}
    return Head(
        canonical=with_query(canonical, language),
        description=asked.say("report.describes", organisation=address.organisation, year=address.report_year),
        metas=_metas(asked, address, citation, facts, canonical),
        facts=_dataset(asked, address, citation, facts, place, canonical),
        is_listed=is_latest,
    )


def _metas(
    asked: Asked, address: Address, citation: Citation, facts: Mapping[str, Any], canonical: str
) -> tuple[tuple[str, str], ...]:
    """As Google Scholar's inclusion guidelines name them, which Zotero's Embedded Metadata translator reads."""
    metas = [
        ("citation_title", citation.title),
        ("citation_author", citation.organisation),
        ("citation_publication_date", (citation.published or "").replace("-", "/")),
        ("citation_online_date", citation.first_captured[:10].replace("-", "/")),
        ("citation_technical_report_institution", citation.organisation),
        ("citation_technical_report_number", facts.get("document_number") or ""),
        ("citation_language", "zh"),
        ("citation_public_url", citation.url or asked.site.base + version_path(citation.payload_digest)),
        ("citation_fulltext_html_url", asked.site.base + canonical),
        ("DC.identifier", f"sha256:{citation.payload_digest}"),
        ("DC.coverage", str(address.report_year)),
    ]
    return tuple((name, content) for name, content in metas if content)


def _dataset(
    asked: Asked, address: Address, citation: Citation, facts: Mapping[str, Any], place: str, canonical: str
) -> dict[str, Any]:
    """schema.org/Dataset; what is not known is left out."""
    base, year = asked.site.base, address.report_year
    body = {"@type": "GovernmentOrganization", "name": address.organisation}
    said = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": citation.title,
        "description": asked.say("report.describes", organisation=address.organisation, year=year),
        "url": base + canonical,
        "identifier": [f"sha256:{citation.payload_digest}", base + version_path(citation.payload_digest)],
        "creator": body,
        "publisher": body,
        "inLanguage": "zh-CN",
        "isAccessibleForFree": True,
        "datePublished": citation.published,
        "dateModified": citation.first_captured,
        "temporalCoverage": f"{year}-01-01/{year}-12-31",
        "spatialCoverage": _place(address, place),
        "isBasedOn": citation.url or None,
        "version": facts.get("version"),
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": f"{base}{canonical}.{form}"}
            for form, kind in (("json", "application/json"), ("csv", "text/csv"))
        ],
        "variableMeasured": _measured(facts),
    }
    return {name: value for name, value in said.items() if value is not None and value != []}


def _place(address: Address, place: str) -> dict[str, str] | None:
    if not address.region_code:
        return None
    named = {"name": place} if place else {}
    return {"@type": "Place", "identifier": f"GB/T 2260 {address.region_code}", **named}


def _measured(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    cells = facts.get("cells", {})
    return [
        {"@type": "PropertyValue", "propertyID": key, "name": name, "value": cells[key]["value"]}
        for key, name in _MEASURED
        if key in cells and cells[key]["status"] == "number"
    ]
