"""A page's bytes → its links and what it says about itself, in one fast pass."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from lxml import etree
from w3lib.url import safe_url_string

from crawler.pages.layout import layout_of
from crawler.pages.shapes import REMEMBERED
from parsers.text import one_line, squeeze

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""", re.I)  # <meta charset="gb2312">
_REFRESH = re.compile(r"""^\s*[\d.]*\s*[;,]\s*(?:url\s*=)?\s*["']?([^"'>\s]+)""", re.I)  # 0;url=zfxxgk/index.html
_QUOTED_URL = re.compile(r"""["']((?:https?:/)?[./\w][^"'<>\s()]*)["']""")  # window.open('./t1.html')
_UNSAFE = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]")
_BROKEN = re.compile(r"[\x00-\x20\\]")
_CUT = re.compile(r"(?:…|\.\.\.|。。。)$")
_DOCUMENT_IN_SCRIPT = re.compile(  # document.write('<a href="./P020240115.pdf">附件</a>') and var f = "./W020.docx"
    r"""<a\b[^>]*?href=\\?["']?([^"'\\>\s]+)[^>]*>(.*?)<\\?/a>|["']([^"'<>\s]+\.(?:pdf|docx?|wps|ofd|xlsx?|rar|zip|rtf|mhtml?))["']""",
    re.I | re.S,
)
_LEAF = re.compile(r"\.\w+(?:\?.*)?$")  # a whole file name, not a piece of one: 'index_' + n + '.html'
_TAG = re.compile(r"<[^>]*>")
_PLAIN = re.compile(
    r"(https?://[a-z0-9.-]+(?::\d+)?(?=/))?([\w/.~%!$&'()*+,;=:@-]*)(\?[\w/.~%!$&'()*+,;=:@?-]+)?", re.ASCII
)
_WANTED = ("a", "area", "base", "meta", "script", "iframe", "frame", "title", "option")
_MARKS_LENGTH = 400
_OPTION = re.compile(r"(?:https?://|[./?])[^\s\"'<>]{2,}|[\w/.-]+\.(?:s?html?|jsp|aspx?|php)(?:\?\S*)?")  # ?fbtime=2023
_PLACEHOLDER = re.compile(r"<[?%]|\{\{|\$\{|\[\[")  # <?=el.link?>, {{item.url}}, ${url}: a template that a script fills
# location.href = "zwgk/index.html"; window.location.replace('/zwgk/'): in a page that is nothing else
_LOCATION = re.compile(
    r"""\blocation(?:\.href)?\s*=\s*["']([^"']+)["']|\blocation\.(?:replace|assign)\(\s*["']([^"']+)["']"""
)
_ROUTE = re.compile(r"/gkmlpt/index#(\w+)$")  # the category of a list stands in the fragment, and nowhere else
_LONGEST_OTHER = 200
_PASSING = frozenset({"td", "th", "dt", "dd"})  # cells of one row


@dataclass(frozen=True, slots=True)
class Anchor:
    """One link: its absolute URL without fragment, its words, and the ids and classes it stands in.

    ``post``: what is to be sent to the URL of a list's API, JSON if it begins with ``{``, else a form; "" for a GET.
    ``block`` is the number of the list it is an item of: links of one block are repeated in one element (0: none).
    ``route`` is the fragment, where a script takes it for the name of a list.
    """

    url: str
    text: str
    title: str = ""
    marks: str = ""
    from_script: bool = False
    post: str = ""
    block: int = 0
    route: str = ""

    @property
    def path(self) -> str:
        """The URL's path, "/" where it is empty."""
        return _path_of(self.url)

    @property
    def label(self) -> str:
        """The fullest name of what is linked: the title attribute where the text is cut short or empty."""
        start = squeeze(_CUT.sub("", self.text))
        if self.title and (not start or (_CUT.search(self.text) or squeeze(self.title).startswith(start))):
            return self.title
        return self.text


@lru_cache(maxsize=REMEMBERED)
def _path_of(url: str) -> str:
    rest = url.partition("://")[2].partition("?")[0]
    return rest[rest.find("/") :] if "/" in rest else "/"


