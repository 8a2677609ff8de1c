"""One page, asked for as a crawl would: which family made it, which links would be followed and which taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.capture import Target
from archive.noted.looks import Answer, answers_of
from archive.store import Archive
from crawler.connection.addresses import read_host_port
from crawler.errors import Usage
from crawler.families import Found, claims, families, read_answer, recognise
from crawler.gathering.harvest import harvest
from crawler.pages.links import Page, is_page, read_page
from crawler.pages.shapes import is_document
from crawler.registry import find_portal, read_registry
from crawler.relevance import is_report_page
from crawler.running.plan import Plan

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Probed:
    """What was asked for, what came, and what a crawl would make of it.

    ``claims``: each family that claims the page, how surely (0.0 to 1.0); ``marks``: what of the page speaks for the
    family, in words. ``follow``, ``take``: (label, URL) of the links that would be followed and taken as reports;
    ``pages``: URLs of the list's other pages; ``rows``: those of its entries. ``total``: the rows that the list says
    it has. ``source``: the page as text.
    """

    url: str
    outcome: str
    says: str
    status: int | None = None
    title: str = ""
    encoding: str = ""
    family: str = ""
    claims: dict[str, float] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    is_report: bool = False
    follow: tuple[tuple[str, str], ...] = ()
    take: tuple[tuple[str, str], ...] = ()
    pages: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    look_alikes: tuple[str, ...] = ()
    total: int | None = None
    site_name: str = ""
    region_code: str = ""
    source: str = ""


def probe_page(target: str, allow: Iterable[str]) -> Probed:
    """A page, a site's code or a host → what a crawl would make of it, by the manners of a crawl.

    An archive in a temporary folder takes what comes, and is removed. Raises UnknownTarget, Usage, BadSite.
    """
    portal = find_portal(target, read_registry())
    url = (portal.seeds or (portal.home,))[0]
    try:
        allowed = frozenset(read_host_port(text) for text in allow)
    except ValueError as error:
        raise Usage(f"--allow-host: {error}") from error
    plan = Plan((replace(portal, seeds=(url,)),), "nianbao sites probe", allow=allowed, follow=False)
    return read_probe(url, _ask(plan), portal.family)


def _ask(plan: Plan) -> tuple[Answer, ...]:
    from crawler.config import equip
    from crawler.running.expedition import Expedition
    from crawler.voyages.journey import travel

    with TemporaryDirectory(prefix="nianbao-probe-") as folder, Archive.open(Path(folder), write=True) as archive:
        expedition = Expedition(archive, equip(plan))
        travel(expedition)
        return answers_of(archive, expedition.run.id)


def read_probe(url: str, answers: Sequence[Answer], family: str) -> Probed:
    """What came for a URL, redirects and all → what a crawl would make of the last of it."""
    if not answers:
        return Probed(url, "not asked", "the site's robots.txt could not be had")
    last = answers[-1]
    if last.outcome not in ("fetched", "not_modified"):
        return Probed(last.url, last.outcome, last.says, last.status)
    if is_document(last.url):
        return Probed(last.url, last.outcome, "a document, not a page", last.status)
    named = ""
    if is_page(last.payload):
        page = read_page(last.url, last.payload)
    else:
        answer = read_answer(last.url, "", last.payload)
        if answer is None:
            return Probed(last.url, last.outcome, "neither a page nor a list's answer that a family knows", last.status)
        page, named = answer
    return _look_at(page, last, named or family or recognise(page))


def _look_at(page: Page, answer: Answer, family: str) -> Probed:
    target = Target(url=page.url, kind="column", seed=page.url)
    taken = harvest(page, target, family, None)
    found = families()[family].links(page)
    words = {kind: [one for one in taken.targets if one.kind == kind] for kind in ("column", "article", "attachment")}
    further = {anchor.url for anchor in found.pages}
    return Probed(
        url=page.url,
        outcome=answer.outcome,
        says=answer.says,
        status=answer.status,
        title=page.name,
        encoding=page.encoding,
        family=family,
        claims=claims(page),
        marks=tuple(_marks(family, found)),
        is_report=is_report_page(page.source),
        follow=tuple((one.link_text, one.url) for one in words["column"] if one.url not in further),
        take=tuple((one.link_text, one.url) for one in (*words["article"], *words["attachment"])),
        pages=tuple(dict.fromkeys(anchor.url for anchor in found.pages)),
        rows=tuple(anchor.url for anchor in found.rows),
        look_alikes=taken.look_alikes,
        total=found.total,
        site_name=page.meta.get("sitename", ""),
        region_code=page.meta.get("siteidcode", "")[:6] if page.meta.get("siteidcode", "")[:6].isdigit() else "",
        source=page.source,
    )


def _marks(family: str, found: Found) -> Iterator[str]:
    """What the family is known by, and what of it is on the page."""
    yield (families()[family].__doc__ or "").strip().partition("\n")[0].rstrip(".").replace("``", "")
    for what, anchors in (("links shaped like its articles", found.rows), ("further pages of a list", found.pages)):
        if anchors:
            yield f"{len(anchors)} {what}, such as {anchors[0].url}{' (POST)' if anchors[0].post else ''}"
    if found.total is not None:
        yield f"its lists count their rows: {found.total}"


def lines_about(probed: Probed) -> Iterator[str]:
    """The probe in words."""
    status = f" (status {probed.status})" if probed.status is not None else ""
    yield f"{probed.url}: {probed.outcome}{status}{f': {probed.says}' if probed.says else ''}"
    if not probed.family:
        return
    yield f"title: {probed.title or 'none'} · {probed.encoding}{' · itself a report' if probed.is_report else ''}"
    others = ", ".join(f"{name} {claim:.1f}" for name, claim in probed.claims.items() if name != probed.family)
    surely = probed.claims.get(probed.family, 0.0)
    yield f"family: {probed.family} ({surely:.1f}{f'; {others}' if others else ''})"
    yield from (f"  {mark}" for mark in probed.marks)
    yield from _listed("would be taken as reports", [f"{label}  {url}" for label, url in probed.take])
    yield from _listed("would be followed", [f"{label}  {url}" for label, url in probed.follow])
    yield from _listed("other pages of the list", probed.pages)
    yield from _listed("seen and not taken", probed.look_alikes)


def next_step(probed: Probed, target: str) -> str:
    """The words after ``nianbao`` that a person would type next about a page that was probed as ``target``."""
    if probed.outcome != "fetched":
        return f"sites show {target}"
    if probed.take or probed.pages or probed.is_report or not probed.follow:
        return f"crawl {target}"
    return f"sites probe {probed.follow[0][1]}"


def _listed(what: str, lines: Sequence[str]) -> Iterator[str]:
    yield f"{what}: {len(lines)}"
    yield from (f"  {line}" for line in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield f"  … and {len(lines) - _SHOWN} more"
