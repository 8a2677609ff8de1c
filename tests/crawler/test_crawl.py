"""The command crawls a portal of the TRS family: what is taken, how each URL ends, and that nothing is lost."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest

from archive.payloads import get_payload
from archive.store import Archive
from tests.crawler.conftest import ROOT, Nianbao, command, crawl, ends_of, environment
from tests.portals.raw import RawServer
from tests.portals.shapes import sized
from tests.portals.trs import ROOT as COLUMN
from tests.portals.trs import Reply, TrsPortal, article, page, row

AGENT = f"nianbao/{version('nianbao')}"
LOOK_ALIKES = {f"{COLUMN}2023/202401/t20240105_{number}.html" for number in (180, 181, 182)}


def schema_of(name: str) -> dict[str, object]:
    """A schema of docs/."""
    schema: dict[str, object] = json.loads((ROOT / f"docs/schema/{name}.json").read_text(encoding="utf-8"))
    return schema


def test_a_portal_is_crawled_from_its_home_page_and_asked_again_without_bodies(folder: Path, nianbao: Nianbao) -> None:
    with TrsPortal() as portal:
        first = nianbao(*crawl(portal))
        assert first.returncode == 0, first.stderr
        asked = portal.asked
        assert portal.wanted <= set(asked)
        assert max(Counter(asked).values()) == 1, "nothing is asked for twice"
        assert not LOOK_ALIKES & set(asked)
        assert f"{COLUMN}2023/index_8.html" not in asked, "the call in a comment is no call"
        assert len(asked) <= 3 * len(portal.wanted)
        agents = {head["User-Agent"] for head in portal.heads}
        assert agents == {f"{AGENT} (keeper@archive.example)"}
        assert not any("Cookie" in head for head in portal.heads)
        referers = {head["Referer"] for head in portal.heads if "Referer" in head}
        assert all(one.startswith(portal.home) for one in referers), "where we come from, of the same host alone"
        assert f"{portal.home[:-1]}{COLUMN}2023/" in referers

        summary = json.loads(first.stdout)
        jsonschema.validate(summary, schema_of("crawl"))
        assert summary["outcomes"] == {
            "alias": 1,
            "fetched": 28,
            "not_found": 1,
            "off_scope": 1,
            "robots_disallowed": 1,
        }
        assert summary["requests"] == len(asked)

        portal.log.clear()
        again = nianbao(*crawl(portal))
        assert again.returncode == 0, again.stderr
        assert {size for _, status, size in portal.log if status in (200, 304)} == {0}, "no body for an unchanged page"
        assert set(portal.asked) == set(asked)
        assert json.loads(again.stdout)["outcomes"]["not_modified"] == 28
        assert json.loads(again.stdout)["revisits"] == 28


def test_every_url_ends_in_one_outcome_and_look_alikes_are_noted(folder: Path, nianbao: Nianbao) -> None:
    with TrsPortal() as portal:
        nianbao(*crawl(portal))
    ends = ends_of(folder)
    assert None not in ends.values()
    assert ends["moved.html"] == "alias"
    assert ends["bm/czj/202401/t20240118_900.html"] == "fetched"
    assert ends[f"{COLUMN[1:]}2023/private/t20240105_183.html"] == "robots_disallowed"
    assert ends["t20240105_184.html"] == "off_scope"
    assert ends[f"{COLUMN[1:]}2023/202401/t20240105_185.html"] == "not_found"
    with Archive.open(folder, write=False) as archive:
        said = " ".join(says for (says,) in archive.db.execute("SELECT says FROM captures").fetchall())
        alias = archive.db.execute("SELECT location, kind, link_text FROM captures WHERE outcome = 'alias'").fetchone()
        gb18030 = archive.db.execute("SELECT payload FROM captures WHERE url LIKE '%/2022/'").fetchone()[0]
        title, published, via = archive.db.execute(
            "SELECT title, published, via FROM captures WHERE url LIKE '%/t20240120_101.html'"
        ).fetchone()
        assert "示例县" in get_payload(archive, gb18030).decode("gb18030")
    for look_alike in ("2023年政府网站工作年度报表", "示例县2023年法治政府建设年度报告", "示例县教育局2023年部门决算"):
        assert look_alike in said
    assert alias == (
        f"{portal.home}bm/czj/202401/t20240118_900.html",
        "article",
        "示例县财政局2023年政府信息公开工作年度报告（重发）",
    )
    assert (title, published) == ("示例县财政局2023年政府信息公开工作年度报告", "2024-01-20 09:16")
    assert via.startswith(f"{portal.home[:-1]}{COLUMN}2023/")


def test_a_year_takes_that_years_reports_only(folder: Path, nianbao: Nianbao) -> None:
    with TrsPortal() as portal:
        done = nianbao(*crawl(portal, "--year", "2022"))
    assert done.returncode == 0
    taken = {path for path in portal.wanted if path in portal.asked}
    assert taken == {path for path in portal.wanted if "/2022/" in path}


def test_a_report_that_no_list_links_to_is_asked_for_again(folder: Path, nianbao: Nianbao) -> None:
    column = f"{COLUMN}2022/jyj/index.html"
    report = f"{COLUMN}2022/jyj/202301/t20230115_240.html"
    with TrsPortal() as portal:
        nianbao(*crawl(portal))
        for path in (column, column.removesuffix("index.html")):
            portal.pages[path] = Reply(page("教育局", "<ul></ul>").encode())
        portal.log.clear()
        nianbao(*crawl(portal))
        assert (report, 304, 0) in portal.log


def test_a_budget_ends_a_run_and_says_so(folder: Path, nianbao: Nianbao) -> None:
    with TrsPortal() as portal:
        done = nianbao(*crawl(portal, "--max-requests", "6"))
        assert done.returncode == 4
        assert len(portal.log) == 6
    ends = Counter(ends_of(folder).values())
    assert ends["fetched"] == 6
    assert ends["budget"] > 0
    assert set(ends) == {"fetched", "budget"}


@pytest.mark.parametrize(
    "words",
    [
        ["crawl"],
        ["crawl", "no-such-code"],
        ["crawl", "ftp://a.example/"],
        ["crawl", "www.wltzq.gov.cn", "--delay", "1"],
        ["crawl", "http://localhost.example/", "--delay", "0"],
        ["crawl", "http://127.0.0.1:9/", "--delay", "-1"],
        ["crawl", "http://127.0.0.1:9/", "--allow-host", "127.0.0.1"],
        ["crawl", "http://127.0.0.1:9/", "--year", "24"],
        ["crawl", "http://127.0.0.1:9/", "--max-requests", "0"],
    ],
    ids=" ".join,
)
def test_what_is_not_done_is_a_usage_error(words: list[str], folder: Path, nianbao: Nianbao) -> None:
    done = nianbao(*words)
    assert done.returncode == 2
    assert done.stderr
    assert not folder.exists(), "nothing is made for a command that is refused"


def robots_case(nianbao: Nianbao, folder: Path, answer: bytes) -> tuple[int, list[str], dict[str, str]]:
    """A column behind a robots.txt → exit code, paths asked for, outcomes."""
    listing = page("政府信息公开年报", row("/nb/t1001.html", "示例县财政局2023年政府信息公开工作年度报告")).encode()
    body = article("财政局", 2023).encode()
    answers = {"/robots.txt": answer, "/nb/": sized(listing) + listing, "/nb/t1001.html": sized(body) + body}
    with RawServer(answers) as server:
        netloc = f"127.0.0.1:{server.port}"
        done = nianbao("crawl", f"{server.home}/nb/", "--allow-host", netloc, "--delay", "0", "--json")
    return done.returncode, server.paths, ends_of(folder)


def test_robots_that_is_absent_allows(folder: Path, nianbao: Nianbao) -> None:
    code, asked, _ = robots_case(nianbao, folder, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    assert (code, asked) == (0, ["/robots.txt", "/nb/", "/nb/t1001.html"])


def test_robots_that_cannot_be_had_disallows(folder: Path, nianbao: Nianbao) -> None:
    code, asked, ends = robots_case(nianbao, folder, b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")
    assert (code, set(asked)) == (4, {"/robots.txt"})
    assert ends == {"robots.txt": "server_error", "nb/": "robots_unreachable"}


def test_robots_that_is_elsewhere_is_followed(folder: Path, nianbao: Nianbao) -> None:
    rules = b"User-agent: nianbao\nDisallow: /nb/t\n"
    with RawServer({"/robots.txt": sized(rules) + rules}) as other:
        moved = f"HTTP/1.1 301 Moved\r\nLocation: {other.home}/robots.txt\r\nContent-Length: 0\r\n\r\n".encode()
        listing = page("政府信息公开年报", row("/nb/t1001.html", "示例县财政局2023年政府信息公开工作年度报告")).encode()
        with RawServer({"/robots.txt": moved, "/nb/": sized(listing) + listing}) as server:
            allowed = [word for port in (server.port, other.port) for word in ("--allow-host", f"127.0.0.1:{port}")]
            done = nianbao("crawl", f"{server.home}/nb/", *allowed, "--delay", "0")
    assert done.returncode == 0, done.stderr
    assert server.paths == ["/robots.txt", "/nb/"]
    assert ends_of(folder)["nb/t1001.html"] == "robots_disallowed"


def test_a_passing_failure_is_tried_again_and_a_lasting_one_named(folder: Path, nianbao: Nianbao) -> None:
    calls: Counter[str] = Counter()
    body = article("财政局", 2023).encode()

    def twice_busy(connection) -> None:  # type: ignore[no-untyped-def]
        calls["busy"] += 1
        busy = b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(busy if calls["busy"] < 3 else sized(body) + body)

    def always_cut(connection) -> None:  # type: ignore[no-untyped-def]
        calls["cut"] += 1
        connection.sendall(sized(body) + body[:100])

    rows = "".join(row(f"/nb/t100{n}.html", f"示例县第{n}局2023年政府信息公开工作年度报告") for n in (1, 2))
    listing = page("政府信息公开年报", rows).encode()
    answers = {"/nb/": sized(listing) + listing, "/nb/t1001.html": twice_busy, "/nb/t1002.html": always_cut}
    with RawServer(answers) as server:
        done = nianbao("crawl", f"{server.home}/nb/", "--allow-host", f"127.0.0.1:{server.port}", "--delay", "0")
    assert done.returncode == 4
    assert calls == {"busy": 3, "cut": 3}
    ends = ends_of(folder)
    assert (ends["nb/t1001.html"], ends["nb/t1002.html"]) == ("fetched", "truncated")
    with Archive.open(folder, write=False) as archive:
        cut = archive.db.execute("SELECT payload FROM captures WHERE outcome = 'truncated'").fetchone()[0]
        assert get_payload(archive, cut) == body[:100]


def test_a_host_that_wants_a_day_of_peace_gets_it(folder: Path, nianbao: Nianbao) -> None:
    busy = b"HTTP/1.1 429 Later\r\nRetry-After: 86400\r\nContent-Length: 0\r\n\r\n"
    body = page("政府信息公开年报", "").encode()
    with RawServer({"/nb/": busy}) as server:
        words = ["crawl", f"{server.home}/nb/", "--allow-host", f"127.0.0.1:{server.port}", "--delay", "0"]
        done = nianbao(*words)
        assert (done.returncode, server.paths) == (4, ["/robots.txt", "/nb/"])
        assert "goes on" in done.stderr
        assert ends_of(folder)["nb/"] is None, "it has not ended"
        server.answers["/nb/"] = sized(body) + body
        assert nianbao(*words).returncode == 4, "another process does not forget it"
        assert server.paths == ["/robots.txt", "/nb/"]
        tomorrow = datetime.now(UTC) + timedelta(seconds=86_400)
        assert nianbao(*words, NIANBAO_NOW=tomorrow.isoformat()).returncode == 0
    assert ends_of(folder) == {"robots.txt": "not_found", "nb/": "fetched"}
    assert server.paths == ["/robots.txt", "/nb/", "/nb/"]


def test_crawl_delay_is_kept(folder: Path, nianbao: Nianbao) -> None:
    moments: list[float] = []
    body = article("财政局", 2023).encode()
    rows = "".join(row(f"/nb/t100{n}.html", f"示例县第{n}局2023年政府信息公开工作年度报告") for n in (1, 2))
    listing = page("政府信息公开年报", rows).encode()
    rules = b"User-agent: *\nCrawl-delay: 1\n"

    def noting(answer: bytes):  # type: ignore[no-untyped-def]
        def send(connection) -> None:  # type: ignore[no-untyped-def]
            moments.append(time.monotonic())
            connection.sendall(answer)

        return send

    answers = {"/robots.txt": sized(rules) + rules, "/nb/": noting(sized(listing) + listing)}
    answers |= {f"/nb/t100{n}.html": noting(sized(body) + body) for n in (1, 2)}
    with RawServer(answers) as server:
        done = nianbao("crawl", f"{server.home}/nb/", "--allow-host", f"127.0.0.1:{server.port}", "--delay", "0")
    assert done.returncode == 0
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert len(gaps) == 2
    assert min(gaps) >= 1.0


def test_redirects_that_never_end_do(folder: Path, nianbao: Nianbao) -> None:
    def hop(number: int) -> bytes:
        return f"HTTP/1.1 302 Found\r\nLocation: /hop/{number + 1}\r\nContent-Length: 0\r\n\r\n".encode()

    loop = b"HTTP/1.1 302 Found\r\nLocation: /b/\r\nContent-Length: 0\r\n\r\n"
    answers = {
        "/nb/": hop(0),
        "/b/": loop.replace(b"/b/", b"/a/"),
        "/a/": loop,
        **{f"/hop/{n}": hop(n) for n in range(1, 200)},
    }
    with RawServer(answers) as server:
        allow = ["--allow-host", f"127.0.0.1:{server.port}", "--delay", "0"]
        done = nianbao("crawl", f"{server.home}/nb/", f"{server.home}/a/", *allow)
    assert done.returncode == 4, "what a page was to be at the end of them was not had"
    assert server.paths.count("/a/") == server.paths.count("/b/") == 1
    assert len(server.paths) < 40
    ends = ends_of(folder)
    assert set(ends.values()) == {"alias", "bad_http", "not_found"}
    assert sum(end == "bad_http" for end in ends.values()) == 2, "the last of each"


def test_scrapy_users_find_what_they_expect(folder: Path) -> None:
    scrapy = [command(folder)[0], "-m", "scrapy"]
    listed = subprocess.run([*scrapy, "list"], capture_output=True, text=True, cwd=ROOT, env=environment(), timeout=60)
    assert listed.stdout.split() == ["portal"]
    more = environment(NIANBAO_ARCHIVE=str(folder))
    refused = subprocess.run(
        [*scrapy, "crawl", "portal", "-a", "site=127.0.0.1:9"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=more,
        timeout=60,
    )
    assert "Telnet" not in refused.stderr
    assert set(ends_of(folder).values()) == {"refused_address"}


def test_scrapy_crawls_a_portal_to_its_end(folder: Path) -> None:
    with TrsPortal() as portal:
        words = ["crawl", "portal", "-a", f"site={portal.home}", "-a", f"allow={portal.netloc}"]
        done = subprocess.run(
            [command(folder)[0], "-m", "scrapy", *words, "-s", "DOWNLOAD_DELAY=0"],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environment(NIANBAO_ARCHIVE=str(folder)),
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert portal.wanted <= set(portal.asked)
    with Archive.open(folder, write=False) as archive:
        assert archive.db.execute("SELECT state FROM runs").fetchall() == [("done",)]
        assert archive.db.execute("SELECT count(*) > 0 FROM readings").fetchone() == (1,)


def test_the_registry_is_listed(nianbao: Nianbao) -> None:
    done = nianbao("sites", "list", "--json")
    assert done.returncode == 0
    sites = json.loads(done.stdout)
    jsonschema.validate(sites, schema_of("sites_list"))
    assert "150824" in {site["region_code"] for site in sites}
    assert "乌拉特中旗人民政府" in nianbao("sites", "list").stdout
