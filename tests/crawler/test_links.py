"""The fast link pass: encodings by evidence, references resolved, what scripts hide."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.links import Anchor, Resolver, decode_page, is_page, read_page, resolve, without_comments

HERE = "http://portal.example/zwgk/nb/202401/t20240120_1.html"
PIECES = st.sampled_from(
    [
        "a",
        "..",
        ".",
        "b.html",
        "/",
        "//",
        "?x=1",
        "#f",
        "http://h.example/",
        "http:",
        ":80",
        "%20",
        " ",
        "示例",
        "?",
        "...",
        "\\",
    ]
)
BASES = st.sampled_from(
    ["http://a.example", "http://a.example/", "http://a.example/x/y/z.html?q=/1", "https://a.example:8/x/"]
)


@given(BASES, st.lists(PIECES, max_size=6).map("".join))
def test_the_quick_way_resolves_as_the_standard_library_does(base: str, reference: str) -> None:
    assert Resolver(base)(reference) == resolve(base, reference)


def test_references_are_resolved_against_the_final_url() -> None:
    assert resolve(HERE, "./P020240120.pdf") == "http://portal.example/zwgk/nb/202401/P020240120.pdf"
    assert resolve(HERE, "../../../bm/t1.html#top") == "http://portal.example/bm/t1.html"
    assert resolve(HERE, "//www.example.gov.cn/x") == "http://www.example.gov.cn/x"
    assert resolve(HERE, "年报.pdf") == "http://portal.example/zwgk/nb/202401/%E5%B9%B4%E6%8A%A5.pdf"
    for nothing in (
        "",
        "#",
        "#top",
        "mailto:a@b.example",
        "file:///etc/passwd",
        "ftp://a.example/",
        "data:,x",
        "http://[::1",
    ):
        assert resolve(HERE, nothing) == ""
    assert resolve(HERE, "http://evil.example\\@www.example.gov.cn/") == ""


def test_encoding_is_told_by_evidence_and_not_by_its_label() -> None:
    text = '<meta charset="{}"><a href="x.html">示例镇㛃</a>'
    gb18030 = text.format("gb2312").encode("gb18030")
    assert decode_page(gb18030) == (text.format("gb2312"), "gb18030")
    assert decode_page(text.format("utf-8").encode("gb18030"))[1] == "gb18030"
    assert decode_page(text.format("gb2312").encode())[1] == "utf-8"
    assert decode_page(b"\xef\xbb\xbf" + text.encode())[0].startswith("<meta")
    assert decode_page(b"\xff\xfe" + "<p>年报".encode("utf-16-le"))[0] == "<p>年报"
    spoiled = "年报".encode() * 50 + b"\xff" + "公开".encode() * 50
    assert decode_page(spoiled)[0].count("年报") == 50


def test_the_fullest_label_of_a_link() -> None:
    full = "示例县教育局2023年政府信息公开工作年度报告"
    assert Anchor(HERE, "示例县教育局2023年…", full).label == full
    assert Anchor(HERE, "示例县教育局2023年政...", full).label == full
    assert Anchor(HERE, "", full).label == full
    assert Anchor(HERE, full, "点击查看").label == full, "a title that says something else does not replace the text"


def test_one_pass_sees_what_a_page_has() -> None:
    html = """<html><head><title>年报</title><BASE href="/zwgk/nb/">
    <META NAME="ArticleTitle" CONTENT=" 示例县2023年报告 "><meta name="PubDate" content="2024-01-20 09:16">
    <meta http-equiv="refresh" content="0; url=index_real.html"></head><body>
    <div class="Position"><A HREF="../" title="政务公开" class=CurrChnlCls>政务公开</A>&nbsp;&gt;&gt;&nbsp;</div>
    <a
      href="./202401/t1.html" >第一<b>条</b></a> <!-- <a href="hidden.html">no</a> -->
    <a href="javascript:window.open('./202401/t2.html')">二</a> <a href="#" onclick="go('/x/t3.html')">三</a>
    <a href="javascript:void(0)">打印</a><iframe src="list.html"></iframe>
    <script>document.write('<a href="./P020240120.pdf">附件</a>'); var f = "./W020240120.docx";
    //document.write('<a href="./P0old.pdf">旧</a>');
    document.write('<a href=index_'+n+'.html>下一页</a>');</script></body></html>"""
    page = read_page("http://portal.example/other/index.html", html.encode())
    assert page.base == "http://portal.example/zwgk/nb/"
    assert (page.name, page.published, page.title) == ("示例县2023年报告", "2024-01-20 09:16", "年报")
    assert page.refresh == "http://portal.example/zwgk/nb/index_real.html"
    assert page.frames == ("http://portal.example/zwgk/nb/list.html",)
    assert page.crumbs == ("政务公开",)
    assert [(anchor.url.removeprefix("http://portal.example"), anchor.text) for anchor in page.anchors] == [
        ("/zwgk/", "政务公开"),
        ("/zwgk/nb/202401/t1.html", "第一条"),
        ("/zwgk/nb/202401/t2.html", "二"),
        ("/x/t3.html", "三"),
        ("/zwgk/nb/P020240120.pdf", "附件"),
        ("/zwgk/nb/W020240120.docx", ""),
    ]


def test_what_javascript_skips_is_skipped() -> None:
    assert without_comments("<!--\ncreatePageHTML(3);\n//-->").strip() == "createPageHTML(3);"
    assert "9" not in without_comments(
        "//createPageHTML(9)\n/* createPageHTML(9) */ <!-- createPageHTML(9) -->\n-->f(9)"
    )
    assert without_comments('var u = "http://a.example/";') == 'var u = "http://a.example/";'


def test_pages_are_told_from_documents() -> None:
    assert is_page(b"\xef\xbb\xbf\r\n <!DOCTYPE html>")
    assert is_page(b"hello <html>")
    assert not is_page(b"%PDF-1.7 <html>"[:8])
    assert not is_page(b"PK\x03\x04\x00\x00")
    for empty in (b"", b"\x00", b"<", b"<!-- "):
        assert read_page(HERE, empty).anchors == ()
