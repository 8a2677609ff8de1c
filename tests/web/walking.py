"""Walks over the site as a reader without JavaScript does: from link to link, a few pages of every kind."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from httpx import Response
from lxml import etree, html
from starlette.testclient import TestClient

_LINKS = (("a", "href"), ("link", "href"), ("script", "src"), ("img", "src"), ("iframe", "src"), ("form", "action"))
_TRIES = 4
_DIGITS = re.compile(r"[0-9a-f]{64}|\d{14}|\d+|%[0-9A-Fa-f]{2}")


@dataclass
class Fetched:
    """One address and its answer; ``tree`` of HTML alone; ``links``: internal addresses with their fragments."""

    url: str
    found_on: str
    answer: Response
    tree: html.HtmlElement | None = None
    links: tuple[str, ...] = ()
    ids: frozenset[str] = field(default_factory=frozenset)

    @property
    def kind(self) -> str:
        """``text/html`` and so on."""
        return str(self.answer.headers.get("content-type", "")).partition(";")[0]

    @property
    def is_page(self) -> bool:
        """Whether it is a page of the site, and not a document that it shows in a frame."""
        return self.tree is not None and bool(self.tree.xpath("//header[contains(@class, 'mast')]"))


def ask(client: TestClient, url: str, found_on: str = "") -> Fetched:
    """An address → its answer. Where the machine was too busy (503 with Retry-After) it is asked again."""
    for _ in range(_TRIES):
        answer = client.get(url)
        if answer.status_code != 503 or "retry-after" not in answer.headers:
            break
    return read(url, found_on, answer)


def read(url: str, found_on: str, answer: Response) -> Fetched:
    """An answer → what is in it."""
    fetched = Fetched(url, found_on, answer)
    if fetched.kind != "text/html" or not answer.content:
        return fetched
    fetched.tree = html.document_fromstring(answer.content, parser=html.HTMLParser(encoding="utf-8"))
    fetched.links = tuple(dict.fromkeys(_internal(str(answer.url), fetched.tree)))
    fetched.ids = frozenset(fetched.tree.xpath("//@id"))
    return fetched


def _internal(base: str, tree: html.HtmlElement) -> Iterator[str]:
    for tag, name in _LINKS:
        for element in tree.iter(tag):
            given = element.get(name)
            if not given or (tag == "form" and element.get("method", "get").lower() == "post"):
                continue
            url = urljoin(base, given)
            if isinstance(element, html.FormElement) and element.form_values():  # sent as it stands
                url = f"{url}?{urlencode(element.form_values())}"
            if urlsplit(url).netloc == urlsplit(base).netloc and urlsplit(url).scheme in ("http", "https"):
                yield url


def kind_of(url: str) -> str:
    """Addresses that one template answers, as far as the address tells: ``/search?q,year``, ``/r/…``."""
    parts = urlsplit(url)
    first = [part for part in parts.path.split("/") if part][:1]
    last = parts.path.rpartition("/")[2]
    suffix = last.rpartition(".")[2] if "." in last else ("" if _DIGITS.search(last) else last)
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return f"/{'/'.join(first)} {suffix} {','.join(names)} {parts.path.count('/')}"


def walk(client: TestClient, start: str = "/", *, most: int, each: int) -> dict[str, Fetched]:
    """Breadth first: at most ``most`` addresses, ``each`` of one kind. An address without its fragment → its answer.

    Redirects inside the site are followed as links.
    """
    base = str(client.base_url).rstrip("/")
    waiting: deque[tuple[str, str]] = deque([(urljoin(base, start), "")])
    known, taken, found = {waiting[0][0]}, Counter[str](), dict[str, Fetched]()
    while waiting and len(found) < most:
        url, found_on = waiting.popleft()
        fetched = found[url] = ask(client, url, found_on)
        further = [urldefrag(link).url for link in fetched.links]
        if fetched.answer.is_redirect:
            further.append(urldefrag(urljoin(url, fetched.answer.headers["location"])).url)
        for link in further:
            kind = kind_of(link)
            if link not in known and taken[kind] < each and urlsplit(link).netloc == urlsplit(base).netloc:
                known.add(link)
                taken[kind] += 1
                waiting.append((link, url))
    return found


def problems_of(fetched: Fetched) -> list[str]:
    """What is wrong with an answer as such: its form does not hold what its type says."""
    if fetched.answer.status_code == 304 or not fetched.answer.content:
        return []
    try:
        if fetched.kind in ("application/json", "application/problem+json"):
            fetched.answer.json()
        elif fetched.kind in ("application/atom+xml", "application/xml", "application/opensearchdescription+xml"):
            etree.fromstring(fetched.answer.content)
    except (ValueError, etree.XMLSyntaxError) as error:
        return [f"{fetched.url}: {error}"]
    return []
