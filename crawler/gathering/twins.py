"""Several URLs of one page: which of them is asked for, and which another time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

from archive.capture import Target
from archive.noted.signatures import is_signed, unsigned
from archive.noted.spellings import Spellings
from crawler.pages.shapes import REMEMBERED, plain_url, without_index

_POST = re.compile(r"/content/(?:\d+/\d+/)?post_(\d+)\.html$")  # NFCMS: /gkmlpt/content/2/2590/post_2590436.html
_DYNAMIC = "urltype=news.NewsContentUrl"  # VSB: content.jsp?urltype=…&wbtreeid=1039&wbnewsid=3201


class Twins:
    """The pages of one run by what they are rather than by how they are linked.

    Of the URLs of one page the first that is found is asked for; if it cannot be had, the next one is.
    """

    def __init__(self) -> None:
        self._spellings = Spellings()

    def fresh(self, targets: Iterable[Target]) -> tuple[Target, ...]:
        """Targets without those that are the same page as one found before under another URL."""
        fresh = []
        for target in targets:
            key = _key_of(target)
            if self._spellings.is_first(key, target.url) or target.post:
                fresh.append(target)
            else:
                self._spellings.put_later(key, target)
        return tuple(fresh)

    def named(self, urls: Iterable[str]) -> tuple[str, ...]:
        """URLs as a page links to them → those that this run asks for, or asked for, as it asks for them."""
        return tuple(dict.fromkeys(self._spellings.firsts(page_key(url) for url in urls)))

    def instead_of(self, target: Target) -> tuple[Target, ...]:
        """Another URL of a page that could not be had, or nothing."""
        key = _key_of(target)
        if target.post or not self._spellings.is_first(key, target.url):
            return ()
        other = self._spellings.take_later(key)
        return () if other is None else (other,)

    def close(self) -> None:
        """Forgets all of them."""
        self._spellings.close()


def _key_of(target: Target) -> str:
    """What a target is. A signed URL says no more than a file's name: with its article, it is one file."""
    if not target.url.startswith(("http://", "https://")):  # no page's URL, and no other spelling of one
        return target.url
    if is_signed(target.url):
        return f"{unsigned(target.url)} on {page_key(target.via)}"
    return page_key(target.url)


@lru_cache(maxsize=REMEMBERED)
def page_key(url: str) -> str:
    """URL → the page it names: without scheme, www, index file, session, and with a CMS's own number where it has one.

    >>> page_key("https://www.a.example//nb/index.html") == page_key("http://a.example/nb/")
    True
    >>> page_key("http://a.example/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1039&wbnewsid=3201")
    'a.example/info/1039/3201.htm'
    """
    plain = without_index(plain_url(url))
    parts = urlsplit(plain)
    host = parts.netloc.lower().removeprefix("www.")
    if post := _POST.search(parts.path):
        return f"{host} post {post.group(1)}"
    if _DYNAMIC in parts.query:
        said = parse_qs(parts.query)
        if "wbtreeid" in said and "wbnewsid" in said:
            return f"{host}/info/{said['wbtreeid'][0]}/{said['wbnewsid'][0]}.htm"
    return f"{host}{parts.path}{'?' if parts.query else ''}{parts.query}"
