"""What the URL of a link promises, whatever the family."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

_DOCUMENT = re.compile(r"\.(?:pdf|docx?|wps|ofd|xlsx?|et|rar|zip|7z|txt|rtf|mhtml?)$", re.I)
# /module/download/downfile.jsp?classid=0&filename=3f2c.pdf · /system/_content/download.jsp?…wbfileid=12 ·
# /api-gateway/…/document/download-file?fileUrl=…&fileName=…: programs that hand out a file
_GATE = re.compile(r"/[\w-]*down(?:load|file)[\w-]*(?:\.\w+)?$", re.I)
_GATED = re.compile(r"(?:^|[?&])(?:\w*filename|showname|fileurl|wbfileid|fileid)=", re.I)
_NAMED_FILE = re.compile(r"\.(?:pdf|docx?|wps|ofd|xlsx?|et|rar|zip)(?:$|&)", re.I)  # viewer.html?file=/attach/1.pdf
# A last path part with a number of four digits or more that is no year, a date or a hash names an article:
# art_74_1558865.html, content_1202379.html, 63562.htm, 3f2c…(32 hex).shtml, post_2590436.html, show/5403.html
_ARTICLE = re.compile(
    r"(?:(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{4,}|[0-9a-f]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})[^/]*\.(?:s?html?|jsp|aspx?|php|do|action)$"
    r"|/(?:show|info|detail)/[\w/-]*\d+(?:\.\w+)?$"  # /Xxgknb/show/5403.html, /News/Detail/20250107145505726
    r"|/c?\d{4,}/content\.s?html?$"  # /csrc/c106256/c7461234/content.shtml
    r"|/art/\d+/[\w/]+\.html$",  # /col/18073_668815/art/17356608/17364738729029ffO7DUB.html
    re.I,
)
# content.jsp?urltype=…&wbtreeid=1039&wbnewsid=3201, ui?pageId=1&articleKey=22, gknb_show.php?id=4374
_ARTICLE_QUERY = re.compile(r"(?:^|&)(?:id|\w*newsid|article_?(?:key|id)|infoid|messagekey|contentid)=[\w-]{2,}", re.I)
_YEAR_PAGE = re.compile(r"/(?:19|20)\d\d\.s?html?$")  # /zfxxgknb/2023.html lists a year
_PAGE_OF_LIST = re.compile(r"[?&](?:page|pageno|pageindex|currentpage|pagenum)=\d+", re.I)
_INDEX = re.compile(r"/index\.(?:s?html?|jsp)$")
_LIST = re.compile(
    r"/[\w-]*(?:index|list|default|column|annualreport)[\w-]*\.\w+$|/\d{1,3}\.s?html?$|/$|/[\w-]+$", re.I
)
_TWIN = re.compile(r"_wap(?=\.s?html?$)|(?<=/)m(?=post_\d+\.html$)")  # the same article once more, for telephones
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/?#]*|/\(S\([^)]*\)\)", re.I)
# PHPSESSID=, and what NFCMS's lists add to an article: ?jump=true
_PASSING = re.compile(
    r"(?:^|(?<=&))(?:jsessionid|phpsessid|aspsessionid\w*|cfid|cftoken)=[^&]*(?:&|$)|^jump=true$", re.I
)
_CALENDAR = re.compile(r"[?&](?:month|mon|day|date|ym|ymd|rq|riqi)=|/(?:calendar|rili)\b", re.I)
_GROUP_TAIL = re.compile(
    r"(?:/(?:19|20)\d\d(?:[01]\d|-\d\d)?(?:/[\d-]{1,5}){0,2})?/([^/]*?)_?(?:\d+|[0-9a-f]{16,})?$", re.I
)
_LONGEST = 1_000
REMEMBERED = 8192
"""Links of which something is kept once it was reckoned: most of a page's are those of all pages of its site."""

_REPEATS = 3


def is_document(path: str) -> bool:
    """True for a path that ends in a document's extension: ``/zwgk/nb/202401/P020240115.docx``."""
    return _DOCUMENT.search(path) is not None


