"""Over an archive whose every text is hostile, ``nianbao serve`` is asked, on real sockets, what no reader asks:
hostile strings in every parameter and path, shapes of smuggling, hosts and forwarding headers of others, floods as
forms, connections that drip or take nothing, queries without end, SQL of readers in Datasette. Its pages are opened in
Chromium, and a page of evil.example, whose name leads to this machine, tries to read, frame and write. What must hold:
words and no fault, no script that ran, no formula, no line of a log, no answer to a request that was hidden in another,
nothing read by the page of others, and not a byte changed in the archive; honest readers are answered all the while.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from httpx import Client, Limits, Request, Response

from archive.payloads import put_payload
from archive.store import Archive
from archive.web.pages_found import paths
from tests.batteries import web_shapes as shapes
from tests.batteries.figures import Row, Scale, row_of
from tests.batteries.web_browser import chromium, find_browser, open_pages, visit_evil
from tests.batteries.web_desk import ask_desk
from tests.batteries.web_served import LIMIT, Heard, Served
from tests.batteries.web_slow import Slow
from tests.web.hostile import every_string
from tests.web.hostile_archive import fill
from tests.web.test_hostile_strings import NAMES, faults_of
from tests.web.walking import read

TITLE = "The pages under hostile readers"
MEMORY = 900.0
"""MB that the server may have resident at its worst: 250 when it is ready, MOST_UNSENT of 128, and four answers in the
making, each of a file of 64 MB and its packed form."""
_REMARK = "Caught this error: CSV contains more than 104857600 bytes\n"
"""What Datasette writes to the console of a table that goes on and on; it tells nothing of who asked what."""
_TELLING = re.compile(r"^\S|^ +File |Error|Exception")  # of a traceback: where, and which error it was
_AT_ONCE = 6
_LARGE = 24 * 2**20  # bytes of a file that some ask for and do not take
_REFUSED = frozenset({400, 404, 405, 411, 413, 414, 416, 421, 431, 503})


def run(scale: Scale) -> list[Row]:
    """The rows."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "archive"
        fill(folder)
        with Archive.open(folder, write=True) as archive:
            large = put_payload(archive, random.Random(7).randbytes(_LARGE))
        before = _digests(folder)
        entry = "tests.batteries.web_briefly" if scale is Scale.SHORT else "nianbao"
        with Served(folder, entry=entry) as site:
            with Slow(site, scale.pick(40, 600), large) as slow:
                rows += _under_siege(site, scale)
                rows += _in_chromium(site, scale)
                with Served(folder, "--datasette", "--sql") as desk:
                    rows += ask_desk(desk, scale)
                    peak = desk.peak()
                rows += slow.rows()
            peak = max(peak, site.peak())
        all_said = (site.said + desk.said).replace(_REMARK, "")
        telling = [line.strip() for line in all_said.splitlines() if _TELLING.search(line)]
        said = "; ".join(telling) or all_said
        said = said if len(said) <= 1200 else f"{said[:300]} … {said[-900:]}"  # which fault, and where
        rows.append(row_of("lines written to the console", [("both servers", said)]))
        rows.append(row_of("bytes of the archive, before and after", _compared(before, _digests(folder))))
        over = f"{peak:.0f} MB" if peak > MEMORY else ""
        rows.append(row_of("memory of the server stays bounded", [("both servers", over)], megabytes=peak))
    return rows


def _under_siege(site: Served, scale: Scale) -> Iterator[Row]:
    yield _asked(site, scale)
    yield _heard("requests hidden in requests", site, shapes.smuggling(), _smuggled)
    yield _heard("what is hardly HTTP", site, shapes.malformed(), _answered)
    hosts = {repr(host): shapes.get(b"/search", host=host) for host in shapes.HOSTS}
    yield _heard("hosts that are not ours", site, hosts, _turned_away)
    every, worst = list(shapes.forms()), ("charset punycode", "990,000 half escapes", "gzip bomb")
    forms = {name: sent for at, (name, sent) in enumerate(every) if at % scale.pick(16, 1) == 0 or name in worst}
    yield _heard("forms that are floods and bombs", site, forms, _form_answered)
    yield _believed(site, scale)
    yield _redirects(site, scale)
    yield _written(site, scale)


