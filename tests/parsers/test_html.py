"""Web pages: charset by evidence, the fence, tables and spans, what the page says about itself."""

from __future__ import annotations

import itertools
import random

import pytest
from lxml import etree

from parsers.document import Document, Heading, Table
from parsers.errors import Unreadable
from parsers.formats import html
from parsers.text import squeeze

TITLE = "示例县教育局2023年政府信息公开工作年度报告"
FORM = """<table><tbody>
<tr><td colspan="4">第二十条第（一）项</td></tr>
<tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td></tr>
<tr><td>规章</td><td>11</td><td>12</td><td>13</td></tr>
<tr><td>行政规范性文件</td><td>21</td><td>22</td><td>23</td></tr></tbody></table>"""
BODY = f"""<p>　　根据《中华人民共和国政府信息公开条例》编制。</p><p>一、总体情况</p><p>做了工作。</p>
<p>二、主动公开政府信息情况</p>{FORM}<p>五、存在的主要问题及改进情况</p><p>无。</p>
<p>六、其他需要报告的事项</p><p>无。</p><p>示例县教育局</p><p>2024年1月12日</p>"""


def page(content: str, *, hits: int = 55, today: str = "2026年1月5日", head: str = "") -> str:
    return f"""<!DOCTYPE html><html><head><title>{TITLE}-示例县人民政府</title>{head}
<script>var visits = "{hits}";</script></head><body>
<div class="top">今天是{today}</div>
<ul class="menu"><li><a href="/">首页</a></li><li><a href="/x">主动公开</a></li><li><a href="/y">总体情况</a></li></ul>
<div class="breadcrumb">您当前的位置：<a href="/">首页</a>&gt;&gt;<a href="./">年报</a></div>
<h1>{TITLE}</h1>
<div class="msg">发布时间：2024-01-12 来源：示例县教育局 浏览次数：<span id="hits">{hits}</span></div>
{content}
<div class="bdsharebuttonbox">分享到：<a>微信</a></div><p>【打印本页】【关闭窗口】</p>
<div class="footer">主办：示例县人民政府 访问量：{hits}</div></body></html>"""


def read(text: str) -> Document:
    return html.convert(text.encode())


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def grid(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


# --- charset ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "label"),
    [
        ("gb18030", "utf-8"),  # the header lies
        ("gb18030", "gb2312"),
        ("utf-8", "gbk"),
        ("utf-8-sig", "gb2312"),
        ("utf-16", "utf-8"),
        ("utf-8", "no-such-encoding"),
    ],
)
def test_the_bytes_decide_the_charset_and_not_the_label(encoding: str, label: str) -> None:
    source = page(f"<div class='TRS_Editor'><p>示例县㙍镇䶮街</p>{BODY}</div>", head=f'<meta charset="{label}">')
    document = html.convert(source.encode(encoding))
    assert document.blocks[0] == Heading(TITLE, 1, "xpath=/html/body/h1")
    assert "示例县㙍镇䶮街" in document.text()
    assert document.problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_broken_byte_costs_one_character_and_is_said(encoding: str) -> None:
    source = page(f"<div id='zoom'>{BODY}</div>", head=f'<meta charset="{encoding}">').encode(encoding)
    at = source.index("做了工作".encode(encoding))
    document = html.convert(source[:at] + b"\xff" + source[at:])
    assert [problem.code for problem in document.problems] == ["bad_encoding"]
    assert "工作。" in document.text()
    assert grid(tables(document)[0])[2] == ["规章", "11", "12", "13"]


# --- fence -----------------------------------------------------------------------------------------

