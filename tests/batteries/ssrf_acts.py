"""The crawls of the battery, and what each try of them came to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.batteries.ssrf_ground import Ground, Kept, captures_in
from tests.batteries.ssrf_sockets import Ran
from tests.batteries.ssrf_spellings import LOOPBACK, OTHERS, SCHEMES, Try, addresses, strangers
from tests.batteries.ssrf_stage import Site, title_of
from tests.batteries.ssrf_vectors import PAGES

UNASKED = ("off_scope", "refused_address")
_HIDDEN = "//www.shili.gov.cn"  # a host that is followed, behind a user who is named like an address; it has none
_UNRECORDED = ("frames and iframes", "sitemaps, robots' Sitemap, forms, pictures, headers")
_LOOSE = ("links of lists", "redirects", "base elements")
"""Where a reference that no parser takes for a URL is recorded too; elsewhere only those that one may ask for are."""


@dataclass
class Act:
    """A kind of thing that is tried: its tries, and what each came to ("" or what went wrong)."""

    what: str
    tries: list[Try] = field(default_factory=list)
    ends: list[tuple[str, str]] = field(default_factory=list)
    seconds: float | None = None
    runs: list[Ran] = field(default_factory=list)


def crawl_pages(ground: Ground, each: int) -> list[Act]:
    """One crawl of a portal for each way in which a page leads on, each with ``each`` references (0: all)."""
    acts = [Act(f"{what}: spellings of addresses") for what in PAGES]
    staged: list[tuple[Act, Site, Sequence[Try], str]] = []
    schemes, hosts = Act("all ways: neither http nor https"), Act("all ways: hosts that are not followed")
    for number, (act, (what, vector)) in enumerate(zip(acts, PAGES.items(), strict=True)):
        of_addresses = some(addresses(), each, number)
        for into, templates in ((act, of_addresses), (schemes, some(list(SCHEMES), each // 4, number)),
                                (hosts, some(strangers(), each // 4, number))):  # fmt: skip
            site, own = ground.site(), ground.tries(templates)
            vector(site, own)
            staged.append((into, site, own, what if into is act else ""))
    ran = ground.run("nianbao", "--archive", str(ground.folder / "pages"), "crawl", "--delay", "0", "--json",
                     *_targets(site for _, site, _, _ in staged))  # fmt: skip
    kept = captures_in(ground.folder / "pages")
    for act, site, own, what in staged:
        act.tries += own
        act.ends += [(one.name, judge(one, site, kept, _is_recorded(one, what))) for one in own]
        act.ends.append((f"the crawl of {site.seed}", whole(ran, [site])))
    acts = [*acts, schemes, hosts]
    for act in acts:
        act.seconds, act.runs = ran.seconds, [ran]
    return acts


def _is_recorded(one: Try, what: str) -> bool:
    """Whether what leads elsewhere in this way has to be recorded: what may be a report or a part of its list."""
    plain = one.template in {f"http://{host}:PORT/LEAF" for host in (*LOOPBACK, *OTHERS)}
    return bool(what) and what not in _UNRECORDED and (plain or what in _LOOSE)


def some(values: list[str], each: int, number: int) -> list[str]:
    """So many of the values, other ones for each number; 0: all."""
    if not each or each >= len(values):
        return values
    start = number * each % len(values)
    return (values + values)[start : start + each]


def _targets(sites: Iterable[Site]) -> list[str]:
    sites = list(sites)
    return [*(site.seed for site in sites), *(word for site in sites for word in ("--allow-host", site.netloc))]


def whole(ran: Ran, sites: Iterable[Site]) -> str:
    """What says that a crawl did not come to its end, or ""."""
    if ran.code not in (0, 4):
        return f"the crawl ended with {ran.code}: {ran.errors[-300:]}"
    missing = sorted(f"{site.netloc}{path}" for site in sites for path in site.missing)
    return f"{len(missing)} pages of the portal were not asked for: {', '.join(missing[:3])}" if missing else ""


def judge(one: Try, site: Site, kept: list[Kept], recorded: bool) -> str:
    """What is wrong with how one try was kept, or "": it must have ended in one typed row that nobody was asked for.

    A reference that the crawler takes for a path of the portal itself ("http:/x") ends there. ``recorded``: there must
    be a row, or words that say what was seen and not taken.
    """
    own = f"http://{site.netloc}/"
    named = [row for row in kept if one.token in row.url or (one.port and f":{one.port}" in row.url)]
    foreign = [row for row in named if not row.url.startswith(own)]
    for row in foreign:
        unasked = UNASKED if _HIDDEN not in row.url else (*UNASKED, "dns_failed", "robots_unreachable")
        if row.outcome not in unasked or row.status is not None or row.peer:
            return f"{row.url}: {row.outcome} {row.status or ''} {row.peer}"
    twice = {row.url for row in foreign if sum(row.url == other.url for other in foreign) > 1}
    if twice:
        return f"more than one row: {', '.join(sorted(twice))}"
    if not recorded or foreign:
        return ""
    pages = {f"{own}nb/t20240115_{one.token}.html", f"{own}nb/l{one.token}/"}
    here = [row for row in named if row.url.startswith(own) and row.url not in pages]
    if here or any(title_of(one.token) in row.says or one.token in row.says for row in kept):
        return ""
    alias = [row for row in named if "which is no web address" in row.says or row.location.startswith(own)]
    return "" if alias else "no row and no word of it"


def reached(ground: Ground, acts: Iterable[Act]) -> list[str]:
    """Puts whoever was reached to the try whose port it was; what is left belongs to no try."""
    by_port = {one.port: (act, one) for act in acts for one in act.tries if one.port}
    said: dict[int, list[str]] = defaultdict(list)
    left = []
    for contact, times in ground.contacts().items():
        words = f"{contact}, {times} times"
        if contact.port in by_port:
            said[contact.port].append(words)
        else:
            left.append(words)
    for port, words in said.items():
        act, one = by_port[port]
        act.ends = [
            (name, "; ".join([wrong, *words]).strip("; ") if name == one.name else wrong) for name, wrong in act.ends
        ]
    return left
