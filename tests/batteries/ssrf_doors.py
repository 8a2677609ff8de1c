"""What the crawler is told from elsewhere than a page: names, robots.txt, targets, the handler alone, a proxy."""

from __future__ import annotations

import json
from collections.abc import Sequence

import scrapy

from tests.batteries.ssrf_acts import Act, judge, some, whole
from tests.batteries.ssrf_ground import PUBLIC, PUBLIC6, ROOT, Ground, Kept, captures_in
from tests.batteries.ssrf_spellings import Try, addresses
from tests.batteries.ssrf_stage import listing, title_of
from tests.batteries.ssrf_vectors import links, redirects

_V4 = (
    "127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.0.2.1",
    "198.18.0.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
)  # fmt: skip
_V6 = (
    "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1", "3fff::1", "100::1", "::ffff:10.0.0.1",
    "::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:80ff:fffe",
)  # fmt: skip
_MIXED: tuple[list[list[str]], ...] = (
    [[PUBLIC], ["127.0.0.1"]], [[PUBLIC], ["10.0.0.1"]], [[PUBLIC], ["169.254.169.254"]], [[PUBLIC6], ["::1"]],
    [[PUBLIC], [PUBLIC], ["127.0.0.1"]], [[PUBLIC], [PUBLIC], [PUBLIC], ["192.168.1.1"]], [["10.0.0.1"], [PUBLIC]],
    [[PUBLIC, "127.0.0.1"]], [["127.0.0.1", PUBLIC]], [["10.0.0.1", PUBLIC, "192.168.1.1"]], [[PUBLIC, "::1"]],
    [["127.0.0.1", PUBLIC6]], [[PUBLIC6, "fe80::1"]],
)  # fmt: skip
_ALIASES = ("inner.example", "localhost", "twice.example", "none.example", "round.example")
_BEHIND = {
    "inner.example": [["10.0.0.1"]],
    "twice.example": [["inner.example"]],
    "round.example": [["round.example"]],
    "localhost": [["127.0.0.1", "::1"]],
    "portal.shili.gov.cn": [[PUBLIC]],
}
_REFUSED = "refused_address"
_MAY = frozenset({_REFUSED, "fetched", "reset", "robots_unreachable"})  # where one of the answers is public
NAMED: dict[str, tuple[list[list[str]], frozenset[str]]] = {
    **{f"a{n}.shili.gov.cn": ([[address]], frozenset({_REFUSED})) for n, address in enumerate((*_V4, *_V6))},
    **{f"b{n}.shili.gov.cn": (answers, _MAY) for n, answers in enumerate(_MIXED)},
    **{f"c{n}.shili.gov.cn": ([[alias]], frozenset({_REFUSED, "dns_failed", "robots_unreachable"}))
       for n, alias in enumerate(_ALIASES)},
}  # fmt: skip
"""Name → the answers for it, in turn, and how what is asked for under it may end."""

ZONE = {name: answers for name, (answers, _) in NAMED.items()} | _BEHIND


def resolve_names(ground: Ground, each: int) -> Act:
    """Names that are followed and lead to addresses that are not asked: by link and by redirect."""
    act = Act("names: other answers each time, several in one, CNAME, IPv4 and IPv6")
    folder, staged = ground.folder / "names", []
    for vector in (links, redirects):
        site = ground.site()
        names = list(NAMED) if not each or vector is links else list(NAMED)[::2]
        own = ground.tries([f"http://{name}:PORT/LEAF" for name in names])
        vector(site, own)
        staged.append((site, list(zip(own, names, strict=True))))
    options = {"folder": str(folder), "targets": [s.seed for s, _ in staged], "allow": [s.netloc for s, _ in staged]}
    ran = ground.run("tests.batteries.ssrf_travel", json.dumps(options))
    kept = captures_in(folder) if ran.code == 0 else []
    for site, pairs in staged:
        act.tries += [one for one, _ in pairs]
        act.ends += [(one.name, _ended(one, kept, NAMED[name][1])) for one, name in pairs]
        act.ends.append((f"the crawl of {site.seed}", whole(ran, [site])))
    act.seconds, act.runs = ran.seconds, [ran]
    return act


def _ended(one: Try, kept: Sequence[Kept], outcomes: frozenset[str]) -> str:
    """What is wrong with the rows of one try, of which there must be one for each URL, or ""."""
    named = [row for row in kept if f":{one.port}/" in row.url]
    odd = {f"{row.url}: {row.outcome}" for row in named if row.outcome not in outcomes}
    reached = {f"{row.url}: asked {row.peer}" for row in named if row.peer and not _is_public_peer(row.peer)}
    rows = [row.url for row in named if one.token in row.url]
    if odd or reached:
        return "; ".join(sorted(odd | reached))
    return "" if len(rows) == 1 else f"{len(rows)} rows"


def _is_public_peer(peer: str) -> bool:
    return peer.startswith((PUBLIC, f"[{PUBLIC6}]"))


