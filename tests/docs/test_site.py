"""The built site: it asks nobody for anything, fits a telephone and a desk, and finds Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# What a browser fetches by itself, as (elements, attribute).
_FETCHED = (
    ("script|img|iframe|source|video|audio|embed|track|input", "src"), ("link|use|image", "href"), ("object", "data"),
    ("video", "poster"), ("img|source", "srcset"), ("form", "action"),
)  # fmt: skip
_IN_STYLE = re.compile(r"""@import\s+["']?|url\(\s*["']?(?=(?:https?:)?//)""", re.I)


def pages_of(site: Path) -> dict[str, html.HtmlElement]:
    """Path in the site → its document."""
    return {
        str(path.relative_to(site)): html.fromstring(path.read_bytes().decode("utf-8")) for path in site.rglob("*.html")
    }


@pytest.fixture(scope="module")
def built(site: Path) -> dict[str, html.HtmlElement]:
    return pages_of(site)


def fetched_elsewhere(document: html.HtmlElement) -> Iterator[str]:
    """What a page would make a browser ask others for."""
    for names, attribute in _FETCHED:
        for name in names.split("|"):
            for element in document.iter(name):
                said = element.get(attribute, "")
                if said.startswith("//") or urlsplit(said.split(" ")[0]).scheme not in ("", "data"):
                    yield f"<{name} {attribute}={said}>"
    for element in document.iter("style"):
        yield from _IN_STYLE.findall(element.text or "")
    for element in document.xpath("//*[@style]"):
        yield from _IN_STYLE.findall(element.get("style"))


def test_no_page_fetches_anything_from_elsewhere(site: Path, built: dict[str, html.HtmlElement]) -> None:
    assert len(built) > 40
    assert {page: found for page, document in built.items() if (found := list(fetched_elsewhere(document)))} == {}
    styles = {path.name: _IN_STYLE.findall(path.read_text("utf-8")) for path in site.rglob("*.css")}
    assert {name: found for name, found in styles.items() if found} == {}


@pytest.mark.parametrize(
    "said",
    [
        '<img src="https://img.shields.io/b.svg">', '<link rel="preconnect" href="//fonts.gstatic.com">',
        "<style>@import 'https://fonts.example/a.css'</style>", '<p style="background: url(//a.example/b.png)">x</p>',
    ],
)  # fmt: skip
def test_what_is_fetched_from_elsewhere_is_seen(said: str) -> None:
    assert list(fetched_elsewhere(html.fromstring(f"<html><body>{said}</body></html>")))


def test_every_link_within_the_site_leads_somewhere(site: Path, built: dict[str, html.HtmlElement]) -> None:
    ids = {page: {*document.xpath("//@id"), "", "top"} for page, document in built.items()}
    broken = []
    for page, document in built.items():
        for to in document.xpath("//a/@href"):
            parts = urlsplit(to)
            if parts.scheme or parts.netloc:
                continue
            target = (site / page).parent.joinpath(unquote(parts.path)).resolve() if parts.path else site / page
            name = str(target.relative_to(site))
            if not target.exists() or (name in ids and unquote(parts.fragment) not in ids[name]):
                broken.append(f"{page}: {to}")
    assert broken == []


def test_a_page_says_its_language(built: dict[str, html.HtmlElement]) -> None:
    assert built["index.html"].get("lang") == "en"
    assert built["journalists.zh.html"].get("lang") == "zh-CN"


@pytest.fixture
def page(browser: Browser, opened: str) -> Iterator[Page]:
    """A reader's page; fails afterwards if anything was asked of others, or the console had something to say."""
    context = browser.new_context(base_url=opened, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(120_000)
    page = context.new_page()
    foreign: list[str] = []
    said: list[str] = []
    context.on("request", lambda request: None if request.url.startswith(opened) else foreign.append(request.url))
    # A page that is left while its icon is on the way gives that up itself.
    context.on(
        "requestfailed",
        lambda request: (
            said.append(f"{request.url}: {request.failure}") if request.failure != "net::ERR_ABORTED" else None
        ),
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    yield page
    context.close()
    assert foreign == []
    assert said == []


_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_UNSEEN = "[...document.images].filter(image => image.complete && !image.naturalWidth).map(image => image.src)"


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.full)], ids=["one page of five", "every page"])
def test_pages_in_chromium_at_two_widths(page: Page, built: dict[str, html.HtmlElement], every: int) -> None:
    wrong = []
    for name in sorted(built)[::every]:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(name)
        wrong += [f"{name}: no picture {unseen}" for unseen in page.evaluate(_UNSEEN)]
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            if over := page.evaluate(_TOO_WIDE):
                wrong.append(f"{name}: {over} px too wide at {width}")
    assert wrong == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("勾稽", "journalists.zh.html"),  # a word of two characters
        ("行政复议", "reference/dictionary.zh.html"),
        ("依申请公开 数字", "reference/dictionary.zh.html"),
        ("withdrawal", "decisions/0008-evidence.html"),  # by its stem
    ],
)
def test_search_finds_words_of_both_languages(page: Page, asked: str, found: str) -> None:
    assert any(found in link for link in _search(page, asked))


def test_search_finds_nothing_where_nothing_is(page: Page) -> None:
    assert _search(page, "鑫龘靐") == []


def _search(page: Page, asked: str) -> list[str]:
    page.goto(f"search.html?q={asked}")
    page.wait_for_function("document.querySelector('.search-summary')?.innerText")
    page.wait_for_load_state("networkidle")
    return [link.split("?")[0] for link in page.eval_on_selector_all("ul.search a", "all => all.map(a => a.href)")]
