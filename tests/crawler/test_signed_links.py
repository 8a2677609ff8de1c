"""Links that are signed for one reader and a while: asked for through their article, and the same file when anew."""

from __future__ import annotations

import json
from pathlib import Path

from archive.capture import Target
from archive.frontier import known_report_targets
from archive.noted.signatures import is_signed
from archive.store import Archive
from crawler.gathering.twins import Twins
from tests.crawler.conftest import Nianbao
from tests.portals.jpaas import GATE, JpaasCity


def crawl(portal: JpaasCity, nianbao: Nianbao, day: str) -> dict[str, object]:
    """One crawl from the home page."""
    allowed = [word for host in portal.netlocs for word in ("--allow-host", host)]
    done = nianbao("crawl", portal.home, *allowed, "--delay", "0", "--json", NIANBAO_NOW=f"{day}T08:00:00Z")
    assert done.returncode in (0, 4), done.stderr
    summary: dict[str, object] = json.loads(done.stdout)
    return summary


def files_kept(folder: Path) -> list[tuple[int, str, int, str, str]]:
    """(report, format, ordinal, digest of the bytes, last seen) of each version of a file behind a signed link."""
    with Archive.open(folder, write=False) as archive:
        return archive.db.execute(
            """
            SELECT n.report, n.format, n.ordinal, v.payload_digest, substr(v.last_captured, 1, 10)
            FROM renditions n JOIN resources s ON s.id = n.resource JOIN versions v ON v.rendition = n.id
            WHERE instr(s.url, ?) > 0 ORDER BY 1, 2, 3
            """,
            [GATE],
        ).fetchall()


def test_files_behind_links_that_expire_are_the_same_a_week_later(nianbao: Nianbao, folder: Path) -> None:
    with JpaasCity() as portal:
        crawl(portal, nianbao, "2026-01-20")
        before = files_kept(folder)
        assert len(before) == len(portal.signed) >= 4
        assert len({name for name, _ in portal.signed.values()}) < len(portal.signed), "several files have one name"
        portal.week, portal.log = 2, []
        summary = crawl(portal, nianbao, "2026-01-27")
        asked = [(url, status) for _, url, _, status in portal.log if GATE in url]
    assert len(asked) == len(before), "each file once, under its new link"
    assert {status for _, status in asked} == {200}
    assert summary["not_seen"] == summary["new_versions"] == 0
    assert [row[:4] for row in files_kept(folder)] == [row[:4] for row in before], "no new rendition, no new version"
    assert {row[4] for row in files_kept(folder)} == {"2026-01-27"}


def test_the_article_is_known_and_not_the_signed_link(nianbao: Nianbao, folder: Path) -> None:
    with JpaasCity() as portal:
        crawl(portal, nianbao, "2026-01-20")
        with Archive.open(folder, write=False) as archive:
            (site,) = archive.db.execute("SELECT code FROM sites").fetchone()
            known = known_report_targets(archive, site)
        assert not [target.url for target in known if is_signed(target.url)]
        articles = {portal.url(path) for path in portal.signed}
        assert articles <= {target.url for target in known if target.kind == "article"}


def test_one_file_name_in_two_articles_is_two_files() -> None:
    gate = f"http://a.example{GATE}"
    first, second = (
        Target(f"{gate}?fileUrl={n}&fileName=1.docx", "attachment", "", via=f"http://a.example/art_{n}.html")
        for n in (1, 2)
    )
    anew = Target(f"{gate}?fileUrl=3&fileName=1.docx", "attachment", "", via="http://a.example/art_1.html")
    twins = Twins()
    assert twins.fresh([first, second]) == (first, second)
    assert twins.fresh([anew]) == (), "the same article was read twice"