CONTAINERS = [
    'id="ivs_content"', 'id="UCAP-CONTENT"', 'id="zoom"', 'id="Zoom"', 'class="TRS_Editor"', 'class="trs_editor_view"',
    'class="TRS_UEDITOR trs_paper_default"', 'class="Custom_UnionStyle"', 'id="vsb_content"', 'id="vsb_content_500"',
    'class="v_news_content"', 'id="webeditorview"', 'class="article-content"', 'id="articleContent"', 'id="article"',
    'class="news_cont_d_wrap"', 'class="xxgk_content"', 'class="zw-content"', 'class="pages_content"',
    'class="detail-news"', 'class="wzzw-article"', 'class="nothing known"',
]  # fmt: skip
EXPECTED = [
    TITLE,
    "根据《中华人民共和国政府信息公开条例》编制。",
    "一、总体情况",
    "做了工作。",
    "二、主动公开政府信息情况",
    "五、存在的主要问题及改进情况",
    "无。",
    "六、其他需要报告的事项",
    "无。",
    "示例县教育局",
    "2024年1月12日",
]


@pytest.mark.parametrize("names", CONTAINERS)
def test_only_the_report_comes_through_the_fence(names: str) -> None:
    document = read(page(f"<div {names}>{BODY}</div>"))
    assert [block.text for block in document.blocks if not isinstance(block, Table)] == EXPECTED
    assert [grid(table)[2:] for table in tables(document)] == [
        [["规章", "11", "12", "13"], ["行政规范性文件", "21", "22", "23"]]
    ]


def test_counters_dates_and_menus_do_not_change_the_blocks() -> None:
    source = f"<div id='zoom'>{BODY}<p>浏览次数：[5]</p></div>"
    first = read(page(source, hits=55))
    later = read(page(source.replace("[5]", "9,812次"), hits=1_234_567, today="2026年8月30日").replace("menu", "nav"))
    assert first.blocks == later.blocks


def test_a_report_that_stands_straight_in_the_body_loses_nothing_but_the_furniture() -> None:
    text = read(page(BODY)).text()
    assert all(line in text for line in EXPECTED)
    furniture = ("您当前的位置", "浏览次数", "分享到", "关闭窗口", "主办：", "var visits", "今天是")
    assert not any(words in text for words in furniture)
    assert read(page(BODY)).blocks == read(page(BODY, hits=56, today="2026年8月30日")).blocks


def test_a_table_outside_the_container_widens_the_fence() -> None:
    document = read(page(f"<div><div class='TRS_Editor'><p>一、总体情况</p></div><div class='fj'>{FORM}</div></div>"))
    assert grid(tables(document)[0])[2] == ["规章", "11", "12", "13"]
    assert "一、总体情况" in document.text()


def test_sections_outside_the_container_widen_the_fence() -> None:
    half = BODY.index("<p>五、")
    text = read(page(f"<div><div class='TRS_Editor'>{BODY[:half]}</div><div>{BODY[half:]}</div></div>")).text()
    assert all(line in text for line in EXPECTED)


def test_a_notice_in_a_container_beside_the_text_is_not_the_text() -> None:
    notice = "<div class='TRS_Editor'><p>本网站通知</p></div>"
    document = read(page(f"{notice}<div class='wzzw-article'>{BODY}</div>"))
    assert [block.text for block in document.blocks if not isinstance(block, Table)] == EXPECTED


@pytest.mark.parametrize("names", ["position-relative", "print-area", "row search-result-text"])
def test_names_of_layout_are_not_taken_for_furniture(names: str) -> None:
    assert "统计期限" in read(page(f"<div id=zoom><div class='{names}'><p>统计期限</p></div>{BODY}</div>")).text()


def test_side_columns_in_a_loose_fence_are_left_out() -> None:
    side = "".join(f"<li><a href='/{n}'>某局{n}年政府信息公开工作年度报告</a></li>" for n in range(9))
    text = read(page(f"<table><tr><td><ul>{side}</ul></td><td>{BODY}</td></tr></table>")).text()
    assert "某局3年" not in text
    assert all(line in text for line in EXPECTED)


