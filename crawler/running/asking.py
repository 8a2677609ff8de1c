"""A lease → the request to send; the body that came back → the page in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from archive.capture import Target
from archive.frontier import Lease
from crawler.browser import Drawing
from crawler.families import read_answer
from crawler.pages.links import Page, is_page, read_page

_HEAD = 8192  # bytes in which a whole page says <html; a fragment or an API's answer does not


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to send: a leased URL and the header fields to send along, validators among them.

    ``drawing``: a browser is to draw the page.
    """

    lease: Lease
    headers: dict[str, str]
    drawing: Drawing | None = None

    @property
    def is_conditional(self) -> bool:
        """True if the request carries validators, so that a 304 answers it."""
        return "If-None-Match" in self.headers or "If-Modified-Since" in self.headers

    def contradicts(self, etag: str) -> bool:
        """True if the ETag of a 304 is not the one it was asked about (RFC 9110, 8.8.3.2, weak comparison).

        What such a 304 speaks of is not what is kept (RFC 9111, 4.3.4).
        """
        asked = self.headers.get("If-None-Match", "")
        return bool(etag and asked) and etag.removeprefix("W/") != asked.removeprefix("W/")


def ask_for(lease: Lease) -> Ask:
    """A lease → its request, with validators of the last good look, where we come from, and what a POST's body is."""
    target = lease.target
    fields = {"If-None-Match": lease.etag, "If-Modified-Since": lease.last_modified}
    here, came_from = urlsplit(target.url), urlsplit(target.via)
    # Some list APIs answer 404 without it. RFC 9110, 10.1.3: never from https to http; and no other host's business.
    if (here.scheme, here.netloc) == (came_from.scheme, came_from.netloc):
        fields["Referer"] = target.via
    if target.post:
        is_json = target.post.startswith("{")
        fields["Content-Type"] = "application/json" if is_json else "application/x-www-form-urlencoded; charset=UTF-8"
    return Ask(lease, {name: value for name, value in fields.items() if value})


def ask_for_drawn(lease: Lease, drawing: Drawing) -> Ask:
    """A lease → the request for its page as a browser shows it; for a POST and for files as ``ask_for`` has it.

    Without validators: that the page's own bytes are as they were says nothing of the rows its scripts ask for.
    """
    if lease.target.post or lease.target.kind not in ("column", "article"):
        return ask_for(lease)
    return replace(ask_for(replace(lease, etag="", last_modified="")), drawing=drawing)


def page_in(target: Target, payload: bytes) -> tuple[Page, str] | None:
    """A body → the page in it and, for the answer of a list's API, the NAME of its family, else ""; None: no page."""
    if target.kind == "column" and (target.post or b"<html" not in payload[:_HEAD].lower()):
        answered = read_answer(target.url, target.post, payload)
        if answered is not None:
            return answered
    return (read_page(target.url, payload), "") if is_page(payload) else None
