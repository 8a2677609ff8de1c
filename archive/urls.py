"""What makes two URLs one within a run."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

_PORTS = {"http": "80", "https": "443"}
_REMEMBERED = 4096  # URLs: a crawl asks ten times for the key of each page, and for those of its links


@lru_cache(maxsize=_REMEMBERED)
def url_key(url: str, post: str = "") -> str:
    """URL and the body of a POST → the key (RFC 3986, 6.2.2.1, 6.2.2.3, 6.2.3): equal keys, one resource.

    Scheme and host lower, default port and fragment dropped, an empty path is "/", dot segments
    resolved. http and https stay two, and so do ``/nb`` and ``/nb/``: servers may answer them differently.
    A text that is not a URL is its own key. The key of a POST ends with " POST " and its body's SHA-256.

    >>> url_key("HTTP://WWW.Example:80/a/./b/../c.html#top")
    'http://www.example/a/c.html'
    """
    if post:
        return f"{url_key(url)} POST {hashlib.sha256(post.encode('utf-8', 'replace')).hexdigest()}"
    text = url.strip().partition("#")[0].strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        # An unclosed bracket, or a port that is no number: it will not be fetched, but it must end with an outcome.
        return text
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not parts.netloc:
        return text
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    user = parts.netloc.rpartition("@")[0]
    default = port is None or str(port) == _PORTS[scheme]
    netloc = (f"{user}@" if user else "") + host + ("" if default else f":{port}")
    return urlunsplit((scheme, netloc, without_dot_segments(parts.path) or "/", parts.query, ""))


@lru_cache(maxsize=_REMEMBERED)
def netloc_of(url: str) -> str:
    """URL → lower-case host and port, the port always written; "" for a text that is no http or https URL.

    >>> netloc_of("HTTP://WWW.Example./a"), netloc_of("https://[::1]/"), netloc_of("file:a.html")
    ('www.example:80', '[::1]:443', '')
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:  # an unclosed bracket, or a port that is no number
        return ""
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    if scheme not in _PORTS or not host:
        return ""
    return f"{f'[{host}]' if ':' in host else host}:{_PORTS[scheme] if port is None else port}"


def without_dot_segments(path: str) -> str:
    """Path with "." and ".." resolved (RFC 3986, 5.2.4).

    >>> without_dot_segments("/a/b/../../../c/.")
    '/c/'
    """
    kept: list[str] = []
    segments = path.split("/")
    for position, segment in enumerate(segments):
        last = position == len(segments) - 1
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
            if last:
                kept.append("")
        elif segment == ".":
            if last:
                kept.append("")
        else:
            kept.append(segment)
    return "/".join(kept)
