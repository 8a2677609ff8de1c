"""Word's binary documents (97 to 2003, and WPS) → Document, by way of LibreOffice."""

from __future__ import annotations

import dataclasses
import re

from parsers.document import Document
from parsers.errors import Encrypted, Unreadable
from parsers.formats import docx
from parsers.word.libreoffice import convert_to_docx
from parsers.word.ole import MAGIC, head_of, root_streams
from parsers.word.package import Package

NAME = "doc"
CONVERTER = f"LibreOffice+{docx.CONVERTER}"  # a Document's own converter names LibreOffice's release

_WORD_STREAM = "WordDocument"
_FIB_BASE = 32  # [MS-DOC] 2.5.2
_FIB_MARK = 0xA5EC
_ENCRYPTED = 0x0100  # bit fEncrypted of the flags at offset 10
_MADE_BY = re.compile(rb"<Application>\s*([^<]{1,200}?)\s*</Application>")  # LibreOffice/7.4.7.2$Linux_X86_64 …


def sniff(payload: bytes) -> float:
    """0.9 for a compound file with a stream WordDocument in its root; a workbook or slides are not ours."""
    return 0.9 if payload.startswith(MAGIC) and _WORD_STREAM in root_streams(payload) else 0.0


def convert(payload: bytes) -> Document:
    """A Word 97–2003 document → Document; ``where`` counts in the DOCX that LibreOffice makes of it.

    Raises Encrypted, and what ``convert_to_docx`` and the DOCX reader raise.
    """
    stream = root_streams(payload).get(_WORD_STREAM)
    base = b"" if stream is None else head_of(payload, stream, _FIB_BASE)
    if len(base) < _FIB_BASE:
        raise Unreadable("expected a stream WordDocument with a header, found none: the file is cut off")
    mark, flags = int.from_bytes(base[:2], "little"), int.from_bytes(base[10:12], "little")
    if mark == _FIB_MARK and flags & _ENCRYPTED:
        raise Encrypted("expected a plain Word document, found one behind a password")
    made = convert_to_docx(payload, ".doc")
    document = docx.convert(made)
    return dataclasses.replace(document, format=NAME, converter=f"{_release(made)}+{docx.CONVERTER}")


def _release(made: bytes) -> str:
    """``LibreOffice/7.4.7.2``, as the program writes it into what it makes."""
    package = Package.open(made)
    content = package.part("docProps/app.xml") if "docProps/app.xml" in package.names else b""
    found = _MADE_BY.search(content)
    return "LibreOffice" if found is None else found.group(1).decode("utf-8", "replace").partition("$")[0]
