"""Makes the documents beside it with programs that are not ours: python -m tests.parsers.statistics.make [NAME…]"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.parsers.statistics.source import ALL, Invented, page_of, truth_of

HERE = Path(__file__).resolve().parent
_FILTERS = {
    "html": ("html:HTML (StarWriter)", "HTML (StarWriter)"),
    "docx": ("docx:MS Word 2007 XML", "HTML (StarWriter)"),
    "pdf": ("pdf:writer_pdf_Export", "HTML (StarWriter)"),
    "xlsx": ("xlsx:Calc MS Excel 2007 XML", "calc_HTML_WebQuery"),
}


def make(document: Invented, work: Path) -> None:
    """Writes the document and its truth."""
    page = work / f"{Path(document.name).stem}.html"
    page.write_text(page_of(document), encoding="utf-8")
    out = HERE / document.name
    if document.program.startswith("Chromium"):
        _chromium(page, out, work)
    else:
        _office(page, out, work)
    truth = json.dumps(truth_of(document), ensure_ascii=False, indent=1)
    out.with_suffix(".json").write_text(truth + "\n", encoding="utf-8")


def _chromium(page: Path, out: Path, work: Path) -> None:
    words = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={work / 'chromium'}"]
    if out.suffix == ".pdf":
        _run(*words, "--no-pdf-header-footer", f"--print-to-pdf={out}", page.as_uri())
    else:
        out.write_text(_run(*words, "--dump-dom", page.as_uri()), encoding="utf-8")


def _office(page: Path, out: Path, work: Path) -> None:
    if out.suffix == ".doc":  # by way of DOCX: LibreOffice's pages for the web become DOC without their tables' grid
        middle = work / "middle" / f"{page.stem}.docx"
        _convert(page, *_FILTERS["docx"], middle, work)
        _convert(middle, "doc:MS Word 97", "", out, work)
    else:
        _convert(page, *_FILTERS[out.suffix[1:]], out, work)


def _convert(source: Path, target: str, import_filter: str, out: Path, work: Path) -> None:
    words = ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{work / 'profile'}"]
    words += [f"--infilter={import_filter}"] if import_filter else []
    _run(*words, "--convert-to", target, "--outdir", str(work / "out"), str(source))
    out.parent.mkdir(exist_ok=True)
    shutil.move(work / "out" / f"{source.stem}{out.suffix}", out)


def _run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=180)
    if done.returncode != 0:
        raise RuntimeError(f"{words[0]}: exit {done.returncode}: {done.stderr[-800:]}")
    return done.stdout


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for one in ALL:
            if not sys.argv[1:] or one.name in sys.argv[1:]:
                make(one, Path(folder))
