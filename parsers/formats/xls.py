"""Workbooks of Excel 97–2003 (and WPS) → Document, one Table a sheet, read by xlrd."""

from __future__ import annotations

import xlrd

from parsers.document import Document
from parsers.errors import Unreadable
from parsers.formats.xlsx import document_of
from parsers.report import RELEASE
from parsers.sheets.binary import STREAMS, read_workbook
from parsers.word.ole import MAGIC, root_streams

NAME = "xls"
CONVERTER = f"xlrd/{xlrd.__version__}+nianbao/{RELEASE}"
MOST_CERTAIN = 0.9

_OF_WORD = "WordDocument"


def sniff(payload: bytes) -> float:
    """0.9 for a compound file with a workbook's stream in its root."""
    if not payload.startswith(MAGIC):
        return 0.0
    streams = root_streams(payload)
    return 0.9 if _OF_WORD not in streams and any(name in streams for name in STREAMS) else 0.0


def convert(payload: bytes) -> Document:
    """A workbook → Document; ``where`` is ``sheet=Sheet1&cell=C7``. Cells print what they show, not what they store.

    Hidden sheets, rows and columns are left out, and said. Raises Encrypted, TooLarge, Unreadable.
    """
    sheets, problems = read_workbook(payload)
    document = document_of(sheets, problems, NAME, CONVERTER)
    if not document.blocks:
        raise Unreadable("expected text on the sheets, found none")
    return document
