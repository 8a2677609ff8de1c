"""Every family reads its saved pages as a person does, and none of them knows Scrapy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin

import pytest

from crawler.families import families, recognise
from crawler.links import read_page

SAVED = Path(__file__).parent / "saved"
PAGES = sorted(path.stem for path in SAVED.glob("*.html"))


@pytest.mark.parametrize("name", PAGES)
def test_links_of_a_saved_page(name: str) -> None:
    expected = json.loads((SAVED / f"{name}.json").read_text(encoding="utf-8"))
    page = read_page(expected["url"], (SAVED / f"{name}.html").read_bytes())
    assert recognise(page) == expected["family"]
    found = families()[expected["family"]].links(page)
    for field in ("rows", "columns", "attachments", "others"):
        if field in expected:
            urls = [urljoin(expected["url"], path) for path in expected[field]]
            assert [anchor.url for anchor in getattr(found, field)] == urls, field
    assert list(found.pages) == [urljoin(expected["url"], path) for path in expected["pages"]]


def test_every_family_has_a_saved_page_and_its_own_name() -> None:
    for name, family in families().items():
        assert name == family.__name__.rpartition(".")[2]  # type: ignore[attr-defined]
        assert any(page.startswith(f"{name}_") for page in PAGES), f"{name} has no saved page"
        for page in PAGES:
            url = json.loads((SAVED / f"{page}.json").read_text(encoding="utf-8"))["url"]
            assert 0.0 <= family.recognise(read_page(url, (SAVED / f"{page}.html").read_bytes())) <= 1.0


def test_a_family_needs_no_scrapy() -> None:
    program = "import sys, crawler.families as f; f.families(); import crawler.harvest; print('scrapy' in sys.modules)"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("script", "pages"),
    [
        ('createPageHTML(3, 0, "index", "html");', ["index_1.html", "index_2.html"]),
        ("createPageHTML('3','0','list','shtml',31)", ["list_1.shtml", "list_2.shtml"]),
        ('createPageHTML(1, 0, "index", "html");', []),
        ('createPageHTML(0, 0, "index", "html");', []),
        ("function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){}", []),
        ('//createPageHTML(3, 0, "index", "html");', []),
        ('<!-- createPageHTML(3, 0, "index", "html"); -->', []),
        ('/* createPageHTML(3, 0, "index", "html"); */', []),
        ('<!--\ncreatePageHTML(2, 0, "index", "html");\n//-->', ["index_1.html"]),
        ("createPageHTML('page_div', 12, 1, 'list', 'shtml', 237)", []),
        ("var countPage = 3//共多少页\nvar currentPage = 0;", ["index_1.html", "index_2.html"]),
    ],
)
def test_the_pager_is_evaluated_and_not_followed(script: str, pages: list[str]) -> None:
    page = read_page("http://portal.example/nb/", f"<html><script>{script}</script></html>".encode())
    found = families()["trs"].links(page)
    assert [url.removeprefix("http://portal.example/nb/") for url in found.pages] == pages
