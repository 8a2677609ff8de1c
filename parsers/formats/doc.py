"""Word's binary documents (97 to 2003, and WPS) → Document; what the own reader refuses goes through LibreOffice."""

from __future__ import annotations

import dataclasses
import re

from parsers.document import Document, Problem
from parsers.errors import NeedsLibreOffice
from parsers.formats import docx
from parsers.word import binary
from parsers.word.fib import NotUnderstood
from parsers.word.libreoffice import convert_to_docx
from parsers.word.ole import MAGIC, root_streams
from parsers.word.package import Package

NAME = "doc"
CONVERTER = binary.CONVERTER  # or, in the Document, LibreOffice's release where that has read it
MOST_CERTAIN = 0.9

_MADE_BY = re.compile(rb"<Application>\s*([^<]{1,200}?)\s*</Application>")  # LibreOffice/7.4.7.2$Linux_X86_64 …


def sniff(payload: bytes) -> float:
    """0.9 for a compound file with a stream WordDocument in its root; a workbook or slides are not ours."""
    return 0.9 if payload.startswith(MAGIC) and binary.MAIN in root_streams(payload) else 0.0


def convert(payload: bytes) -> Document:
    """A Word 97–2003 document → Document; ``where`` is ``paragraph=12`` or ``table=2&row=5&cell=3``, from 1.

    Which of the two readers it is depends on the bytes alone: content digests are compared within one converter.
    Raises Encrypted, Unreadable; and for a document that the own reader does not understand NeedsLibreOffice and
    what else ``convert_to_docx`` and the DOCX reader raise.
    """
    try:
        return binary.read_word(payload, NAME)
    except NotUnderstood as refusal:
        return _read_through_libreoffice(payload, refusal.says)


def _read_through_libreoffice(payload: bytes, reason: str) -> Document:
    """``where`` counts in the DOCX that LibreOffice makes of it."""
    try:
        made = convert_to_docx(payload, ".doc")
    except NeedsLibreOffice as error:
        raise NeedsLibreOffice(f"{error.says}; needed because {reason}") from error
    document = docx.convert(made)
    why = Problem("read_by_libreoffice", f"read through LibreOffice: {reason}", severity="note")
    return dataclasses.replace(
        document,
        format=NAME,
        converter=f"{_release(made)}+{docx.CONVERTER}",
        problems=(why, *document.problems),
    )


def _release(made: bytes) -> str:
    """``LibreOffice/7.4.7.2``, as the program writes it into what it makes."""
    package = Package.open(made)
    content = package.part("docProps/app.xml") if "docProps/app.xml" in package.names else b""
    found = _MADE_BY.search(content)
    return "LibreOffice" if found is None else found.group(1).decode("utf-8", "replace").partition("$")[0]