@dataclass(frozen=True, slots=True)
class Page:
    """What the pass saw. ``source`` is the decoded text; ``meta`` has lower-case names and non-empty values.

    ``elsewhere`` are links whose references are no web address (ftp://…, http://[x]/), each URL the reference, escaped.
    ``is_answer``: no page but the answer of a list's API; then every anchor is a row of the list, ``further`` are the
    requests for its other rows, and ``total`` how many it says there are.
    ``layout``: the source without what tables of plain text say; a family leaves its marks in it.
    """

    url: str
    base: str
    source: str
    encoding: str
    title: str
    meta: Mapping[str, str]
    anchors: tuple[Anchor, ...]
    scripts: tuple[str, ...]
    refresh: str
    frames: tuple[str, ...]
    elsewhere: tuple[Anchor, ...] = ()
    is_answer: bool = False
    further: tuple[Anchor, ...] = ()
    total: int | None = None
    layout: str = ""

    @property
    def name(self) -> str:
        """The page's own name: ArticleTitle (国办发〔2017〕47号), else the title element."""
        return self.meta.get("articletitle") or self.title

    @property
    def published(self) -> str:
        """PubDate as the page gives it, or nothing."""
        return self.meta.get("pubdate", "")

    @property
    def crumbs(self) -> tuple[str, ...]:
        """Names of the columns the page says it stands in: breadcrumb links and ColumnName."""
        trail = tuple(a.text for a in self.anchors if _CRUMB.search(a.marks))
        return (*trail, *(self.meta[key] for key in ("columnname",) if key in self.meta))


_CRUMB = re.compile(r"currchnlcls|crumb|position|weizhi|dqwz|location|mbx")


def decode_page(payload: bytes) -> tuple[str, str]:
    """Bytes → (text, encoding) by evidence: byte-order mark, strict UTF-8, strict GB18030, then the label.

    Headers and labels are not trusted first: pages labelled gb2312 hold GB18030, and some labelled utf-8
    are GBK. What fits nothing strictly is read with replacement characters in the encoding that needs fewest.
    """
    for mark, encoding in _BOMS:
        if payload.startswith(mark):
            return payload.decode(encoding, "replace"), encoding
    for encoding in _encodings_of(payload):
        try:
            return payload.decode(encoding), encoding
        except (UnicodeDecodeError, LookupError):
            continue
    readings = [(payload.decode(encoding, "replace"), encoding) for encoding in ("utf-8", "gb18030")]
    return min(readings, key=lambda reading: reading[0].count("\ufffd"))


def _encodings_of(payload: bytes) -> Iterator[str]:
    yield from ("utf-8", "gb18030")
    if label := _CHARSET.search(payload[:4096]):
        yield label.group(1).decode("ascii").lower()


def is_page(payload: bytes) -> bool:
    """True for bytes that begin like an HTML or XHTML page rather than a document or a picture."""
    if payload.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    start = payload[:1024].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    return start.startswith(b"<") or (b"\x00" not in start and b"<html" in payload[:8192].lower())


def read_page(url: str, payload: bytes) -> Page:
    """One page → Page. ``url`` is the final URL, against which links without a base element are resolved."""
    source, encoding = decode_page(payload)
    # Without a replacement in it, text in UTF-8 is encoded to the bytes that it was decoded from.
    is_utf8 = encoding == "utf-8" and "\ufffd" not in source and "\x00" not in source
    whole = payload if is_utf8 else source.replace("\x00", " ").encode("utf-8", "replace")
    layout = layout_of(whole)
    root = etree.fromstring(layout or b"<html/>", etree.HTMLParser(encoding="utf-8", remove_comments=True))
    elements = list(root.iter(*_WANTED)) if root is not None else []
    base = next((resolve(url, _of(e, "href")) for e in elements if e.tag == "base" and _of(e, "href")), "") or url
    resolver = Resolver(base)
    marks: dict[etree._Element, str] = {}
    blocks = Blocks(element for element in elements if element.tag == "a")
    meta: dict[str, str] = {}
    anchors: list[Anchor] = []
    scripts: list[str] = []
    frames: list[str] = []
    elsewhere: list[Anchor] = []
    title = refresh = ""
    for element in elements:
        tag = element.tag
        if tag in ("a", "area", "option"):
            leads = list(_anchor_of(element, resolver, marks, blocks))
            anchors += leads
            elsewhere += [] if leads else _elsewhere(_of(element, "href"), _words_of(element), _of(element, "title"))
        elif tag == "meta":
            sends = _note_meta(element, meta)
            refresh = resolver(sends) or refresh
            elsewhere += [] if refresh else _elsewhere(sends, "", "")
        elif tag == "script":
            scripts.append(_text_of(element))
        elif tag == "title":
            title = title or one_line(_text_of(element))
        elif tag in ("iframe", "frame") and (frame := resolver(_of(element, "src"))):
            frames.append(frame)
    anchors.extend(found for script in scripts for found in _anchors_written_by(script, resolver))
    refresh = refresh or ("" if anchors or frames else next(_locations(scripts, resolver), ""))
    return Page(
        url, base, source, encoding, title, meta, tuple(anchors), tuple(scripts), refresh, tuple(frames),
        tuple(elsewhere), layout=source if len(layout) == len(whole) else layout.decode("utf-8"),
    )  # fmt: skip


