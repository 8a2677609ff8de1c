"""What the path of a URL promises, whatever the family."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_DOCUMENT = re.compile(r"\.(?:pdf|docx?|wps|ofd|xlsx?|et|rar|zip|7z|txt|rtf|mhtml?)$", re.I)
_TWIN = re.compile(r"_wap\.|/mpost_|/content/mpost_")  # the same article once more, for telephones
_INDEX = re.compile(r"/index\.s?html?$")
_LONGEST = 1_000
_REPEATS = 3


def is_document(path: str) -> bool:
    """True for a path that ends in a document's extension: ``/zwgk/nb/202401/P020240115.docx``."""
    return _DOCUMENT.search(path) is not None


def is_twin(path: str) -> bool:
    """True for the telephone twin of an article: ``t20240115_1_wap.html``, ``mpost_25904.html``."""
    return _TWIN.search(path) is not None


def directory_of(url: str) -> str:
    """Scheme, host and path up to the last slash.

    >>> directory_of("http://a.example/zwgk/nb/index_1.html?x=1")
    'http://a.example/zwgk/nb/'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}/"


def is_trap(url: str) -> bool:
    """True for URLs that only an endless site makes: very long, or one path part three times over.

    >>> is_trap("http://a.example/nb/nb/nb/")
    True
    """
    parts = [part for part in urlsplit(url).path.split("/") if part]
    return len(url) > _LONGEST or any(parts.count(part) >= _REPEATS for part in set(parts))


def without_index(url: str) -> str:
    """The bare directory where the URL is that of its index page: both are one list.

    >>> without_index("http://a.example/nb/index.html")
    'http://a.example/nb/'
    """
    return _INDEX.sub("/", url)
