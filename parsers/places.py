"""Names of the source's own (a sheet, a file in an archive) as part of a fragment identifier."""

from __future__ import annotations

_ESCAPED = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "%#&=\r\n\t"})


def in_fragment(name: str) -> str:
    """A name with the characters that part a fragment identifier written as %XX (RFC 3986, 2.1); others stay.

    >>> in_fragment("2023年#1&2.docx")
    '2023年%231%262.docx'
    """
    return name.translate(_ESCAPED)
