"""Manners: robots.txt as RFC 9309 has it, Retry-After, pauses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.connection.tape import Exchange
from crawler.politeness import judge_robots, read_retry_after, read_robots, robots_url

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_robots_txt_of_a_url() -> None:
    assert robots_url("https://a.example:8443/x/y?z=1") == "https://a.example:8443/robots.txt"


def test_rules_for_us_go_before_rules_for_all() -> None:
    robots = read_robots(b"User-agent: *\nDisallow: /\n\nUser-agent: nianbao\nDisallow: /private/\nCrawl-delay: 7\n")
    assert robots.allows("http://a.example/zwgk/nb/")
    assert not robots.allows("http://a.example/private/x.html")
    assert robots.delay == 7.0
    assert not read_robots(b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n").allows("http://a.example/zwgk/")
    assert read_robots("User-agent: *\nDisallow: /示例/\n".encode()).allows("http://a.example/zwgk/")
    assert read_robots(b"<html>not found</html>").allows("http://a.example/zwgk/")
    assert read_robots(b"User-agent: *\nCrawl-delay: 86400\n").delay == 60.0


@pytest.mark.parametrize(
    ("status", "failure", "state"),
    [
        (200, "", "rules"),
        (404, "", "absent"),
        (401, "", "absent"),
        (403, "", "absent"),
        (410, "", "absent"),
        (429, "", "unreachable"),
        (500, "", "unreachable"),
        (503, "", "unreachable"),
        (None, "timeout", "unreachable"),
        (200, "truncated", "unreachable"),
        (None, "dns_failed", "unreachable"),
        (None, "refused_address", "refused_address"),
    ],
)
def test_what_an_answer_means(status: int | None, failure: str, state: str) -> None:
    robots = judge_robots(Exchange(failure, status, payload=b"User-agent: *\nDisallow: /x/\n"))
    assert robots.state == state
    assert robots.allows("http://a.example/") is (state in ("rules", "absent"))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Thu, 01 Jan 2026 00:01:00 GMT", 60.0),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("99999999999999999999", 7 * 86_400.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 7 * 86_400.0),
        ("Thu, 01 Jan 20260 00:01:00 GMT", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert read_retry_after(value, NOW) == seconds
