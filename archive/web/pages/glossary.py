"""What the terms of the forms mean, each with its law, and the words of this archive."""

from __future__ import annotations

from archive.web.answers import Head, Page
from archive.web.asked import Asked
from archive.web.pages_found import Path
from archive.web.terms import GROUPS, list_terms


def explain_terms(asked: Asked) -> Page:
    """``/glossary``: all terms, each at ``#id``. JSON: ``terms`` with both languages, labels and sources."""
    terms = list_terms()
    facts = {
        "terms": [
            {
                "id": term.id,
                "group": term.group,
                "zh": term.name["zh"],
                "en": term.name["en"],
                "means": dict(term.means),
                "labels": list(term.labels),
                "sources": [dict(one) for one in term.sources],
            }
            for term in terms
        ]
    }
    groups = [(group, [term for term in terms if term.group == group]) for group in GROUPS]
    head = Head(description=asked.say("glossary.lead"), facts=_term_set(asked))
    return Page("glossary.html", asked.say("glossary.title"), facts, {"groups": groups}, head=head)


def _term_set(asked: Asked) -> dict[str, object]:
    """schema.org/DefinedTermSet."""
    address = f"{asked.site.base}/glossary"
    return {
        "@context": "https://schema.org",
        "@type": "DefinedTermSet",
        "name": asked.say("glossary.title"),
        "url": address,
        "hasDefinedTerm": [
            {"@type": "DefinedTerm", "name": term.name[asked.lang], "url": f"{address}#{term.id}"}
            for term in list_terms()
        ],
    }


PATHS = (Path("/glossary", explain_terms, ("json",)),)
