"""Fifty readers while a crawl writes into the same archive: every one of them is answered, and with the right page."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import monotonic
from urllib.parse import quote, urlencode, urlsplit

import pytest

from archive.web.pages_found import paths
from benchmarks.newsroom.script import Script
from tests.web.serving import serving

READERS, SECONDS, FEWEST, TRIES = 50, 4.0, 4, 12
_ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(newsroom: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(newsroom, tmp_path / "archive"))


def addresses(script: Script) -> list[tuple[str, str]]:
    """What readers ask for, each with a word that its answer must hold; of pages that are there."""
    body, region = script.places[1].bodies[1], script.places[1].code
    asked = (
        (f"/search.json?{urlencode({'q': '复议'})}", '"total"'), (f"/search?{urlencode({'q': body})}", body),
        (f"/r/{region}/{body}/2023.json", body), (f"/r/{region}/{body}/2023/history.json", body),
        (f"/place/{region}.json?year=2023", body), ("/status.json", "{"), ("/", "年报"),
        (f"/api/v1/reports?{urlencode({'region': region})}", body),
    )  # fmt: skip
    there = [re.compile(re.sub(r"\{\w+(:\w+)?\}", "[^/]+", one.path)) for one in paths()]
    plain = [(address, word, urlsplit(address).path.removesuffix(".json")) for address, word in asked]
    return [(address, word) for address, word, path in plain if any(one.fullmatch(path) for one in there)]


@dataclass(frozen=True)
class Answer:
    """``tries``: how often was asked; an answer that says "too busy, come again" (503, Retry-After) is no other."""

    address: str
    status: int
    seconds: float
    tries: int
    wrong: str


def read_on(base: str, wanted: list[tuple[str, str]], until: float) -> list[Answer]:
    """One reader, from page to page until the time is over, and ``FEWEST`` pages at least."""
    seen: list[Answer] = []
    connection = HTTPConnection(urlsplit(base).netloc, timeout=60)
    while monotonic() < until or len(seen) < FEWEST:
        address, word = wanted[len(seen) % len(wanted)]
        for tries in range(1, TRIES + 1):  # noqa: B007 – the last one is told
            began = monotonic()
            connection.request("GET", quote(address, safe="/?&=%."))
            answer = connection.getresponse()
            body = answer.read().decode("utf-8")
            if answer.status != 503 or answer.getheader("Retry-After") is None:
                break
        wrong = "" if answer.status == 200 and word in body else body[:300]
        seen.append(Answer(address, answer.status, monotonic() - began, tries, wrong))
    connection.close()
    return seen


def test_fifty_readers_during_a_crawl(folder: Path, script: Script) -> None:
    wanted = addresses(script)
    assert len(wanted) >= 2
    crawl = subprocess.Popen(
        [sys.executable, "-m", "tests.web.crawling", str(folder)], cwd=_ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with serving(folder) as base, ThreadPoolExecutor(READERS) as readers:
        until = monotonic() + SECONDS
        under_way = [
            readers.submit(read_on, base, wanted[at % len(wanted) :] + wanted[: at % len(wanted)], until)
            for at in range(READERS)
        ]
        answers = [one for reader in under_way for one in reader.result()]
    nights, failure = crawl.communicate(input="", timeout=60)
    assert (crawl.returncode, failure.count("Traceback")) == (0, 0), failure
    assert nights.count("\n") >= 1
    assert [one for one in answers if one.wrong] == []
    assert {one.status for one in answers} == {200}
    assert len(answers) >= READERS * FEWEST
    seconds = [one.seconds for one in answers]
    again = sum(one.tries - 1 for one in answers)
    print(
        f"{len(answers)} answers, {again} asked for again, median {median(seconds):.3f} s, worst {max(seconds):.3f} s"
    )
