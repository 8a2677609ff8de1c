"""Canaries are planted: passwords in the proxy's address, in targets and links; cookies and session ids that a portal
hands out; keys in the environment; a contact; what readers ask for and where from. Then every verb is run and every
page asked for, and what came of it is searched, files within files: output, errors, the lock, tables, exports, the list
of processes. A secret of ours is nowhere. A portal's own bytes hold what it sent, as sent and nowhere else; its session
ids are not sent back. A signature that it published in a link is evidence, and must be there.
"""

from __future__ import annotations

import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests import forked
from tests.batteries import secrets_planted as planted
from tests.batteries.figures import Row, Scale, row_of
from tests.batteries.secrets_planted import Found, Portal, find_in, find_in_base
from tests.batteries.web_served import Served
from tests.batteries.web_shapes import form, get
from tests.crawler.conftest import ROOT, command, environment
from tests.portals.proxy import Proxy

TITLE = "Where secrets go"
_OURS = (
    planted.AWS, planted.OWN, planted.ENV_PROXY, planted.PROXY, planted.TARGET, planted.PUBLIC,
    planted.HOOK, planted.MAIL,
)  # fmt: skip
_PORTALS = (
    planted.COOKIE, planted.LINK_SESSION, planted.QUERY_SESSION, planted.USERINFO, planted.LOCATION,
)  # fmt: skip
_ALL = (*_OURS, *_PORTALS, planted.CONTACT)
_EVIDENCE = ("captures.header", "payload.bytes", ".warc.gz", "headers", "payloads/", "bytes/")
"""Where the bytes of a portal stand as it sent them: columns of the archive, WARC and proof packages."""
_ASKED = ("captures.request", ".warc.gz", "request")
"""Where it stands what we said to a portal, the contact in it."""
_VERBS = (
    ("status",), ("status", "--json"), ("doctor",), ("doctor", "--json"), ("runs", "--json"), ("verify",),
    ("search", "示例县", "--json"), ("show", "r1", "--json"), ("show", "r1", "--cells"), ("history", "r1"),
    ("events", "--json"), ("changes", "--full", "--json"), ("coverage", "--year", "2023", "--json"),
    ("cite", "r1", "--style", "bibtex"), ("export", "jsonl", "-o", "{out}/a.jsonl"),
    ("export", "csv", "-o", "{out}/a.csv"), ("export", "atom", "-o", "{out}/a.atom"),
    ("export", "datapackage", "-o", "{out}/package.zip"), ("export", "sqlite", "-o", "{out}/a.db"),
    ("export", "parquet", "-o", "{out}/a.parquet"), ("export", "wacz", "-o", "{out}/a.wacz"),
    ("proof", "r1", "-o", "{out}/proof.zip"), ("reparse", "--json"), ("sites", "list"), ("season", "--dry-run"),
    ("schedule", "show", "cron"), ("show", "r999"), ("export", "csv", "-o", "/proc/none/a.csv"), ("show", "v1"),
    ("config", "show", "--origin"),
)  # fmt: skip
_SHORT = (3, 5, 7, 14, 18, 20, 21, 27, 29)
_PAGES = (
    "/", "/search?q=%E7%A4%BA%E4%BE%8B", "/status", "/place/", "/api/v1/bodies", "/api/v1/reports", "/api/v1/versions",
    "/search.json?q=%E7%A4%BA%E4%BE%8B", "/search.csv?q=%E7%A4%BA%E4%BE%8B", "/search.atom?q=%E7%A4%BA%E4%BE%8B",
    "/status.json", "/leads", "/openapi.json", "/api/v1/changes", "/sitemap.xml",
)  # fmt: skip


def run(scale: Scale) -> list[Row]:
    """The rows."""
    with tempfile.TemporaryDirectory() as home:
        folder, out = Path(home) / "archive", Path(home) / "out"
        out.mkdir()
        with Portal() as portal:
            crawled, argued = _crawl(folder, portal)
            found = list(_in_folder(folder))
            rows = [
                row_of("the finder, on what must be there", _must_be_found(found)),
                row_of("secrets of ours in the archive", _nowhere(_OURS, found)),
                row_of("a portal's secrets beside its own bytes", _only_in(_PORTALS, _EVIDENCE, found)),
                row_of("the contact beside what was asked", _only_in((planted.CONTACT,), _ASKED, found)),
                row_of("what is sent back to a portal", _sent_back(portal)),
                row_of("output of a crawl", _nowhere(_ALL, list(_in_output("crawl", crawled)))),
                row_of("the list of processes while it runs", argued),
                row_of("passwords on the command line and in the proxy", _refused(home, portal, scale)),
            ]
        rows.append(row_of("output and exports of every verb", _every_verb(folder, out, scale)))
        rows += _served(folder)
        return rows


