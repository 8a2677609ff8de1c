"""Every link of the site leads somewhere, and every page has what a page must have."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest
from starlette.testclient import TestClient

from archive.web.guard import HEADERS
from tests.web.serving import NOW
from tests.web.walking import Fetched, ask, kind_of, problems_of, walk

MOST, EACH = 170, 2
"""Addresses that are asked, and of one kind: some ten seconds."""


@pytest.fixture(scope="module")
def walked(_client: TestClient) -> Iterator[dict[str, Fetched]]:
    before = os.environ.get("NIANBAO_NOW")
    os.environ["NIANBAO_NOW"] = NOW
    yield walk(_client, most=MOST, each=EACH)
    del os.environ["NIANBAO_NOW"]
    if before is not None:
        os.environ["NIANBAO_NOW"] = before


def pages(walked: dict[str, Fetched]) -> list[Fetched]:
    found = [one for one in walked.values() if one.is_page and one.answer.status_code == 200]
    assert found
    return found


def test_no_link_is_dead(walked: dict[str, Fetched]) -> None:
    dead = [
        (one.answer.status_code, one.url, f"linked on {one.found_on}")
        for one in walked.values()
        if one.answer.status_code != 200 and not one.answer.is_redirect
    ]
    assert dead == []


def test_every_answer_is_what_it_says_it_is(walked: dict[str, Fetched]) -> None:
    assert [says for one in walked.values() for says in problems_of(one)] == []


def test_every_answer_has_the_strict_headers(walked: dict[str, Fetched]) -> None:
    for one in walked.values():
        headers = one.answer.headers
        assert headers["x-content-type-options"] == "nosniff", one.url
        assert headers["referrer-policy"] == "no-referrer", one.url
        assert "default-src 'none'" in headers["content-security-policy"], one.url
        if one.is_page and "/embed/" not in one.url:
            assert headers["content-security-policy"] == HEADERS["Content-Security-Policy"], one.url


def test_every_page_has_a_title_a_language_a_heading_and_its_own_address(walked: dict[str, Fetched]) -> None:
    for one in pages(walked):
        tree = one.tree
        assert tree is not None
        assert len(tree.xpath("//head/title[normalize-space()]")) == 1, one.url
        assert tree.get("lang") in ("zh-CN", "en"), one.url
        assert len(tree.xpath("//h1[normalize-space()]")) == 1, one.url
        (canonical,) = tree.xpath("//link[@rel='canonical']/@href")
        assert canonical.startswith("http"), one.url
        assert [name for name, count in Counter(tree.xpath("//@id")).items() if count > 1] == [], one.url


def test_every_page_is_data_too(client: TestClient, walked: dict[str, Fetched]) -> None:
    kinds: dict[str, Fetched] = {}
    for one in pages(walked):
        kinds.setdefault(kind_of(one.url), one)
    for one in kinds.values():
        assert one.tree is not None
        told = one.tree.xpath("//link[@rel='alternate'][@type='application/json']/@href")
        assert told, f"{one.url} has no .json"
        data = ask(client, urljoin(one.url, told[0]))
        assert (data.answer.status_code, data.kind) == (200, "application/json"), data.url
        assert isinstance(data.answer.json(), dict), data.url


def test_every_fragment_stands_on_its_page(walked: dict[str, Fetched]) -> None:
    lost = []
    for one in pages(walked):
        for link in one.links:
            url, fragment = urldefrag(link)
            target = walked.get(url)
            if fragment and target is not None and target.is_page and fragment not in {*target.ids, "top"}:
                lost.append((link, f"linked on {one.url}"))
    assert lost == []


def test_both_languages_say_the_same_figures(client: TestClient, walked: dict[str, Fetched]) -> None:
    """The English page is the same page: the same tables, the same number of cells."""
    kinds = {kind_of(one.url): one for one in pages(walked) if "lang=" not in one.url}
    for one in kinds.values():
        assert one.tree is not None
        (other,) = one.tree.xpath("//link[@rel='alternate'][@hreflang]/@href")
        english = ask(client, urljoin(one.url, other))
        assert english.answer.status_code == 200, other
        assert english.tree is not None
        assert english.tree.get("lang") == "en", other
        assert len(english.tree.xpath("//td")) == len(one.tree.xpath("//td")), other


def test_the_walk_sees_every_page_module(walked: dict[str, Fetched]) -> None:
    """What cannot be reached by links is not there for a reader: each module's first segment has been seen."""
    folder = Path(__file__).parents[2] / "archive" / "web" / "pages"
    reachable = {"search", "place", "compare", "leads", "status", "glossary", "history", "report", "cite", "original"}
    modules = {path.stem for path in folder.glob("[a-z]*.py")} & reachable
    firsts = {urldefrag(url).url.split("/", 3)[3].split("/")[0].split("?")[0].split(".")[0] for url in walked}
    named = {"report": "r", "history": "r"}
    assert {named.get(one, one) for one in modules} <= firsts
