"""Who made a capture that is not ours, as the archive keeps it beside the capture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from parsers.report import Hints


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a capture of others comes from: in ``captures.third_party`` as a JSON object of these words.

    ``warc`` is the file's name and ``warc_sha256`` the digest of all of it; ``record`` the WARC-Record-ID (or the place
    of the record in the file, where it has none), ``payload_digest`` the one it names; ``made_by`` and ``software`` are
    what the file's warcinfo says; ``revisits`` is the record whose body this one repeats; ``doubts`` what is wrong with
    the record. ``hints`` is what our own WARCs say of a page's surroundings.
    """

    warc: str
    warc_sha256: str
    record: str
    made_by: str = ""
    software: str = ""
    payload_digest: str = ""
    revisits: str = ""
    doubts: tuple[str, ...] = ()
    hints: Mapping[str, object] | None = None

    def as_text(self) -> str:
        """JSON, without the words that say nothing."""
        told = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(told, ensure_ascii=False, sort_keys=True)


def hints_of_site(hints: Hints) -> dict[str, object]:
    """What a document's reading was told from outside → the object that a WARC of ours carries for it."""
    told: dict[str, object] = {
        "title": hints.page_title,
        "published": hints.page_published,
        "site_name": hints.site_name,
        "site_region_code": hints.site_region_code,
        "aliases": [list(pair) for pair in hints.aliases],
    }
    return {name: value for name, value in told.items() if value}


def hints_in(third_party: str, url: str, link_text: str) -> Hints:
    """``captures.third_party`` → hints for reading that capture; a stranger's WARC gives none but URL and link text."""
    told = json.loads(third_party).get("hints") or {}
    return Hints(
        url=url,
        link_text=link_text,
        page_title=_text(told.get("title")),
        page_published=_text(told.get("published")),
        site_name=_text(told.get("site_name")),
        site_region_code=_text(told.get("site_region_code")),
        aliases=tuple(
            (_text(pair[0]), _text(pair[1]))
            for pair in _list(told.get("aliases"))
            if isinstance(pair, list) and len(pair) == 2
        ),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
