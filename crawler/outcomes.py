"""Every way a fetch can end, by name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawler.connection.tape import Exchange
from crawler.pages.links import decode_page, is_page
from parsers.text import fold

OUTCOMES = (
    "fetched", "not_modified", "alias", "robots_disallowed", "robots_unreachable", "challenge", "login", "soft_404",
    "not_found", "gone", "client_error", "server_error", "rate_limited", "timeout", "reset", "truncated", "too_large",
    "bad_http", "bad_encoding", "tls_failed", "dns_failed", "refused_address", "off_scope", "budget", "abandoned",
)  # fmt: skip

RETRIED = frozenset({"timeout", "reset", "truncated", "dns_failed", "server_error", "rate_limited"})
"""Ends that another try may change; each URL has three tries in a run."""

PARTLY = frozenset(
    {
        *RETRIED,
        "robots_unreachable",
        "challenge",
        "login",
        "tls_failed",
        "budget",
        "bad_encoding",
        "bad_http",
        "too_large",
    }
)
"""Ends that leave a run partly done: something that was wanted may be there and was not had."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_MANY = 300  # characters: a page that shows so many, folded, is no message in the place of one
_SMALL = 40_000  # bytes; pages of firewalls and error pages are short, articles that quote their words are not
# Marks of the cookie and script challenges that portals' firewalls serve in place of the page.
_CHALLENGE = re.compile(
    rb"__jsl_clearance|__jsluid|FSSBBIl1UgzbN7N80S|\$_ts\s*=|_waf_|wafblock|acw_sc__v2|arg1='", re.I
)
_SCRIPT = re.compile(rb"<script\b", re.I)
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_VISIBLE = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.I | re.S)
_TAG = re.compile(r"<[^>]*>")
# Tags that hide nothing, and what stands before each: as many as three hundred characters of a report stand among.
_TAGS = re.compile(r"(?:[^<]*+<(?!(?:script|style)\b|!--)[^>]*+>){1,64}+", re.I)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.I | re.S)
_GONE_WORDS = re.compile(
    r"(?:您?(?:所?(?:访问|查找|请求|浏览)的)?(?:页面|网页|文件|内容|信息|文章|栏目)(?:不存在|未找到|找不到了?|已(?:被)?删除|已下线)"
    r"|找不到(?:您?(?:访问|请求|要)的)?(?:页面|网页|文件)|404notfound|404错误|pagenotfound|notfound404)",
    re.I,
)
_LOGIN_WORDS = re.compile(r"(?:用户|统一身份认证|系统|平台)?登[录陆]$|^login$", re.I)
_PICTURE = re.compile(r"<(?:img|canvas)\b", re.I)
_INPUT = re.compile(r"<input\b", re.I)
_PASSWORD = re.compile(r"""<input\b[^>]*type\s*=\s*["']?password""", re.I)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The name of an end, and what there is to say of it."""

    name: str
    says: str = ""


def name_outcome(exchange: Exchange, *, conditional: bool, may_be_empty: bool = False) -> Outcome:
    """An exchange → its outcome. ``conditional``: the request carried validators, so a 304 answers it.

    ``may_be_empty``: nothing is an answer, as it is from a robots.txt; in the place of a page or a file it is not.
    """
    status = exchange.status
    if exchange.failure or status is None:
        return Outcome(exchange.failure or "bad_http", exchange.says or "no status of three digits")
    if status in REDIRECTS:
        if exchange.value("location"):
            return Outcome("alias", exchange.says)
        return Outcome("bad_http", f"status {status} without a location")
    if status == 304:
        return Outcome("not_modified") if conditional else Outcome("bad_http", "304 to a request without validators")
    if status == 206:
        return Outcome(
            "truncated", f"status 206, a part: {exchange.value('content-range')[:80] or 'of what it does not say'}"
        )
    if status != 200 and (challenge := _challenge_in(status, exchange.payload)):
        return Outcome("challenge", challenge)
    if status in (200, 203):
        if not (exchange.payload or may_be_empty):
            return Outcome("truncated", "; ".join(part for part in ("an empty page", exchange.says) if part))
        return _name_page(status, exchange)
    if 200 <= status < 300:
        return Outcome("bad_http", f"status {status} to a GET")
    return Outcome(_NAMED.get(status) or _CLASSES.get(status // 100, "bad_http"), f"status {status}")


_NAMED = {401: "login", 407: "login", 404: "not_found", 410: "gone", 429: "rate_limited"}
_CLASSES = {4: "client_error", 5: "server_error"}


def _challenge_in(status: int, payload: bytes) -> str:
    """Why the answer is a firewall's challenge and not the page, or "". A status alone is never enough."""
    if len(payload) > _SMALL or not (is_page(payload) and _SCRIPT.search(payload)):
        return ""
    marked = _CHALLENGE.search(payload)
    if status in (202, 412, 521, 403, 503) and marked:
        return f"status {status} with {marked.group().decode('ascii', 'replace')}"
    if status in (202, 412, 521) and len(_words_of(payload)) < 60:
        return f"status {status}, a script and no text"
    if status == 200 and marked and len(_words_of(payload)) < 60:
        return f"a script with {marked.group().decode('ascii', 'replace')} and no text"
    return ""


def _words_of(payload: bytes) -> str:
    return fold(_VISIBLE.sub(" ", decode_page(payload)[0]))


def _first_words(source: str) -> str:
    """What a page shows, folded; of one that shows much, its beginning alone, not folded."""
    words, end, enough = "", 0, _MANY
    while True:
        if tags := _TAGS.match(source, end):
            shown, end = _TAG.sub("", tags.group()), tags.end()
        elif mark := _VISIBLE.search(source, end):
            shown, end = source[end : mark.start()], mark.end()
        else:
            return fold(words + "".join(source[end:].split()))
        words += "".join(shown.split())
        if len(words) >= enough:
            # No Chinese character is folded away; to fold three hundred takes four times as long as to count them.
            if _chinese_in(words) >= _MANY or (enough > _MANY and len(fold(words)) >= _MANY):
                return words
            enough = 2 * len(words)


def _chinese_in(words: str) -> int:
    return sum(map(len, _CHINESE.findall(words)))


def _name_page(status: int, exchange: Exchange) -> Outcome:
    """A status 200 or 203: the page, or words in its place that say there is none."""
    if len(exchange.payload) > _SMALL or not is_page(exchange.payload):
        return Outcome("fetched", exchange.says)
    source = decode_page(exchange.payload)[0]
    words = _first_words(source)
    # With so much text it is no challenge, whatever its scripts are.
    if status == 200 and len(words) < _MANY and (challenge := _challenge_in(status, exchange.payload)):
        return Outcome("challenge", challenge)
    titled = _TITLE.search(source)
    title = fold(titled.group(1)) if titled else ""
    if _GONE_WORDS.search(title):
        return Outcome("soft_404", f"titled {titled.group(1).strip() if titled else ''}")
    if len(words) < _MANY and (found := _GONE_WORDS.search(words)):
        return Outcome("soft_404", f"says {found.group()}")
    if len(words) < 60 and "验证码" in words and _INPUT.search(source) and _PICTURE.search(source):
        return Outcome("challenge", "asks for what a picture says")
    if _LOGIN_WORDS.search(title) and _PASSWORD.search(source):
        return Outcome("login", f"titled {title}, asks for a password")
    return Outcome("fetched", exchange.says)
