"""Why bytes could not become a report: one exception for each error code of the contract."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """A promised object cannot be built.

    Every exception of nianbao that a person may meet is a Refusal: it has a stable ``code``, one
    sentence that says what was expected and what was found, and the exit code its command ends with.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


class NoScratch(Refusal):
    """The disk for temporary files is full, or none may be written: that is no fault of the document."""

    code = "no_room"
    exit_code = 5


class DocumentError(Refusal):
    """One document could not be read; the document is kept, and other documents are not touched.

    ``code`` is stable and says which of the reasons; ``says`` is one sentence: what was expected, what was found.
    """


class UnknownFormat(DocumentError):
    """No reader recognises the bytes."""

    code = "unknown_format"


class Unreadable(DocumentError):
    """The format is known but these bytes break its rules."""

    code = "unreadable"


class Encrypted(DocumentError):
    """The document asks for a password."""

    code = "encrypted"


class NotAReport(DocumentError):
    """The document was read, and it is not an annual report.

    ``code`` is not_a_report; ``says`` quotes the title that was found.
    """

    code = "not_a_report"


class NeedsOcr(DocumentError):
    """The document holds pictures of text and no text."""

    code = "needs_ocr"


class NeedsLibreOffice(DocumentError):
    """Only LibreOffice reads this format, and it is not installed or cannot be run without network."""

    code = "needs_libreoffice"


class TooLarge(DocumentError):
    """The document, or what it unpacks to, passes the limit of its format."""

    code = "too_large"


class TimedOut(DocumentError):
    """Reading took longer than the limit of its format."""

    code = "timeout"


class OutOfMemory(DocumentError):
    """Reading needed more memory than the limit of its format."""

    code = "memory"


class Crashed(DocumentError):
    """The reading process died."""

    code = "crash"


class UnsupportedArchive(DocumentError):
    """An archive that is kept and not opened (RAR, 7z)."""

    code = "unsupported_archive"


def _leaves(base: type[DocumentError]) -> tuple[type[DocumentError], ...]:
    return tuple(base.__subclasses__())


BY_CODE: dict[str, type[DocumentError]] = {error.code: error for error in _leaves(DocumentError)}
