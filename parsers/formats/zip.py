"""ZIP archives of documents → the Documents in them, one level deep."""

from __future__ import annotations

import resource
from dataclasses import replace
from types import MappingProxyType

from parsers.convert import recognise
from parsers.document import Document, Problem
from parsers.errors import DocumentError, NotAReport, TimedOut, TooLarge, UnknownFormat, UnsupportedArchive
from parsers.limited.limits import limits_of
from parsers.places import in_fragment, placed
from parsers.report import RELEASE
from parsers.word.package import ZIP, names_in
from parsers.zipped.members import members_of

NAME = "zip"
CONVERTER = f"zipfile+nianbao/{RELEASE}"
MOST_CERTAIN = 0.5

LONGEST = limits_of(NAME).cpu // 3
"""Seconds of the processor after which no member is begun: the last one still has as long as any format alone, and
some are left for reading what is in them."""

# Names that stand in packages of documents and programs, which are no archives for people.
_OF_PACKAGES = frozenset(
    {"[Content_Types].xml", "mimetype", "OFD.xml", "META-INF/MANIFEST.MF", "META-INF/manifest.xml"}
)


def sniff(payload: bytes) -> float:
    """0.5 for a ZIP with a directory that is no package of one document."""
    if not payload.startswith(ZIP):
        return 0.0
    names = names_in(payload)
    return 0.5 if names and not any(name.lstrip("/") in _OF_PACKAGES for name in names) else 0.0


def convert(payload: bytes) -> Document:
    """An archive → one Document with the blocks of all members in turn. Raises what ``documents`` raises."""
    found = documents(payload)
    blocks = tuple(block for document in found for block in document.blocks)
    problems = tuple(problem for document in found for problem in document.problems)
    return Document(blocks, NAME, CONVERTER, problems=problems)


def documents(payload: bytes) -> tuple[Document, ...]:
    """An archive → a Document for each member that can be read, at least one.

    Each place begins ``member=NAME#``, ``format`` is ``zip+docx``, and ``meta`` has the member's name as
    ``filename``. Members that cannot be read, and those whose turn comes when the ones before have used up the time of
    all, are problems of the first Document; where none can be read, the reason of the first is raised: any
    DocumentError.
    """
    read: list[Document] = []
    refused: list[tuple[str, DocumentError]] = []
    begun = _processor_seconds()
    for name, content in members_of(payload):
        if _processor_seconds() - begun > LONGEST:
            refused.append((name, TimedOut(f"the members before it took the {LONGEST} s that all may take")))
            continue
        if isinstance(content, DocumentError):
            refused.append((name, content))
            continue
        if not content.strip():
            continue
        try:
            read.append(_placed(_converted(content), name))
        except DocumentError as error:
            refused.append((name, error))
    if read:
        first, *others = read
        return (replace(first, problems=(*first.problems, *map(_problem, refused))), *others)
    if not refused:
        raise NotAReport("expected documents in the archive, found none")
    known = [found for found in refused if not isinstance(found[1], UnknownFormat)]
    name, reason = (known or refused)[0]
    raise type(reason)(f"none of {len(refused)} members can be read; {name}: {reason.says}") from reason


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _converted(content: bytes) -> Document:
    form = recognise(content)
    if form.NAME == NAME:
        raise UnsupportedArchive("expected a document, found an archive within an archive, which is not opened")
    most = limits_of(form.NAME).payload
    if len(content) > most:
        raise TooLarge(f"expected at most {most} bytes of {form.NAME}, found {len(content)}")
    return form.convert(content)


def _problem(refused: tuple[str, DocumentError]) -> Problem:
    name, error = refused
    return Problem("member_unread", f"{error.code}: {error.says}", f"member={in_fragment(name)}")


def _placed(document: Document, name: str) -> Document:
    """The Document with every place put into its member."""
    inside = placed(document, f"member={in_fragment(name)}#")
    meta = MappingProxyType({**document.meta, "filename": name})
    return replace(inside, format=f"{NAME}+{document.format}", meta=meta)
