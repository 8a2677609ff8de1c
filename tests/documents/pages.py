"""Blocks → HTML: plain pages for other programs to read, and portal pages with the oddities portals have."""

from __future__ import annotations

from html import escape

from tests.documents.official_forms import Box
from tests.documents.sources import Block, Grid, Invented, Line, blocks_of

_STYLE = (
    "body{font-family:'AR PL UMing CN',serif;font-size:10.5pt} h1{text-align:center;font-size:18pt}"
    " table{border-collapse:collapse;width:100%} td{border:1px solid #000;text-align:center;padding:2px;font-size:9pt}"
    " p.end{text-align:right} td p{margin:0}"
)
_TAGS = {"title": "h1", "heading": "h2", "paragraph": "p", "signature": "p", "date": "p"}


def plain_page(document: Invented, extra_style: str = "") -> str:
    """A page as any editor would write it: valid, closed, styled."""
    blocks = blocks_of(document)
    title = "".join(block.text for block in blocks if isinstance(block, Line) and block.kind == "title")
    body = "\n".join(_block(block) for block in blocks)
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}{extra_style}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _block(block: Block) -> str:
    if isinstance(block, Grid):
        return f"<table border='1'>\n{''.join(_row(row) for row in block.rows)}</table>"
    tag = _TAGS[block.kind]
    at_end = " class='end'" if block.kind in {"signature", "date"} else ""
    return f"<{tag}{at_end}>{escape(block.text)}</{tag}>"


def _row(row: list[Box]) -> str:
    return f"<tr>{''.join(_cell(box) for box in row)}</tr>\n"


def _cell(box: Box) -> str:
    text = "</p><p>".join(escape(part) for part in box.text.split("\n"))
    inner = f"<p>{text}</p>" if "\n" in box.text else text
    return f"<td{_spans(box)}>{inner}</td>"


def _spans(box: Box) -> str:
    return "".join(
        f' {name}="{span}"' for name, span in (("rowspan", box.rowspan), ("colspan", box.colspan)) if span > 1
    )


def pasted_from_word(document: Invented) -> str:
    """The body as an editor keeps it after a paste from a word processor: upper case, unclosed rows and cells."""
    parts = []
    for block in blocks_of(document):
        if isinstance(block, Line):
            parts.append(
                f"<P class=MsoNormal style='TEXT-INDENT: 32pt'><SPAN lang=EN-US><o:p></o:p></SPAN>"
                f"<FONT face=仿宋_GB2312>{escape(block.text)}</FONT></P>"
            )
            continue
        parts.append("<TABLE class=MsoNormalTable border=1 cellSpacing=0>")
        for row in block.rows:
            parts.append("<TR>")
            for box in row:
                text = escape(box.text).replace("\u00a0", "&nbsp;").replace("\n", "<BR>")
                parts.append(f"<TD{_spans(box).upper()}><P class=MsoNormal align=center>")
                parts.append(f"<SPAN lang=EN-US>{text}<o:p></o:p></SPAN>")
        parts.append("</TABLE>")
    return "\n".join(parts)


def in_layout_tables(document: Invented) -> str:
    """The body inside two tables that only place it, as portals of the 2000s do."""
    body = "\n".join(_block(block) for block in blocks_of(document))
    return (
        "<table width='980' cellpadding='0'><tr><td width='10'></td><td><table width='100%'><tr><td class='nr'>"
        f"<style>.nr td{{font-size:14px}}</style>{body}</td></tr></table></td><td width='10'></td></tr></table>"
    )


def portal_page(document: Invented, body: str, charset: str) -> str:
    """A portal's article page around ``body``: meta tags, breadcrumb, side column with other reports, footer."""
    title = "".join(b.text for b in blocks_of(document) if isinstance(b, Line) and b.kind == "title")
    others = "".join(
        f"<li><a href='./t{year}0110_{number}.html'>示例县{name}局{year - 1}年政府信息公开工作年度报告</a></li>"
        for number, (name, year) in enumerate((("粮食", 2016), ("公路", 2018), ("气象", 2020)), 41)
    )
    published = document.published or ""
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">
<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>{escape(title)}_示例县人民政府</title>
<meta name="SiteName" content="示例县人民政府"><meta name="SiteDomain" content="www.shili.example">
<meta name="ColumnName" content="政府信息公开年报"><meta name="ColumnType" content="政府信息公开">
<meta name="ArticleTitle" content="{escape(title)}"><meta name="PubDate" content="{published} 10:32">
<script>var hits = 1024; function more() {{ document.write("<table><tr><td>7</td></tr></table>"); }}</script>
</head><body>
<div class="nav"><a href="/">首页</a> <a href="/zwgk/">政务公开</a> <a href="/bsfw/">办事服务</a></div>
<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; 政府信息公开年报</div>
<div class="side"><h3>相关链接</h3><ul>{others}</ul></div>
<div class="article"><div class="TRS_Editor">
{body}
</div></div>
<div class="footer">主办：示例县人民政府办公室 网站标识码：9999990001 <a href="/map/">网站地图</a></div>
</body></html>
"""


def script_page(document: Invented) -> str:
    """A page whose body is put there by its own script; a browser turns it into the page that people see."""
    body = "\n".join(_block(block) for block in blocks_of(document)).replace("`", "'")
    page = plain_page(document)
    head = page[: page.index("<body>")]
    script = f"document.getElementById('app').innerHTML=`{body}`;"
    return f"{head}<body><div id='app'></div><script>{script}</script></body></html>"
