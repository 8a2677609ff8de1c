"""Makes the documents of the bench with the programs named in README.md: python -m tests.documents.make [NAME…]"""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.documents import office, pages
from tests.documents.bodies import ALL
from tests.documents.sources import Invented, truth_of

HERE = Path(__file__).resolve().parent
NODE_MODULES = os.environ.get("NODE_PATH", "")  # a folder that holds docx and html-to-docx
Recipe = Callable[[Invented, Path, Path], None]  # document, work folder, file to write


def _run(*words: str | Path, feed: str | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in words], input=feed, capture_output=True, text=True, check=False, timeout=180
    )
    if done.returncode != 0:
        raise RuntimeError(f"{words[0]}: exit {done.returncode}: {done.stderr[-800:]}")
    return done.stdout


def _office(source: Path, target: str, out: Path, import_filter: str = "") -> None:
    """LibreOffice: source → out, through the export filter ``target`` ("docx:MS Word 2007 XML")."""
    words = ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{source.parent / 'profile'}"]
    words += [f"--infilter={import_filter}"] if import_filter else []
    _run(*words, "--convert-to", target, "--outdir", source.parent / "out", source)
    made = next((source.parent / "out").glob(f"{source.stem}.*"))
    shutil.move(made, out)


def _written(work: Path, name: str, text: str) -> Path:
    path = work / name
    path.write_text(text, encoding="utf-8")
    return path


def _plain(document: Invented, work: Path, style: str = "") -> Path:
    return _written(work, "source.html", pages.plain_page(document, style))


def _source_docx(document: Invented, work: Path) -> Path:
    path = work / "source.docx"
    office.write_python_docx(document, path)
    return path


def _docx_npm(document: Invented, work: Path, out: Path) -> None:
    _run("node", HERE / "make_docx.js", out, feed=office.blocks_as_json(document))


# --- HTML ---


def pandoc_html(document: Invented, work: Path, out: Path) -> None:
    _pandoc(_source_docx(document, work), "docx", out, "html")


def _pandoc(source: Path, reads: str, out: Path, writes: str) -> None:
    import pypandoc  # type: ignore[import-not-found]  # only in the makers' own environment

    pypandoc.convert_file(str(source), writes, format=reads, outputfile=str(out), extra_args=["--standalone"])


def writer_html(document: Invented, work: Path, out: Path) -> None:
    _office(_plain(document, work), "html:HTML (StarWriter)", out, "HTML (StarWriter)")


def writer_html_from_docx(document: Invented, work: Path, out: Path) -> None:
    _docx_npm(document, work, work / "source.docx")
    _office(work / "source.docx", "html:HTML (StarWriter)", out)


def calc_html(document: Invented, work: Path, out: Path) -> None:
    office.write_openpyxl(document, work / "source.xlsx")
    _office(work / "source.xlsx", "html:HTML (StarCalc)", out)


def abiword_html(document: Invented, work: Path, out: Path) -> None:
    _run("abiword", "--to=html", "--exp-props=embed-css: yes; embed-images: yes", "-o", out, _rtf(document, work))


def _rtf(document: Invented, work: Path) -> Path:
    _office(_source_docx(document, work), "rtf:Rich Text Format", work / "source.rtf")
    return work / "source.rtf"


def mammoth_page(document: Invented, work: Path, out: Path) -> None:
    import mammoth  # type: ignore[import-not-found]  # only in the makers' own environment

    with _source_docx(document, work).open("rb") as file:
        body = mammoth.convert_to_html(file).value
    out.write_bytes(pages.portal_page(document, body, "utf-8").encode("utf-8"))


def chromium_dom(document: Invented, work: Path, out: Path) -> None:
    source = _written(work, "source.html", pages.script_page(document))
    out.write_text(_run(*_chromium(work), "--dump-dom", source.as_uri()), encoding="utf-8")


def _chromium(work: Path) -> list[str]:
    return ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={work / 'chromium'}"]


def own_page_gbk(document: Invented, work: Path, out: Path) -> None:
    out.write_bytes(pages.portal_page(document, pages.pasted_from_word(document), "gb2312").encode("gb18030"))


def own_page_false_label(document: Invented, work: Path, out: Path) -> None:
    out.write_bytes(pages.portal_page(document, pages.in_layout_tables(document), "utf-8").encode("gb18030"))


def own_page_ragged(document: Invented, work: Path, out: Path) -> None:
    out.write_bytes(pages.portal_page(document, pages.in_layout_tables(document), "utf-8").encode("utf-8-sig"))


own_page_merged = own_page_ragged


# --- DOCX ---


def python_docx(document: Invented, work: Path, out: Path) -> None:
    office.write_python_docx(document, out)


docx_npm = _docx_npm


