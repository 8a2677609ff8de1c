"""What makes two URLs one within a run."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.urls import url_key


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("HTTP://WWW.A.Example", "http://www.a.example/"),
        ("http://www.a.example:80/x#y", "http://www.a.example/x"),
        ("https://a.example:443/", "https://a.example/"),
        ("https://a.example:80/", "https://a.example:80/"),
        ("http://a.example/a/../b/./c", "http://a.example/b/c"),
        ("http://a.example/../../c", "http://a.example/c"),
        ("http://a.example/a/b/..", "http://a.example/a/"),
        ("http://a.example/?b=1&a=2", "http://a.example/?b=1&a=2"),
        (" http://a.example/x \n", "http://a.example/x"),
        ("http://a.example./x", "http://a.example/x"),
        ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ("http://a.example:port/", "http://a.example:port/"),
        ("file:papers/年报.html", "file:papers/年报.html"),
    ],
)
def test_keys(url: str, key: str) -> None:
    assert url_key(url) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.example/", "https://a.example/"),
        ("http://a.example/nb", "http://a.example/nb/"),
        ("http://a.example/A", "http://a.example/a"),
        ("http://a.example:8080/", "http://a.example/"),
        ("http://a.example/?a", "http://a.example/"),
    ],
)
def test_what_stays_two(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


@example("0 #")
@given(st.text() | st.text(alphabet="htp:/.#?@[]a1%\\ ").map(lambda text: "http://" + text))
def test_any_text_has_a_key_and_the_key_of_a_key_is_itself(text: str) -> None:
    key = url_key(text)
    assert url_key(key) == key
