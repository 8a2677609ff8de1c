"""Word documents in one XML file (Word 2003 XML, flat OPC), mostly called .doc or .xml → Document."""

from __future__ import annotations

import re
from types import MappingProxyType

from lxml import etree

from parsers.document import Document
from parsers.formats import docx
from parsers.html.charset import decode_opening
from parsers.report import RELEASE
from parsers.text import one_line
from parsers.word.flat import PACKAGE, WORD_2003, read_flat

NAME = "xml"
CONVERTER = f"lxml/{etree.__version__}+nianbao/{RELEASE}"
MOST_CERTAIN = 0.95

_SNIFFED = 4096
# '<?xml …?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="…'
_ROOT = re.compile(r"\s*(?:<\?.{0,200}?\?>\s*|<!--.{0,500}?-->\s*)*<(?:[\w.-]+:)?(wordDocument|package)\b([^>]*)", re.S)


def sniff(payload: bytes) -> float:
    """0.95 for XML whose root is one of Word's two, in its namespace."""
    text = decode_opening(payload, _SNIFFED)
    root = None if text is None else _ROOT.match(text)
    if root is None:
        return 0.0
    return 0.95 if (WORD_2003 if root[1] == "wordDocument" else PACKAGE) in root[2] else 0.0


def convert(payload: bytes) -> Document:
    """A Word document in one XML file → Document; ``where`` as in DOCX. Raises Unreadable, OutOfMemory."""
    parts = read_flat(payload)
    blocks, problems = docx.read_story(parts.body, parts.numbering, parts.styles)
    title = one_line(parts.title)
    meta = MappingProxyType({"title": title} if title else {})
    return Document(blocks, NAME, CONVERTER, meta, problems)