def _asked(site: Served, scale: Scale) -> Row:
    """Strings as parameters and parts of paths, over as many connections as browsers make."""
    strings = every_string(2)
    chosen = strings[:: scale.pick(120, 2)]
    urls = [url for at, text in enumerate(chosen) for url in _urls(at, text, scale.pick(1, 3))]
    # Each on a connection of its own: one that idles among drips may be closed between two questions.
    own = Limits(max_keepalive_connections=0)
    with Client(base_url=site.base, timeout=LIMIT, limits=own) as client, ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(client.get, urls))
    ends = [(url[:120], "; ".join(_faults(url, answer))) for url, answer in zip(urls, answers, strict=True)]
    worst = max(answer.elapsed.total_seconds() for answer in answers)
    return row_of("hostile strings in parameters and paths", ends, worst, site.peak())


def _urls(number: int, text: str, each: int) -> Iterator[str]:
    given = text.encode("utf-8", "replace")[:3000]
    part = quote(given[:900], safe="%") or "x"
    plain = [one for one in paths() if "{" not in one.path]
    parted = [one for one in paths() if "{" in one.path]
    for at in range(number * each, number * each + each):
        one, form = plain[at % len(plain)], ("", "json", "csv", "atom")[at % 4]
        beginning = "/index" if one.path == "/" and form else one.path
        name = NAMES[at % len(NAMES)]
        yield f"{beginning}{f'.{form}' if form in one.forms else ''}?{urlencode({name: given})}"
        yield _filled(parted[at % len(parted)].path, part)
    yield f"/api/v1/search?{urlencode({'q': given[:500]})}"


def _filled(path: str, part: str) -> str:
    return re.sub(r"\{[^}]*\}", lambda _: part, path)


def _faults(url: str, answer: Response) -> list[str]:
    """Of 503 there must be words; anything else is looked at as a page is."""
    if answer.status_code == 503:
        return [] if answer.headers.get("retry-after") and answer.text else ["503 without words"]
    faults = faults_of(read(str(answer.url), "", answer)) if not url.startswith("/api/") else []
    return faults + (["a traceback"] if "Traceback (most recent" in answer.text else [])


def _heard(what: str, site: Served, asked: dict[str, bytes], judge: Callable[[Heard], str]) -> Row:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        heard = list(pool.map(site.ask, asked.values()))
    ends = [(name, _said(one, judge)) for name, one in zip(asked, heard, strict=True)]
    return row_of(what, ends, max(one.seconds for one in heard), site.peak())


def _said(heard: Heard, judge: Callable[[Heard], str]) -> str:
    if heard.ended == "hangs":
        return f"nothing within {LIMIT} s"
    if b"Traceback (most recent" in heard.raw:
        return "a traceback"
    try:
        broken = [status for status, _, _ in heard.answers() if status >= 500 and status != 503]
        return f"answers {broken}" if broken else judge(heard)
    except ValueError as error:
        return str(error)


def _smuggled(heard: Heard) -> str:
    """At most one answer: a second would be to what was hidden."""
    answers = heard.answers()
    return "" if len(answers) == 1 or (not answers and heard.ended == "reset") else f"{len(answers)} answers"


def _answered(heard: Heard) -> str:
    answers = heard.answers()
    if any(b"canary-trace" in body for _, _, body in answers):
        return "the request itself came back"
    is_said = answers and all(status < 400 or status in _REFUSED for status, _, _ in answers)
    return "" if is_said else "no answer in words"


def _turned_away(heard: Heard) -> str:
    answers = heard.answers()
    return "" if [status for status, _, _ in answers] in ([421], [400]) else f"answers {[one[0] for one in answers]}"


def _form_answered(heard: Heard) -> str:
    """An answer that is none of 5xx, or an end without one for what never came to its end."""
    statuses = [status for status, _, _ in heard.answers()]
    odd = [status for status in statuses if status not in (200, 303) and status not in _REFUSED]
    return f"answers {odd}" if odd else ""


def _believed(site: Served, scale: Scale) -> Row:
    """Every answer with a forwarding header is the one without it."""
    pages = (
        b"/", b"/search?q=%E5%B1%80", b"/place", b"/api/v1/bodies", b"/nothing", b"/index.atom", b"/static/site.css",
    )  # fmt: skip
    plain = {page: _essence(site.ask(shapes.get(page))) for page in pages}
    asked = list(itertools.product(pages, shapes.FORWARDED))[:: scale.pick(8, 1)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(lambda pair: _essence(site.ask(shapes.get(*pair))), asked))
    return row_of(
        "forwarding headers that nobody told it to trust",
        [(f"{page!r} {field!r}", "" if answer == plain[page] else "another answer")
         for (page, field), answer in zip(asked, answers, strict=True)],
    )  # fmt: skip


def _essence(heard: Heard) -> list[tuple[int, dict[str, str], bytes]]:
    passing = ("date", "last-modified")
    return [
        (status, {name: value for name, value in fields.items() if name not in passing}, body)
        for status, fields, body in heard.answers()
    ]