def is_file(url: str) -> bool:
    """True for the URL of a document, or of a program that hands one out: ``downfile.jsp?filename=3f2c.pdf``."""
    parts = urlsplit(url)
    if is_document(parts.path):
        return True
    return _GATE.search(parts.path) is not None and _GATED.search(parts.query) is not None


def is_article(url: str) -> bool:
    """True for a URL shaped like one article's: a number, a date or a hash names its last part.

    >>> [is_article(f"http://a.example{p}") for p in ("/art/2026/1/20/art_282_413.html", "/col/col282/index.html")]
    [True, False]
    """
    parts = urlsplit(url)
    if _YEAR_PAGE.search(parts.path) or "annualreport.jsp" in parts.path.lower():
        return False
    if _ARTICLE.search(parts.path):
        return True
    return _ARTICLE_QUERY.search(parts.query) is not None and not _PAGE_OF_LIST.search(url)


def is_list(path: str) -> bool:
    """True for the path of an index, a list or a bare directory: ``/zwgk/nb/``, ``/col/col282/index.html``."""
    return _LIST.search(path) is not None or _YEAR_PAGE.search(path) is not None


def is_twin(path: str) -> bool:
    """True for the telephone twin of an article: ``t20240115_1_wap.html``, ``mpost_25904.html``."""
    return _TWIN.search(path) is not None


def plain_url(url: str, page_url: str = "") -> str:
    """A URL as the page prints it → the one that is asked for, of the several that name one document.

    Session ids, passwords, doubled slashes and ``jump=true`` go, a telephone twin becomes the article, and a link to
    the page's own host keeps the page's scheme.

    >>> plain_url("https://a.example//nb/t1_wap.html;jsessionid=3A?PHPSESSID=9&x=1", "http://a.example/")
    'http://a.example/nb/t1.html?x=1'
    """
    page = urlsplit(page_url)
    return _plain_url(url, page.scheme, page.netloc)


@lru_cache(maxsize=REMEMBERED)
def _plain_url(url: str, page_scheme: str, page_netloc: str) -> str:
    parts = urlsplit(without_session(url))
    scheme = page_scheme if page_netloc == parts.netloc else parts.scheme
    path = _TWIN.sub("", re.sub(r"/{2,}", "/", parts.path))
    return urlunsplit((scheme, parts.netloc, path, parts.query, parts.fragment))


def without_session(url: str) -> str:
    """URL → what it names for everybody: without the session id of one visit, the name and password of one visitor.

    >>> without_session("http://me:secret@a.example/nb/t1.html;jsessionid=3A?PHPSESSID=9&x=1")
    'http://a.example/nb/t1.html?x=1'
    """
    parts = urlsplit(_SESSION.sub("", url))
    query = _PASSING.sub("", parts.query)
    if query != parts.query:
        query = query.rstrip("&")
    elif "@" not in parts.netloc:
        return _SESSION.sub("", url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, parts.fragment))


def file_shown_by(url: str) -> str:
    """The reference to a document that a viewer's URL carries, or nothing.

    >>> file_shown_by("http://a.example/pdfjs/web/viewer.html?file=/attach/0/1.pdf")
    '/attach/0/1.pdf'
    """
    query = urlsplit(url).query
    named = re.search(r"(?:^|&)(?:file|url|src|path)=([^&]+)", query, re.I)
    return named.group(1) if named and _NAMED_FILE.search(query) else ""


def group_of(url: str) -> str:
    """What the articles of one column share: directory without year, month and day, and the leaf without its number.

    >>> [group_of(f"http://a.example{p}") for p in ("/info/1039/3201.htm", "/art/2026/1/20/art_282_4130107.html")]
    ['http://a.example/info/1039/', 'http://a.example/art/art_282']
    """
    stem = url.partition("?")[0].rpartition(".")[0]
    found = _GROUP_TAIL.search(stem)
    return f"{stem[: found.start()]}/{found.group(1)}" if found else stem


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


def is_calendar(url: str) -> bool:
    """True for a page of a calendar, which has always a next month: ``/nb/?year=2031&month=2``."""
    return _CALENDAR.search(url) is not None


def without_index(url: str) -> str:
    """The bare directory where the URL is that of its index page: both are one list.

    >>> without_index("http://a.example/nb/index.html")
    'http://a.example/nb/'
    """
    return _INDEX.sub("/", url)