def _run(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return forked.run(command(folder, *words), env=_given(folder, **more), timeout=300)


def _given(folder: Path, **more: str) -> dict[str, str]:
    return environment(**planted.ENVIRONMENT, XDG_CONFIG_HOME=str(folder.parent), **more)


def _crawl(folder: Path, portal: Portal) -> tuple[subprocess.CompletedProcess[str], list[tuple[str, str]]]:
    """Through a proxy that has no password, since one with a password is refused."""
    config = folder.parent / "config.toml"
    seen: dict[str, str] = {}
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    words = file.read_bytes()
                except OSError:  # it has ended
                    continue
                for canary in (one for one in (*_ALL, planted.SIGNED) if one.encode() in words):
                    seen[canary] = words.replace(b"\0", b" ").decode("utf-8", "replace")[:120]

    watching = threading.Thread(target=look)
    watching.start()
    try:
        with Proxy({portal.netloc: ("127.0.0.1", portal.port)}) as proxy:
            config.write_text(f'proxy = "{proxy.url}"\n', encoding="utf-8")
            words = ("crawl", portal.home, "--allow-host", portal.netloc, "--delay", "0", "--json")
            # A process that is started as any user starts it: who lists processes reads its words.
            done = subprocess.run(
                command(folder, *words), capture_output=True, text=True, cwd=ROOT, timeout=300,
                env=_given(folder, NIANBAO_CONFIG=str(config)),
            )  # fmt: skip
    finally:
        over.set()
        watching.join()
    if done.returncode not in (0, 4):
        raise AssertionError(f"expected a crawl, found exit code {done.returncode}: {done.stderr[-2000:]}")
    return done, [(canary, seen.get(canary, "")) for canary in (*_ALL, planted.SIGNED)]


def _in_folder(folder: Path) -> Iterator[Found]:
    canaries = (*_ALL, planted.SIGNED)
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        if file.suffix == ".db":
            yield from find_in_base(file, canaries)
        elif not file.name.endswith(("-wal", "-shm")):
            yield from find_in(str(file.relative_to(folder)), file.read_bytes(), canaries)


def _must_be_found(found: Sequence[Found]) -> list[tuple[str, str]]:
    expected = (
        (planted.COOKIE, "captures.header"), (planted.LOCATION, "captures.header"), (planted.SIGNED, "captures.url"),
        (planted.LINK_SESSION, "payload.bytes"), (planted.USERINFO, "payload.bytes"),
        (planted.CONTACT, "captures.request"),
    )  # fmt: skip
    return [
        (
            f"{canary} in {where}",
            "" if any(one.canary == canary and where in one.where for one in found) else "not found",
        )
        for canary, where in expected
    ]


def _nowhere(canaries: Sequence[str], found: Sequence[Found]) -> list[tuple[str, str]]:
    return _only_in(canaries, (), found)


def _only_in(canaries: Sequence[str], allowed: Sequence[str], found: Sequence[Found]) -> list[tuple[str, str]]:
    return [
        (canary, ", ".join(sorted({one.where for one in found if one.canary == canary and not _is_in(one, allowed)})))
        for canary in canaries
    ]


def _is_in(found: Found, places: Sequence[str]) -> bool:
    return any(place in found.where for place in places)


def _sent_back(portal: Portal) -> list[tuple[str, str]]:
    """No cookie, no authorization, no session id of an earlier visit, in any request."""
    ends = []
    for (path, _, _), head in zip(portal.log, portal.heads, strict=True):
        text = path + "\n" + "\n".join(f"{name}: {value}" for name, value in head.items())
        told = [one for one in (*_PORTALS, *_OURS) if one in text]
        told += [name for name in ("Cookie", "Authorization", "Proxy-Authorization") if name in head]
        ends.append((path, ", ".join(told)))
    return ends


def _in_output(name: str, done: subprocess.CompletedProcess[str]) -> Iterator[Found]:
    yield from find_in(f"{name}: standard output", done.stdout.encode(), _ALL)
    yield from find_in(f"{name}: standard error", done.stderr.encode(), _ALL)


def _refused(home: str, portal: Portal, scale: Scale) -> list[tuple[str, str]]:
    """A password where none is taken: the refusal does not repeat it, nor is it kept."""
    netloc = portal.netloc
    targets = (f"http://user:{planted.TARGET}@{netloc}/", f"http://{planted.TARGET}@{netloc}/",
               f"http://user:{planted.TARGET}@{netloc}:x/", f"user:{planted.TARGET}@{netloc}",
               f"http://user:{planted.TARGET}%40@{netloc}/a b")  # fmt: skip
    proxies = (f"http://user:{planted.PROXY}@127.0.0.1:8", f"http://user:{planted.PROXY}/@127.0.0.1:8",
               f"https://user:{planted.PROXY}@127.0.0.1:8", f"http://127.0.0.1:8/?key={planted.PROXY}",
               f"socks5://user:{planted.PROXY}@127.0.0.1:8", f"http://user:{planted.PROXY}@[::1",
               f"http://user:{planted.PROXY}")  # fmt: skip
    verbs: list[tuple[tuple[str, ...], str]] = []
    for at, target in enumerate(targets):
        words = (
            ("crawl", target),
            ("sites", "probe", target),
            ("sites", "add", target, "--name", "示例县人民政府", "--region", "150824"),
        )
        verbs += [(one, "") for one in (words[at % 3 :][:1] if scale is Scale.SHORT else words)]
    for at, proxy in enumerate(proxies):
        words = (("doctor",), ("crawl", portal.home, "--allow-host", netloc))
        verbs += [(one, proxy) for one in (words[at % 2 :][:1] if scale is Scale.SHORT else words)]
    verbs.append((("serve", "--port", "0", "--public-url", f"http://user:{planted.PUBLIC}@nianbao.example/"), ""))
    verbs.append((("import", __file__, "--url", f"http://user:{planted.TARGET}@127.0.0.1/"), ""))

    def tried(number: int, words: tuple[str, ...], proxy: str) -> tuple[str, str]:
        folder = Path(home) / f"refused{number}"
        config = Path(home) / f"refused{number}.toml"
        config.write_text(f"proxy = '{proxy}'\n" if proxy else "", encoding="utf-8")
        done = _run(folder, *words, NIANBAO_CONFIG=str(config))
        found = [*_in_output("", done), *(_in_folder(folder) if folder.exists() else ())]
        told = ", ".join(f"{one.canary} in{one.where}" for one in found if one.canary in _OURS)
        return f"{' '.join(words[:2])[:60]} {proxy}", told or ("" if done.returncode else "was done")

    return [tried(number, *verb) for number, verb in enumerate(verbs[:: scale.pick(2, 1)])]


def _every_verb(folder: Path, out: Path, scale: Scale) -> list[tuple[str, str]]:
    chosen = _VERBS if scale is Scale.WHOLE else [_VERBS[at] for at in _SHORT]
    (out.parent / "none.toml").touch()  # settings come from the environment alone
    ends = []
    for words in chosen:
        done = _run(folder, *(one.format(out=out) for one in words), NIANBAO_CONFIG=str(out.parent / "none.toml"))
        said = [one for one in _in_output("", done) if not _is_said_to_keeper(words, one)]
        ends.append((" ".join(words), ", ".join(f"{one.canary} in{one.where}" for one in said)))
    for file in sorted(one for one in out.rglob("*") if one.is_file()):
        found = list(find_in_base(file, _ALL) if file.suffix == ".db" else find_in(file.name, file.read_bytes(), _ALL))
        wrong = [one for one in found if not _is_evidence(one)]
        ends.append((file.name, ", ".join(f"{one.canary} in {one.where}" for one in wrong)))
    return ends


def _is_said_to_keeper(words: Sequence[str], found: Found) -> bool:
    """Whom portals may write to: the keeper asks for it, or sets it up."""
    return found.canary == planted.CONTACT and words[0] in ("doctor", "schedule", "config")


def _is_evidence(found: Found) -> bool:
    if found.canary in _OURS:
        return False
    return _is_in(found, _ASKED if found.canary == planted.CONTACT else _EVIDENCE)


def _served(folder: Path) -> Iterator[Row]:
    before = {file.name for file in folder.rglob("*")}
    with Served(folder, environment=planted.ENVIRONMENT) as site:
        heard = [(path, site.ask(get(path.encode())).raw) for path in _PAGES]
        reader = b"X-Forwarded-For: " + planted.READER.encode()
        asked = [
            get(f"{path}?q={planted.QUERY}&url={planted.QUERY}".encode(), reader)
            for path in ("/", "/search", "/compare", "/batch", "/search.json", "/api/v1/search", "/nothing", "/leads")
        ]
        asked.append(
            form(f"lines={planted.QUERY}%0a&find=terms".encode(), b"application/x-www-form-urlencoded", reader)
        )
        asked.append(form(planted.QUERY.encode(), b"multipart/form-data; boundary=b", reader))
        for one in asked:
            site.ask(one)
    found = [one for path, raw in heard for one in find_in(path, raw, _ALL)]
    yield row_of("pages and data of the site", _nowhere(_ALL, found))
    told = (planted.QUERY, planted.READER, "127.0.0.1:")
    kept = [*find_in("the console", site.said.encode(), told), *_kept_of_readers(folder, told[:2])]
    new = {file.name for file in folder.rglob("*")} - before
    ends = [*_nowhere(told, kept), ("files that a reader leaves", ", ".join(sorted(new - {"pictures"})))]
    yield row_of("what readers ask for, and where from", ends)


def _kept_of_readers(folder: Path, canaries: tuple[str, ...]) -> Iterator[Found]:
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        yield from find_in(file.name, file.read_bytes(), canaries)
