"""A warm process that does with documents what other programs do; needs nothing of this project.

    PYTHON other.py JOB

Requests on standard input: a length as four bytes (big-endian), then the document. Answers likewise, as JSON; the
first says whether the job's library is installed.
"""

from __future__ import annotations

import io
import json
import struct
import sys
from typing import Any

LENGTH = struct.Struct(">I")


def plain_text_of_pdf() -> Any:
    """pypdfium2's plain text of every page."""
    import pypdfium2

    def work(payload: bytes) -> list[str]:
        document = pypdfium2.PdfDocument(payload)
        texts = []
        for page in document:
            textpage = page.get_textpage()
            texts.append(textpage.get_text_range())
            textpage.close()
            page.close()
        document.close()
        return texts

    return work


def tables_of_pdf() -> Any:
    """pdfplumber's tables of every page."""
    import pdfplumber  # type: ignore[import-not-found]

    def work(payload: bytes) -> list[Any]:
        with pdfplumber.open(io.BytesIO(payload)) as document:
            return [page.extract_tables() for page in document.pages]

    return work


def bare_parse_of_html() -> Any:
    """lxml's tree of the page, and nothing taken from it."""
    from lxml import etree

    def work(payload: bytes) -> str:
        return str(etree.HTML(payload).tag)

    return work


def grids_of_html() -> Any:
    """BeautifulSoup over lxml: the text of the page, every link, every table as a grid with its spans filled."""
    import lxml.etree  # noqa: F401 - without it BeautifulSoup would take another parser
    from bs4 import BeautifulSoup

    def grid_of(table: Any) -> list[list[str]]:
        grid: dict[tuple[int, int], str] = {}
        rows = table.find_all("tr")
        for down, row in enumerate(rows):
            across = 0
            for cell in row.find_all(["td", "th"], recursive=False):
                while (down, across) in grid:
                    across += 1
                text = cell.get_text(" ", strip=True)
                for below in range(_span(cell.get("rowspan"))):
                    for beside in range(_span(cell.get("colspan"))):
                        grid[down + below, across + beside] = text
        width = max((across for _, across in grid), default=-1) + 1
        return [[grid.get((down, across), "") for across in range(width)] for down in range(len(rows))]

    def work(payload: bytes) -> list[Any]:
        page = BeautifulSoup(payload, "lxml")
        links = [(link.get("href"), link.get_text(" ", strip=True)) for link in page.find_all("a")]
        return [page.get_text("\n", strip=True), links, [grid_of(table) for table in page.find_all("table")]]

    return work


def _span(said: str | None) -> int:
    return min(int(said), 100) if said and said.isdigit() and said != "0" else 1


def bare_parse_of_docx() -> Any:
    """The main part unzipped and parsed by lxml, and nothing taken from it."""
    import zipfile

    from lxml import etree

    def work(payload: bytes) -> str:
        return str(etree.fromstring(zipfile.ZipFile(io.BytesIO(payload)).read("word/document.xml")).tag)

    return work


def cells_of_docx() -> Any:
    """python-docx: every paragraph, and every cell of every row of every table."""
    import docx  # type: ignore[import-not-found]

    def work(payload: bytes) -> list[Any]:
        document = docx.Document(io.BytesIO(payload))
        cells = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
        return [[paragraph.text for paragraph in document.paragraphs], cells]

    return work


JOBS = {
    job.__name__: job
    for job in (plain_text_of_pdf, tables_of_pdf, bare_parse_of_html, grids_of_html, bare_parse_of_docx, cells_of_docx)
}


def main() -> None:
    """Works until standard input ends."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer

    def answer(said: Any) -> None:
        content = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
        sink.write(LENGTH.pack(len(content)) + content)
        sink.flush()

    try:
        work = JOBS[sys.argv[1]]()
    except ImportError as error:
        answer({"missing": str(error)})
        return
    answer({"ready": sys.argv[1]})
    while head := source.read(LENGTH.size):
        answer({"done": work(source.read(LENGTH.unpack(head)[0]))})


if __name__ == "__main__":
    main()
