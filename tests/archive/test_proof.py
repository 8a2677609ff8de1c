"""Packages of evidence that a stranger checks with Python alone, and references as they are printed."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from county import article, crawl, figures_of
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTTextContainer
from test_cli import facts, nianbao

from archive.proof.citing import Citation, cite_bibtex, cite_gbt
from archive.proof.contents import Chosen
from archive.proof.package import write_proof
from archive.store import Archive
from parsers.errors import Unreadable
from parsers.pdf.geometry import Box
from parsers.shown.drawing import Artist, to_png, with_boxes

ROOT = Path(__file__).resolve().parents[2]
PDF = ROOT / "tests" / "documents" / "pdf" / "pdf03.pdf"
URL = "http://www.shili.example/zfxxgknb/202501/t20250120_1.html"
BUREAU = "示例县教育局"
WHEN = "2025-02-01T08:00:00Z"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report that was edited once (r1), and a PDF (r2)."""
    folder = tmp_path_factory.mktemp("proof") / "nianbao-archive"
    with Archive.open(folder, write=True) as archive:
        for day, received in enumerate(("12", "13")):
            crawl(archive, day, {URL: article(BUREAU, 2024, figures_of(3) | {"requests.received.total": received})})
    nianbao(folder, "import", str(PDF), "--captured-at", WHEN)
    return folder


def unpacked(package: Path, into: Path) -> Path:
    with zipfile.ZipFile(package) as zipped:
        zipped.extractall(into)
    return into / "proof"


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    """As a stranger runs it: no site packages, no environment of ours."""
    command = [sys.executable, "-I", "-S", str(folder / "verify.py")]
    return subprocess.run(command, capture_output=True, text=True, env={"PYTHONUTF8": "1"}, timeout=60)


def test_a_report_is_proven_with_all_its_versions(kept: Path, tmp_path: Path) -> None:
    said = facts(kept, "proof", "proof", "r1", "-o", str(tmp_path / "p.zip"))
    assert said["versions"] == ["v1", "v2"]
    folder = unpacked(tmp_path / "p.zip", tmp_path)
    ran = verified(folder)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert "all is as it was packed" in ran.stdout
    assert "captures.warc.gz" in ran.stdout
    cells = [(folder / version / "cells.csv").read_text("utf-8-sig") for version in ("v1", "v2")]
    for text, received in zip(cells, ("12", "13"), strict=True):
        (row,) = [line for line in text.splitlines() if line.startswith("requests.received.total,")]
        assert f",{received},{received},number,xpath=" in row
    (capture,) = json.loads((folder / "v2" / "captures.json").read_text("utf-8"))
    assert capture["captured_at"] == "2025-01-02T08:00:01Z"
    assert b"200" in (folder / "v2" / "headers" / f"{capture['capture']}.txt").read_bytes()
    assert f"{BUREAU}2024年政府信息公开工作年度报告" in (folder / "v1" / "text.txt").read_text("utf-8")


def test_each_capture_stands_in_a_manifest_of_its_run(kept: Path, tmp_path: Path) -> None:
    facts(kept, "proof", "proof", "v1", "-o", str(tmp_path / "p.zip"))
    folder = unpacked(tmp_path / "p.zip", tmp_path)
    manifests = json.loads((folder / "manifest.json").read_text("utf-8"))["manifests"]
    assert len(manifests) == 1
    assert "manifest 1 of" in verified(folder).stdout


def test_the_same_proof_twice_is_the_same_bytes(kept: Path) -> None:
    made = []
    for _ in range(2):
        out = io.BytesIO()
        with Archive.open(kept, write=False) as archive:
            write_proof(archive, [Chosen(1), Chosen(3)], out)
        made.append(out.getvalue())
    assert made[0] == made[1]


def test_one_byte_changed_in_any_file_is_found(kept: Path, tmp_path: Path) -> None:
    facts(kept, "proof", "proof", "r2", "-o", str(tmp_path / "p.zip"))
    folder = unpacked(tmp_path / "p.zip", tmp_path)
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name in ("verify.py", "manifest.json"):
            continue
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        ran = verified(folder)
        assert ran.returncode == 1, path
        assert f"WRONG  {path.relative_to(folder).as_posix()}" in ran.stdout
        path.write_bytes(whole)
    (folder / "v3" / "text.txt").unlink()
    (folder / "more.txt").write_text("")
    said = verified(folder).stdout
    assert "v3/text.txt: is not here" in said
    assert "more.txt: is not named" in said


def pixels_of(png: bytes) -> tuple[int, int, bytes]:
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    packed = png[png.index(b"IDAT") + 4 : png.rindex(b"IEND") - 8]
    rows = zlib.decompress(packed)
    return width, height, b"".join(rows[y * (3 * width + 1) + 1 : (y + 1) * (3 * width + 1)] for y in range(height))


