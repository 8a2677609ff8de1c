"""Every family reads its saved pages as a person does, and none of them knows Scrapy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from crawler.families import families, read_answer, recognise
from crawler.pages.links import Anchor, read_page

SAVED = Path(__file__).parent / "saved"
PAGES = sorted(path.stem for path in SAVED.glob("*.html"))
ANSWERS = sorted(path.stem for path in SAVED.glob("*.txt"))
Asked = list[tuple[str, str]]


def expected_of(name: str) -> dict[str, Any]:
    """What a person reads in a saved page."""
    said: dict[str, Any] = json.loads((SAVED / f"{name}.json").read_text(encoding="utf-8"))
    return said


def absolute(url: str, listed: list[str | list[str]]) -> Asked:
    """Paths, or pairs of a path and what is posted to it → absolute URLs and bodies."""
    return [(urljoin(url, one), "") if isinstance(one, str) else (urljoin(url, one[0]), one[1]) for one in listed]


def asked(anchors: tuple[Anchor, ...]) -> Asked:
    return [(anchor.url, anchor.post) for anchor in anchors]


@pytest.mark.parametrize("name", PAGES)
def test_links_of_a_saved_page(name: str) -> None:
    expected = expected_of(name)
    page = read_page(expected["url"], (SAVED / f"{name}.html").read_bytes())
    assert recognise(page) == expected["family"]
    found = families()[expected["family"]].links(page)
    for field in ("rows", "columns", "attachments", "others", "pages"):
        if field in expected:
            assert asked(getattr(found, field)) == absolute(expected["url"], expected[field]), field
    if "total" in expected:
        assert found.total == expected["total"]


@pytest.mark.parametrize("name", ANSWERS)
def test_rows_of_a_saved_answer(name: str) -> None:
    expected = expected_of(name)
    read = read_answer(expected["url"], expected["post"], (SAVED / f"{name}.txt").read_bytes())
    assert read is not None
    page, family = read
    assert family == expected["family"]
    found = families()[family].links(page)
    assert asked(found.rows) == absolute(expected["url"], expected["rows"])
    assert [anchor.label for anchor in found.rows] == expected["labels"]
    assert asked(found.pages) == absolute(expected["url"], expected["pages"])
    assert found.total == expected["total"]


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize(
    "text", ["", "<html><body>页面不存在</body></html>", "{}", '{"data": null}', "[]", "cb(1)", "\x00"]
)
def test_an_answer_that_is_something_else_is_nobodys(name: str, text: str) -> None:
    expected = expected_of(name)
    read = read_answer(expected["url"], expected["post"], text.encode())
    assert read is None or read[0].anchors == ()


def test_every_family_has_a_saved_page_and_its_own_name() -> None:
    for name, family in families().items():
        assert name == family.__name__.rpartition(".")[2]  # type: ignore[attr-defined]
        assert any(page.startswith(f"{name}_") for page in PAGES), f"{name} has no saved page"
        if hasattr(family, "answer"):
            assert any(answer.startswith(f"{name}_") for answer in ANSWERS), f"{name} has no saved answer"
        for page in PAGES:
            url = expected_of(page)["url"]
            assert 0.0 <= family.recognise(read_page(url, (SAVED / f"{page}.html").read_bytes())) <= 1.0


def test_a_family_needs_no_scrapy() -> None:
    program = (
        "import sys, crawler.families as f, crawler.gathering.harvest; f.families(); print('scrapy' in sys.modules)"
    )
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
        ("createPageHTML('page_div', 4, 1, 'list', 'shtml', 37)", ["list_2.shtml", "list_3.shtml"]),
        ("createPageHTML('page_div', 2, 1, 'list', 'shtml', 27)", ["list_1.shtml", "list_2.shtml"]),
        ("createPageHTML('page_div', 1, 1, 'list', 'shtml', 7)", []),
        ("var countPage = 3//共多少页\nvar currentPage = 0;", ["index_1.html", "index_2.html"]),
    ],
)
def test_the_pager_is_evaluated_and_not_followed(script: str, pages: list[str]) -> None:
    page = read_page("http://portal.example/nb/", f"<html><script>{script}</script></html>".encode())
    found = families()["trs"].links(page)
    assert [anchor.url.removeprefix("http://portal.example/nb/") for anchor in found.pages] == pages


@pytest.mark.parametrize(
    ("leaf", "current", "pages"),
    [
        ("list_2.shtml", 2, ["list_2.shtml", "list_3.shtml", "list_4.shtml"]),
        ("list_2.shtml", 3, ["list_1.shtml", "list_2.shtml", "list_3.shtml"]),
    ],
    ids=["counted from 1", "counted from 0"],
)
def test_a_further_page_tells_how_the_pages_are_counted(leaf: str, current: int, pages: list[str]) -> None:
    call = f"<script>createPageHTML('page_div', 4, {current}, 'list', 'shtml', 37)</script>"
    found = families()["ucap"].links(read_page(f"http://portal.example/nb/{leaf}", call.encode()))
    assert [anchor.url.removeprefix("http://portal.example/nb/") for anchor in found.pages] == pages


@pytest.mark.parametrize(
    ("path", "links", "pages"),
    [
        ("1.html", '<a href="2.html">2</a><a href="5.html">尾页</a>', ["2.html", "3.html", "4.html", "5.html"]),
        ("list_2.html", '<a href="list.html">1</a><a href="list_3.html">3</a>', ["list_3.html"]),
        ("", '<a href="?page=2">下一页</a> 共4页', ["?page=2", "?page=3", "?page=4"]),
        (
            "",
            '<a href="index_1.html">2</a><a href="index_3.html">4</a>',
            ["index_1.html", "index_2.html", "index_3.html"],
        ),
        ("", '<a href="#" onclick="location.href=\'more.html\'">下一页</a>', ["more.html"]),
        ("", '<a href="2.html">2</a><a href="javascript:void(0)">3</a>', ["2.html"]),
        ("", '<a href="cal/1.html">1</a><a href="cal/31.html">31</a>', []),
        ("", '<a href="?year=2026&month=3">下月</a>', []),
    ],
)
def test_numbered_pages(path: str, links: str, pages: list[str]) -> None:
    base = "http://portal.example/nb/"
    found = families()["generic"].links(read_page(base + path, f"<html>{links}</html>".encode()))
    assert [anchor.url.removeprefix(base) for anchor in found.pages] == pages
