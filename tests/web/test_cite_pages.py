"""Quoting, the package of proof and the card: of exactly the bytes that the address names."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from lxml import html
from starlette.testclient import TestClient

from archive.store import Archive
from archive.web.links import report_path, version_path
from archive.web.pages import cite
from benchmarks.newsroom.script import Published, Script

RECEIVED = "requests.received.total"


@pytest.fixture
def plain(script: Script) -> Published:
    """A report to which nothing happened, published as a page."""
    return next(one for one in script.reports if not one.happened and not one.statistics and one.files == ("html",))


@pytest.fixture
def digest(client: TestClient, plain: Published) -> str:
    facts = client.get(f"{report_path(plain.place.code, plain.body, plain.year)}.json").json()
    return str(facts["permalinks"]["version"]).rpartition("/")[2]


@pytest.fixture
def withdrawn(newsroom: Path) -> str:
    with Archive.open(newsroom, write=False) as archive:
        return str(archive.db.execute("SELECT payload_digest FROM withdrawals").fetchone()[0])


def test_quoted_as_the_national_standard_has_it(client: TestClient, plain: Published, digest: str) -> None:
    answer = client.get(f"/cite/{digest}.gbt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith(f"{plain.body}. ")
    assert "[EB/OL]. " in answer.text
    assert answer.text.rstrip().endswith(f"SHA-256: {digest}.")


def test_quoted_for_bibtex(client: TestClient, plain: Published, digest: str) -> None:
    answer = client.get(f"/cite/{digest}.bib")
    assert answer.headers["content-type"].startswith("application/x-bibtex")
    assert answer.text.startswith(f"@misc{{nianbao-{digest[:16]},\n  author = {{{{{plain.body}}}}},")


def test_both_stand_on_the_page(client: TestClient, plain: Published, digest: str) -> None:
    page = html.fromstring(client.get(report_path(plain.place.code, plain.body, plain.year)).content)
    printed = [one.text_content() for one in page.xpath("//div[@class='doing']//pre")]
    for form in ("gbt", "bib"):
        assert client.get(f"/cite/{digest}.{form}").text.rstrip("\n") in printed


def test_the_package_is_the_bytes_and_checks_itself(
    client: TestClient, newsroom: Path, digest: str, tmp_path: Path
) -> None:
    answer = client.get(f"/proof/{digest}.zip")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert f"nianbao-proof-{digest[:16]}.zip" in answer.headers["content-disposition"]
    package = zipfile.ZipFile(io.BytesIO(answer.content))
    (name,) = [one for one in package.namelist() if one.endswith(f"/payload/{digest}")]
    assert hashlib.sha256(package.read(name)).hexdigest() == digest
    package.extractall(tmp_path)
    checked = subprocess.run([sys.executable, "verify.py"], cwd=tmp_path / "proof", capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_packages_take_turns(client: TestClient, digest: str) -> None:
    held = [cite._TURNS.acquire(blocking=False) for _ in range(2)]
    try:
        assert held == [True, True]
        answer = client.get(f"/proof/{digest}.zip")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    finally:
        for _ in held:
            cite._TURNS.release()
    for _ in range(3):  # every package gives its turn back
        assert client.get(f"/proof/{digest}.zip").status_code == 200


def test_the_card_shows_the_figures_that_were_chosen(client: TestClient, plain: Published, digest: str) -> None:
    figures = plain.editions[0].figures
    keys = (RECEIVED, "requests.granted.total")
    answer = client.get(f"/embed/{digest}", params={"cell": keys})
    page = html.fromstring(answer.content)
    shown = [one.text_content().strip() for one in page.xpath("//td/a")]
    assert shown == [str(figures[key]) for key in keys]
    for key, link in zip(keys, page.xpath("//td/a/@href"), strict=True):
        assert link.endswith(f"{version_path(digest)}?cell={key}#c-{key}")
    assert plain.body in page.xpath("//h1")[0].text_content()
    assert page.xpath("//script") == []


def test_the_card_alone_may_stand_in_any_frame(client: TestClient, plain: Published, digest: str) -> None:
    card = client.get(f"/embed/{digest}").headers["content-security-policy"]
    assert "frame-ancestors *" in card
    assert "script-src 'self'" in card
    page = client.get(report_path(plain.place.code, plain.body, plain.year)).headers["content-security-policy"]
    assert "frame-ancestors 'self'" in page


def test_the_code_that_the_page_offers_shows_the_card(client: TestClient, plain: Published) -> None:
    page = html.fromstring(client.get(report_path(plain.place.code, plain.body, plain.year)).content)
    (code,) = [one.text_content() for one in page.xpath("//pre") if one.text_content().startswith("<iframe")]
    (frame,) = html.fragments_fromstring(code)
    answer = client.get(frame.get("src"))
    assert answer.status_code == 200
    assert str(plain.editions[0].figures[RECEIVED]) in html.fromstring(answer.content).xpath("string(//table)")


def test_a_card_as_data(client: TestClient, plain: Published, digest: str) -> None:
    facts = client.get(f"/embed/{digest}.json", params={"cell": (RECEIVED, "no.such.cell")}).json()
    assert [(one["key"], one["value"], one["status"]) for one in facts["figures"]] == [
        (RECEIVED, plain.editions[0].figures[RECEIVED], "number"),
        ("no.such.cell", None, "missing"),
    ]


def test_what_was_withdrawn_is_quoted_and_not_handed_out(client: TestClient, withdrawn: str) -> None:
    assert "原件已撤下" in client.get(f"/cite/{withdrawn}.gbt").text
    assert client.get(f"/proof/{withdrawn}.zip").status_code == 410
    card = client.get(f"/embed/{withdrawn}")
    assert card.status_code == 410
    assert html.fromstring(card.content).xpath("//td") == []


@pytest.mark.parametrize("address", ["/cite/{}.gbt", "/cite/{}.bib", "/proof/{}.zip", "/embed/{}"])
def test_unknown_bytes(client: TestClient, address: str) -> None:
    assert client.get(address.format("0" * 64)).status_code == 404
    assert client.get(address.format("no-digest")).status_code == 400
