"""What the pages of one run lead to, and what is known of it again when a killed run is gone on with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from archive.capture import Target
from archive.errors import Damaged, Withdrawn
from archive.frontier import list_ended
from archive.noted.listings import Listing
from archive.payloads import get_payload
from archive.resources import NOT_LOOKED
from archive.runs.run import Run
from archive.store import Archive
from archive.urls import url_key
from crawler.families import recognise
from crawler.gathering.harvest import NO_LOOKUPS, harvest
from crawler.gathering.twins import Twins
from crawler.relevance import is_report_page
from crawler.running.asking import page_in
from crawler.running.plan import Plan

NOT_FOLLOWED = ("off_scope", "refused_address")


@dataclass(frozen=True, slots=True)
class Gleaned:
    """What a page gives: ``kind`` of its capture, what it says of itself, the targets found on it, what it lists, the
    URLs that it links to, and the names on a portal's own list of departments."""

    kind: str
    title: str
    published: str
    says: str
    fresh: tuple[Target, ...]
    listing: Listing | None
    named: tuple[str, ...]
    bodies: tuple[str, ...]


class Gleaner:
    """Pages are given to it in the order in which they are acknowledged; it remembers which are known by then."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._families = {portal.code: portal.family for portal in plan.portals}
        self._lookups = {portal.code: dict(portal.lookups) for portal in plan.portals if portal.lookups}
        self._recognised: dict[str, Counter[str]] = defaultdict(Counter)
        self._twins = Twins()

    def fresh(self, targets: Iterable[Target]) -> tuple[Target, ...]:
        """Targets without those that are the same page as one found before under another URL."""
        return self._twins.fresh(targets)

    def instead_of(self, target: Target) -> tuple[Target, ...]:
        """Another URL of a page that could not be had, or nothing."""
        return self._twins.instead_of(target)

    def glean(self, target: Target, payload: bytes) -> Gleaned | None:
        """A body → what it gives, None where it is no page."""
        read = page_in(target, payload) if payload else None
        if read is None:
            return None
        page, family = read
        key = target.list_key or url_key(target.url, target.post)
        taken = harvest(
            page,
            replace(target, list_key=key),
            family or self._families.get(target.site, ""),
            self._plan.report_year,
            self._lookups.get(target.site, NO_LOOKUPS),
        )
        if taken.listed and not self._families.get(target.site):
            self._recognised[target.site][family or recognise(page)] += 1
        fresh = self._twins.fresh(taken.targets)
        is_report = target.kind == "column" and not family and is_report_page(page.source)
        return Gleaned(
            kind="article" if is_report else target.kind,
            title=page.name,
            published=page.published,
            says=taken.says,
            fresh=fresh,
            listing=Listing(key, taken.rows, taken.reports, taken.said) if taken.listed else None,
            named=self._twins.named([*(anchor.url for anchor in page.anchors), *(one.url for one in taken.targets)]),
            bodies=taken.bodies,
        )

    def recall(self, archive: Archive, run: Run) -> None:
        """What earlier processes of the run were given and knew, from what they kept, in the same order.

        Without it a page would be asked for under its second URL too, a second URL be forgotten when the first is
        found dead, and the family be told of the last pages alone.
        """
        for target, outcome, location, digest in list_ended(archive, run):
            if target.kind == "robots" or location:
                continue
            if outcome in ("fetched", "not_modified"):
                self._glean_again(archive, target, digest)
            elif outcome not in NOT_LOOKED or (self._plan.follow and outcome in NOT_FOLLOWED):
                self._twins.instead_of(target)

    def families(self) -> dict[str, str]:
        """Site's code → the family that most pages of its lists were recognised as, where the registry names none."""
        return {site: seen.most_common(1)[0][0] for site, seen in self._recognised.items()}

    def close(self) -> None:
        """Forgets all of it."""
        self._twins.close()

    def _glean_again(self, archive: Archive, target: Target, digest: str | None) -> None:
        try:
            payload = b"" if digest is None else get_payload(archive, digest)
        except (Withdrawn, Damaged):
            return  # verify says so; nothing is found on it again
        self.glean(target, payload)
