"""Which converter a format reads by now, told without reading: by it one sees whose readings are out of date."""

from __future__ import annotations

from parsers.convert import all_formats
from parsers.document import Format

# Beside its own, a format may read through another program where its own gives up; which one, its documents say.
_OTHERS = {
    "doc": ("LibreOffice", "+{docx}"),  # "LibreOffice/7.4.7.2+lxml/6.0.2+nianbao/2": whatever its release
    "pdf": ("pdfminer", "+nianbao/1"),  # "pdfminer.six/20251107+nianbao/1"
}


def is_current(format_: str, converter: str) -> bool:
    """A format's name, and what its document said of its converter → whether the same one would read it now.

    >>> is_current("html", "lxml/1.0+nianbao/0")
    False
    """
    formats = {form.NAME: form for form in all_formats()}
    form = formats.get(format_)
    if form is None:
        return False
    return converter == form.CONVERTER or _is_other(format_, converter, formats)


def _is_other(format_: str, converter: str, formats: dict[str, Format]) -> bool:
    if format_ not in _OTHERS:
        return False
    beginning, end = _OTHERS[format_]
    return converter.startswith(beginning) and converter.endswith(end.format(docx=formats["docx"].CONVERTER))
