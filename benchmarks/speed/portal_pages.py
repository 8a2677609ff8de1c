"""Reports as portals serve them: the demonstration portal and an imitation of each family, beside the fixtures."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from crawler.demo import county
from crawler.demo.site import build_site, report_path
from tests.portals.served import portals

OF_A_PORTAL = "portal_"
_YEAR = 2024


def portal_pages(folder: Path) -> list[Path]:
    """Writes the longest article of each kind and family, in its portal's frame, as ``portal_….html``.

    The demonstration portal has articles that were pasted from Word and others that were typed.
    """
    found = {**_demonstrated(), **_imitated()}
    paths = [folder / f"{OF_A_PORTAL}{kind}.html" for kind in sorted(found)]
    for path, kind in zip(paths, sorted(found), strict=True):
        path.write_bytes(found[kind])
    return paths


def _demonstrated() -> dict[str, bytes]:
    site = build_site()
    found: dict[str, bytes] = {}
    for report in county.published_reports():
        page = site.get(report_path(report))
        if report[1] != _YEAR or page is None or page.counting is not None:
            continue
        kind = "pasted" if "word_paste" in county.BY_NAME[report[0]].habits else "typed"
        found[kind] = max(found.get(kind, b""), page.body, key=len)
    return found


def _imitated() -> dict[str, bytes]:
    """Each family's longest page with the tables of a report, from its imitation in tests/portals."""
    found: dict[str, bytes] = {}
    for family, kind in portals().items():
        with closing(kind()) as portal:
            bodies = [reply.body for reply in portal.pages.values() if reply.body.count(b"<table") > 1]
        if bodies:
            found[family] = max(bodies, key=len)
    return found
