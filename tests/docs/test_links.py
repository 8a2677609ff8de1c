"""Every link and every picture of the pages leads somewhere that is there; links to others go to few hosts."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.pages import ROOT, Link, Page, list_pages, read_page

# Whom the pages may send a reader to: makers of standards, laws and programs that are named.
HOSTS = frozenset(
    {
        "datasette.io", "docs.astral.sh", "docs.python.org", "github.com", "json-schema.org", "mementoweb.org",
        "opensource.org", "pypi.org", "replayweb.page", "semver.org", "spec.openapis.org", "sqlite.org", "systemd.io",
        "www.gov.cn", "www.rfc-editor.org", "www.sqlite.org",
    }
)  # fmt: skip


@pytest.mark.parametrize("page", list_pages(), ids=lambda page: page.name)
def test_links_lead_somewhere(page: Page) -> None:
    assert [fault for link in page.links if (fault := fault_of(link))] == []


@pytest.mark.parametrize("page", list_pages(), ids=lambda page: page.name)
def test_files_that_are_named_are_there(page: Page) -> None:
    assert [name for name in page.named if not (ROOT / name).exists()] == []


def fault_of(link: Link) -> str:
    """What is wrong with a link, "" if nothing is."""
    try:
        parts = urlsplit(link.to)
    except ValueError as error:
        return f"{link.where}: {link.to}: {error}"
    if parts.scheme or parts.netloc:
        is_meant = parts.scheme == "https" and parts.hostname in HOSTS
        is_own = parts.scheme == "http" and parts.netloc == "127.0.0.1:8000"
        return "" if is_meant or is_own else f"{link.where}: {link.to}: none of the hosts that pages link to"
    target = (ROOT / link.page).parent / unquote(parts.path) if parts.path else ROOT / link.page
    if not (target.exists() and target.resolve().is_relative_to(ROOT)):
        return f"{link.where}: {link.to}: is not in the repository"
    if not parts.fragment:
        return ""
    return "" if unquote(parts.fragment) in _anchors_of(target) else f"{link.where}: {link.to}: has no such heading"


def _anchors_of(target: Path) -> frozenset[str]:
    return read_page(str(target.resolve().relative_to(ROOT))).anchors if target.suffix == ".md" else frozenset()


@pytest.mark.parametrize(
    "to", ["nowhere.md", "#no-such-heading", "../../outside", "http://example.com/", "https://nobody.example/"]
)
def test_a_link_that_leads_nowhere_is_named(to: str) -> None:
    assert fault_of(Link(to, "docs/index.md", 1)).startswith(f"docs/index.md:1: {to}: ")
