"""Photographs the pages over the newsroom's archive: ``python -m benchmarks.newsroom.screenshots FOLDER OUT``.

Each of the pages at 390 and 1440 px, light and dark; ``--only NAME …`` some of them, ``--base URL`` of a site that is
served already. Says of each page what its layout does wrong by measure: wider than the screen, text below 12 px, lines
of Han text over 46 characters.

``--guides`` takes the pictures of the guides instead, and writes beside them what they were taken of (``taken.json``):

    python -m benchmarks.newsroom FOLDER --places 12
    python -m benchmarks.newsroom.screenshots FOLDER docs/screenshots --guides
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from PIL import Image

from archive.store import Archive

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZES = {"1440": (1440, 1000), "390": (390, 844)}
SCHEMES = ("light", "dark")
_TALLEST = 3200
_NOW = "2026-11-20T02:00:00Z"
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_MEASURED = """() => {
  const said = [], wide = document.documentElement.scrollWidth - window.innerWidth;
  if (wide > 0) said.push(`wider than the screen by ${wide} px`);
  const small = new Set(), long = new Set();
  for (const one of document.querySelectorAll("main *")) {
    const own = [...one.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join("");
    if (!own || !one.offsetParent) continue;
    const size = parseFloat(getComputedStyle(one).fontSize), name = `${one.tagName}.${one.className}`;
    if (size < 12) small.add(`${name} ${size} px`);
    if (one.tagName === "P" && one.clientWidth / size > 46 && own.length > 46) long.add(name);
  }
  return [...said, ...[...small].map(s => `small ${s}`), ...[...long].map(s => `long lines ${s}`)];
}"""

TAKEN = "taken.json"
MOST = 200 * 1024
"""Bytes of a picture of the guides, at most."""
_COLOURS = 48  # a quarter of the bytes, and no eye sees it on pages of a few flat colours
_WEB = Path(__file__).parents[2] / "archive" / "web"
_LOOKS = ("templates/*.html", "static/*.css", "static/*.js", "words/*.toml", "glossary.toml")


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of the guides: its file's name, the page (of ``addresses_in``), the window, what stands at its top."""

    name: str
    page: str
    width: int = 1440
    height: int = 900
    top: str = ""


GUIDES = (
    Shot("search", "search"),
    Shot("report", "doubtful", height=1000, top="#table-requests table"),
    Shot("history", "history"),
    Shot("differences", "differences"),
    Shot("compare", "compare"),
    Shot("place", "place"),
    Shot("leads", "leads_edited"),
    Shot("phone", "doubtful", 390, 844),
)


def looks_digest() -> str:
    """SHA-256 of what decides how the pages look: templates, styles and words, by name."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _LOOKS for path in _WEB.glob(pattern)):
        text = path.read_bytes()
        digest.update(f"{path.relative_to(_WEB).as_posix()} {len(text)}\n".encode() + text)
    return digest.hexdigest()


def addresses_in(folder: Path) -> dict[str, str]:
    """Name → address of the pages that are photographed, each over something worth looking at."""
    with Archive.open(folder, write=False) as archive:
        several = _report(archive, "(SELECT count(*) FROM renditions n WHERE n.report = p.id) = 3")
        broken = _report(
            archive, "p.id IN (SELECT report FROM checks WHERE state = 'BROKEN') AND p.report_year >= 2023"
        )
        edited = _report(archive, "p.id IN (SELECT n.report FROM renditions n JOIN versions v ON v.rendition = n.id "
                         "WHERE n.format = 'html' GROUP BY n.id HAVING count(*) > 1)")  # fmt: skip
        differences = _edit(archive)
        doubtful = _report(
            archive,
            """p.id IN (SELECT c.report FROM checks c JOIN versions v ON v.id = c.version
            JOIN renditions n ON n.id = v.rendition
            WHERE c.latest AND c.state = 'BROKEN' AND c.report_year >= 2024 AND n.format = 'html')""",
        )
        bodies = [name for (name,) in archive.db.execute(
            "SELECT name FROM organisations WHERE name LIKE '%市教育局' ORDER BY id LIMIT 5").fetchall()]  # fmt: skip
    compared = urlencode([*(("body", name) for name in bodies), ("key", "requests.received.total")])
    return {
        "front": "/",
        "search": f"/search?{urlencode({'q': '行政复议'})}",
        "search_none": f"/search?{urlencode({'q': '，。'})}",
        "report": f"{broken}?cell=requests.received.total",
        "report_files": several,
        "report_english": f"{broken}?lang=en",
        "history": f"{edited}/history",
        "compare": f"/compare?{compared}",
        "place": "/place/9801?year=2025",
        "county": "/place/980122?year=2024",
        "country": "/place/",
        "leads": "/leads",
        "status": "/status",
        "glossary": "/glossary",
        "batch": "/batch",
        "differences": differences,
        "doubtful": f"{doubtful}?cell=requests.received.total",
        "leads_edited": "/leads?kind=silent_edit",
    }


def _report(archive: Archive, where: str) -> str:
    code, name, year = archive.db.execute(
        f"""
        SELECT o.region_code, o.name, p.report_year FROM reports p JOIN organisations o ON o.id = p.organisation
        WHERE {where} ORDER BY p.id DESC LIMIT 1
        """
    ).fetchone()
    return f"/r/{code}/{quote(name, safe='')}/{year}"


def _edit(archive: Archive) -> str:
    """Two versions, side by side, of a page whose figures were changed."""
    before, after = archive.db.execute(
        """
        SELECT a.payload_digest, b.payload_digest FROM versions a
        JOIN versions b ON b.rendition = a.rendition AND b.number = a.number + 1
        JOIN cells c ON c.version = a.id
        JOIN cells d ON d.version = b.id AND d.key = c.key AND d.value <> c.value
        GROUP BY b.id ORDER BY b.first_captured DESC, count(*) DESC LIMIT 1
        """
    ).fetchone()
    return f"/diff/{before}/{after}"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """``nianbao serve`` over the folder, on a free port: its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "nianbao", "--archive", str(folder), "serve", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "NIANBAO_NOW": _NOW},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process.stdout.readline().partition("/ ")[0]
    finally:
        process.terminate()
        process.communicate(timeout=10)