def test_styles_scripts_comments_and_hidden_text_never_reach_the_text() -> None:
    noise = (
        "<style>.TRS_Editor P{margin:0}</style><script>var a = '公开 99 件';</script><!-- 旧版 98 件 -->"
        "<span style='DISPLAY: none'>隐藏 97 件</span><p hidden>隐藏 96 件</p><![if !supportLists]>"
        "<!--[if gte mso 9]><xml><w:View>95</w:View></xml><![endif]-->"
    )
    document = read(page(f"<div class='TRS_Editor'>{noise}{BODY.replace('<td>11</td>', f'<td>{noise}11</td>')}</div>"))
    assert not any(figure in document.text() for figure in ("99", "98", "97", "96", "95", "margin"))
    assert grid(tables(document)[0])[2][1] == "11"


# --- tables ----------------------------------------------------------------------------------------


def wrapped(rows: str) -> str:
    return page(f"<div id='zoom'><table><tr><td>予以公开</td><td>不予公开</td></tr>{rows}</table></div>")


def test_layout_tables_dissolve_into_what_they_hold() -> None:
    inner = f"<table><tr><td><table width=100%><tr><td>{BODY}</td></tr></table></td></tr></table>"
    document = read(f"<html><body><table><tr><td>{inner}</td></tr></table></body></html>")
    assert [grid(table) for table in tables(document)] == [
        [
            ["第二十条第（一）项"],
            ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
            ["规章", "11", "12", "13"],
            ["行政规范性文件", "21", "22", "23"],
        ]
    ]


def test_a_table_nested_in_a_data_cell_is_text_of_the_cell() -> None:
    row = "<tr><td><table><tr><td>7</td></tr></table></td><td><div><p> 8 </p></div></td></tr>"
    assert grid(tables(read(wrapped(row)))[0])[1] == ["7", "8"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("&nbsp;", "\u00a0"),
        ("　", "\u3000"),
        ("<p class=MsoNormal><span lang=EN-US>12<o:p></o:p></span></p>", "12"),
        ("\n   1 \n 2 ", "1 2"),
        ("商业<br>企业", "商业\n企业"),
        ("<p>商业</p><p>企业</p>", "商业\n企业"),
        ("<p>&nbsp;</p><p>0</p>", "\u00a0\n0"),
        ("12<sup>1</sup>", "12[1]"),
        ("<sup>12</sup>", "12"),
        ("<del>13</del>12", "12"),
        ("<input value='5' readonly>", "5"),
        ("<input type=hidden value='5'>", ""),
    ],
)
def test_the_text_of_a_cell_is_what_a_reader_sees(cell: str, text: str) -> None:
    assert grid(tables(read(wrapped(f"<tr><td>{cell}</td><td>9</td></tr>")))[0])[1] == [text, "9"]


def test_struck_figures_and_pictures_in_cells_are_said() -> None:
    document = read(wrapped("<tr><td><s>13</s>12</td><td><img src='5.png'></td></tr>"))
    assert [(found.code, found.where[-11:]) for found in document.problems] == [
        ("struck_text", "tr[2]/td[1]"),
        ("picture_in_cell", "tr[2]/td[2]"),
    ]


@pytest.mark.parametrize(
    ("attributes", "spans"),
    [
        ("rowspan=2 colspan=3", (2, 3)),
        ('rowspan="2" colspan=" 3"', (2, 3)),
        ("rowspan=0", (3, 1)),  # all that are left
        ("rowspan=99", (3, 1)),
        ("rowspan=-1 colspan=x", (1, 1)),
        ("colspan=0", (1, 1)),
        ("colspan=2%", (1, 2)),
    ],
)
def test_spans_are_as_stated_and_end_with_the_table(attributes: str, spans: tuple[int, int]) -> None:
    cell = tables(read(wrapped(f"<tr><td {attributes}>1</td></tr><tr><td>2</td></tr><tr><td>3</td></tr>")))[0].rows[1][
        0
    ]
    assert (cell.rowspan, cell.colspan) == spans


