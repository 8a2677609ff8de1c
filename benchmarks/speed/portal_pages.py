"""Two articles of the demonstration portal, as it serves them, beside the fixtures."""

from __future__ import annotations

from pathlib import Path

from crawler.demo import county
from crawler.demo.site import build_site, report_path

_YEAR = 2024


def portal_pages(folder: Path) -> list[Path]:
    """Writes the longest article that was pasted from Word and the longest that was not, in the portal's frame."""
    site = build_site()
    found: dict[str, bytes] = {}
    for report in county.published_reports():
        page = site.get(report_path(report))
        if report[1] != _YEAR or page is None or page.counting is not None:
            continue
        kind = "pasted" if "word_paste" in county.BY_NAME[report[0]].habits else "typed"
        found[kind] = max(found.get(kind, b""), page.body, key=len)
    paths = []
    for kind, body in found.items():
        paths.append(folder / f"portal_{kind}.html")
        paths[-1].write_bytes(body)
    return sorted(paths)
