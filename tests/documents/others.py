"""Recipes for the formats of other_bodies.py; the programs are named in README.md."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
import zipfile
from pathlib import Path

from tests.documents import office, pages, sheets
from tests.documents.make import _chromium, _docx_npm, _office, _pandoc, _plain, _run, _served
from tests.documents.sources import Invented

# --- spreadsheets ---


def openpyxl_xlsx(document: Invented, work: Path, out: Path) -> None:
    office.write_openpyxl(document, out)


def calc_xlsx(document: Invented, work: Path, out: Path) -> None:
    _office(_plain(document, work), "xlsx:Calc MS Excel 2007 XML", out, "HTML (StarCalc)")


def xlsxwriter_xlsx(document: Invented, work: Path, out: Path) -> None:
    sheets.write_xlsxwriter(document, out)


def calc_xls(document: Invented, work: Path, out: Path) -> None:
    office.write_openpyxl(document, work / "source.xlsx")
    _office(work / "source.xlsx", "xls:MS Excel 97", out)


def calc_xls_from_page(document: Invented, work: Path, out: Path) -> None:
    _office(_plain(document, work), "xls:MS Excel 97", out, "HTML (StarCalc)")


def xlwt_xls(document: Invented, work: Path, out: Path) -> None:
    sheets.write_xlwt(document, out)


# --- Word's documents in one file ---


def writer_xml_2003(document: Invented, work: Path, out: Path) -> None:
    _office(_plain(document, work), "docx:MS Word 2007 XML", work / "source.docx", "HTML (StarWriter)")
    _office(work / "source.docx", "xml:MS Word 2003 XML", out)


def spire_flat_opc(document: Invented, work: Path, out: Path) -> None:
    _spire(document, work, out, "WordXml")


def _spire(document: Invented, work: Path, out: Path, form: str) -> None:
    from spire.doc import Document, FileFormat  # type: ignore[import-not-found]  # in the makers' environment

    _docx_npm(document, work, work / "source.docx")
    file = Document()
    file.LoadFromFile(str(work / "source.docx"))
    file.SaveToFile(str(out), getattr(FileFormat, form))
    file.Close()


def writer_rtf(document: Invented, work: Path, out: Path) -> None:
    _office(_plain(document, work), "docx:MS Word 2007 XML", work / "source.docx", "HTML (StarWriter)")
    _office(work / "source.docx", "rtf:Rich Text Format", out)


def pandoc_rtf(document: Invented, work: Path, out: Path) -> None:
    _pandoc(_plain(document, work), "html", out, "rtf")


def abiword_rtf(document: Invented, work: Path, out: Path) -> None:
    _docx_npm(document, work, work / "source.docx")
    _run("abiword", "--to=rtf", "-o", out, work / "source.docx")


# --- archives ---


def gbk_zip_of_docx(document: Invented, work: Path, out: Path) -> None:
    """As Windows in China packs: names in GBK without a mark, a folder, a note and a system's file beside it."""
    _docx_npm(document, work, work / "source.docx")
    title = f"{document.organisation}{document.year}年政府信息公开工作年度报告.docx"
    packed = {
        "附件/": b"",
        f"附件/{title}": (work / "source.docx").read_bytes(),
        "附件/说明.txt": "附件为年度报告全文。".encode("gb18030"),
        "__MACOSX/._附件": b"\0\5\x16\7",
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in packed.items():
            entry = _GbkName(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


class _GbkName(zipfile.ZipInfo):
    """An entry whose name is written in GBK and not marked as UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gb18030"), 0


def info_zip_of_xlsx(document: Invented, work: Path, out: Path) -> None:
    book = work / f"{document.organisation}年报.xlsx"
    office.write_openpyxl(document, book)
    _run("zip", "-q", "-j", out, book)


# --- OFD (both programs write the first three pages in their free releases) ---


def spire_ofd(document: Invented, work: Path, out: Path) -> None:
    _spire(document, work, out, "OFD")


def spire_ofd_from_fpdf2(document: Invented, work: Path, out: Path) -> None:
    from spire.pdf import FileFormat, PdfDocument  # type: ignore[import-not-found]  # in the makers' environment

    office.write_fpdf2(document, work / "source.pdf")
    file = PdfDocument()
    file.LoadFromFile(str(work / "source.pdf"))
    file.SaveToFile(str(out), FileFormat.OFD)
    file.Close()


# --- saved pages ---


def chromium_mhtml(document: Invented, work: Path, out: Path) -> None:
    """What the browser saves as a single file: a portal page whose text is in GBK, through its debugging protocol."""
    page = pages.portal_page(document, pages.in_layout_tables(document), "gb2312").encode("gb18030")
    (work / "source.html").write_bytes(page)
    words = [*_chromium(work), "--remote-debugging-port=9333", "--remote-allow-origins=*"]
    with (
        _served(work) as address,
        subprocess.Popen([*words, f"{address}/source.html"], stderr=subprocess.DEVNULL) as browser,
    ):
        try:
            snapshot = _snapshot(_debugger_of("http://127.0.0.1:9333/json"), document.organisation)
        finally:
            browser.terminate()
    out.write_text(snapshot, encoding="utf-8", newline="")


def _snapshot(debugger: str, expected: str) -> str:
    """The page as MHTML, once ``expected`` stands in it."""
    from websocket import create_connection  # type: ignore[import-not-found]  # in the makers' environment

    socket = create_connection(debugger)
    asks = "document.readyState == 'complete' && document.body.innerText.includes(" + json.dumps(expected) + ")"
    for number in range(50):
        socket.send(json.dumps({"id": number, "method": "Runtime.evaluate", "params": {"expression": asks}}))
        if json.loads(socket.recv())["result"]["result"].get("value") is True:
            break
        time.sleep(0.2)
    socket.send(json.dumps({"id": 99, "method": "Page.captureSnapshot", "params": {"format": "mhtml"}}))
    return str(json.loads(socket.recv())["result"]["data"])


def _debugger_of(address: str) -> str:
    """The debugging address of the browser's page, once it has one."""
    for _ in range(50):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                found = [page for page in json.load(answer) if page["type"] == "page"]
        except OSError:
            found = []  # the browser is still starting
        if found and found[0]["url"].endswith("/source.html"):
            return str(found[0]["webSocketDebuggerUrl"])
        time.sleep(0.2)
    raise RuntimeError("the browser did not open the page")
