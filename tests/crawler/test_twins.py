"""Several URLs of one page: one is asked for, the others only if it cannot be had."""

from __future__ import annotations

import pytest

from archive.capture import Target
from crawler.gathering.twins import Twins, page_key
from crawler.pages.shapes import plain_url

HOST = "http://www.portal.example"


def target(url: str, post: str = "") -> Target:
    return Target(url, "column", HOST, post=post)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{HOST}/zwgk/nb/", f"{HOST}/zwgk/nb/index.html"),
        (f"{HOST}/zwgk/nb/", f"{HOST}//zwgk//nb/index.shtml"),
        (f"{HOST}/nb/t1.html", "https://portal.example/nb/t1.html"),
        (f"{HOST}/nb/t20240115_1.html", f"{HOST}/nb/t20240115_1_wap.html"),
        (f"{HOST}/eportal/ui?pageId=1", f"{HOST}/eportal/ui;jsessionid=5F2C?pageId=1"),
        (f"{HOST}/list.php?id=3", f"{HOST}/list.php?PHPSESSID=77&id=3"),
        (f"{HOST}/gkmlpt/content/2/2590/post_2590436.html", f"{HOST}/content/mpost_2590436.html"),
        (f"{HOST}/gkmlpt/content/2/2590/post_2590436.html", f"{HOST}/content/post_2590436.html?jump=true"),
        (f"{HOST}/info/5069/114.htm", f"{HOST}/content.jsp?urltype=news.NewsContentUrl&wbtreeid=5069&wbnewsid=114"),
    ],
)
def test_urls_of_one_page_are_one(one: str, other: str) -> None:
    assert page_key(one) == page_key(other)
    twins = Twins()
    assert twins.fresh([target(one), target(other)]) == (target(one),)
    assert twins.fresh([target(other)]) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{HOST}/zwgk/nb/", f"{HOST}/zwgk/nb/index_1.html"),
        (f"{HOST}/zwgk/nb/", f"{HOST}/zwgk/nb/?page=2"),
        (f"{HOST}/info/5069/114.htm", f"{HOST}/info/5069/115.htm"),
        (f"{HOST}/eportal/ui?pageId=1", f"{HOST}/eportal/ui?pageId=2"),
        (f"{HOST}/gkmlpt/api/all/3?sid=1", f"{HOST}/gkmlpt/api/all/3?sid=2"),
    ],
)
def test_urls_of_two_pages_are_two(one: str, other: str) -> None:
    assert len(Twins().fresh([target(one), target(other)])) == 2


def test_what_cannot_be_had_under_one_url_is_asked_for_under_another() -> None:
    bare, index = target(f"{HOST}/nb/"), target(f"{HOST}/nb/index.html")
    twins = Twins()
    assert twins.fresh([bare, index]) == (bare,)
    assert twins.instead_of(index) == (), "it was never asked for"
    assert twins.instead_of(bare) == (index,)
    assert twins.instead_of(index) == (), "nothing is left"
    assert twins.fresh([bare]) == ()


def test_posts_to_one_url_are_not_twins() -> None:
    posts = [target(f"{HOST}/search.jsp", post) for post in ("", "page=1", "page=2")]
    assert Twins().fresh(posts) == tuple(posts)


def test_the_plain_url_keeps_the_scheme_of_the_page_for_its_own_host_only() -> None:
    assert plain_url("https://a.example/x", "http://a.example/") == "http://a.example/x"
    assert plain_url("https://b.example/x", "http://a.example/") == "https://b.example/x"
    assert plain_url("http://a.example/x?a=1&b=//c", "http://a.example/") == "http://a.example/x?a=1&b=//c"
