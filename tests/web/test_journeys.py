"""What three kinds of users do, in Chromium, with JavaScript and without; and what every page owes every reader."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest

from benchmarks.newsroom.script import Published, Script
from tests.web.serving import is_complaint, is_own

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

FIRST_PAGE = 100_000
"""Bytes of the front page with all that belongs to it, as they go over the wire."""
WIDTHS = (1440, 390)
WITH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no_scripts"])
RECEIVED = "requests.received.total"


@pytest.fixture
def reader(browser: Browser, served: str, scripts: bool) -> Iterator[Page]:
    """A reader's page with or without JavaScript; nothing may be asked of anyone else."""
    context = browser.new_context(
        base_url=served, viewport={"width": 1440, "height": 900}, java_script_enabled=scripts, accept_downloads=True
    )
    page, foreign = watched(context, served)
    yield page
    context.close()
    assert foreign == []


def watched(context: BrowserContext, served: str) -> tuple[Page, list[str]]:
    """A new page, and what it asks of others or complains of."""
    wrong: list[str] = []
    context.on("request", lambda request: None if is_own(served, request.url) else wrong.append(request.url))
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    page.on("console", lambda said: wrong.append(f"{page.url}: {said.text}") if is_complaint(said.text) else None)
    return page, wrong


def happened(script: Script, name: str) -> Published:
    """A report to which something happened, as a page of HTML that can still be read."""
    return next(one for one in script.reports if one.happened == name and one.files == ("html",))


def address_of(report: Published) -> str:
    return f"/r/{report.place.code}/{quote(report.body, safe='')}/{report.year}"


def text_at(page: Page, address: str) -> str:
    """What an address answers with, as the same reader would download it."""
    answer = page.request.get(address)
    assert answer.status == 200, address
    return answer.body().decode("utf-8-sig")


@WITH
def test_from_two_characters_to_a_citation(reader: Page, script: Script) -> None:
    """Search two characters → report → click a figure → history → diff → cite."""
    report = happened(script, "edited")
    own = report.body.removeprefix(report.place.name)
    reader.goto("/")
    reader.locator("main input[name=q]").fill(own[:2])
    reader.locator("main input[name=q]").press("Enter")
    reader.wait_for_url(re.compile(r"/search\?q="))
    assert reader.locator("mark").first.inner_text() == own[:2]
    found = reader.locator(f"a[href*='{address_of(report)}']")
    if found.count() == 0:  # the year in the list beside the results
        reader.goto(f"{reader.url}&{urlencode({'year': report.year, 'region': report.place.code})}")
    found.first.click()
    reader.wait_for_url(f"**{address_of(report)}*")
    assert report.body in reader.locator("h1").inner_text()

    cell = reader.locator(f"[id='c-{RECEIVED}']")
    printed = str(report.edition(script.days[-1]).figures[RECEIVED])
    assert cell.locator("a").first.inner_text().strip() == printed
    cell.locator("a.v").first.click()
    reader.wait_for_url(re.compile(rf"cell={re.escape(RECEIVED)}"))
    frame = reader.frame_locator("iframe#original")
    boxed = frame.locator("#cell")
    boxed.wait_for(state="attached")
    assert boxed.inner_text().strip() == printed

    reader.locator("a[href*='/history']").first.click()
    reader.wait_for_url("**/history*")
    assert str(report.editions[1].since) in reader.locator("main").inner_text()
    reader.locator("a[href*='/diff/']").first.click()
    reader.wait_for_url("**/diff/**")
    before, after = report.editions[0].figures, report.editions[1].figures
    changed = [key for key in before if before[key] != after[key]]
    shown = reader.locator("main").inner_text()
    assert changed
    for key in changed:
        assert str(before[key]) in shown, key
        assert str(after[key]) in shown, key

    reader.goto(address_of(report))
    quoted = text_at(reader, str(reader.locator("a[href*='/cite/'][href$='.gbt']").first.get_attribute("href")))
    assert report.body in quoted
    assert re.search(r"\[20\d\d-\d\d-\d\d\]", quoted)


@WITH
def test_from_a_place_to_the_evidence_of_what_is_missing(reader: Page, script: Script) -> None:
    """Place → missing list → evidence: on which days somebody looked, and the register as data."""
    there = {(one.body, one.year) for one in script.reports}
    place, body, year = next(
        (place, body, year)
        for place in script.places
        for body in place.bodies
        for year in script.years[1:]
        if (body, year) not in there and place.host not in script.troubles and body not in script.merged
    )
    reader.goto(f"/place/{place.code[:2]}?year={year}")
    reader.locator("a[href*='state=missing']").first.click()
    reader.wait_for_url("**state=missing*")
    row = reader.locator("tr", has_text=body)
    assert row.count() >= 1
    row.first.locator("summary").click()
    looked = [day for day in script.days if day.year > year]
    assert all(str(day) in row.first.inner_text() for day in looked[-2:])
    link = reader.locator("link[rel=alternate][type='text/csv']").get_attribute("href")
    rows = list(csv.DictReader(io.StringIO(text_at(reader, str(link)))))
    assert any(body in one.values() and "missing" in one.values() for one in rows)


