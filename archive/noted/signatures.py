"""URLs that are signed for one reader and a while: what names the document in them, and what is the signature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit


@dataclass(frozen=True, slots=True)
class Signed:
    """How a family signs: the end of the paths that it does so for, and the names of the query that change."""

    family: str
    path: str
    names: tuple[str, ...]


SIGNED = (
    # Hanweb JPAAS hands attachments out through its gateway; ``fileUrl`` is made anew for each page, and expires.
    # https://HOST/api-gateway/jpaas-web-server/front/document/file-download?fileUrl=8hV…%3D&fileName=年报.docx
    Signed("jpaas", r"/front/document/(?:file-download|download-file)$", ("fileUrl",)),
)


def is_signed(url: str) -> bool:
    """True for a URL that another reader, or the same one later, cannot ask for.

    >>> gate = "http://a.example/api-gateway/jpaas-web-server/front/document/file-download"
    >>> is_signed(f"{gate}?fileUrl=8hV&fileName=1.pdf"), is_signed(f"{gate}?fileName=1.pdf")
    (True, False)
    """
    return unsigned(url) != url


def unsigned(url: str) -> str:
    """URL → what stays the same when it is signed anew: a name, not an address; any other URL as it is.

    >>> unsigned("http://a.example/front/document/file-download?fileUrl=8hV&fileName=1.pdf")
    'http://a.example/front/document/file-download?fileName=1.pdf'
    """
    parts = urlsplit(url)
    names = {name for signed in SIGNED for name in signed.names if parts.query and re.search(signed.path, parts.path)}
    if not names:
        return url
    kept = [pair for pair in parts.query.split("&") if pair.partition("=")[0] not in names]
    return urlunsplit(parts._replace(query="&".join(kept)))