def redirect_robots(ground: Ground, each: int) -> Act:
    """Portals whose robots.txt is said to be elsewhere: one for each address."""
    act = Act("robots.txt that redirects elsewhere")
    sites = []
    for one in ground.tries(some(addresses(), each, 3)):
        site = ground.site()
        location = one.reference("robots.txt?TOKEN").replace("\n", "")
        site.put("/robots.txt", f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
        site.put("/nb/", listing([]))
        sites.append((one, site))
    folder = ground.folder / "robots"
    options = {"folder": str(folder), "targets": [s.seed for _, s in sites], "allow": [s.netloc for _, s in sites]}
    ran = ground.run("tests.batteries.ssrf_travel", json.dumps(options))
    kept = captures_in(folder) if ran.code == 0 else []
    for one, site in sites:
        said = [row for row in kept if row.url == f"http://{site.netloc}/robots.txt"]
        unreached = any(one.token in row.url and row.outcome == "dns_failed" for row in kept)  # RFC 9309, 2.3.1.4
        wrong = judge(one, site, kept, False) or ("" if unreached else whole(ran, [site]))
        if not wrong and not (len(said) == 1 and (said[0].location or "which is no web address" in said[0].says)):
            wrong = f"{len(said)} rows for robots.txt, and none says where it was said to be"
        act.ends.append((one.name, wrong))
        act.tries.append(one)
    act.seconds, act.runs = ran.seconds, [ran]
    return act


def crawl_targets(ground: Ground, each: int) -> Act:
    """Addresses that are themselves what is to be crawled, so that their hosts are in scope and only the guard is
    left."""
    act = Act("targets of a crawl, so that their hosts are followed")
    act.tries = ground.tries(some(addresses(), each, 1))
    of = {one.reference("nb/TOKEN/"): one for one in act.tries}
    folder = ground.folder / "targets"
    ran = ground.run(
        "tests.batteries.ssrf_travel", json.dumps({"folder": str(folder), "targets": list(of), "allow": []})
    )
    refused = json.loads(ran.output) if ran.code == 0 else {}
    kept = captures_in(folder) if ran.code == 0 else []
    outcomes = frozenset({_REFUSED, "off_scope", "dns_failed", "robots_unreachable", "bad_http"})
    for target, one in of.items():
        rows = [row for row in kept if one.token in row.url]
        odd = [f"{row.url}: {row.outcome} {row.peer}" for row in rows if row.outcome not in outcomes or row.peer]
        wrong = "; ".join(odd) or ("" if len(rows) == 1 or target in refused else f"{len(rows)} rows")
        act.ends.append((one.name, wrong if ran.code == 0 else ran.errors[-300:]))
    act.seconds, act.runs = ran.seconds, [ran]
    return act


def ask_handler(ground: Ground, each: int) -> Act:
    """The download handler with nothing before it, asked for each address: by HTTP, by HTTPS, through a proxy."""
    act = Act("the download handler alone: HTTP, HTTPS, through a declared proxy")
    proxy, before = ground.site(), ground.looked_up()
    for scheme, more in (("http", {}), ("https", {}), ("http", {"proxy": [proxy.address, proxy.port]})):
        own = ground.tries(some(addresses(), each, 2))
        urls = {one.reference().strip().replace("http:", f"{scheme}:", 1): one for one in own}
        asked = [url for url in urls if _is_request(url)]
        ran = ground.run(str(ROOT / "tests/crawler/fetch.py"), json.dumps({"urls": asked, **more}))
        got = json.loads(ran.output) if ran.code == 0 else {}
        for url, one in urls.items():
            exchange = got.get(url, {} if url in asked else {"failure": "no request"})
            failed = exchange.get("failure") in (_REFUSED, "dns_failed", "bad_http", "no request")
            unsaid = not (exchange.get("request") or exchange.get("peer"))
            act.ends.append((f"{scheme} {one.name}", "" if failed and unsaid else f"{exchange or ran.errors[-300:]}"))
        act.tries += own
        act.runs.append(ran)
    act.ends.append(("what the proxy was asked", ", ".join(proxy.asked)))
    ground.unscoped |= ground.looked_up() - before
    return act


def _is_request(url: str) -> bool:
    try:
        scrapy.Request(url)
    except ValueError:
        return False
    return url.lower().startswith("http")


def crawl_through_proxy(ground: Ground, each: int) -> Act:
    """A crawl through a declared proxy, which may stand on this machine: it is asked for the portal alone."""
    act = Act("a crawl through a declared proxy: links and redirects")
    site = ground.site()
    proxy, site.name = f"http://{site.netloc}", "portal.shili.gov.cn"
    half = some(addresses(), each, 5)
    own, moved = ground.tries(half), ground.tries([*half, *(f"http://{name}:PORT/LEAF" for name in list(NAMED)[:29])])
    redirects(site, moved)
    links(site, [*own, *(_local(one) for one in moved)])
    folder = ground.folder / "proxied"
    ran = ground.run(
        "tests.batteries.ssrf_travel",
        json.dumps({"folder": str(folder), "targets": [site.seed], "allow": [], "proxy": proxy}),
    )
    kept = captures_in(folder) if ran.code == 0 else []
    act.tries = [*own, *moved]
    act.ends = [(one.name, judge(one, site, kept, True)) for one in act.tries]
    elsewhere = [path for path in site.asked if not path.startswith("/")]
    act.ends.append(("what the proxy was asked", ", ".join(elsewhere[:5])))
    act.ends.append((f"the crawl of {site.seed}", whole(ran, [site])))
    act.seconds, act.runs = ran.seconds, [ran]
    return act


def _local(one: Try) -> Try:
    return Try(title_of(one.token), f"./t20240115_{one.token}.html", 0, one.token)
