"""Which links are reports, which are columns of reports, and which only look like them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from archive.capture import Target
from crawler.gathering.harvest import ARTICLE, ATTACHMENT, LISTED, harvest
from crawler.pages.links import read_page
from crawler.pages.shapes import is_trap
from crawler.relevance import is_report_page, judge_article, judge_column, report_root

HOST = "http://portal.example"


@pytest.mark.parametrize(
    "label",
    [
        "2023年政府网站工作年度报表",
        "示例县2023年法治政府建设年度报告",
        "示例县教育局2023年部门决算",
        "2023年政务公开工作要点",
        "示例县2023年国民经济和社会发展统计公报",
        "示例中学2023年事业单位法人年度报告书",
    ],
)
def test_look_alikes_are_not_reports(label: str) -> None:
    assert judge_article(label).kind == "look_alike"


def test_reports_name_their_body_and_year() -> None:
    verdict = judge_article("示例县教育局2023年政府信息公开工作年度报告")
    assert (verdict.kind, verdict.organisation, verdict.report_year) == ("report", "示例县教育局", 2023)
    assert judge_article("示例县教育局").kind == "other"


@pytest.mark.parametrize(
    "part",
    [
        "zfxxgknb",
        "zfxxgkndbg",
        "zfxxgkgzndbg",
        "bmzfxxgkgzndbg",
        "xxgknb",
        "xxgkndbg",
        "gknb",
        "gkndbg",
        "gkndbb",
        "ndbg",
        "nb",
        "nianbao",
        "bmnb",
        "bmxxgknb",
        "zfxxgknb_72346",
        "zfxxgkndbg_qmzj",
        "xxgkndbg_9667",
        "2023gknb",
        "nb_2022n",
        "zfxxgknbnew",
        "xxgkAnnualReport.jsp",
        "zwxxgknb",
    ],
)
def test_path_tokens_of_report_columns(part: str) -> None:
    assert judge_column("", f"{HOST}/zwgk/{part}/").kind == "column"
    assert report_root(f"{HOST}/zwgk/{part}/2023/index.html") == f"{HOST}/zwgk/{part}/"


@pytest.mark.parametrize("path", ["/", "/zwgk/", "/zfxxgk/zfxxgkzn/", "/fzzfjs/ndbg/", "/bmjs/nb/", "/nbsj/", "/zfgg/"])
def test_other_paths_are_not_report_columns(path: str) -> None:
    assert judge_column("", HOST + path).kind != "column"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("政府信息公开年报", "column"),
        ("政府信息公开年度报告", "column"),
        ("部门信息公开年报", "column"),
        ("年报", "column"),
        ("年 度 报 告", "column"),
        ("2023年", "year"),
        ("2023年度报告", "year"),
        ("法治政府建设年度报告", "look_alike"),
        ("部门决算", "look_alike"),
        ("政府信息公开", "nearby"),
        ("法定主动公开内容", "nearby"),
        ("政府信息公开指南", "other"),
        ("依申请公开", "other"),
        ("政务动态", "other"),
    ],
)
def test_words_of_columns(words: str, kind: str) -> None:
    assert judge_column(words, f"{HOST}/x/").kind == kind


def test_traps() -> None:
    assert is_trap(f"{HOST}/nb/2023/nb/2023/nb/")
    assert is_trap(f"{HOST}/nb/?{'a' * 1000}")
    assert not is_trap(f"{HOST}/zwgk/nb/2023/bm/jyj/202401/t20240120_1.html")


def harvested(body: str, path: str = "/zwgk/nb/", kind: str = "column", year: int | None = None, **more: int):  # type: ignore[no-untyped-def]
    """[(path, kind, priority)] of a page's targets, and its look-alikes."""
    target = Target(HOST + path, kind, HOST, site="demo", **more)
    page = read_page(target.url, f"<html><head><title>x</title></head><body>{body}</body></html>".encode())
    taken = harvest(page, target, "trs", year)
    return [(urlsplit(t.url).path, t.kind, t.priority) for t in taken.targets], taken.look_alikes


def test_a_report_column_gives_its_rows_its_years_and_its_departments() -> None:
    targets, look_alikes = harvested(
        '<a href="./2023/">2023年</a><a href="./bm/">部门</a><a href="../zfgg/">公告</a>'
        '<a href="./202401/t20240120_1.html">教育局</a><a href="../../bm/202401/t20240120_2.html">公告一则</a>'
        '<a href="../../bm/202401/t20240120_3.html">示例县财政局2023年政府信息公开年度报告</a>'
        '<a href="./202401/t20240120_4.html">2023年政府网站工作年度报表</a>'
        '<a href="./202401/P020240120.pdf">示例县水利局2023年政府信息公开工作年度报告</a>'
    )
    assert targets == [
        ("/zwgk/nb/202401/t20240120_1.html", "article", ARTICLE),
        ("/bm/202401/t20240120_3.html", "article", ARTICLE),
        ("/zwgk/nb/202401/P020240120.pdf", "attachment", ATTACHMENT),
        ("/zwgk/nb/2023/", "column", LISTED),
        ("/zwgk/nb/bm/", "column", LISTED),
    ]
    assert look_alikes == ("2023年政府网站工作年度报表",)


def test_a_home_page_is_not_a_report_column_however_many_reports_it_announces() -> None:
    rows = "".join(
        f'<a href="./zwdt/202401/t20240120_{n}.html">示例县第{n}局2023年政府信息公开工作年度报告</a>' for n in (1, 2, 3)
    )
    links = '<a href="/zwgk/">政务公开</a><a href="/zfxxgk/">政府信息公开</a><a href="/map/">地图</a>'
    targets, _ = harvested(rows + links, path="/")
    assert [target[0] for target in targets[3:]] == ["/zfxxgk/", "/zwgk/"], "the likelier way first, and no other"


def test_a_year_wanted_keeps_what_names_none_and_every_column() -> None:
    targets, _ = harvested(
        '<a href="./2022/">2022年</a><a href="./t1001.html">示例县财政局2023年政府信息公开年度报告</a>'
        '<a href="./t1002.html">示例县财政局2022年政府信息公开年度报告</a><a href="./t1003.html">水利局</a>',
        year=2023,
    )
    assert [path for path, _, _ in targets] == ["/zwgk/nb/t1001.html", "/zwgk/nb/t1003.html", "/zwgk/nb/2022/"]


def test_an_article_gives_its_attachments_and_no_neighbours() -> None:
    targets, _ = harvested(
        '<div class="TRS_Editor">正文</div><div id="appendix"><a href="./P020240120.docx">附件</a></div>'
        '<a href="./P020240121.pdf">示例县2023年部门决算.pdf</a><a href="/help/manual.pdf">网站说明</a>'
        '<a href="../">返回</a><a href="./t20240119_9.html">上一篇：示例河道公告</a>',
        path="/zwgk/nb/202401/t20240120_1.html",
        kind="article",
    )
    assert targets == [("/zwgk/nb/202401/P020240120.docx", "attachment", ATTACHMENT)]


def test_deep_and_endless_ways_are_not_followed() -> None:
    assert harvested('<a href="./2023/">2023年</a>', depth=12)[0] == []
    assert harvested('<a href="./nb/">部门年报</a>', path="/nb/nb/")[0] == []


def test_a_page_that_is_itself_the_report() -> None:
    assert is_report_page(
        "一、总体情况 二、主动公开政府信息情况 三、收到和处理政府信息公开申请情况 六、其他需要报告的事项"
    )
    assert not is_report_page("一、总体情况 政府信息公开年报")
