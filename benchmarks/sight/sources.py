"""The documents whose pages are scanned: PDFs of several programs, with known figures."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from benchmarks.accuracy.judging import truth_in
from benchmarks.accuracy.papers import Told, draw
from benchmarks.accuracy.writers import html_plain

DOCUMENTS = Path(__file__).parents[2] / "tests" / "documents"
_BARE = frozenset({"pdf10", "pdf11", "pdf12"})  # without rules between the figures
_DOCX = ("docx01", "docx03", "docx05", "docx08")
_FONTS = ("AR PL UKai CN", "AR PL UMing CN", "Noto Sans CJK SC", "Noto Serif CJK SC")
_LONGEST = 300  # seconds


class Source(NamedTuple):
    """``bare``: nothing is drawn between its figures, so that some stay in doubt."""

    name: str
    payload: bytes
    truth: Mapping[str, Told]
    bare: bool


def sources(only: tuple[str, ...] = ()) -> Iterator[Source]:
    """Committed PDFs; DOCX printed by LibreOffice; papers in other fonts printed by Chromium and LibreOffice.

    What a missing program would print is left out, and what would need a font that is not here (fontconfig is asked):
    without one for Chinese, programs print boxes. ``only``: those with these names.
    """
    for file in sorted((DOCUMENTS / "pdf").glob("*.pdf")):
        if not only or file.stem in only:
            yield Source(file.stem, file.read_bytes(), truth_in(file.with_suffix(".json")), file.stem in _BARE)
    with tempfile.TemporaryDirectory() as folder:
        for name in _DOCX if _is_there("soffice") and _fonts() else ():
            file = DOCUMENTS / "docx" / f"{name}.docx"
            if not only or name in only:
                yield Source(name, _by_office(file, Path(folder)), truth_in(file.with_suffix(".json")), False)
        for number, font in enumerate(_FONTS):
            for program in ("chromium", "soffice")[: 2 - number % 2]:
                name = f"{program} {font}"
                if _is_there(program) and font in _fonts() and (not only or name in only):
                    yield _in_font(name, program, font, Path(folder))


def _in_font(name: str, program: str, font: str, folder: Path) -> Source:
    paper = draw(f"sight {name}", ("2021", "2021"))
    style = (
        f"<style>@page{{size:A4}}body,td{{font-family:'{font}';font-size:10pt}}table{{border-collapse:collapse;"
        "width:100%}td{border:1px solid #000;font-size:9pt;padding:2px}</style></head>"
    )
    file = folder / "paper.html"
    file.write_bytes(html_plain(paper).replace(b"</head>", style.encode(), 1))
    made = _by_chromium(file, folder) if program == "chromium" else _by_office(file, folder)
    return Source(name, made, paper.truth, False)


def _by_office(file: Path, folder: Path) -> bytes:
    take = ["--infilter=HTML (StarWriter)"] if file.suffix == ".html" else []
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    _run(["soffice", "--headless", "--norestore", profile, *take, "--convert-to", "pdf:writer_pdf_Export",
          "--outdir", str(folder), str(file)])  # fmt: skip
    return (folder / f"{file.stem}.pdf").read_bytes()


def _by_chromium(file: Path, folder: Path) -> bytes:
    _run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'chromium'}",
          "--no-pdf-header-footer", f"--print-to-pdf={folder / 'page.pdf'}", str(file)])  # fmt: skip
    return (folder / "page.pdf").read_bytes()


def _run(words: list[str]) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=_LONGEST)
    if done.returncode != 0:
        raise RuntimeError(f"{words[0]} ended with {done.returncode}: {done.stderr[-400:]}")


def _is_there(program: str) -> bool:
    return shutil.which(program) is not None


@cache
def _fonts() -> frozenset[str]:
    """Families of the fonts for Chinese that programs find here."""
    if not _is_there("fc-list"):
        return frozenset()
    said = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=True).stdout
    return frozenset(name.strip() for line in said.splitlines() for name in line.split(","))
