"""The demo portal seen from outside: its pages, its answers, its documents and its three changes."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html

from crawler.demo import county
from crawler.demo.county import Key
from crawler.demo.figures import printed_figures
from crawler.demo.portal import CHANGES, Portal
from crawler.demo.site import (
    AWAY,
    COLUMN,
    FALSE_LABEL_YEAR,
    WEBSITE_FORMS,
    Page,
    build_site,
    look_alike_titles,
    report_path,
    twin_path,
)

CALL = re.compile(r"""^\s*createPageHTML\((\d+), (\d+), ["'](\w+)["'], ?["'](\w+)["'](?:,(\d+))?\);""", re.M)


@pytest.fixture(scope="module")
def site() -> dict[str, Page]:
    return dict(build_site())


@pytest.fixture
def portal() -> Iterator[Portal]:
    with Portal() as running:
        yield running


def get(portal: Portal, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(portal.host_port, timeout=10)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def decode(path: str, page: Page) -> str:
    return page.body.decode("gb18030" if f"/{FALSE_LABEL_YEAR}n/" in path else "utf-8")


def inline_reports() -> list[Key]:
    return [
        report
        for report in county.published_reports()
        if report not in county.ATTACHED or county.ATTACHED[report].inline
    ]


def grid_of(table: html.HtmlElement) -> list[list[str]]:
    """The table model of the HTML standard, done again here: each position holds the text of its cell."""
    grid: dict[tuple[int, int], str] = {}
    rows = table.xpath(".//tr")
    for y, row in enumerate(rows):
        x = 0
        for cell in row.xpath("./td"):
            while (y, x) in grid:
                x += 1
            for down in range(int(cell.get("rowspan", "1"))):
                for right in range(int(cell.get("colspan", "1"))):
                    assert (y + down, x + right) not in grid, "two cells on one position"
                    grid[y + down, x + right] = " ".join(cell.text_content().split())
    width = max(x for _, x in grid) + 1
    assert len(grid) == width * len(rows), "the table has a hole"
    return [[grid[y, x] for x in range(width)] for y in range(len(rows))]


def number(text: str) -> Decimal:
    """A figure as a person reads it, in the form's own unit."""
    plain = text.replace(",", "").replace("增加", "").replace("减少", "-")
    if plain.endswith("万元"):
        return Decimal(plain.removesuffix("万元"))
    return Decimal(plain.removesuffix("元")) / 10_000 if plain.endswith("元") else Decimal(plain)


def requests_by_labels(grid: list[list[str]]) -> dict[str, str]:
    """``last label / column label`` → the text where both meet, in table 三."""
    heads = grid[2][3:]
    return {f"{row[2]} / {head}": text for row in grid[3:] for head, text in zip(heads, row[3:], strict=True)}


@pytest.mark.parametrize("report", inline_reports(), ids=lambda report: f"{report[0]}-{report[1]}")
def test_inline_tables_hold_the_truth(site: dict[str, Page], report: Key) -> None:
    path = report_path(report)
    page = html.fromstring(decode(path, site[path]))
    content = page.xpath('//div[@class="TRS_Editor"]')[0]
    proactive, requests, disputes = (grid_of(table) for table in content.xpath(".//table"))
    figures = printed_figures(report)
    form = county.form_of(report, "requests")
    assert len(requests) == 3 + (23 if form == "2019" else 25)
    assert {len(row) for row in requests} == {10}
    assert {len(row) for row in disputes} == {15}
    # Row by row and column by column in the official order, which the county's own table of labels is not asked for.
    rows = list(dict.fromkeys(key.split(".")[1] for key in figures if key.startswith("requests.")))
    columns = ["natural_person", "enterprise", "research", "social_welfare", "legal_service", "other_org", "total"]
    for row, printed in zip(rows, requests[3:], strict=True):
        for column, text in zip(columns, printed[3:], strict=True):
            assert number(text) == figures[f"requests.{row}.{column}"], (row, column)
    results = ["upheld", "corrected", "other_result", "pending", "total"]
    blocks = ["review"] * 5 + ["litigation_direct"] * 5 + ["litigation_after_review"] * 5
    for block, result, text in zip(blocks, results * 3, disputes[3], strict=True):
        key = f"disputes.{block}.{result}"
        assert (number(text) if text else None) == figures.get(key), key
    printed_proactive = [text for row in proactive for text in dict.fromkeys(row[1:]) if re.search(r"\d", text)]
    expected = [value for key, value in figures.items() if key.startswith("proactive.")]
    assert [number(text) for text in printed_proactive] == expected


def test_labels_stand_beside_their_figures(site: dict[str, Page]) -> None:
    report = ("示例县民政局", 2023)
    page = html.fromstring(decode("", site[report_path(report)]))
    tables = page.xpath('//div[@class="TRS_Editor"]//table')
    by_label = requests_by_labels(grid_of(tables[1]))
    figures = printed_figures(report)
    pairs = {
        "一、本年新收政府信息公开申请数量 / 自然人": "requests.received.natural_person",
        "二、上年结转政府信息公开申请数量 / 总计": "requests.carried_in.total",
        "（一）予以公开 / 商业企业": "requests.granted.enterprise",
        "1.属于国家秘密 / 科研机构": "requests.refused_state_secret.research",
        "8.属于行政查询事项 / 社会公益组织": "requests.refused_administrative_query.social_welfare",
        "3.补正后申请内容仍不明确 / 法律服务机构": "requests.unavailable_still_unclear.legal_service",
        "5.要求行政机关确认或重新出具已获取信息 / 其他": "requests.declined_reissue.other_org",
        "3.其他 / 自然人": "requests.other_other.natural_person",
        "（七）总计 / 总计": "requests.handled_total.total",
        "四、结转下年度继续办理 / 商业企业": "requests.carried_out.enterprise",
    }
    assert {label: number(by_label[label]) for label in pairs} == {label: figures[key] for label, key in pairs.items()}
    proactive = grid_of(tables[0])
    assert [row[0] for row in proactive] == [
        "第二十条第（一）项",
        "信息内容",
        "规章",
        "行政规范性文件",
        "第二十条第（五）项",
        "信息内容",
        "行政许可",
        "第二十条第（六）项",
        "信息内容",
        "行政处罚",
        "行政强制",
        "第二十条第（八）项",
        "信息内容",
        "行政事业性收费",
    ]
    assert number(proactive[3][3]) == figures["proactive.normative_documents.in_force"]
    assert number(proactive[10][1]) == figures["proactive.coercion.decisions"]


def test_prose_agrees_with_tables(site: dict[str, Page]) -> None:
    for report in inline_reports():
        text = html.fromstring(decode(report_path(report), site[report_path(report)])).text_content()
        figures = printed_figures(report)
        said = re.search(r"新收政府信息公开申请(\d+)件，上年结转(\d+)件.*?办结(\d+)件，结转下年度继续办理(\d+)件", text)
        assert said is not None, report
        rows = ("received", "carried_in", "handled_total", "carried_out")
        assert [int(count) for count in said.groups()] == [figures[f"requests.{row}.total"] for row in rows]
        whole, *parts = re.findall(r"(?:主动公开政府信息|网站|微信公众号|公开栏)(\d+)条", text)
        assert int(whole) == sum(map(int, parts))


def test_every_internal_link_leads_somewhere(site: dict[str, Page]) -> None:
    for path, page in site.items():
        if not page.content_type.startswith("text/html"):
            continue
        for href in html.fromstring(decode(path, page)).xpath("//a/@href"):
            target = urlsplit(urljoin(f"http://portal.example{path}", href))
            if target.scheme == "http" and target.hostname == "portal.example":
                assert target.path in site or f"{target.path}/" in site, (path, href)


def walk_lists(site: dict[str, Page]) -> dict[str, list[str]]:
    """Every list page under the year columns, found from the column page by anchors and live paging calls."""
    found: dict[str, list[str]] = {}
    waiting = [COLUMN]
    while waiting:
        path = waiting.pop()
        if path in found or not path.startswith(COLUMN):
            continue
        page = html.fromstring(decode(path, site[path]))
        main = page.xpath('//div[@class="main"]')[0]
        found[path] = main.xpath('./ul[@class="columns"]//a/@href | ./div[@class="box"]//a/@href')
        waiting += [urljoin(path, href) for href in found[path] if href.endswith(("/", "index.html"))]
        for script in main.xpath('.//div[@class="page"]/script/text()'):
            script = re.sub(r"countPage, currentPage", lambda _, s=script: ", ".join(_variables(s)), script)
            ((pages, _, name, extension, _records),) = CALL.findall(script)
            waiting += [urljoin(path, f"{name}_{at}.{extension}") for at in range(1, int(pages))]
    return found


def _variables(script: str) -> tuple[str, str]:
    pages = re.search(r"countPage = (\d+)", script)
    current = re.search(r"currentPage = (\d+)", script)
    assert pages is not None
    assert current is not None
    return pages[1], current[1]


def test_lists_lead_to_every_report(site: dict[str, Page]) -> None:
    lists = walk_lists(site)
    articles = {urljoin(path, href) for path, hrefs in lists.items() for href in hrefs if "/t2" in href}
    assert {report_path(report) for report in county.published_reports()} <= articles
    away = [path for path in articles if not path.startswith(COLUMN)]
    assert sorted(away) == sorted(report_path(report) for report in AWAY)
    others = len(articles) - len(county.published_reports())
    kinds = ("government", "department", "town")
    assert others == sum(len(look_alike_titles(year, kind)) for year in county.YEARS for kind in kinds) + len(
        WEBSITE_FORMS
    )


def test_list_page_carries_the_traps(site: dict[str, Page]) -> None:
    path = f"{COLUMN}2023/bm/"
    text = decode(path, site[path])
    assert text.count("function createPageHTML(") == 1
    assert '// createPageHTML(9, 0, "index", "html");' in text
    assert '<!-- 旧版分页：<script>createPageHTML(12, 0, "index", "html");</script> -->' in text
    live = html.fromstring(text).xpath('//div[@class="page"]/script/text()')
    assert live == ['createPageHTML(3, 0, "index", "html");', 'createPageHTML(2, 0, "wzbb", "html");']
    assert not html.fromstring(text).xpath('//a[contains(@href, "index_")]')
    side = html.fromstring(text).xpath('//div[@class="side"]//a')
    assert all(link.get("href").startswith("../../../../zfgg/") and link.text.endswith("...") for link in side)


def test_paging_is_written_in_four_ways(site: dict[str, Page]) -> None:
    def call(path: str) -> str:
        return str(html.fromstring(decode(path, site[path])).xpath('//div[@class="page"]/script/text()')[0])

    assert call(f"{COLUMN}2019n/index_2.htm") == '<!--\ncreatePageHTML(4, 2, "index", "htm");\n//-->'
    assert call(f"{COLUMN}nb_2020n/bm/index_1.html") == 'createPageHTML(3, 1, "index", "html");'
    assert call(f"{COLUMN}2021/bm/").endswith('\ncreatePageHTML(countPage, currentPage, "index", "html");')
    assert call(f"{COLUMN}2022/bm/") == 'createPageHTML(3, 0, "index","html",19);'
    assert call(f"{COLUMN}2024/kfq/") == 'createPageHTML(0, 0, "index", "html");'


def test_old_template_is_upper_case_and_broken_inside_a_tag(site: dict[str, Page]) -> None:
    text = decode("", site[f"{COLUMN}nb_2020n/bm/"])
    assert re.search(
        r'<TR><TD height=30 align="left">&nbsp;<img [^>]+>&nbsp;<A style="font-size:14px;" \nhref="\./2', text
    )
    assert text.count('class="GroupBlankLine"') == 1
    new = html.fromstring(decode("", site[f"{COLUMN}2024/bm/"])).xpath('//ul[@class="list"]/li/a')
    assert any(link.text.endswith("…") and not link.get("title").endswith("…") for link in new)


def test_one_column_is_gb18030_under_a_false_label(portal: Portal) -> None:
    answer, body = get(portal, report_path(("示例县教育局", FALSE_LABEL_YEAR)))
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"charset=utf-8" in body
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    with pytest.raises(UnicodeDecodeError):
        body.decode("gbk")
    assert "䶮山、㙍塘、𫭟坪" in body.decode("gb18030")


def test_meta_tags_tell_site_and_article(site: dict[str, Page]) -> None:
    report = ("示例县财政局", 2023)
    page = html.fromstring(decode("", site[report_path(report)]))
    meta = {tag.get("name"): tag.get("content") for tag in page.xpath("//meta[@name]")}
    assert meta["SiteIDCode"] == "9999010001"
    assert meta["SiteName"] == "示例县人民政府网"
    assert meta["ArticleTitle"] == "示例县财政局2023年政府信息公开工作年度报告"
    assert meta["PubDate"].startswith(county.published_on(report).isoformat())
    assert meta["ColumnType"] == "信息公开年报"
    assert "" in meta.values()
    assert [link.get("class") for link in page.xpath('//div[@class="dqwz"]/a')] == ["CurrChnlCls"] * 4


def test_unchanged_pages_send_no_body(portal: Portal) -> None:
    path = report_path(("示例县民政局", 2022))
    first, body = get(portal, path)
    assert (first.status, len(body)) == (200, int(first.headers["Content-Length"]))
    by_tag, empty = get(portal, path, If_None_Match=first.headers["ETag"])
    assert (by_tag.status, empty) == (304, b"")
    by_time, _ = get(portal, path, If_Modified_Since=first.headers["Last-Modified"])
    assert by_time.status == 304
    other, _ = get(portal, path, If_None_Match='"other"', If_Modified_Since=first.headers["Last-Modified"])
    assert other.status == 200
    assert [(request.path, request.status) for request in portal.requests] == [
        (path, status) for status in (200, 304, 304, 200)
    ]
    assert [request.sent for request in portal.requests] == [len(body), 0, 0, len(body)]


def test_unknown_pages_and_folders(portal: Portal) -> None:
    assert get(portal, "/nowhere.html")[0].status == 404
    moved, _ = get(portal, "/zwgk")
    assert (moved.status, moved.headers["Location"]) == (301, "/zwgk/")
    assert get(portal, "/robots.txt")[1].startswith(b"User-agent: *")
    for at in (3, 4, 8, 11):
        assert get(portal, f"{COLUMN}2023/bm/index_{at}.html")[0].status == 404


def test_counting_page_differs_at_each_visit_outside_its_report(portal: Portal) -> None:
    path = report_path(county.COUNTING)
    assert portal.is_counting(path)
    (first, one), (_, two) = get(portal, path), get(portal, path)
    assert first.headers["ETag"] is None
    assert one != two
    report = [etree.tostring(html.fromstring(body).xpath('//div[@class="TRS_Editor"]')[0]) for body in (one, two)]
    assert report[0] == report[1]


def test_change_does_exactly_three_things(portal: Portal) -> None:
    before = dict(portal.pages)
    changes = portal.change()
    after = portal.pages
    gone = {changes.dropped_path, twin_path(changes.dropped_path)}
    assert set(before) - set(after) == gone
    assert set(after) <= set(before)
    differ = {path for path in after if after[path].body != before[path].body}
    lists = {path for path in differ if path.startswith(f"{COLUMN}2021/bm/index") or path == f"{COLUMN}2021/bm/"}
    assert differ - lists == {changes.edited_path, twin_path(changes.edited_path), changes.replaced_path}
    assert all(after[path] is before[path] for path in set(after) - differ)
    for path in differ:
        assert after[path].modified > before[path].modified
    dropped = county.title_of(county.DROPPED)
    assert not any(dropped in decode(path, page) for path, page in after.items() if page.content_type[:5] == "text/")
    assert get(portal, changes.dropped_path)[0].status == 404


def test_edit_is_what_changes_say(portal: Portal) -> None:
    def row(label: str) -> list[Decimal]:
        page = html.fromstring(get(portal, CHANGES.edited_path)[1].decode())
        grid = grid_of(page.xpath('//div[@class="TRS_Editor"]//table')[1])
        return [number(text) for text in next(row for row in grid if row[2] == label)[3:]]

    refused = "6.属于四类过程性信息"
    before = row(refused)
    portal.change()
    after = row(refused)
    assert after[0] == 0
    assert before[0] - after[0] == before[6] - after[6] > 0
    assert before[1:6] == after[1:6]
    assert CHANGES.edited["requests.refused_deliberative.natural_person"] == (before[0], 0)
    assert CHANGES.edited["disputes.review.corrected"][1] == 0
    assert len(CHANGES.edited) == 8
