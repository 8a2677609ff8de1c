"""The ledgers over real crawls of a portal on loopback: what the crawler notes is what they need."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests import forked
from tests.crawler.conftest import ROOT, command, environment
from tests.portals.trs import ROOT as COLUMN
from tests.portals.trs import Reply, TrsPortal

SCHEMA = json.loads((ROOT / "docs" / "schema" / "events.json").read_text("utf-8"))
LIST = f"{COLUMN}2023/"


def run(folder: Path, *words: str, day: str) -> str:
    done = forked.run(command(folder, *words), env=environment(NIANBAO_NOW=f"{day}T13:00:00Z"))
    assert done.returncode in (0, 4), done.stderr
    return done.stdout


def crawl(folder: Path, portal: TrsPortal, day: str) -> None:
    run(folder, "crawl", portal.home, "--allow-host", portal.netloc, "--delay", "0", "--json", day=day)


def events(folder: Path, *words: str) -> list[dict[str, object]]:
    said: list[dict[str, object]] = json.loads(run(folder, "events", "--json", *words, day="2025-03-01"))
    Draft202012Validator(SCHEMA).validate(said)
    return said


def article(number: int) -> str:
    return f"{LIST}202401/t20240120_{number}.html"


def drop_row(portal: TrsPortal, number: int) -> None:
    """Takes a row out of the list's pages, which then say that they have one less."""
    for path in [path for path in portal.pages if path.startswith(LIST) and "/t2" not in path]:
        reply = portal.pages[path]
        lines = reply.body.decode().replace('"html", "18")', '"html", "17")').split("<li>")
        kept = [line for line in lines if f"_{number}.html" not in line]
        portal.pages[path] = Reply("<li>".join(kept).encode(), headers=reply.headers)


def told(folder: Path, *words: str) -> set[tuple[object, ...]]:
    kinds = [word for kind in ("silent_edit", "not_seen", "returned") for word in ("--kind", kind)]
    return {
        (
            one["kind"], one["grade"], str(one["url"]).rpartition("/")[2], str(one["first"])[:10],
            str(one["last"])[:10], one["looks"],
        )
        for one in events(folder, *(words or kinds))
    }  # fmt: skip


def test_five_nights(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    with TrsPortal() as portal:
        crawl(folder, portal, "2025-02-01")
        before = dict(portal.pages)
        crawl(folder, portal, "2025-02-02")
        assert told(folder) == set(), "two nights on which nothing happened"
        (dates,) = {(one["kind"], one["grade"]) for one in events(folder)}
        assert dates == ("dates_disagree", "disagree"), (
            "pages on 2022 that say they are of 2024, in a directory of 2023"
        )
        drop_row(portal, 102)  # its page is alive
        portal.pages[article(103)] = Reply(b"<html><title>404</title></html>", 404)
        portal.pages[article(104)] = Reply(b"", 302, {"Location": "/"})
        portal.pages[article(105)] = Reply("<html><title>页面不存在</title></html>".encode())
        edited = before[article(106)].body.decode().replace("本年无。", "本年无此类情况。", 1)
        portal.pages[article(106)] = Reply(edited.encode())
        crawl(folder, portal, "2025-02-03")
        crawl(folder, portal, "2025-02-04")
        first, last = "2025-02-02", "2025-02-04"
        gone = {
            ("not_seen", "delisted", "t20240120_102.html", first, last, 2),
            ("not_seen", "gone", "t20240120_103.html", first, last, 2),
            ("not_seen", "redirected", "t20240120_104.html", first, last, 2),
            ("not_seen", "soft_404", "t20240120_105.html", first, last, 2),
            ("silent_edit", "wording", "t20240120_106.html", first, "2025-02-03", 1),
        }
        assert told(folder) == gone
        portal.pages = before
        crawl(folder, portal, "2025-02-05")
        back = {
            ("returned", grade, f"t20240120_{number}.html", first, "2025-02-05", 3)
            for number, grade in ((102, "listed"), (103, "unchanged"), (104, "unchanged"), (105, "unchanged"))
        }
        undone = ("silent_edit", "wording", "t20240120_106.html", "2025-02-04", "2025-02-05", 1)
        assert told(folder) == gone | back | {undone}
    assert told(folder, "--kind", "returned") == back
    assert told(folder, "--since", "2025-02-05T00:00:00Z") == back | {undone}
    assert told(folder, "--since", "2025-02-04T00:00:00Z") == back | {undone} | {
        one for one in gone if one[1] == "gone"
    }, "the second 404 was found on the fourth"
    assert events(folder, "--year", "2019") == []
    assert all("deleted" not in str(one["says"]) for one in events(folder))


def test_a_host_that_is_down_says_nothing_of_its_pages(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    with TrsPortal() as portal:
        crawl(folder, portal, "2025-02-01")
        pages = portal.pages
        portal.pages = {path: Reply(b"", 500) for path in pages} | {"/robots.txt": pages["/robots.txt"]}
        crawl(folder, portal, "2025-02-02")
        portal.pages = pages
        crawl(folder, portal, "2025-02-03")
    found = events(folder, "--kind", "not_seen", "--kind", "returned", "--kind", "silent_edit")
    assert {(one["kind"], one["grade"]) for one in found} == {("not_seen", "host_down")}
    assert all(str(one["says"]).endswith("this says nothing about the page") for one in found)


@pytest.mark.parametrize("words", [("--region", "x"), ("--since", "yesterday"), ("--report", "r99999")])
def test_options_that_mean_nothing_are_refused(words: tuple[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    (tmp_path / "a.html").write_text("<html></html>")
    run_import = forked.run(command(folder, "import", str(tmp_path / "a.html")), env=environment())
    assert run_import.returncode == 1
    done = forked.run(command(folder, "events", *words), env=environment())
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
