"""An archive → the one member that is wanted, or the first that may be a document."""

from __future__ import annotations

from parsers.convert import recognise
from parsers.errors import DocumentError, NotAReport, UnsupportedArchive
from parsers.places import in_fragment
from parsers.zipped.members import members_of

ARCHIVE = "zip"


def member_of(payload: bytes, wanted: str) -> tuple[str, bytes]:
    """An archive and a member's name as places have it (``in_fragment``), or "" → its name and its bytes.

    Without a name it is the first that some reader recognises. Raises the DocumentError of the member that was wanted,
    of the last one tried, or of the archive.
    """
    refused: DocumentError = NotAReport("expected documents in the archive, found none")
    for name, content in members_of(payload):
        if wanted and in_fragment(name) != wanted:
            continue
        if isinstance(content, DocumentError):
            refused = content
        elif content.strip():
            try:
                if recognise(content).NAME == ARCHIVE:
                    raise UnsupportedArchive("expected a document, found an archive within an archive")
            except DocumentError as error:
                refused = error
                continue
            return in_fragment(name), content
    raise refused
