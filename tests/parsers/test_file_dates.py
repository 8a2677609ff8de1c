"""When a file says that it was made: as PDF, DOCX and DOC write it, and as real programs did."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest

from parsers import read
from parsers.document import Document
from parsers.said.file_dates import file_created_of

DOCUMENTS = Path(__file__).parents[1] / "documents"


def document(format_: str, name: str, stated: str) -> Document:
    return Document((), format_, "test", MappingProxyType({name: stated}))


@pytest.mark.parametrize(
    ("stated", "made"),
    [
        ("D:20240118093012+08'00'", "2024-01-18T01:30:12Z"),
        ("D:20240118093012-05'30'", "2024-01-18T15:00:12Z"),
        ("D:20240118013012Z", "2024-01-18T01:30:12Z"),
        ("D:20240118093012", "2024-01-18T09:30:12"),
        ("D:202401180930", "2024-01-18T09:30:00"),
        ("D:20240118", "2024-01-18"),
        ("2024-01-18T01:30:12Z", "2024-01-18T01:30:12Z"),
        ("2024-01-18T09:30:12.5+08:00", "2024-01-18T01:30:12Z"),
        ("D:20241340", None),
        ("D:20240118256199", None),
        ("D:00010101000000+23'00'", None),
        ("last January", None),
        ("", None),
    ],
)
def test_a_date_of_a_pdf(stated: str, made: str | None) -> None:
    assert file_created_of(document("pdf", "creationdate", stated)) == made


def test_a_member_of_an_archive_says_it_too() -> None:
    assert file_created_of(document("zip+docx", "created", "2024-01-18T01:30:12Z")) == "2024-01-18T01:30:12Z"


def test_a_pages_own_tags_are_not_a_files() -> None:
    assert file_created_of(document("html", "created", "2024-01-18T01:30:12Z")) is None
    assert file_created_of(document("html", "creationdate", "D:20240118")) is None


def test_files_as_programs_made_them() -> None:
    """LibreOffice wrote the PDF; python-docx leaves the time of its own template in every file."""
    (pdf,) = read((DOCUMENTS / "pdf" / "pdf01.pdf").read_bytes())
    assert pdf.file_created == "2026-11-20T23:49:48Z"
    (docx,) = read((DOCUMENTS / "docx" / "docx01.docx").read_bytes())
    assert docx.file_created == "2013-12-23T23:15:00Z"
