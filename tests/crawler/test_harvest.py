"""What is taken from pages that say little: cut titles, numbered columns, shells, calendars, answers."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import pytest

from archive.capture import Target
from crawler.gathering.harvest import ARTICLE, Harvest, harvest
from crawler.gathering.ways import DOUBTFUL, LISTED
from crawler.pages.links import Anchor, answer_page, read_page

HOST = "http://portal.example"
REPORT = "示例县教育局2023年政府信息公开工作年度报告"


def harvested(
    body: str, path: str, *, title: str = "x", kind: str = "column", priority: int = 0, depth: int = 1
) -> Harvest:
    """The harvest of a page of no known family."""
    target = Target(HOST + path, kind, HOST, site="demo", priority=priority, depth=depth)
    source = (
        body if body.startswith("<html") else f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    )
    return harvest(read_page(target.url, source.encode()), target, "", None)


def paths(found: Harvest, kind: str = "") -> list[str]:
    return [target.url.removeprefix(HOST) for target in found.targets if kind in ("", target.kind)]


def test_titles_cut_for_good_are_taken_when_the_column_says_what_they_are() -> None:
    """VSB: three dots and no title attribute; the row's id is the CMS's own."""
    rows = "".join(
        f'<li id="line_u5_{n}"><a href="../info/1039/{3200 + n}.htm"><h4>{title}...</h4><p>2024-01-20</p></a></li>'
        for n, title in enumerate(["示例县教育局2023年政府信", "示例县住房和城乡建设", "示例县教育局2023年部门决"])
    )
    side = '<li><a href="../info/1002/9.htm">示例县举行植树活动...</a></li>'
    found = harvested(rows + side, "/zwgk/zfxxgknb.htm")
    assert paths(found, "article") == ["/info/1039/3200.htm", "/info/1039/3201.htm"]
    assert found.look_alikes == ("示例县教育局2023年部门决...",)
    assert (found.rows, found.reports) == (3, 1)
    assert paths(harvested(rows + side, "/zwgk/zwdt.htm"), "article") == ["/info/1039/3200.htm"]


def test_a_cut_row_among_reports_is_one_and_a_cut_row_of_another_list_is_not() -> None:
    rows = "".join(
        f'<li><a href="/art/2024/1/2{n}/art_282_{n}.html">示例县第{n}局2023年政府信息公开年度报告</a></li>'
        for n in (1, 2)
    )
    cut = '<li><a href="/art/2024/1/23/art_282_3.html">示例县住房和城乡建设局20…</a></li>'
    other = "".join(f'<p><a href="/art/2024/1/2{n}/art_90_{n}.html">示例县召集植树活动20…</a></p>' for n in (1, 2, 3))
    found = harvested(f"<ul>{rows}{cut}</ul>{other}", "/col/col282/index.html", title="政府信息公开年报")
    assert paths(found, "article") == [f"/art/2024/1/2{n}/art_282_{n}.html" for n in (1, 2, 3)]
    assert found.rows == 3


def test_years_of_numbered_columns_are_looked_at_and_have_to_say_what_they_are() -> None:
    years = "".join(
        f'<a href="/col/col{number}/index.html">{year}年</a>' for number, year in ((283, 2022), (284, 2021))
    )
    found = harvested(
        years + '<a href="/col/col9/index.html">新闻</a>', "/col/col282/index.html", title="政府信息公开年报"
    )
    assert [(urlsplit(t.url).path, t.priority) for t in found.targets] == [
        ("/col/col283/index.html", DOUBTFUL),
        ("/col/col284/index.html", DOUBTFUL),
    ]
    gazette = (
        "<ul>"
        + "".join(f'<li><a href="/art/2022/5/{n}/art_283_{n}.html">示例县公告第{n}号</a></li>' for n in (1, 2, 3))
        + "</ul>"
    )
    assert harvested(gazette, "/col/col283/index.html", title="2022年", priority=DOUBTFUL).targets == ()
    reports = gazette.replace("公告第", "第").replace("号<", "局2021年政府信息公开年度报告<")
    taken = harvested(reports, "/col/col283/index.html", title="2022年", priority=DOUBTFUL)
    assert [target.priority for target in taken.targets] == [ARTICLE] * 3
    assert taken.listed


@pytest.mark.parametrize(
    ("source", "onward"),
    [
        ('<html><head><meta http-equiv="refresh" content="0;url=/zwgk/"></head></html>', ["/zwgk/"]),
        ("<html><body><script>location.href='/zwgk/';</script></body></html>", ["/zwgk/"]),
        ("<html><frameset><frame src='top.html'><frame src='/main/'></frameset></html>", ["/top.html", "/main/"]),
        ("<html><iframe src='/list.html'></iframe><iframe src='http://w.example/'></iframe></html>", ["/list.html"]),
        ("<html><a href='/x.html'>x</a><script>location.href='/zwgk/';</script></html>", []),
        ("<html><script>//location.href='/old/';</script></html>", []),
    ],
)
def test_shells_send_their_reader_on(source: str, onward: list[str]) -> None:
    assert paths(harvested(source, "/", priority=LISTED)) == onward


def test_a_calendar_has_no_end_and_is_not_followed() -> None:
    body = (
        '<a href="./2023/">2023年</a><a href="?year=2031&month=2">下月</a><a href="./rili/?date=2031-02-01">2031年</a>'
    )
    assert paths(harvested(body, "/zwgk/nb/")) == ["/zwgk/nb/2023/"]


def test_one_page_is_one_target_however_it_is_linked() -> None:
    links = ("./nb/index.html", "./nb/", "https://portal.example/zwgk//nb/;jsessionid=5F")
    body = "".join(f'<a href="{link}">政府信息公开年报</a>' for link in links)
    assert paths(harvested(body, "/zwgk/")) == ["/zwgk/nb/index.html"]


def test_lists_that_only_a_fragment_names_are_one_request() -> None:
    body = '<a href="/gkmlpt/index#3351">政府信息公开年报</a><a href="/gkmlpt/index#3352">部门年报</a>'
    assert paths(harvested(body, "/")) == ["/gkmlpt/index#3351,3352"]


def test_a_dead_link_to_the_column_is_not_the_only_way() -> None:
    body = (
        '<a href="/old/zfxxgknb/">政府信息公开年报</a><a href="/zfxxgk/">政府信息公开</a><a href="/zwgk/">政务公开</a>'
    )
    assert paths(harvested(body, "/", depth=0)) == ["/old/zfxxgknb/", "/zfxxgk/"]


def test_ways_lead_nearer_and_not_away_again() -> None:
    body = '<a href="/zwgk/">政务公开</a><a href="/fdgk/">法定主动公开内容</a>'
    assert paths(harvested(body, "/zfxxgk/", priority=8)) == ["/fdgk/"]


def test_every_row_of_an_answer_belongs_to_the_list() -> None:
    rows = [Anchor(f"{HOST}/x/{n}.html", label) for n, label in enumerate((REPORT, "教育局", "示例县2023年部门决算"))]
    page = answer_page(f"{HOST}/gkmlpt/api/all/1?page=1&sid=2", "{}", rows, [Anchor(f"{HOST}/next", "")], 9)
    target = Target(page.url, "column", HOST, priority=LISTED)
    found = harvest(page, target, "nfcms", None)
    assert paths(found) == ["/x/0.html", "/x/1.html", "/next"]
    assert (found.rows, found.reports, found.said, found.listed) == (3, 1, 9, True)


def test_a_viewer_shows_the_document_in_its_query() -> None:
    body = '<iframe src="/pdfjs/web/viewer.html?file=/attach/0/1.pdf"></iframe>'
    assert "/attach/0/1.pdf" in paths(harvested(body, "/nb/1700000001.html", kind="article"), "attachment")


@pytest.mark.parametrize(
    "hostile",
    [
        "1<",
        "共<b",
        "<script unitbuild",
        "<record><![CDATA[",
        "<option value",
        '<script>"/',
        "createPageHTML(",
        '"id":"1",',
    ],
)
def test_a_page_made_to_waste_time_does_not(hostile: str) -> None:
    body = hostile * (400_000 // len(hostile)) + " webBuilderCommon.js /module/xxgk/search.jsp"
    began = time.process_time()
    harvested(body, "/gkmlpt/index", priority=LISTED)
    assert time.process_time() - began < 5, "half a second is usual, minutes are what a quadratic search takes"


def test_a_site_may_say_what_its_words_mean() -> None:
    body = (
        '<a href="/hb/">信息公开材料汇编</a><a href="/zx/t20240101_1.html">机关年度小结</a>'
        f'<a href="/zx/t20240101_2.html">{REPORT}</a>'
    )
    told = {"信息公开材料汇编": "column", "机关年度小结": "report", REPORT: "look_alike"}
    url = f"{HOST}/zwgk/"
    page, target = read_page(url, body.encode()), Target(url, "column", HOST, site="demo")
    plain, found = harvest(page, target, "", None), harvest(page, target, "", None, told)
    assert paths(plain, "article") == ["/zx/t20240101_2.html"]
    assert paths(found, "article") == ["/zx/t20240101_1.html"]
    assert "/hb/" in paths(found, "column")
    assert found.look_alikes == (REPORT,)


def test_the_list_of_departments_is_looked_at_once_and_last() -> None:
    names = ("教育局", "财政局", "民政局", "水利局", "司法局")
    links = "".join(f'<li><a href="/bm/{number}/">示例县{name}</a></li>' for number, name in enumerate(names))
    home = harvested(
        '<a href="/jgsz/">机构设置</a><a href="/zfbm/">政府部门</a><a href="/nb/">政府信息公开年报</a>', "/", depth=0
    )
    assert [(target.url, target.priority) for target in home.targets] == [(f"{HOST}/nb/", LISTED), (f"{HOST}/jgsz/", 1)]
    assert harvested(links, "/jgsz/", title="机构设置").bodies == tuple(f"示例县{name}" for name in names)
    assert harvested(links, "/zwdt/", title="政务动态").bodies == ()
