"""Every format: its protocol, its fixture, and the same figures in the same places through each of them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from parsers.convert import all_formats, convert_payload, most_certain, recognise
from parsers.document import Document, Paragraph, Table
from parsers.errors import NeedsOcr, UnknownFormat, Unreadable, UnsupportedArchive

FORMATS = Path(__file__).parent / "documents" / "formats"
FIXTURES = {
    "report.html": "html", "libreoffice.html": "html", "libreoffice.docx": "docx", "python_docx.docx": "docx",
    "libreoffice.doc": "doc", "libreoffice.rtf": "rtf", "cells.txt": "dump", "rows.txt": "dump",
}  # fmt: skip
# The others have fixtures of their own: documents/pdf here, and tests/documents with a folder for each format.
BENCH = Path(__file__).parents[1] / "documents"
OF_BENCH = sorted(path for path in BENCH.glob("*/*[0-9][0-9].*") if path.suffix not in (".json", ".pyc"))


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_formats", FORMATS.parent / "make_formats.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def converted(name: str) -> Document:
    return convert_payload((FORMATS / name).read_bytes())


def test_each_module_of_the_folder_is_a_format_with_a_fixture() -> None:
    names = {found.NAME for found in all_formats()}
    assert names == set(FIXTURES.values()) | {path.parent.name for path in OF_BENCH}
    for found in all_formats():
        assert found.CONVERTER
        assert found.sniff(b"") == 0.0
        assert found.sniff(b"\0" * 2000) == 0.0


@pytest.mark.parametrize("name", FIXTURES)
def test_recognised_by_content_alone(name: str) -> None:
    assert FIXTURES[name] == recognise((FORMATS / name).read_bytes()).NAME


@pytest.mark.parametrize("path", OF_BENCH, ids=lambda path: path.stem)
def test_no_format_takes_the_files_of_another(path: Path) -> None:
    """Its own format is sure of each file, and all others leave it alone; a dump is text, and so are some of them."""
    payload = path.read_bytes()
    claims = {found.NAME: found.sniff(payload) for found in all_formats()}
    assert path.parent.name == recognise(payload).NAME
    assert {name for name, certainty in claims.items() if certainty > 0.3} == {path.parent.name}


@pytest.mark.parametrize("path", [*OF_BENCH, *(FORMATS / name for name in FIXTURES)], ids=lambda path: path.name)
def test_no_format_is_more_certain_than_it_says(path: Path) -> None:
    """Nor is one asked that could not win: the answer is that of asking all."""
    payload = path.read_bytes()
    claims = {form.NAME: form.sniff(payload) for form in all_formats()}
    assert all(claims[form.NAME] <= most_certain(form) for form in all_formats())
    assert claims[recognise(payload).NAME] == max(claims.values())
    assert all_formats()[-1].NAME == "dump"


def test_a_page_that_speaks_of_pdf_is_a_page() -> None:
    assert recognise("<!DOCTYPE html><p>%PDF-1.4 是附件的格式</p>".encode()).NAME == "html"


@pytest.mark.parametrize("name", FIXTURES)
def test_the_figures_stand_in_reading_order(name: str) -> None:
    tables = [block for block in converted(name).blocks if isinstance(block, Table)]
    texts = [cell.text for table in tables for row in table.rows for cell in row]
    assert [text for text in texts if text.isdecimal()] == [str(number) for number in range(1001, 1201)]


@pytest.mark.parametrize("name", [name for name, kind in FIXTURES.items() if kind != "dump"])
def test_every_cell_has_its_text_and_spans(name: str, maker: ModuleType) -> None:
    tables = [block for block in converted(name).blocks if isinstance(block, Table)]
    read = [[[(cell.text, cell.rowspan, cell.colspan) for cell in row] for row in table.rows] for table in tables]
    assert read == [
        [[(text.replace("|", "\n"), down, across) for text, down, across in row] for row in rows]
        for rows in maker.tables()
    ]


@pytest.mark.parametrize("name", FIXTURES)
def test_the_prose_is_the_same_in_every_format(name: str, maker: ModuleType) -> None:
    blocks = [block for block in converted(name).blocks if not isinstance(block, Table)]
    numerals = "一二三四五六"
    expected = [maker.TITLE]
    for numeral, (heading, text, _) in zip(numerals, maker.parts(), strict=True):
        expected += [f"{numeral}、{heading}", *([text] if text else [])]
    assert [block.text for block in blocks] == [*expected, "示例县民政局", "2024年1月18日"]
    assert all(block.where for block in blocks)
    assert Paragraph in {type(block) for block in blocks}


@pytest.mark.parametrize(
    ("payload", "error", "says"),
    [
        (b"", Unreadable, "0 bytes"),
        (b" \r\n\t ", Unreadable, "nothing"),
        (b"Rar!\x1a\x07\x01\0", UnsupportedArchive, "RAR"),
        (b"7z\xbc\xaf\x27\x1c\0\4", UnsupportedArchive, "7z"),
        (b"\x89PNG\r\n\x1a\n\0\0", NeedsOcr, "PNG"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", NeedsOcr, "JPEG"),
        (b"GIF89a\1\0", NeedsOcr, "GIF"),
        (b"II*\0\x08\0\0\0", NeedsOcr, "TIFF"),
        (b"PK\x03\x04\x14\0nothing more", UnknownFormat, "ZIP"),
        (b"MIME-Version: 1.0\r\n\r\n<html><body><p>", UnknownFormat, "message"),
        (b"\0\1\2\3\4\5\6\7", UnknownFormat, "begin"),
        (b"console.log(1)", UnknownFormat, "begin"),
    ],
)
def test_what_is_no_document_is_refused_by_its_name(payload: bytes, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        recognise(payload)


@pytest.mark.parametrize(("name", "kind"), [("workbook.xls", "xls"), ("workbook.xlsx", "xlsx")])
def test_a_workbook_is_known_by_its_content(name: str, kind: str) -> None:
    assert kind == recognise((FORMATS / name).read_bytes()).NAME
