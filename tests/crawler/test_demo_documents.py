"""The demo's committed documents hold the county's figures, row by row."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator

import pypdfium2
import pytest
from lxml import etree

from crawler.demo import county
from crawler.demo.county import Key
from crawler.demo.figures import printed_figures
from crawler.demo.site import DOCUMENTS, attachment_path, build_site


def document_text(path: str) -> str:
    """The text of a committed document, without the converters of this project."""
    file = DOCUMENTS / path
    if file.suffix == ".docx":
        with zipfile.ZipFile(file) as parts:
            tree = etree.fromstring(parts.read("word/document.xml"))
        word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
        cells = ("".join(run.text or "" for run in cell.iter(f"{word}t")) for cell in tree.iter(f"{word}p"))
        return "\n".join(cells)
    if file.suffix == ".pdf":
        document = pypdfium2.PdfDocument(file)
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
        document.close()
        return text
    return file.read_bytes().decode("utf-16-le", errors="replace") + file.read_bytes().decode(
        "cp1252", errors="replace"
    )


def rows_of_figures(report: Key, *, replaced: bool) -> Iterator[list[str]]:
    """The figures of each row of each table, as this body writes them."""
    habits = county.BY_NAME[report[0]].habits
    rows: dict[tuple[str, str], list[str]] = {}
    for key, value in printed_figures(report, changed=replaced).items():
        table, row, column = key.split(".")
        shown = f"{value:+d}" if column == "change" and "signed" in habits else str(value)
        rows.setdefault((table, row), []).append(shown)
    yield from rows.values()


@pytest.mark.parametrize(
    ("report", "replaced"),
    [*((report, False) for report in county.ATTACHED), (county.REPLACED, True)],
    ids=lambda given: f"{given[0]}-{given[1]}" if isinstance(given, tuple) else None,
)
def test_documents_hold_the_truth(report: Key, replaced: bool) -> None:
    """Each row of figures stands in the document, whole and in order."""
    text = document_text(county.document_name(report, replaced=replaced))
    words = re.findall(r"[-+]?\d[\d.]*", text)
    for row in rows_of_figures(report, replaced=replaced):
        assert any(words[at : at + len(row)] == row for at in range(len(words))), row


def test_documents_are_small_and_all_served() -> None:
    site = build_site()
    files = sorted(DOCUMENTS.iterdir())
    assert len(files) == len(county.ATTACHED) + 1
    assert sum(file.stat().st_size for file in files) < 2_000_000
    for report in county.ATTACHED:
        assert site[attachment_path(report)].body == (DOCUMENTS / county.document_name(report)).read_bytes()
    assert Counter(attachment.suffix for attachment in county.ATTACHED.values()) == {"pdf": 8, "docx": 6, "doc": 3}
