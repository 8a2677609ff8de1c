"""What the first reader need not wait for: read, compiled and imported when the site opens, once for the process."""

from __future__ import annotations

import gc
from functools import cache

from archive.ledgers import ledgers
from archive.web.form_layout import layout_of
from archive.web.rendering import prepare_templates
from archive.web.terms import list_terms
from archive.web.words import LANGUAGES, words_in
from parsers.divisions import load_divisions
from parsers.forms import list_forms


@cache
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
    # What is loaded now stays. To look it through for rings of objects took 20 to 40 ms of one page in twenty.
    gc.collect()
    gc.freeze()