def test_absurd_spans_are_capped_and_said() -> None:
    document = read(wrapped("<tr><td colspan=99999>1</td></tr>"))
    assert tables(document)[0].rows[1][0].colspan == 100
    assert [problem.code for problem in document.problems] == ["absurd_span"]


def test_spans_that_claim_a_huge_grid_are_not_believed() -> None:
    rows = "<tr><td rowspan=9999 colspan=100>1</td><td colspan=100 rowspan=9999>2</td></tr>" * 300
    document = read(wrapped(rows))
    table = tables(document)[0]
    assert not table.spans_known
    assert {(cell.rowspan, cell.colspan) for row in table.rows for cell in row} == {(1, 1)}
    assert [(problem.code, problem.severity) for problem in document.problems] == [("absurd_span", "error")]


def test_unclosed_cells_stray_cells_and_upper_case_are_read_in_order() -> None:
    rows = "<TR><TD>一<TD>1<TR><TD>二<TD>2<TR></TR><TD>三</TD><TD>3</TD>"
    assert grid(tables(read(wrapped(rows)))[0])[1:] == [["一", "1"], ["二", "2"], [], ["三", "3"]]


def test_where_leads_back_to_the_very_cell() -> None:
    source = page(f"<div>前言<div class='TRS_Editor'>{BODY}<center><p>甲</p>{FORM}</center></div></div>")
    document = read(source)
    tree = etree.fromstring(source.encode(), etree.HTMLParser(encoding="utf-8"))
    for cell in itertools.chain.from_iterable(row for table in tables(document) for row in table.rows):
        (element,) = tree.xpath(cell.where.removeprefix("xpath="))
        assert squeeze("".join(element.itertext())) == squeeze(cell.text)
    for block in document.blocks:
        (element,) = tree.xpath(block.where.removeprefix("xpath="))
        if not isinstance(block, Table):
            assert block.text in "".join(element.itertext())


# --- what the page says about itself ----------------------------------------------------------------

META = """<meta name="SiteName" content="示例县人民政府"><meta name="SiteIDCode" content="1304000009">
<meta name="ColumnName" content="政府信息公开年报"><meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="2024-01-13 09:16"><meta name="ContentSource" content="">
<meta name="Keywords" content="{{{{ keywords }}}}">"""


def test_meta_tags_by_lowered_name_without_empty_ones_and_templates() -> None:
    meta = read(page(f"<div id=zoom>{BODY}</div>", head=META.format(title=TITLE))).meta
    assert {name: meta[name] for name in ("sitename", "siteidcode", "columnname", "articletitle", "pubdate")} == {
        "sitename": "示例县人民政府",
        "siteidcode": "1304000009",
        "columnname": "政府信息公开年报",
        "articletitle": TITLE,
        "pubdate": "2024-01-13 09:16",
    }
    assert "contentsource" not in meta
    assert "keywords" not in meta
    assert meta["title"] == TITLE
    assert meta["发布时间"] == "2024-01-12"
    assert meta["来源"] == "示例县教育局"


@pytest.mark.parametrize(
    "block",
    [
        "<table><tr><td>索 引 号：</td><td>01-2024</td><td>发布机构</td><td>示例县教育局</td></tr>"
        "<tr><td>公开日期：</td><td colspan=3>2024-01-12</td></tr></table>",
        "<ul><li><b>索引号：</b>01-2024</li><li><b>发布机构：</b>示例县教育局</li><li><b>公开日期：</b>2024-01-12</li></ul>",
        "<p>索引号：01-2024　发布机构：示例县教育局　公开日期：2024-01-12</p>",
        "<dl><dt>【索引号】</dt><dd>01-2024</dd><dt>【发布机构】</dt><dd>示例县教育局</dd><dt>【公开日期】</dt><dd>2024-01-12</dd></dl>",
    ],
)
def test_the_block_of_labels_is_meta_and_not_text(block: str) -> None:
    document = read(page(f"{block}<div id=zoom>{BODY}</div>"))
    assert {name: document.meta.get(name) for name in ("索引号", "发布机构", "公开日期")} == {
        "索引号": "01-2024",
        "发布机构": "示例县教育局",
        "公开日期": "2024-01-12",
    }
    assert "01-2024" not in document.text()


