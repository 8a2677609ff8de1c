"""The glossary: the eight grounds with their articles, a place for every term, both languages, the same as data."""

from __future__ import annotations

import json

from lxml import html
from starlette.testclient import TestClient

from archive.web.terms import list_terms

EIGHT = {
    "state-secret": "第十四条",
    "forbidden-by-law": "第十四条",
    "security-stability": "第十四条",
    "third-party": "第十五条",
    "internal-affairs": "第十六条第一款",
    "deliberative": "第十六条第二款",
    "enforcement-file": "第十六条第二款",
    "administrative-query": "第三十六条第（七）项",
}
"""政府信息公开条例 (国务院令第711号): what each ground of 不予公开 rests on."""


def test_the_eight_grounds_name_their_articles(client: TestClient) -> None:
    page = html.fromstring(client.get("/glossary").content)
    for term, article in EIGHT.items():
        (entry,) = page.xpath(f"//*[@id='{term}']")
        assert f"《政府信息公开条例》（国务院令第711号）{article}" in entry.text_content()


def test_every_term_has_its_place_in_both_languages(client: TestClient) -> None:
    for address, language in (("/glossary", "zh"), ("/glossary?lang=en", "en")):
        page = html.fromstring(client.get(address).content)
        for term in list_terms():
            (entry,) = page.xpath(f"//*[@id='{term.id}']")
            assert term.means[language] in entry.text_content()
            assert term.name["zh"] in entry.text_content()
            assert term.name["en"] in entry.text_content()


def test_the_words_of_the_archive_are_there(client: TestClient) -> None:
    text = client.get("/glossary").text
    for word in ("空格", "未读出", "勾稽关系", "版本", "所见", "更正", "应公布名册"):
        assert word in text


def test_as_data(client: TestClient) -> None:
    terms = client.get("/glossary.json").json()["terms"]
    by_id = {term["id"]: term for term in terms}
    assert len(by_id) == len(terms) == len(list_terms())
    assert by_id["refused"]["labels"] == ["（三）不予公开"]
    assert by_id["third-party"]["sources"][0]["en"].endswith("art. 15 and 32")


def test_search_engines_are_told_of_each_term(client: TestClient) -> None:
    page = html.fromstring(client.get("/glossary").content)
    (said,) = page.xpath("//script[@type='application/ld+json']/text()")
    defined = json.loads(said)
    assert defined["@type"] == "DefinedTermSet"
    assert len(defined["hasDefinedTerm"]) == len(list_terms())