def test_the_box_on_the_page_surrounds_the_figure(kept: Path, tmp_path: Path) -> None:
    """3,603.44 万元 stands once in the document; pdfminer, which did not draw it, says where."""
    key = "proactive.fees.amount"
    facts(kept, "proof", "proof", "r2", "--cell", key, "-o", str(tmp_path / "p.zip"))
    folder = unpacked(tmp_path / "p.zip", tmp_path)
    (page,) = (folder / "v3" / "pages").iterdir()
    assert page.name == "001.png"
    width, height, rgb = pixels_of(page.read_bytes())
    red = [at for at in range(width * height) if rgb[3 * at : 3 * at + 3] == b"\xc8\x10\x2e"]
    left, right = min(at % width for at in red), max(at % width for at in red)
    top, bottom = min(at // width for at in red), max(at // width for at in red)
    layout = next(iter(extract_pages(PDF)))
    scale = width / layout.width
    lines = [
        line for box in layout if isinstance(box, LTTextContainer) for line in box if "3,603.44" in line.get_text()
    ]
    glyphs = [char for char in lines[0] if isinstance(char, LTChar) and char.get_text() in "3,604."]
    assert glyphs
    for glyph in glyphs:
        assert left < glyph.x0 * scale < glyph.x1 * scale < right
        assert top < (layout.height - glyph.y1) * scale < (layout.height - glyph.y0) * scale < bottom
    assert (bottom - top) / scale < 30  # one cell, not the table


def test_what_pdfium_does_not_draw_is_said_and_not_lost() -> None:
    with Artist() as artist:
        with pytest.raises(Unreadable):
            artist.draw(b"%PDF-1.7 no")
        first = artist.draw(PDF.read_bytes())[0]
    assert (first.number, len(first.rgb)) == (1, 3 * first.width * first.height)
    beyond = with_boxes(
        first, [Box(-50, -50, 5000, 5000)]
    )  # a box larger than the page draws nothing and breaks nothing
    assert to_png(beyond) == to_png(first)


def test_an_unknown_cell_is_refused_and_leaves_no_file(kept: Path, tmp_path: Path) -> None:
    said = facts(kept, "error", "proof", "r2", "--cell", "fees", "-o", str(tmp_path / "p.zip"), code=1)
    assert said["error"]["code"] == "not_found"
    assert list(tmp_path.iterdir()) == []


CITATION = Citation(
    report=1,
    version=2,
    organisation="示例县教育局",
    title="示例县教育局2024年政府信息公开工作年度报告",
    report_year=2024,
    published="2025-01-20",
    url="http://www.shili.example/zfxxgknb/202501/t20250120_1.html",
    first_captured="2025-01-21T23:30:00Z",
    last_captured="2025-02-01T23:30:00Z",
    payload_digest="ab" * 32,
    withdrawn="",
)


def test_a_reference_as_gb_t_7714_has_it() -> None:
    # 主要责任者. 题名[EB/OL]. (发布日期)[引用日期]. 访问路径. The day is China's: 23:30 UTC is the next day there.
    assert cite_gbt(CITATION) == (
        "示例县教育局. 示例县教育局2024年政府信息公开工作年度报告[EB/OL]. (2025-01-20)[2025-02-02]. "
        "http://www.shili.example/zfxxgknb/202501/t20250120_1.html. "
        f"存档: 2025-01-21T23:30:00Z至2025-02-01T23:30:00Z所见. SHA-256: {'ab' * 32}."
    )


def test_a_reference_as_bibtex_has_it() -> None:

    odd = replace(
        CITATION, title="100%_{示例}&#\\", url="http://a.example/{1}?q=报告&x=1", published=None, withdrawn="示例"
    )
    entry = cite_bibtex(odd)
    assert r"title = {{100\%\_\{示例\}\&\#\textbackslash{}}}," in entry
    assert "url = {http://a.example/%7B1%7D?q=%E6%8A%A5%E5%91%8A&x=1}," in entry
    assert "author = {{示例县教育局}}," in entry
    assert "year" not in re.sub(r"title.*", "", entry)
    assert "原件已撤下" in entry
    bare = entry.replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}")


def test_cite_on_an_archive(kept: Path) -> None:
    said = facts(kept, "cite", "cite", "v1")
    assert (said["version"], said["url"], said["organisation"]) == ("v1", URL, BUREAU)
    assert said["payload_digest"] in said["gbt"]
    assert nianbao(kept, "cite", "r2", "--style", "bibtex").stdout.startswith("@misc{nianbao-")
    assert facts(kept, "cite", "cite", "r2")["url"] == ""  # it came from no address