def writer_docx(document: Invented, work: Path, out: Path) -> None:
    _office(_plain(document, work), "docx:MS Word 2007 XML", out, "HTML (StarWriter)")


def pandoc_docx(document: Invented, work: Path, out: Path) -> None:
    _pandoc(_plain(document, work), "html", out, "docx")


def html_to_docx(document: Invented, work: Path, out: Path) -> None:
    _run("node", HERE / "make_html_docx.js", out, feed=pages.plain_page(document))


# --- PDF ---

# Programs embed the serif font as drawings (Chromium: 0.7 MB a file), this one as a subset.
_SANS = "body{font-family:'WenQuanYi Zen Hei'}"


def writer_pdf(document: Invented, work: Path, out: Path) -> None:
    _office(_source_docx(document, work), "pdf:writer_pdf_Export", out)


def chromium_pdf(document: Invented, work: Path, out: Path) -> None:
    _run(*_chromium(work), "--no-pdf-header-footer", f"--print-to-pdf={out}", _plain(document, work, _SANS).as_uri())


def chromium_pdf_headed(document: Invented, work: Path, out: Path) -> None:
    """With the browser's own header and footer: date, title, address and page number on every page."""
    _plain(document, work, _SANS)
    with _served(work) as address:
        _run(*_chromium(work), f"--print-to-pdf={out}", f"{address}/source.html")


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def weasyprint(document: Invented, work: Path, out: Path) -> None:
    style = "@page{size:A4;@bottom-center{content:'- ' counter(page) ' -'}}"
    _run(Path(sys.executable).with_name("weasyprint"), _plain(document, work, _SANS + style), out)


def wkhtmltopdf(document: Invented, work: Path, out: Path) -> None:
    _run("wkhtmltopdf", "--quiet", _plain(document, work), out)


def reportlab(document: Invented, work: Path, out: Path) -> None:
    office.write_reportlab(document, out)


def fpdf2(document: Invented, work: Path, out: Path) -> None:
    office.write_fpdf2(document, out)


def typst(document: Invented, work: Path, out: Path) -> None:
    office.write_typst(document, out)


# --- DOC ---


def writer_doc(document: Invented, work: Path, out: Path) -> None:
    _office(_plain(document, work), "doc:MS Word 97", out, "HTML (StarWriter)")


def writer_doc_from_python_docx(document: Invented, work: Path, out: Path) -> None:
    _office(_source_docx(document, work), "doc:MS Word 97", out)


def writer_doc_from_docx_npm(document: Invented, work: Path, out: Path) -> None:
    _docx_npm(document, work, work / "source.docx")
    _office(work / "source.docx", "doc:MS Word 97", out)


def writer_doc_from_pandoc(document: Invented, work: Path, out: Path) -> None:
    _pandoc(_plain(document, work), "html", work / "made.odt", "odt")
    _office(work / "made.odt", "doc:MS Word 97", out)


def writer_doc_from_abiword(document: Invented, work: Path, out: Path) -> None:
    _run("abiword", "--to=odt", "-o", work / "made.odt", _rtf(document, work))
    _office(work / "made.odt", "doc:MS Word 97", out)


def spire_doc(document: Invented, work: Path, out: Path) -> None:
    from spire.doc import Document, FileFormat  # type: ignore[import-not-found]  # in the makers' environment

    file = Document()
    file.LoadFromFile(str(_source_docx(document, work)))
    file.SaveToFile(str(out), FileFormat.Doc)
    file.Close()


def make(document: Invented) -> Path:
    """Writes the document and its truth; returns the document's path."""
    kind = document.name.rstrip("0123456789")
    out = HERE / kind / f"{document.name}.{kind}"
    out.parent.mkdir(exist_ok=True)
    from tests.documents import bare, others

    recipes = (globals(), vars(bare), vars(others))
    recipe: Recipe = next(found[document.recipe] for found in recipes if document.recipe in found)
    with tempfile.TemporaryDirectory() as folder:
        recipe(document, Path(folder), out)
    out.with_suffix(".json").write_text(truth_text(document), encoding="utf-8")
    return out


def truth_text(document: Invented) -> str:
    """The truth as JSON, one line a fact and one a cell."""
    truth: dict[str, Any] = {"recipe": document.recipe, **truth_of(document)}
    cells = truth.pop("cells")
    facts = "".join(f" {json.dumps(key)}: {json.dumps(fact, ensure_ascii=False)},\n" for key, fact in truth.items())
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(cell, ensure_ascii=False)}" for key, cell in cells.items())
    return f'{{\n{facts} "cells": {{\n{lines}\n }}\n}}\n'


def main(names: list[str]) -> None:
    """Makes the named documents, or all."""
    for document in ALL:
        if not names or document.name in names:
            path = make(document)
            print(f"{document.name}  {document.recipe}  {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