def answer_page(url: str, text: str, rows: Iterable[Anchor], further: Iterable[Anchor], total: int | None) -> Page:
    """The answer of a list's API as a page: its rows, the requests for the other rows, and the total it says."""
    return Page(url, url, text, "", "", {}, tuple(rows), (), "", (), (), True, tuple(further), total, text)


class Blocks:
    """The lists of a page by their repetition alone: which element's items a link stands in."""

    def __init__(self, links: Iterable[etree._Element]) -> None:
        self._linking: set[etree._Element] = set()
        self._repeats: dict[tuple[etree._Element, object], int] = {}
        self._numbers: dict[etree._Element, int] = {}
        for link in links:
            node, parent = link, link.getparent()
            while parent is not None and node not in self._linking:
                self._linking.add(node)
                key = (parent, node.tag)
                self._repeats[key] = self._repeats.get(key, 0) + 1
                node, parent = parent, parent.getparent()

    def number_of(self, link: etree._Element) -> int:
        """The number of the nearest element that has several children like the one the link is in; 0: none."""
        node, parent = link, link.getparent()
        while parent is not None:
            if self._repeats.get((parent, node.tag), 0) > 1 and node.tag not in _PASSING:
                return self._numbers.setdefault(parent, len(self._numbers) + 1)
            node, parent = parent, parent.getparent()
        return 0


def _locations(scripts: Iterable[str], resolver: Resolver) -> Iterator[str]:
    for script in scripts:
        for matched in _LOCATION.finditer(without_comments(script)):
            if url := resolver(matched.group(1) or matched.group(2)):
                yield url


def _of(element: etree._Element, name: str) -> str:
    return str(element.get(name) or "")


def _text_of(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext())


def resolve(base: str, reference: str) -> str:
    """A reference as printed → an absolute http(s) URL without fragment, or nothing."""
    reference = reference.strip()
    if _PLACEHOLDER.search(reference):
        return ""
    if not reference or reference.startswith("#") or _BROKEN.search(reference):
        reference = re.sub(r"[\t\r\n]", "", reference).replace(" ", "%20")
        if not reference or reference.startswith("#") or _BROKEN.search(reference):
            return ""
    try:
        url = urldefrag(urljoin(base, reference)).url
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return ""
        return safe_url_string(url) if _UNSAFE.search(url) else url
    except ValueError:  # [::1 without its bracket, a port that is no number: no URL, so no link
        return ""