def test_a_label_table_within_the_fence_is_meta_too() -> None:
    block = "<table><tr><td>索引号</td><td>01-2024</td><td>发布日期</td><td>2024-01-12</td></tr></table>"
    document = read(page(f"<div id=zoom>{block}{BODY}</div>"))
    assert (document.meta["索引号"], document.meta["发布日期"]) == ("01-2024", "2024-01-12")
    assert len(tables(document)) == 1


def test_the_title_falls_back_from_meta_to_headline_to_title_element() -> None:
    bare = f"<html><head><title>示例县人民政府</title></head><body><div id=zoom>{BODY}</div></body></html>"
    assert read(bare).meta["title"] == "示例县人民政府"
    assert (
        read(page(f"<div id=zoom>{BODY}</div>", head="<meta name=ArticleTitle content='{{ title }}'>")).meta["title"]
        == TITLE
    )


def test_a_page_of_pictures_says_so() -> None:
    document = read(page("<div class=TRS_Editor><p><img src=a.jpg><img src=b.jpg></p></div>"))
    assert [(found.code, found.says[:2]) for found in document.problems] == [("pictures", "2 ")]


# --- hostile input ----------------------------------------------------------------------------------


def test_hundreds_of_unclosed_tags_lose_nothing() -> None:
    unclosed = "<font size=3><b>" * 400
    text = read(page(f"<div id=zoom>{unclosed}{BODY}</div>")).text()
    assert all(line in text for line in EXPECTED)


def test_nesting_that_the_parser_cuts_off_is_refused() -> None:
    with pytest.raises(Unreadable, match="2048"):
        read("<html><body>" + "<div>" * 100_000 + BODY)


@pytest.mark.parametrize(
    "payload", [b"<html></html>", b"<html><frameset><frame src=a></frameset></html>", b"<table><tr><td>"]
)
def test_pages_without_text_are_documents_without_blocks(payload: bytes) -> None:
    assert html.convert(payload).blocks == ()


def test_mutated_pages_end_as_text_or_refusal() -> None:
    source = page(f"<div id=zoom>{BODY}{FORM}</div>", head=META.format(title=TITLE)).encode()
    dice = random.Random(20)
    parts = [b"<", b">", b"</td>", b"<table>", b"\xff", b"", b"&#0;", b"\0"]
    for _ in range(300):
        raw = bytearray(source)
        for _ in range(dice.randint(1, 30)):
            at = dice.randrange(len(raw))
            raw[at : at + dice.randint(0, 3)] = dice.choice(parts)
        try:
            text = html.convert(bytes(raw)).text()
        except Unreadable:
            continue
        assert "<table" not in text


# --- recognised by content ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "certain"),
    [
        (b"\r\n<!-- built --><HTML><HEAD>", True),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0">', True),
        ("\ufeff<html>".encode("utf-16-le"), True),
        ("<div><p>一、总体情况</p><table>".encode(), True),
        (b'<?xml version="1.0"?><w:wordDocument/>', False),
        (b"MIME-Version: 1.0\n\n<html><body><p>", False),
        (b'{"html": "<div><p><table>"}', False),
        ("公开<条例>的规定".encode(), False),
        (b"%PDF-1.7 <html><body><p>", False),
        (b"\xd0\xcf\x11\xe0\0\0", False),
    ],
)
def test_sniff(payload: bytes, certain: bool) -> None:
    assert (html.sniff(payload) > 0.5) is certain
