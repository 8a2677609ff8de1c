"""Word in one XML file → the parts that the package's readers know: flat OPC, and WordprocessingML of 2003."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from parsers.errors import Unreadable
from parsers.word.formats_by_number import number_format
from parsers.word.numbers import VAL, W, number_of
from parsers.word.package import parse_xml

PACKAGE = "http://schemas.microsoft.com/office/2006/xmlPackage"
WORD_2003 = "http://schemas.microsoft.com/office/word/2003/wordml"
_OF_2003 = f"{{{WORD_2003}}}"
_OFFICE = "{urn:schemas-microsoft-com:office:office}"
_AML = "{http://schemas.microsoft.com/aml/2001/core}"
_HINTS = "{http://schemas.microsoft.com/office/word/2003/auxHint}"
_MAIN_TYPES = ("wordprocessingml.document.main+xml", "wordprocessingml.template.main+xml", "macroEnabled.main+xml")
# The names of 2003 that ISO 29500 spells otherwise.
_RENAMED = {
    "vmerge": "vMerge", "hmerge": "hMerge", "listPr": "numPr", "ilfo": "numId", "listDef": "abstractNum",
    "list": "num", "ilst": "abstractNumId", "nfc": "numFmt", "listStyleLink": "numStyleLink",
}  # fmt: skip
_RENAMED_ATTRIBUTES = {"listDefId": "abstractNumId", "ilfo": "numId"}
_GONE = frozenset({"Word.Deletion", "Word.Formatting", "Word.Comment", "Word.Bookmark.Start", "Word.Bookmark.End"})


@dataclass(frozen=True, slots=True)
class Parts:
    """The body, and where there are any: the lists, the styles, the title."""

    body: etree._Element
    numbering: etree._Element | None
    styles: etree._Element | None
    title: str


def read_flat(payload: bytes) -> Parts:
    """Bytes of one XML file → its parts. Raises Unreadable and OutOfMemory."""
    root = parse_xml(payload, "the document")
    if root.tag == f"{{{PACKAGE}}}package":
        return _of_package(root)
    if root.tag == f"{_OF_2003}wordDocument":
        return _of_2003(root)
    raise Unreadable(f"expected a Word document in XML, found {str(root.tag)[:80]}")


def _of_package(root: etree._Element) -> Parts:
    parts = {(part.get(f"{{{PACKAGE}}}name") or "").lstrip("/"): part for part in root}
    main = next(
        (name for name, part in parts.items() if (part.get(f"{{{PACKAGE}}}contentType") or "").endswith(_MAIN_TYPES)),
        "word/document.xml",
    )
    folder = main.rpartition("/")[0]
    document = _content(parts.get(main))
    body = None if document is None else document.find(f"{W}body")
    if body is None:
        raise Unreadable(f"expected a body in the part {main}, found none")
    core = _content(parts.get("docProps/core.xml"))
    title = "" if core is None else core.findtext("{http://purl.org/dc/elements/1.1/}title") or ""
    numbering, styles = (_content(parts.get(f"{folder}/{name}.xml")) for name in ("numbering", "styles"))
    return Parts(body, numbering, styles, title)


def _content(part: etree._Element | None) -> etree._Element | None:
    """The root element of one part; None for one that is absent or binary."""
    held = None if part is None else part.find(f"{{{PACKAGE}}}xmlData")
    return None if held is None else next(iter(held), None)


def _of_2003(root: etree._Element) -> Parts:
    title = root.findtext(f"{_OFFICE}DocumentProperties/{_OFFICE}Title") or ""
    for element in list(root.iter(f"{_AML}annotation")):
        _settle(element)
    for element in root.iter(f"{_OF_2003}*"):
        _rename(element)
    body = root.find(f"{W}body")
    if body is None:
        raise Unreadable("expected a body in the document, found none")
    for section in list(_sections(body)):
        _unwrap(section)
    lists = root.find(f"{W}lists")
    for level in () if lists is None else lists.iter(f"{W}numFmt"):
        level.set(VAL, number_format(number_of(level, 0)))
    return Parts(body, lists, root.find(f"{W}styles"), title)


def _rename(element: etree._Element) -> None:
    """An element of 2003 in the namespace and under the name of ISO 29500."""
    name = etree.QName(element).localname
    element.tag = W + _RENAMED.get(name, name)
    for key, value in list(element.attrib.items()):
        if str(key).startswith(_OF_2003):
            own = str(key).removeprefix(_OF_2003)
            del element.attrib[key]
            element.set(W + _RENAMED_ATTRIBUTES.get(own, own), value)
    if name == "suff":
        element.set(VAL, (element.get(VAL) or "").lower())


def _settle(annotation: etree._Element) -> None:
    """A tracked change as if accepted: what is deleted goes, what is inserted stays without its wrapping."""
    parent = annotation.getparent()
    if parent is None:
        return
    kind = annotation.get(f"{_OF_2003}type") or ""
    if kind == "Word.Deletion" and parent.tag == f"{_OF_2003}trPr":
        etree.SubElement(parent, f"{_OF_2003}del")
    if kind in _GONE:
        parent.remove(annotation)
        return
    content = annotation.find(f"{_AML}content")
    if content is not None:
        _unwrap(content)
    _unwrap(annotation)


def _sections(body: etree._Element) -> Iterator[etree._Element]:
    """Word's hints of where sections and chapters stand, innermost last."""
    for child in body:
        if child.tag in (f"{_HINTS}sect", f"{_HINTS}sub-section"):
            yield child
            yield from _sections(child)


def _unwrap(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        at = parent.index(element)
        parent[at : at + 1] = list(element)
