"""One look at one URL: what was asked, when, and the exact bytes of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Target:
    """A URL to visit, and how we came to it.

    ``kind`` is what the link promises: ``column`` (a list or an index), ``article``, ``attachment``,
    ``robots`` or ``other``. ``via`` is the URL of the page that links to it, ``seed`` the URL the chain
    began with. ``priority``: higher is visited earlier. ``post``: the body of a POST, JSON if it begins with ``{``,
    else a form; "" for a GET. ``list_key``: for a further page of a list, the ``url_key`` of the list's first page.
    """

    url: str
    kind: str
    seed: str
    via: str = ""
    link_text: str = ""
    site: str = ""
    depth: int = 0
    priority: int = 0
    post: str = ""
    list_key: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """One look at one URL (WARC: response or revisit record).

    ``header`` is the status line and header block exactly as received, up to and with the empty line.
    ``wire`` is the body exactly as received (transfer and content codings kept); ``payload`` is the body
    after both codings are undone. A look that brought no answer has status None and empty bytes.
    ``kind``, ``seed``, ``via``, ``link_text``, ``site`` repeat the Target.
    ``post`` is the Target's; ``proxy`` names the declared proxy the look went through.
    ``request`` is what was sent, head and body, to the byte; empty where nothing was, or was not kept.
    ``third_party`` is "" for a look of our own, else JSON that says who made it (``archive.noted.provenance``).
    ``title`` and ``published`` are what the fast link pass saw on the page (hints for its attachments).
    """

    url: str
    captured_at: datetime
    outcome: str
    status: int | None = None
    header: bytes = b""
    wire: bytes = b""
    payload: bytes = b""
    kind: str = "other"
    seed: str = ""
    via: str = ""
    link_text: str = ""
    site: str = ""
    location: str = ""
    peer: str = ""
    says: str = ""
    title: str = ""
    published: str = ""
    post: str = ""
    proxy: str = ""
    request: bytes = b""
    third_party: str = ""
