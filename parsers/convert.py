"""Bytes → Document, by the format that recognises them."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Protocol, cast, runtime_checkable

from parsers import formats
from parsers.document import Document, Format
from parsers.errors import NeedsOcr, UnknownFormat, Unreadable, UnsupportedArchive

_ARCHIVES = {
    b"Rar!\x1a\x07": "RAR",
    b"7z\xbc\xaf\x27\x1c": "7z",
}
_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"BM": "BMP",
}
# What else arrives under the name of a report; named so that the refusal says what was found.
_OTHERS = {
    b"PK\x03\x04": "a ZIP package of another kind",
    b"\xd0\xcf\x11\xe0": "an OLE compound file of another kind",
    b"MIME-Version:": "a message without a saved page",
    b"<?xml": "XML that is not a page",
}


@cache
def all_formats() -> tuple[Format, ...]:
    """The modules of ``parsers/formats``, the most certain first, then by name; each is a ``document.Format``."""
    names = sorted(found.name for found in pkgutil.iter_modules(formats.__path__))
    found = [cast(Format, import_module(f"{formats.__name__}.{name}")) for name in names]
    return tuple(sorted(found, key=most_certain, reverse=True))


def recognise(payload: bytes) -> Format:
    """Bytes → the format that is most certain of them, by content and never by a file's name.

    Raises Unreadable (no bytes), UnsupportedArchive (RAR, 7z), NeedsOcr (a picture) and UnknownFormat.
    """
    if not payload or payload.isspace():
        raise Unreadable(f"expected a document, found {len(payload)} bytes of nothing")
    for magic, name in _ARCHIVES.items():
        if payload.startswith(magic):
            raise UnsupportedArchive(f"expected a document, found {name}, which is kept and not opened")
    certainty, best = 0.0, None
    for form in all_formats():
        if certainty < most_certain(form) and (found := form.sniff(payload)) > certainty:
            certainty, best = found, form
    if best is not None:
        return best
    for magic, name in _PICTURES.items():
        if payload.startswith(magic):
            raise NeedsOcr(f"expected text, found a picture ({name})")
    known = next((name for magic, name in _OTHERS.items() if payload.startswith(magic)), None)
    says = known if known is not None else f"bytes that begin {payload[:8]!r}"
    raise UnknownFormat(f"expected one of {', '.join(form.NAME for form in all_formats())}; found {says}")


def most_certain(form: Format) -> float:
    """The most that a format's ``sniff`` answers, where its module says so (``MOST_CERTAIN``); else 1.0."""
    return float(getattr(form, "MOST_CERTAIN", 1.0))


@runtime_checkable
class Bundle(Protocol):
    """What a format offers beside Format where one file holds several documents."""

    def documents(self, payload: bytes) -> tuple[Document, ...]: ...


def documents_in(payload: bytes) -> tuple[Document, ...]:
    """Bytes → the documents in them: one, or one for each readable member of an archive. Raises like ``convert``."""
    form = recognise(payload)
    return form.documents(payload) if isinstance(form, Bundle) else (form.convert(payload),)


def convert_payload(payload: bytes) -> Document:
    """Bytes → Document. Raises what ``recognise`` and the format's ``convert`` raise."""
    return recognise(payload).convert(payload)