class Resolver:
    """``resolve`` against one base, quickly for the plain references that most links are."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self._base = base
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._folder = (parts.path.rpartition("/")[0] or "").split("/")[1:]

    def __call__(self, reference: str) -> str:
        """The same as ``resolve(base, reference)``."""
        plain = _PLAIN.fullmatch(reference)
        origin, path, query = plain.groups("") if plain is not None else ("", "", "")
        if not path or "//" in path:
            return resolve(self._base, reference)
        if origin or ":" in path:
            return reference if origin and "/." not in path else resolve(self._base, reference)
        if path.startswith("/"):
            return f"{self._origin}{path}{query}" if "/." not in path else resolve(self._base, reference)
        steps = path.split("/")
        folder = list(self._folder)
        while steps[0] in (".", "..") and len(steps) > 1:
            if steps.pop(0) == "..":
                del folder[-1:]
        if any(step in (".", "..") for step in steps):
            return resolve(self._base, reference)
        return f"{self._origin}/{'/'.join([*folder, *steps])}{query}"


def _anchor_of(
    element: etree._Element, resolver: Resolver, marks: dict[etree._Element, str], blocks: Blocks
) -> Iterator[Anchor]:
    href = _of(element, "href")
    if element.tag == "option":
        href = value if _OPTION.fullmatch(value := _of(element, "value").strip()) else ""
    elif not href or href.lstrip()[:11].lower() == "javascript:" or href.strip() == "#":
        scripted = _QUOTED_URL.search(href) or _QUOTED_URL.search(_of(element, "onclick"))
        href = scripted.group(1) if scripted else ""
    if url := resolver(href):
        text = _words_of(element)
        route = _ROUTE.search(href)
        yield Anchor(
            url,
            text,
            one_line(_of(element, "title")),
            _marks_of(element, marks),
            block=blocks.number_of(element),
            route=route.group(1) if route else "",
        )


def _elsewhere(reference: str, text: str, title: str) -> list[Anchor]:
    """A reference that is no web address → its link, or none where it is a place on the page or a template's."""
    reference = reference.strip()
    if not reference or reference.startswith("#") or _PLACEHOLDER.search(reference):
        return []
    escaped = quote(reference[:_LONGEST_OTHER], safe="!#$%&'()*+,/:;=?@~", errors="replace")
    return [Anchor(escaped, text, one_line(title))]


def _words_of(link: etree._Element) -> str:
    """What a link says; of a row that is a link as a whole, with its date and summary, its heading."""
    heading = next(link.iter("h1", "h2", "h3", "h4", "h5", "h6"), None) if len(link) else None
    return one_line(_text_of(link if heading is None else heading))


def _marks_of(element: etree._Element, known: dict[etree._Element, str]) -> str:
    """Ids and classes from the element outwards, lower case: ``currchnlcls position main``."""
    trail: list[etree._Element] = []
    node: etree._Element | None = element
    while node is not None and node not in known:
        trail.append(node)
        node = node.getparent()
    outer = "" if node is None else known[node]
    for inner in reversed(trail):
        own = " ".join(str(value) for name in ("id", "class") if (value := inner.get(name)))
        outer = known[inner] = f"{own.lower()} {outer}"[:_MARKS_LENGTH] if own else outer
    return outer


def _note_meta(element: etree._Element, meta: dict[str, str]) -> str:
    """The reference that a refresh sends on to, or nothing; what else is said goes into ``meta``."""
    content = one_line(_of(element, "content"))
    if _of(element, "http-equiv").lower() == "refresh" and (matched := _REFRESH.match(content)):
        return matched.group(1)
    name = (_of(element, "name") or _of(element, "property")).lower()
    if name and content:
        meta.setdefault(name, content)
    return ""


def _anchors_written_by(script: str, resolver: Resolver) -> Iterator[Anchor]:
    """Links that a script writes: ``document.write('<a href="./P0.pdf">附件</a>')``, ``var f = "./P0.docx"``."""
    for matched in _DOCUMENT_IN_SCRIPT.finditer(without_comments(script)):
        reference, inner, bare = matched.groups()
        reference = reference or bare
        if _LEAF.search(reference) and (url := resolver(reference)):
            yield Anchor(url, one_line(_TAG.sub("", inner or "")), from_script=True)


_SCRIPT_COMMENT = re.compile(
    r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|//[^\n]*|/\*.*?\*/|<!--[^\n]*|^[ \t]*-->[^\n]*""", re.S | re.M
)


def without_comments(script: str) -> str:
    """Script text without what JavaScript skips (ECMAScript B.1.1: ``<!--`` and a leading ``-->`` too).

    >>> without_comments('<!--\\nf(2);\\n//-->').strip()
    'f(2);'
    >>> without_comments('//f(2)\\n<!-- f(3) -->\\nf("//4")').strip()
    'f("//4")'
    """
    return _SCRIPT_COMMENT.sub(lambda matched: matched.group(1) or "", script)
