"""The document as published: its cells boxed where they stand, its bytes as they were, nothing in it at work."""

from __future__ import annotations

import hashlib
import re
import shutil
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from lxml import html
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTTextContainer
from starlette.testclient import TestClient

from archive.readings import get_values
from archive.store import Archive
from archive.web.app import create_app
from archive.web.asked import Site
from archive.withdraw import withdraw
from parsers.report import Status, Value
from parsers.text import squeeze
from tests.web.originals import DOCUMENTS, bomb, hostile_page, keep_documents, rows_of, wait_for
from tests.web.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BASE = "http://127.0.0.1:8000"
FILES = [
    path
    for kind in ("pdf", "docx", "doc", "html", "rtf", "ofd", "xls", "xlsx", "xml", "mhtml", "zip")
    for path in sorted((DOCUMENTS / kind).glob(f"*.{kind}"))
]
MARKED = [path for path in FILES if path.suffix != ".pdf"]
PDFS = [path for path in FILES if path.suffix == ".pdf"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every document of tests/documents, a hostile page, a page that lies on its side."""
    made = tmp_path_factory.mktemp("originals")
    (made / "hostile.html").write_bytes(hostile_page())
    with pypdfium2.PdfDocument(PDFS[2]) as document:
        document[0].set_rotation(90)
        document.save(made / "turned.pdf")
    others = [DOCUMENTS / "refused" / "packed.7z", DOCUMENTS / "refused" / "locked.pdf"]
    keep_documents(made / "a", [*FILES, *others, *sorted(made.glob("*.*"))])
    return made / "a"


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[TestClient]:
    client = TestClient(create_app(folder, Site(BASE)), base_url=BASE, follow_redirects=False)
    with client:
        yield client


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def values_of(folder: Path, digest: str) -> tuple[Value, ...]:
    found = rows_of(
        folder,
        "SELECT r.id FROM versions v JOIN readings r ON r.version = v.id AND r.current = 1 WHERE v.payload_digest = :d",
        d=digest,
    )
    with Archive.open(folder, write=False) as archive:
        return get_values(archive, found[0][0])


def view(site: TestClient, digest: str, *keys: str, more: str = "") -> html.HtmlElement:
    cells = "&".join(f"cell={key}" for key in keys)
    answer = wait_for(site, f"/original/{digest}/view?{cells}{more}")
    assert answer.status_code == 200, answer.text[:300]
    return html.fromstring(answer.text)


def boxes_in(page: html.HtmlElement) -> list[html.HtmlElement]:
    found = page.xpath("//*[@id='cell' or starts-with(@id, 'cell-')]")
    return sorted(found, key=lambda one: int(one.get("id").partition("-")[2] or 1))


@pytest.mark.parametrize("path", MARKED, ids=lambda path: path.name)
def test_the_boxed_cell_holds_the_figure(site: TestClient, folder: Path, path: Path) -> None:
    """Of every format that is shown as HTML, every cell that has a place."""
    every = [value for value in values_of(folder, digest_of(path)) if value.where]
    assert len(every) > 180
    placed = list({value.where: value for value in every}.values())  # a merged cell is that of several keys
    for start in range(0, len(placed), 60):
        part = placed[start : start + 60]
        boxes = boxes_in(view(site, digest_of(path), *(value.key for value in part)))
        assert len(boxes) == len(part)
        for box, value in zip(boxes, part, strict=True):
            assert box.tag in ("td", "th")
            assert squeeze(value.raw) in squeeze(box.text_content()), value
            assert box.get("title").endswith(value.raw.strip())


@cache
def lines_of(path: Path) -> list[tuple[int, float, list[LTChar]]]:
    """What pdfminer, which has drawn nothing, finds: page, its height, the glyphs of a line."""
    return [
        (number, layout.height, [char for char in line if isinstance(char, LTChar)])
        for number, layout in enumerate(extract_pages(path), 1)
        for container in layout
        if isinstance(container, LTTextContainer)
        for line in container
    ]


def glyphs_of(path: Path, text: str) -> list[tuple[int, float, list[LTChar]]]:
    """Where a figure stands: page, its height, the glyphs."""
    found = []
    for number, height, chars in lines_of(path):
        whole = "".join(char.get_text() for char in chars)
        at = [m.start() for m in re.finditer(rf"(?<![\d.,]){re.escape(text)}(?![\d.,])", whole)]
        found += [(number, height, chars[start : start + len(text)]) for start in at]
    return found


@pytest.mark.parametrize("path", PDFS, ids=lambda path: path.name)
def test_the_box_on_a_page_surrounds_the_glyphs(site: TestClient, folder: Path, path: Path) -> None:
    values = values_of(folder, digest_of(path))
    counted = Counter(value.raw for value in values)
    single = [
        value for value in values if value.status is Status.NUMBER and counted[value.raw] == 1 and len(value.raw) > 3
    ]
    looked = 0
    for value in single[:8]:
        places = glyphs_of(path, value.raw)
        if len(places) != 1:  # it stands in the prose as well, or pdfminer parts it
            continue
        number, height, glyphs = places[0]
        page = view(site, digest_of(path), value.key)
        (box,) = boxes_in(page)
        svg = box.getparent()
        figure = next(one for one in box.iterancestors() if one.tag == "figure")
        picture = figure.xpath(".//img")[0].get("src")
        assert f"/page/{number}.png" in picture
        assert float(svg.get("viewbox").split()[3]) == pytest.approx(height, abs=0.1)
        left, top, width, tall = (float(box.get(name)) for name in ("x", "y", "width", "height"))
        for glyph in glyphs:
            assert left < (glyph.x0 + glyph.x1) / 2 < left + width, (value, glyph)
            assert top < height - (glyph.y0 + glyph.y1) / 2 < top + tall, (value, glyph)
        assert width < 450
        assert tall < 60
        looked += 1
    assert looked > 0 or not single


def pixels_of(png: bytes) -> tuple[int, int, list[bytes]]:
    """A PNG of ours → width, height, and a row of grey values each (of colours, the red)."""
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    depth = {0: 1, 2: 3}[png[25]]
    packed = zlib.decompress(png[png.index(b"IDAT") + 4 : png.rindex(b"IEND") - 8])
    line = width * depth
    rows = [packed[y * (line + 1) + 1 : (y + 1) * (line + 1)] for y in range(height)]
    return width, height, [row[::depth] for row in rows]


def test_a_page_is_drawn_once_and_kept(site: TestClient, folder: Path) -> None:
    digest = digest_of(PDFS[2])
    page = view(site, digest)
    sheets = page.xpath("//figure//img")
    assert [one.get("width") for one in sheets] == ["1224", "1224"]
    answer = wait_for(site, sheets[0].get("src"))
    assert answer.headers["content-type"] == "image/png"
    width, height, rows = pixels_of(answer.content)
    assert (abs(width - 1224) <= 1, abs(height - 1584) <= 1) == (True, True)
    ink = sum(value < 128 for row in rows for value in row)
    assert 0.005 < ink / (width * height) < 0.2
    (kept,) = (folder / "pictures").rglob(f"{digest}-page-*-1.png")
    assert kept.read_bytes() == answer.content
    kept.write_bytes(b"from the shelf")
    assert site.get(sheets[0].get("src")).content == b"from the shelf"
    kept.unlink()
    assert wait_for(site, sheets[0].get("src")).content == answer.content
    assert not list((folder / "pictures").rglob("*.unfinished"))


def test_a_page_that_lies_on_its_side_is_put_upright(site: TestClient, folder: Path) -> None:
    turned = digest_of(folder.parent / "turned.pdf")
    plain = digest_of(PDFS[2])
    assert values_of(folder, turned) == values_of(folder, plain)  # places too: they are those of the upright page
    key = "proactive.fees.amount"
    boxes = [boxes_in(view(site, digest, key))[0] for digest in (plain, turned)]
    assert [one.getparent().get("viewbox") for one in boxes] == [boxes[0].getparent().get("viewbox")] * 2
    drawn = [pixels_of(wait_for(site, f"/original/{digest}/page/1.png").content) for digest in (plain, turned)]
    assert drawn[0][:2] == drawn[1][:2]
    left, top, wide, tall = (round(2 * float(boxes[0].get(name))) for name in ("x", "y", "width", "height"))
    first, second = (
        sum(value < 128 for row in rows[top + 6 : top + tall - 6] for value in row[left + 6 : left + wide - 6])
        for _, _, rows in drawn
    )
    assert first > 50  # the figure's own ink
    assert second == pytest.approx(first, rel=0.15)


def test_the_raw_bytes_are_the_bytes(site: TestClient) -> None:
    for path in (FILES[0], DOCUMENTS / "html" / "html04.html", DOCUMENTS / "refused" / "packed.7z"):
        answer = site.get(f"/original/{digest_of(path)}/raw")
        assert answer.content == path.read_bytes()
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_text_is_what_was_read(site: TestClient, folder: Path) -> None:
    answer = site.get(f"/original/{digest_of(FILES[0])}/text")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "收到和处理政府信息公开申请情况" in answer.text
    assert site.get(f"/original/{digest_of(DOCUMENTS / 'refused' / 'packed.7z')}/text").status_code == 404


def test_what_cannot_be_shown_is_said_with_its_bytes_beside_it(site: TestClient) -> None:
    for name, code, says in (("packed.7z", "unsupported_archive", "只保存，不打开"), ("locked.pdf", None, "")):
        digest = digest_of(DOCUMENTS / "refused" / name)
        answer = wait_for(site, f"/original/{digest}/view")
        assert answer.status_code == 200
        refused = wait_for(site, f"/original/{digest}/view.json").json()["refused"]
        assert refused is not None
        assert code in (None, refused["code"])
        assert says in answer.text
        assert f"/original/{digest}/raw" in answer.text


def test_a_bomb_is_a_clear_page_and_the_next_document_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "bomb.pdf").write_bytes(bomb())
    keep_documents(tmp_path / "a", [tmp_path / "bomb.pdf", PDFS[4]])
    digest = digest_of(tmp_path / "bomb.pdf")
    with TestClient(create_app(tmp_path / "a", Site(BASE)), base_url=BASE, follow_redirects=False) as site:
        _expect_refusal(site, digest)
        assert wait_for(site, f"/original/{digest_of(PDFS[4])}/page/1.png").content.startswith(b"\x89PNG")


def _expect_refusal(site: TestClient, digest: str) -> None:
    answer = wait_for(site, f"/original/{digest}/view")
    assert answer.status_code == 200
    assert "没法在这里显示" in answer.text
    again = site.get(f"/original/{digest}/view.json")  # it is not tried a second time
    assert again.json()["refused"]["code"] in ("crash", "memory", "timeout", "unreadable")
    picture = wait_for(site, f"/original/{digest}/page/1.png")
    assert (picture.status_code, picture.headers["content-type"]) == (404, "image/svg+xml")
    assert "画不出来" in picture.text


def test_addresses_that_mean_nothing_are_refused(site: TestClient) -> None:
    digest = digest_of(PDFS[0])
    for address, status in (
        (f"/original/{'0' * 64}/view", 404),
        ("/original/xyz/raw", 400),
        (f"/original/{digest}/page/0.png", 400),
        (f"/original/{digest}/page/99.png", 404),
        (f"/original/{digest}/view?report=r99999", 404),
    ):
        assert wait_for(site, address).status_code == status, address
    page = view(site, digest, "requests.no.such")
    assert boxes_in(page) == []
    assert "没有 requests.no.such 这一格" in page.text_content()


def test_withdrawn_bytes_are_gone_with_their_pictures(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "a"
    shutil.copytree(folder, own)
    digest = digest_of(PDFS[5])
    with TestClient(create_app(own, Site(BASE)), base_url=BASE, follow_redirects=False) as client:
        assert wait_for(client, f"/original/{digest}/page/1.png").status_code == 200
        assert wait_for(client, f"/original/{digest}/view").status_code == 200
        assert list((own / "pictures").rglob(f"{digest}-*"))
    with Archive.open(own, write=True) as archive:
        withdraw(archive, digest, "个人信息")
    assert not list((own / "pictures").rglob(f"{digest}-*"))
    with TestClient(create_app(own, Site(BASE)), base_url=BASE, follow_redirects=False) as client:
        for form in ("view", "view.json", "raw", "text", "page/1.png"):
            answer = client.get(f"/original/{digest}/{form}")
            assert (answer.status_code, "个人信息" in answer.text) == (410, True), form


def hostile(folder: Path) -> str:
    return digest_of(folder.parent / "hostile.html")


@pytest.mark.parametrize("whole", ["", "&whole=1"])
def test_a_hostile_page_holds_nothing_that_acts(site: TestClient, folder: Path, whole: str) -> None:
    page = view(site, hostile(folder), "requests.received.total", more=whole)
    (document,) = page.xpath("//article")
    tags = {one.tag for one in document.iter() if isinstance(one.tag, str)}
    assert tags.isdisjoint(
        {"script", "style", "link", "meta", "base", "iframe", "object", "embed", "form", "input", "button", "svg",
         "math", "video", "audio", "noscript", "template", "xmp", "plaintext"}
    )  # fmt: skip
    stated: dict[str, set[Any]] = {}
    for one in document.iter():
        for name, value in one.attrib.items():
            stated.setdefault(name, set()).add(value)
    assert set(stated) <= {"class", "id", "title", "rowspan", "colspan", "alt", "tabindex", "lang", "aria-label"}
    assert stated["id"] == {"cell"}
    assert "庚" in document.text_content()
    assert "看不见的字" not in document.text_content()
    (box,) = boxes_in(page)
    assert box.text_content() == next(
        one.raw for one in values_of(folder, hostile(folder)) if one.key == "requests.received.total"
    )
    assert '壬 id="w3" <td id="w4">' in document.text_content()  # text that looks like our marks stays as it is


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    with serving(folder) as base:
        yield base


@pytest.fixture
def hostile_tab(browser: Browser, server: str) -> Iterator[tuple[Page, list[str]]]:
    """A page of Chromium, and everything that it asked of anyone but the server, said or opened."""
    context = browser.new_context(viewport={"width": 760, "height": 900})
    tab = context.new_page()
    tab.set_default_timeout(90_000)
    wrong: list[str] = []
    context.on("request", lambda one: None if one.url.startswith((server, "data:")) else wrong.append(one.url))
    # Chromium tells of what its policy stops before it is sent, too.
    context.on("requestfailed", lambda one: wrong.remove(one.url) if one.failure == "csp" else None)
    context.on("page", lambda one: wrong.append(f"opened {one.url}") if one is not tab else None)
    tab.on("dialog", lambda one: (wrong.append(one.message), one.dismiss()))
    yield tab, wrong
    context.close()


@pytest.mark.parametrize("guarded", [True, False], ids=["policy", "sanitised_alone"])
def test_in_chromium_a_hostile_page_does_nothing(
    hostile_tab: tuple[Page, list[str]], server: str, folder: Path, guarded: bool
) -> None:
    tab, wrong = hostile_tab
    address = f"{server}/original/{hostile(folder)}/view?cell=requests.received.total&whole=1"
    if not guarded:  # what the sanitiser lets through must be harmless by itself

        def without_policy(route: Any) -> None:
            answer = route.fetch()
            headers = {name: value for name, value in answer.headers.items() if name != "content-security-policy"}
            route.fulfill(response=answer, headers=headers)

        tab.route(f"{server}/original/**", without_policy)
    answer = tab.goto(address + "#cell")
    assert answer is not None
    assert answer.status == 200
    assert tab.locator("#cell").bounding_box() is not None
    tab.mouse.move(300, 300)
    tab.wait_for_timeout(500)
    if not guarded:  # where scripts are forbidden, none can be asked
        assert tab.evaluate("window.pwned") is None
    assert wrong == []
    assert tab.url == address + "#cell"


def test_the_policy_alone_holds_what_the_sanitiser_might_miss(
    hostile_tab: tuple[Page, list[str]], server: str, folder: Path
) -> None:
    """The page as it came, with the headers of ours: no script runs, nothing leaves."""
    tab, wrong = hostile_tab

    def unsanitised(route: Any) -> None:
        answer = route.fetch()
        page = hostile_page().replace(b"refresh", b"x-refresh")
        page = page.replace(b"</body>", b"<script>document.body.className = 'ran'</script></body>")
        route.fulfill(response=answer, body=page.decode())

    tab.route(f"{server}/original/**", unsanitised)
    tab.goto(f"{server}/original/{hostile(folder)}/view?whole=1")
    tab.wait_for_timeout(500)
    assert wrong == []
    assert tab.locator("body.ran").count() == 0
    assert tab.locator("table").count() > 2


def test_in_chromium_the_box_is_in_sight_on_the_page_that_was_drawn(
    hostile_tab: tuple[Page, list[str]], server: str
) -> None:
    tab, wrong = hostile_tab
    tab.goto(f"{server}/original/{digest_of(PDFS[2])}/view?cell=disputes.review.total#cell")
    tab.wait_for_timeout(1500)
    box = tab.locator("#cell").bounding_box()
    assert box is not None
    assert 0 < box["y"] < 900
    sheet = tab.locator("figure:has(#cell) img").bounding_box()
    assert sheet is not None
    assert sheet["x"] <= box["x"]
    assert box["x"] + box["width"] <= sheet["x"] + sheet["width"]
    assert wrong == []
