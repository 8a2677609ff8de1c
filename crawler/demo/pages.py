"""The portal's page frames: the TRS templates for articles, lists and indexes, old and new.

Written from a description of the TRS WCM family: ``createPageHTML``, ``GroupBlankLine``, ``CurrChnlCls``,
``TRS_Editor`` and ``P0….pdf`` are that system's own names; the meta tags are those of 国办发〔2017〕47号.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from crawler.demo import county

SITE_NAME = f"{county.COUNTY}人民政府网"
AGENCY = f"{county.COUNTY}人民政府办公室"


@dataclass(frozen=True, slots=True)
class Link:
    """One row of a list: href as written in the page, full title, the day shown."""

    title: str
    href: str
    day: date


@dataclass(frozen=True, slots=True)
class Listing:
    """One list on a page: its rows on this page, and the arguments of its paging call."""

    rows: tuple[Link, ...]
    pages: int
    current: int
    name: str = "index"
    extension: str = "html"
    call: str = "plain"  # "plain", "fifth", "variables", "wrapped"
    records: int = 0


def render_head(title: str, column: str, *, article: str = "", published: str = "", source: str = "") -> str:
    """The head of a page; tags that do not apply are there and empty, as in the real templates."""
    return f"""<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<title>{escape(title)}_{SITE_NAME}</title>
<meta name="SiteName" content="{SITE_NAME}" />
<meta name="SiteDomain" content="www.shilixian.example" />
<meta name="SiteIDCode" content="{county.SITE_CODE}" />
<meta name="ColumnName" content="{escape(column)}" />
<meta name="ColumnDescription" content="" />
<meta name="ColumnKeywords" content="{escape(column)}" />
<meta name="ColumnType" content="{"信息公开年报" if "年报" in column else "政务公开"}" />
<META NAME="ArticleTitle" CONTENT="{escape(article)}" />
<meta name="PubDate" content="{published}" />
<meta name="ContentSource" content="{escape(source)}" />
<meta name="keywords" content="" />
<meta name="Author" content="{AGENCY if article else ""}" />
<meta name="Description" content="" />
<meta name="Image" content="" />
<meta name="Url" content="" />
</head>"""


def render_crumbs(crumbs: Sequence[tuple[str, str]]) -> str:
    """(href, name) from the home page down → the breadcrumb."""
    links = (f'<a href="{href}" title="{name}" class="CurrChnlCls">{name}</a>' for href, name in crumbs)
    return f'<div class="dqwz">当前位置：{"&nbsp;&gt;&gt;&nbsp;".join(links)}</div>'


_MASTHEAD = f"""<div class="top"><h2 class="logo">{SITE_NAME}</h2>
<form action="/was5/web/search" method="get"><input type="text" name="searchword" />
<input type="hidden" name="channelid" value="200001" /></form>
<ul class="nav"><li><a href="/">首页</a></li><li><a href="/zwgk">政务公开</a></li>
<li><a href="/zwgk/zfgg/">通知公告</a></li>
<li><a href="javascript:void(0)" onclick="addFavorite()">加入收藏</a></li></ul></div>"""

_FOOTER = f"""<div class="footer"><p>主办：{AGENCY}　网站标识码：{county.SITE_CODE}</p>
<p><a href="http://www.shilisheng.example/" target="_blank">示例省人民政府</a> <a href="/wzdt/">网站地图</a></p>
<p id="today">{{today}}</p></div>"""

_TODAY = "<script>document.write('今天是 ' + new Date().toLocaleDateString('zh-CN'));</script>"


def render_footer(today: str = "") -> str:
    """The foot of a page: the day comes from a script, or from the server where ``today`` is given."""
    return _FOOTER.replace("{today}", today or _TODAY)


# The definition that every list page carries; it is no call, and its comment holds an old one.
_PAGING_DEFINITION = """<script type="text/javascript">
//WCM置标
function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){
	if(_nPageCount == null || _nPageCount<=1){
		return;
	}
	// createPageHTML(9, 0, "index", "html");
	var nCurrIndex = _nCurrIndex || 0;
	document.write(nCurrIndex == 0 ? "首页 上一页 " : "<a href=\\""+_sPageName+"."+_sPageExt+"\\">首页</a> ");
	for(var i=0; i<_nPageCount; i++){
		if(i == nCurrIndex) document.write("<span class='current'>"+(i+1)+"</span>");
		else if(i == 0) document.write("<a href=\\""+_sPageName+"."+_sPageExt+"\\">1</a>");
		else document.write("<a href=\\""+_sPageName+"_" + i + "."+_sPageExt+"\\">"+(i+1)+"</a>");
	}
	document.write(" 总共"+_nPageCount+"页 当前第"+(nCurrIndex+1)+"页");
	document.write("<select onchange=\\"location.replace(this.value)\\"><option value=''>转到</option></select>");
}
</script>
<!-- 旧版分页：<script>createPageHTML(12, 0, "index", "html");</script> -->"""


def render_paging(listing: Listing) -> str:
    """The call at the end of a list, in one of the ways that real templates write it."""
    arguments = f'"{listing.name}", "{listing.extension}"'
    call = f"createPageHTML({listing.pages}, {listing.current}, {arguments});"
    if listing.call == "fifth":
        call = f"createPageHTML({listing.pages}, {listing.current}, {arguments.replace(', ', ',')},{listing.records});"
    if listing.call == "variables":
        declared = f"var currentPage = {listing.current};//所在页从0开始\nvar countPage = {listing.pages}//共多少页\n"
        call = f"{declared}createPageHTML(countPage, currentPage, {arguments});"
    if listing.call == "wrapped":
        call = f"<!--\n{call}\n//-->"
    return f'<div class="page"><script type="text/javascript">{call}</script></div>'


def _cut(title: str, length: int = 24) -> str:
    return title if len(title) <= length else f"{title[:length]}…"


def render_new_rows(rows: Iterable[Link]) -> str:
    """The list of today's template: the title is cut, the whole of it stands in the title attribute."""
    items = "\n".join(
        f'<li><a href="{row.href}" target="_blank" title="{escape(row.title)}">{escape(_cut(row.title))}</a>'
        f"<span>{row.day.isoformat()}</span></li>"
        for row in rows
    )
    return f'<ul class="list">\n{items}\n</ul>'