def photograph(browser: Browser, base: str, pages: dict[str, str], out: Path) -> None:
    """Takes them all, and prints what is measured."""
    for size, (width, height) in SIZES.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                base_url=base, viewport={"width": width, "height": height}, locale="zh-CN",
                color_scheme="dark" if scheme == "dark" else "light", device_scale_factor=1,
            )  # fmt: skip
            page = context.new_page()
            for name, address in pages.items():
                _take(page, address, out / f"{name}_{size}_{scheme}.png", width)
            context.close()


def photograph_guides(browser: Browser, base: str, pages: dict[str, str], out: Path) -> None:
    """Takes the pictures of the guides, light, and notes what they were taken of."""
    for shot in GUIDES:
        context = browser.new_context(
            base_url=base, viewport={"width": shot.width, "height": shot.height}, locale="zh-CN", color_scheme="light"
        )
        page = context.new_page()
        page.goto(pages[shot.page], wait_until="networkidle")
        if shot.top:
            page.locator(shot.top).evaluate("element => element.scrollIntoView()")
        with Image.open(io.BytesIO(page.screenshot())) as taken:
            few = taken.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
            few.save(out / f"{shot.name}.png", optimize=True)
        context.close()
    pictures = {f"{shot.name}.png": _digest(out / f"{shot.name}.png") for shot in GUIDES}
    noted = {"looks": looks_digest(), "pictures": pictures}
    (out / TAKEN).write_text(json.dumps(noted, indent=2) + "\n", "utf-8")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _take(page: Page, address: str, target: Path, width: int) -> None:
    answer = page.goto(address, wait_until="networkidle")
    status = answer.status if answer is not None else 0
    tall = min(_TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
    page.screenshot(path=target, clip={"x": 0, "y": 0, "width": width, "height": tall}, full_page=True)
    said = page.evaluate(_MEASURED) if target.stem.endswith("light") else []
    if status != 200 or said:
        print(f"{target.stem} {status}: {'; '.join(said)}", flush=True)


def main(words: Sequence[str] | None = None) -> int:
    """Returns 2 where Chromium or playwright is not installed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.newsroom.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--base", default="")
    parser.add_argument("--guides", action="store_true")
    given = parser.parse_args(words)
    program = next((path for name in _CHROMIUM if (path := shutil.which(name))), None)
    if program is None:
        print("no Chromium in PATH", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    given.out.mkdir(parents=True, exist_ok=True)
    pages = {name: path for name, path in addresses_in(given.folder).items() if not given.only or name in given.only}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=os.geteuid() != 0)
        take = photograph_guides if given.guides else photograph
        if given.base:
            take(browser, given.base, pages, given.out)
        else:
            with served(given.folder) as base:
                take(browser, base, pages, given.out)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