@WITH
def test_a_comparison_is_exported_as_it_is_shown(reader: Page, script: Script) -> None:
    """Compare → CSV: every figure of the table, and no other, is in the file."""
    bodies = [place.bodies[1] for place in script.places]
    reader.goto(f"/compare?{urlencode([*(('body', one) for one in bodies), ('key', RECEIVED)])}")
    shown = [text.strip() for text in reader.locator("main table a.n").all_inner_texts()]
    assert len(shown) > 6
    link = reader.locator("main a[href*='.csv'], footer a[href*='.csv']").first.get_attribute("href")
    rows = list(csv.DictReader(io.StringIO(text_at(reader, str(link)))))
    assert {row["organisation"] for row in rows} == set(bodies)
    assert [row["raw"] for row in rows if row["state"] == "number"] == shown
    truth = {
        (one.body, str(one.year)): str(one.edition(script.days[-1]).figures[RECEIVED])
        for one in script.reports
        if one.body in bodies and not one.statistics and one.nought == "0" and RECEIVED not in one.editions[-1].odd
    }
    told = {(row["organisation"], row["report_year"]): row["value"] for row in rows if row["state"] == "number"}
    assert {key: value for key, value in told.items() if truth.get(key, value) != value} == {}
    assert len(truth.keys() & told.keys()) > 6


@WITH
def test_the_keeper_sees_what_happened_in_the_night(reader: Page, script: Script) -> None:
    reader.goto("/status")
    told = reader.locator("main").inner_text()
    assert str(script.days[-1]) in told
    for host in script.troubles:
        assert host in told
    facts = json.loads(text_at(reader, "/status.json"))
    assert facts


def test_programs_read_every_list(page: Page, script: Script) -> None:
    """The downstream user: the same search as JSON, CSV and Atom."""
    body = script.places[1].bodies[1]
    asked = urlencode({"q": f'"{body}"'})
    results = json.loads(text_at(page, f"/search.json?{asked}"))
    rows = list(csv.DictReader(io.StringIO(text_at(page, f"/search.csv?{asked}"))))
    feed = text_at(page, f"/search.atom?{asked}")
    published = [one for one in script.reports if one.body == body]
    assert results["total"] >= len(published) > 0
    assert len(rows) == min(results["total"], len(rows))
    assert feed.count("<entry>") == len(results["results"])


def pages_of(script: Script) -> dict[str, str]:
    """One address of every kind of page."""
    edited, broken = happened(script, "edited"), happened(script, "broken")
    place = script.places[1]
    compared = urlencode([*(("body", one.bodies[1]) for one in script.places), ("key", RECEIVED)])
    return {
        "front": "/",
        "search": f"/search?{urlencode({'q': '公开'})}",
        "search_nothing": f"/search?{urlencode({'q': '虚无门'})}",
        "batch": "/batch",
        "report": f"{address_of(broken)}?cell={RECEIVED}",
        "report_english": f"{address_of(edited)}?lang=en",
        "history": f"{address_of(edited)}/history",
        "compare": f"/compare?{compared}",
        "place": f"/place/{place.code[:2]}?year=2025",
        "county": f"/place/{place.code}?year=2024",
        "leads": "/leads",
        "status": "/status",
        "glossary": "/glossary",
        "error": "/no/such/page",
        "api": "/api/v1",
    }


AXE = "(only) => axe.run(document, {resultTypes: ['violations'], ...only}).then(r => r.violations)"
OF_COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""All that another colour scheme can change."""
SHORT = frozenset({"search", "report", "place"})
NAMES = (
    "front", "search", "search_nothing", "batch", "report", "report_english", "history", "compare", "place", "county",
    "leads", "status", "glossary", "error", "api",
)  # fmt: skip


@pytest.mark.parametrize(
    "name", [name if name in SHORT else pytest.param(name, marks=pytest.mark.full) for name in NAMES]
)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(page: Page, script: Script, name: str) -> None:
    """Light and dark, on a telephone and on a desk; axe-core with its own rules, none left out."""
    from axe_playwright_python.sync_playwright import Axe

    for _ in range(6):  # a busy machine may have no time for the whole page
        answer = page.goto(pages_of(script)[name], wait_until="load")
        assert answer is not None
        if answer.status != 503:
            break
    assert answer.status == (404 if name == "error" else 200)
    page.evaluate(Axe().axe_script)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for one in page.evaluate(AXE, OF_COLOUR if scheme == "dark" else {}):
                found += [(scheme, width, one["id"], node["target"], node["any"][:1]) for node in one["nodes"][:3]]
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{name} at {width} px is wider than the screen by {wide} px"
    assert found == []


def test_the_front_page_is_small(context: BrowserContext, served: str) -> None:
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto("/", wait_until="networkidle")
    assert 0 < sum(sizes) <= FIRST_PAGE
    assert len(sizes) <= 12


def test_a_report_prints_on_paper_without_what_is_for_the_screen(page: Page, script: Script) -> None:
    page.goto(address_of(happened(script, "broken")))
    page.emulate_media(media="print")
    assert page.locator("header.mast nav").is_hidden()
    assert page.locator("iframe#original").is_hidden()
    assert page.locator("h1").is_visible()
    assert page.locator(f"[id='c-{RECEIVED}']").is_visible()


def test_no_figure_is_broken_in_two_or_hidden_by_a_mark(page: Page, script: Script) -> None:
    """A figure of which a part stands in the next line, or under a sign, is a wrong figure to who reads it."""
    page.goto(f"{address_of(happened(script, 'broken'))}?cell={RECEIVED}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wrong = page.evaluate("""() => [...document.querySelectorAll("td.fig")].filter(cell => {
            const figure = cell.querySelector(".n");
            if (!figure) return false;
            const own = figure.getBoundingClientRect();
            const hides = mark => { const m = mark.getBoundingClientRect();
                return m.left < own.right && own.left < m.right && m.top < own.bottom && own.top < m.bottom; };
            return figure.getClientRects().length !== 1 || [...cell.querySelectorAll(".mark")].some(hides);
        }).map(cell => cell.id)""")
        assert page.locator("td.fig .n").count() > 100
        assert wrong == [], width