def render_old_rows(rows: Iterable[Link]) -> str:
    """The list of the old template: upper-case tags, a line feed inside a tag, a blank line after every 5 rows."""
    lines: list[str] = []
    for place, row in enumerate(rows, start=1):
        lines.append(
            '<TR><TD height=30 align="left">&nbsp;<img src="/images/dot.gif" border=0 />&nbsp;'
            f'<A style="font-size:14px;" \nhref="{row.href}" target=_blank>{escape(row.title)}</A></TD>'
            f'<TD width="80" align=center>{row.day.isoformat()}</TD></TR>'
        )
        if place % 5 == 0:
            lines.append('<TR height=1><TD colspan=2 class="GroupBlankLine"></TD></TR>')
    return f"<TABLE width=100% border=0 cellspacing=0>\n{chr(10).join(lines)}\n</TABLE>"


def render_side(rows: Iterable[Link]) -> str:
    """A side column: titles cut with three dots and no whole title anywhere."""
    items = "\n".join(
        f'<li><a href="{row.href}">{escape(row.title[:14])}...</a> [{row.day:%m-%d}]</li>' for row in rows
    )
    return f'<div class="side"><h3>通知公告</h3><ul>\n{items}\n</ul></div>'


def render_list(
    name: str,
    crumbs: Sequence[tuple[str, str]],
    listings: Sequence[tuple[str, Listing]],
    side: Iterable[Link],
    *,
    old: bool,
) -> str:
    """A list page: (caption, listing) one after the other, each with its own paging call."""
    rows = render_old_rows if old else render_new_rows
    lists = "\n".join(
        f'<div class="box"><h3>{escape(caption)}</h3>\n{rows(listing.rows)}\n{render_paging(listing)}</div>'
        for caption, listing in listings
    )
    return _page(render_head(name, name), render_crumbs(crumbs), f"{render_side(side)}\n{_PAGING_DEFINITION}\n{lists}")


