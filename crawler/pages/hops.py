"""Where a redirect leads: the next target, or a circle."""

from __future__ import annotations

from dataclasses import replace

from archive.capture import Target
from archive.frontier import InRun, end_of
from archive.store import Archive
from archive.urls import url_key
from crawler.pages.links import resolve
from crawler.pages.shapes import without_session

_MOST_HOPS = 20
_POST_STAYS = (307, 308)


def told_location(url: str, said: str) -> str:
    """A URL, and the Location of its answer → where that leads, as it is asked for and kept: our session's id only
    where it leads nowhere without; "" where it is no web address."""
    location = resolve(url, said)
    plain = without_session(location) if location else ""
    return location if plain == url and "@" not in location else plain


def hop(target: Target, location: str, status: int | None) -> tuple[Target, ...]:
    """Where a redirect leads, as what its source was to be."""
    # RFC 9110, 15.4: after 303 a GET, and after 301 and 302 as every browser does.
    post = target.post if status in _POST_STAYS else ""
    key = target.list_key or url_key(target.url, target.post)
    return (replace(target, url=location, post=post, list_key=key, via=target.url, depth=target.depth + 1),)


def circle_of(archive: Archive, run: InRun, target: Target, location: str, status: int | None) -> str:
    """Why a redirect leads nowhere, or "": too far from where we began, or back to where it came from."""
    if target.depth >= _MOST_HOPS:
        return f"leads on after {target.depth} steps: {location}"
    own, here = url_key(target.url, target.post), location
    post = target.post if status in _POST_STAYS else ""
    for hops in range(_MOST_HOPS):
        if url_key(here, post) == own:
            return f"leads in a circle of {hops + 1}: {location}"
        end = end_of(archive, run, here)
        if end is None or not end[1]:
            return ""
        here = end[1]
    return f"leads in a circle: {location}"
