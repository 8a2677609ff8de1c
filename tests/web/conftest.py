"""The newsroom's archive, the site over it, and a browser; shared by the tests of all pages."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from archive.web.app import create_app
from archive.web.asked import Site
from benchmarks.newsroom.build import YEARS, build
from benchmarks.newsroom.places import list_places
from benchmarks.newsroom.script import Script, write_script
from tests.web.serving import NOW, is_complaint, is_own, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PLACES = 3
BASE = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small archive with everything in it: three places, six years, about a hundred reports.

    Built once for all processes of a test run. To be read only: who writes copies it (``shutil.copytree``).
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "newsroom"
    with (shared / "newsroom.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            build(shared / "newsroom.new", PLACES)
            (shared / "newsroom.new").rename(folder)
    return folder


@pytest.fixture(scope="session")
def script() -> Script:
    """What the newsroom's archive was made from: who published what when, and what happened to it."""
    return write_script(list_places(PLACES), YEARS, 1)


@pytest.fixture(scope="session")
def app(newsroom: Path) -> FastAPI:
    return create_app(newsroom, Site(BASE))


@pytest.fixture(scope="session")
def _client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=BASE, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def client(_client: TestClient, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """The site over the newsroom's archive in this process, two days after the last thing that happened there.

    A fault in a page is an answer with status 500; redirects are not followed.
    """
    monkeypatch.setenv("NIANBAO_NOW", NOW)
    return _client


@pytest.fixture(scope="session")
def served(newsroom: Path) -> Iterator[str]:
    """``nianbao serve`` over the newsroom's archive as a process of its own: the address it says, without a slash."""
    with serving(newsroom) as base:
        yield base


@pytest.fixture
def context(browser: Browser, served: str) -> Iterator[BrowserContext]:
    """A reader of the site, 1440 × 900; relative addresses are the site's."""
    context = browser.new_context(base_url=served, viewport={"width": 1440, "height": 900}, locale="zh-CN")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, served: str) -> Iterator[Page]:
    """A page of that reader. Fails afterwards if anything was asked of others, or a script or the policy complained."""
    page = context.new_page()
    foreign: list[str] = []
    complaints: list[str] = []
    context.on("request", lambda request: None if is_own(served, request.url) else foreign.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if is_complaint(said.text) else None)
    yield page
    assert foreign == []
    assert complaints == []