def _redirects(site: Served, scale: Scale) -> Row:
    """Paths that a browser could take for another host's: neither Location nor the page's own links lead there."""
    beginnings = (
        "//evil.example", "/\\evil.example", "/%5Cevil.example", "/%2Fevil.example", "///evil.example",
        "/\t/evil.example", "/%09/evil.example", "/%0A/evil.example", "/%0D%0ALocation:%20//evil.example", "http://evil.example",
        "/http://evil.example", "/..//evil.example", "/%2e%2e//evil.example", "/;@evil.example", "/@evil.example",
        "/static//evil.example", "/place//evil.example", "/search//evil.example", "/datasette//evil.example",
    )  # fmt: skip
    ends = (
        "",
        "/",
        "/search",
        "/%2e%2e",
        "?lang=en",
        "/search?next=//evil.example&url=//evil.example",
        "%0d%0aX-Evil:1",
    )
    targets = [f"{one}{end}".encode() for one in beginnings for end in ends[: scale.pick(4, 7)]]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        heard = list(pool.map(lambda target: site.ask(shapes.get(target)), targets))
    return row_of(
        "addresses that lead elsewhere",
        [(repr(target), _said(one, lambda one: _led(site, one))) for target, one in zip(targets, heard, strict=True)],
    )


def _led(site: Served, heard: Heard) -> str:
    for _, fields, body in heard.answers():
        if "x-evil" in fields:
            return "a field of the answer was written by the address"
        if not _is_own(site, fields.get("location", "/")):
            return f"leads to {fields['location']}"
        if fields.get("content-type", "").startswith("text/html"):
            answer = Response(200, content=body, headers={"content-type": "text/html"})
            tree = read(site.base, "", _as_asked(site, answer)).tree
            assert tree is not None
            links = [
                str(one) for one in tree.xpath("//header//@href | //footer//@href | //link/@href | //form/@action")
            ]
            if odd := [one for one in links if not _is_own(site, one)]:
                return f"the page's frame leads to {odd[0]}"
    return ""


def _as_asked(site: Served, answer: Response) -> Response:
    answer.request = Request("GET", site.base)
    return answer


def _is_own(site: Served, link: str) -> bool:
    """As a browser takes it: backslashes are slashes, tabs and line breaks are nothing (WHATWG URL, 4.4)."""
    seen = "".join(one for one in link if one not in "\t\r\n").replace("\\", "/")
    return urlsplit(seen).netloc in ("", urlsplit(site.base).netloc) and urlsplit(seen).scheme in ("", "http")


def _written(site: Served, scale: Scale) -> Row:
    """What would change something, as a form of another site sends it: there is nothing that takes it."""
    methods = (b"POST", b"PUT", b"PATCH", b"DELETE", b"MKCOL", b"PROPFIND", b"LOCK")
    targets = [_filled(one.path, "x") for one in paths()]
    targets += ["/api/v1/bodies", "/api/v1/search", "/static/site.css", "/openapi.json", "/correct", "/withdraw"]
    every = [(method, one) for method in methods for one in targets if (method, one) != (b"POST", "/batch")]
    asked = every[:: scale.pick(6, 1)]
    fields = (
        b"Origin: http://evil.example", b"Sec-Fetch-Site: cross-site", b"Content-Length: 9",
        b"Content-Type: application/x-www-form-urlencoded",
    )  # fmt: skip

    def send(pair: tuple[bytes, str]) -> Heard:
        method, target = pair
        return site.ask(shapes.get(target.encode(), *fields).replace(b"GET", method, 1) + b"who=evil.")

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        heard = list(pool.map(send, asked))
    return row_of(
        "methods that would write",
        [
            (f"{method.decode()} {target}", _said(one, _not_done))
            for (method, target), one in zip(asked, heard, strict=True)
        ],
    )


def _not_done(heard: Heard) -> str:
    statuses = [status for status, _, _ in heard.answers()]
    return "" if statuses and all(status in (400, 404, 405) for status in statuses) else f"answers {statuses}"


def _in_chromium(site: Served, scale: Scale) -> Sequence[Row]:
    program = find_browser()
    if program is None:
        return ()
    with chromium(program) as browser:
        return (*open_pages(browser, site, scale), visit_evil(browser, site))


def _digests(folder: Path) -> dict[str, str]:
    """The two files and what is not yet in them; -shm is shared memory and no content."""
    files = sorted(file for file in folder.glob("*.db*") if not file.name.endswith("-shm"))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.stat().st_size}


def _compared(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, "" if before.get(name) == after.get(name) else "other bytes") for name in sorted({*before, *after})]