def render_index(name: str, crumbs: Sequence[tuple[str, str]], links: Sequence[tuple[str, str]], note: str = "") -> str:
    """A page of columns: (href, name) in the order shown."""
    items = "\n".join(f'<li><a href="{href}">{escape(text)}</a></li>' for href, text in links)
    return _page(render_head(name, name), render_crumbs(crumbs), f'<ul class="columns">\n{items}\n</ul>\n{note}')


def _page(head: str, crumbs: str, main: str, today: str = "") -> str:
    return (
        f'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/'
        f'xhtml1-transitional.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml">\n{head}\n<body>\n{_MASTHEAD}\n{crumbs}\n'
        f'<div class="main">\n{main}\n</div>\n{render_footer(today)}\n</body>\n</html>\n'
    )


@dataclass(frozen=True, slots=True)
class Article:
    """What stands on an article page. ``hits`` and ``today`` are what the server itself writes, if it does."""

    title: str
    column: str
    crumbs: tuple[tuple[str, str], ...]
    serial: int
    published: date
    content: str
    twin: str = ""
    appendix: str = ""
    source: str = AGENCY
    hits: str = ""
    today: str = ""
    broken_title: str = ""


_SHOWN_HITS = '<span id="hits"><script src="/hits.js"></script></span>'


def render_article(article: Article) -> str:
    """An article: head, block of particulars, title, content, attachments."""
    day = article.published.isoformat()
    head = render_head(
        article.title, article.column, article=article.title, published=f"{day} 09:16", source=article.source
    )
    twin = f'<a class="wap" href="{article.twin}">手机版</a>' if article.twin else ""
    main = f"""<table class="xxgk_head" border="0">
<tr><td>索 引 号：</td><td>{county.SITE_CODE}/{day[:4]}-{article.serial}</td>
<td>发布机构：</td><td>{article.source}</td></tr><tr><td>发布日期：</td><td>{day}</td><td>有效性：</td><td>有效</td></tr></table>
<h1 class="title">{article.broken_title or escape(article.title)}</h1>
<div class="info">来源：{article.source}　发布日期：{day}　浏览次数：{article.hits or _SHOWN_HITS}次 {twin}</div>
<div class="article-content">{article.content}</div>
{article.appendix}
<div class="share"><a href="javascript:window.print()">打印</a> <a href="javascript:window.close()">关闭</a></div>"""
    return _page(head, render_crumbs(article.crumbs), main, article.today)


def render_twin(article: Article) -> str:
    """The same article for telephones, under ``t…_wap.html``."""
    head = (
        f'<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{article.title}</title>'
    )
    body = f"<h3>{escape(article.title)}</h3>{article.content}{article.appendix}"
    return f"<!DOCTYPE html>\n<html>{head}</head><body>{body}</body></html>\n"


def render_appendix(href: str, name: str, how: str) -> str:
    """The attachment of an article: a box with a link, or a script that writes the link."""
    link = f'<a href="{href}" title="{escape(name)}" OLDSRC="{href[2:]}" target="_blank">{escape(name)}</a>'
    if how == "appendix":
        return f'<div id="appendix" class="fj">附件：{link}</div>'
    written = "document.write('<div class=\"fj\">附件：' + appendix + '</div>');"
    return (
        f"<script type=\"text/javascript\">\nvar appendix = '{link}<br/>';\n"
        f"if(appendix != '') {{ {written} }}\n</script>"
    )
