"""A process that converts one document with LibreOffice and prints the parts of what came of it."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

from parsers.word.libreoffice import convert_to_docx


def main() -> None:
    """``ssrf_office.py FILE``."""
    path = Path(sys.argv[1])
    print(zipfile.ZipFile(io.BytesIO(convert_to_docx(path.read_bytes(), path.suffix))).namelist())


if __name__ == "__main__":
    main()
