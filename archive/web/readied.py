"""What the first reader need not wait for: read, compiled and imported when the site opens, once for the process."""

from __future__ import annotations

from archive.ledgers import ledgers
from archive.web.form_layout import layout_of
from archive.web.rendering import prepare_templates
from archive.web.terms import list_terms
from archive.web.words import LANGUAGES, words_in
from parsers.divisions import load_divisions
from parsers.forms import list_forms


def make_ready() -> None:
    """Takes a second or two; a page that had to do it would pass its own time."""
    prepare_templates()
    for language in LANGUAGES:
        words_in(language)
    for form in list_forms():
        layout_of(form)
    list_terms()
    ledgers()
    load_divisions()
