"""Pages that lead elsewhere, in every way in which the crawler follows a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from tests.batteries.ssrf_spellings import Try
from tests.batteries.ssrf_stage import Site, article, listing, quoted, title_of

Vector = Callable[[Site, Sequence[Try]], None]
"""Puts pages on a site that begin at its ``/nb/`` and lead to each try once."""

_PDF = "nb/P02024011500TOKEN.pdf"
_OWN = [("./t20240115_1.html", title_of("1")), ("./t20240115_2.html", title_of("2"))]
_REDIRECTS = ("301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect")


def links(site: Site, tries: Sequence[Try]) -> None:
    """Rows of a list."""
    _list(site, [(one.reference(), title_of(one.token)) for one in tries])


def scripted_links(site: Site, tries: Sequence[Try]) -> None:
    """Links that only a script, an option or an event of the page names."""
    shapes = (
        """<script>document.write('<a href="{0}">{1}</a>')</script>""",
        """<a href="#" onclick="window.open('{0}')">{1}</a>""",
        """<a href="javascript:go('{0}')">{1}</a>""",
        """<select><option value="{0}">{1}</option></select>""",
        """<map><area href="{0}" title="{1}"></map>""",
    )
    more = [
        shapes[number % len(shapes)].format(one.reference(_PDF), title_of(one.token))
        for number, one in enumerate(tries)
    ]
    _list(site, [], more="".join(f"<div>{item}</div>" for item in more))


def redirects(site: Site, tries: Sequence[Try]) -> None:
    """Articles that answer with a redirect, each kind in turn."""
    _list(site, [_own_article(one) for one in tries])
    for number, one in enumerate(tries):
        status = _REDIRECTS[number % len(_REDIRECTS)]
        location = one.reference().replace("\n", "").replace("\r", "")
        answer = f"HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
        site.put(f"/nb/t20240115_{one.token}.html", answer)


def refreshes(site: Site, tries: Sequence[Try]) -> None:
    """Articles that send their reader on: ``<meta http-equiv=refresh>``, or a script that sets ``location``."""
    _list(site, [_own_article(one) for one in tries])
    for number, one in enumerate(tries):
        reference = one.reference(f"nb/t20240116_{one.token}.html")
        head = f'<meta http-equiv="Refresh" content="0; url={quoted(reference)}">'
        if number % 3 == 2:
            head = f"<script>window.location.href = {json.dumps(reference, ensure_ascii=False)};</script>"
        site.put(f"/nb/t20240115_{one.token}.html", f"<html><head>{head}</head><body></body></html>")


def bases(site: Site, tries: Sequence[Try]) -> None:
    """Articles whose ``<base href>`` makes of a plain attachment one that lies elsewhere."""
    _list(site, [_own_article(one) for one in tries])
    for one in tries:
        head = f'<base href="{quoted(one.reference("nb/TOKEN/"))}">'
        more = f'<div class="TRS_Editor"><a href="./P02024011500{one.token}.pdf">附件</a></div>'
        site.put(f"/nb/t20240115_{one.token}.html", article(title_of(one.token), more, head))


def attachments(site: Site, tries: Sequence[Try]) -> None:
    """Attachments of articles: a link, a viewer in a frame, a script."""
    _list(site, [_own_article(one) for one in tries])
    shapes = (
        '<div class="TRS_Editor"><a href="{0}">附件</a></div>',
        '<iframe src="/pdfjs/web/viewer.html?file={0}"></iframe>',
        '<div class="TRS_Editor"><script>document.write(\'<a href="{0}">附件</a>\')</script></div>',
    )
    for number, one in enumerate(tries):
        more = shapes[number % len(shapes)].format(one.reference(_PDF))
        site.put(f"/nb/t20240115_{one.token}.html", article(title_of(one.token), more))


def frames(site: Site, tries: Sequence[Try]) -> None:
    """Shells: a frameset or an iframe, in an article of its own."""
    _list(site, [_own_article(one) for one in tries])
    for number, one in enumerate(tries):
        source = quoted(one.reference(f"nb/t20240116_{one.token}.html"))
        shell = f'<iframe src="{source}"></iframe>'
        if number % 2:
            shell = f'<frameset rows="90,*"><frame src="{source}"></frameset>'
        site.put(f"/nb/t20240115_{one.token}.html", f"<html><head></head>{shell}</html>")


def sitemaps(site: Site, tries: Sequence[Try]) -> None:
    """What is named and nobody follows: sitemaps, robots' Sitemap lines, forms, pictures, styles, pings, headers."""
    references = [one.reference() for one in tries]
    lines = "".join(f"Sitemap: {reference}\n" for reference in references)
    site.put("/robots.txt", f"User-agent: *\nDisallow:\nSitemap: http://{site.netloc}/sitemap.xml\n{lines}")
    urls = "".join(f"<url><loc>{quoted(reference)}</loc></url>" for reference in references)
    site.put("/sitemap.xml", f'<?xml version="1.0"?><urlset>{urls}</urlset>', wanted=False)
    shapes = (
        '<form action="{0}" method="post"><input name="a"></form>', '<img src="{0}">', '<script src="{0}"></script>',
        '<object data="{0}"></object>', '<a href="{0}">下一页</a>', '<embed src="{0}">',
        '<video src="{0}" poster="{0}"></video>',
        '<div style="background:url({0})"></div>', '<a ping="{0}" href="#">·</a>', '<svg><use href="{0}"/></svg>',
    )  # fmt: skip
    more = "".join(
        shapes[number % len(shapes)].format(quoted(reference)) for number, reference in enumerate(references)
    )
    rels = ("sitemap", "stylesheet", "preload", "dns-prefetch", "preconnect", "canonical", "alternate", "icon", "next")
    head = "".join(
        f'<link rel="{rels[number % len(rels)]}" href="{quoted(reference)}">'
        for number, reference in enumerate(references)
    )
    rows = [(f"./t20240115_{number}.html", title_of(str(number))) for number in range(3, 6)]
    _list(site, rows, more=f'<a href="/sitemap.xml">网站地图</a>{more}', head=head)
    for number, name in enumerate(("Refresh", "Link", "Content-Location", "X-Accel-Redirect", "Alt-Svc")):
        reference = references[number % len(references)]
        value = {"Refresh": f"0; url={reference}", "Link": f"<{reference}>; rel=preload"}.get(name, reference)
        body = article(title_of(str(number))).encode()
        head_ = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{name}: {value}\r\nContent-Length: {len(body)}\r\n\r\n"
        site.put(f"/nb/t20240115_{number + 1}.html", head_.encode() + body)


def pagers(site: Site, tries: Sequence[Try]) -> None:
    """Lists whose other pages are elsewhere: the pager's call, a script that builds them, links to the next page."""
    _columns(site, tries)
    shapes = (
        "<script>createPageHTML(2, 0, {0}, 'html', 30);</script>",
        "<script>createPageHTML('page_div', 3, 1, {0}, 'html', 30);</script>",
        '<a href="javascript:next(2)">2</a><script>function next(n) {{ location.href = {1} + n + ".html"; }}</script>',
    )
    for number, one in enumerate(tries):
        names = [json.dumps(one.reference(leaf), ensure_ascii=False) for leaf in ("nb/TOKEN/index", "nb/TOKEN/index_")]
        more = shapes[number % len(shapes)].format(*names)
        site.put(f"/nb/l{one.token}/", listing(_OWN, more))


def programs(site: Site, tries: Sequence[Try]) -> None:
    """Lists whose rows are to be asked of a program elsewhere, by GET and by POST."""
    _columns(site, tries)
    for number, one in enumerate(tries):
        site.put(f"/nb/l{one.token}/", listing([], _PROGRAMS[number % len(_PROGRAMS)](one)))


def _proxy_of_jcms(one: Try) -> str:
    url = one.reference("module/web/jpage/dataproxy.jsp?page=1&webid=TOKEN&columnid=TOKEN&unitid=TOKEN")
    group = f'<nextgroup><![CDATA[<a href="{url}"></a>]]></nextgroup>'
    return f'<script type="text/xml"><datastore>{group}<recordset></recordset></datastore></script>'


def _search_of_jcms(one: Try) -> str:
    return f'<script>var area = "TOKEN"; post("{one.reference("module/xxgk/search.jsp")}")</script>'.replace(
        "TOKEN", one.token
    )


def _unit_of_jpaas(one: Try) -> str:
    url = quoted(one.reference("api-gateway/front/page/build/unit"))
    query = f"{{'tagId':'信息列表','pageId':'{one.token}'}}"
    return f'<script src="/unitbuild.js" url="{url}" queryData="{query}"></script>'


def _list_of_truecms(one: Try) -> str:
    url = one.reference("web/messageController/getMessage.do")
    return f'<script>var columnId = "{one.token}"; get("{url}", columnId);</script>'


def _list_of_ucap(one: Try) -> str:
    return f"<script>get('{one.reference('common/search/TOKEN')}')</script>"


def _script_of_epoint(one: Try) -> str:
    url = quoted(one.reference("js/webBuilderCommon.js"))
    return f'<script src="{url}"></script><script>var categorynum = "{one.token}", deptcode = "1";</script>'


def _block(one: Try) -> str:
    return f"<script>load('{one.reference('columns/TOKEN/templates/1TOKEN/blocks/2TOKEN')}')</script>"


_PROGRAMS = (
    _proxy_of_jcms, _search_of_jcms, _unit_of_jpaas, _list_of_truecms, _list_of_ucap, _script_of_epoint, _block
)  # fmt: skip


def answers(site: Site, tries: Sequence[Try]) -> None:
    """Rows in the answers of a list's program: JSON, HTML in JSON, JSONP, XML; by GET and by POST. Six families, each
    with a part of the tries."""
    count = len(_FAMILIES)
    site.put("/nb/", listing([*_OWN, *((path, "政府信息公开年报") for path in (family[0] for family in _FAMILIES))]))
    _own_articles(site)
    for number, (path, page, program, body) in enumerate(_FAMILIES):
        rows = [(one.reference(), title_of(one.token)) for one in tries[number::count]]
        site.put(path.partition("#")[0], page)
        site.put(program, body(rows), wanted=False)
        site.wanted |= {program} if "?" not in program else set()


def _records(rows: Sequence[tuple[str, str]]) -> str:
    items = (f'<li><a href="{quoted(reference)}">{title}</a></li>' for reference, title in rows)
    records = "".join(f"<record><![CDATA[{item}]]></record>" for item in items)
    return f"<datastore><totalrecord>{len(rows)}</totalrecord><recordset>{records}</recordset></datastore>"


def _json(values: object) -> str:
    return json.dumps(values, ensure_ascii=False)


def _page(script: str, head: str = "") -> str:
    start = f'<html><head><meta charset="utf-8">{head}<title>政府信息公开年报</title></head>'
    return f"{start}<body>{script}</body></html>"


_FAMILIES = (
    (
        "/gkmlpt/index#3351",
        _page("<script>window._CONFIG = { SID: '755031', NAME: '示例县' };</script>"),
        "/gkmlpt/api/all/3351",
        lambda rows: _json({"total": len(rows), "articles": [{"title": t, "post_url": r} for r, t in rows]}),
    ),
    (
        "/site/c102328/xlist.shtml",
        _page("<script>get('/common/search/5f2c0a91d7e84b36a1c9e0f4b8d76321')</script>"),
        "/common/search/5f2c0a91d7e84b36a1c9e0f4b8d76321",
        lambda rows: _json(
            {"data": {"page": 1, "rows": 99, "total": len(rows), "results": [{"title": t, "url": r} for r, t in rows]}}
        ),
    ),
    (
        "/ntsrmzf/sjbm_2023/",
        _page('<script>var columnId = "2023"; get("/web/messageController/getMessage.do");</script>'),
        "/web/messageController/getMessage.do",
        lambda rows: f"callback({_json({'result': _records(rows)})})",
    ),
    (
        "/zwgk/zfxxgknb/szf/index.html",
        _page('<script src="/unitbuild.js" url="/gate/build/unit" queryData="{\'tagId\':\'信息列表\'}"></script>'),
        "/gate/build/unit",
        lambda rows: _json({"success": True, "data": {"html": listing(rows).partition("<body>")[2]}}),
    ),
    (
        "/xxgk/002003/zfxxgknb.html",
        _page(
            '<script>var siteInfo = {projectName: "/EpointWebBuilder", siteGuid: "7eb5f7f1-9041"}, '
            'categorynum = "002003", deptcode = "1", a = "lightfrontaction/getgovinfolist";</script>'
        ),
        "/EpointWebBuilder/rest/lightfrontaction/getgovinfolist",
        lambda rows: _json(
            {"custom": {"total": len(rows), "data": [{"infourl": r, "realtitle": t} for r, t in rows]}}
        ),
    ),
    (
        "/col/col282/index.html",
        _page(
            '<script type="text/xml"><datastore><nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1'
            '&webid=3&columnid=282&unitid=4"></a>]]></nextgroup><recordset></recordset></datastore></script>'
        ),
        "/module/web/jpage/dataproxy.jsp",
        _records,
    ),
)  # fmt: skip


def _own_article(one: Try) -> tuple[str, str]:
    return f"./t20240115_{one.token}.html", title_of(one.token)


def _own_articles(site: Site) -> None:
    for reference, title in _OWN:
        site.put(f"/nb/{reference.removeprefix('./')}", article(title))


def _list(site: Site, rows: Sequence[tuple[str, str]], more: str = "", head: str = "") -> None:
    """A list with two articles of its own, which show that the crawl goes on, among rows that lead elsewhere."""
    _own_articles(site)
    site.put("/nb/", listing([_OWN[0], *rows, _OWN[1]], more, head))


def _columns(site: Site, tries: Sequence[Try]) -> None:
    """A list with two articles of its own and a report column for each try."""
    _list(site, [(f"./l{one.token}/", f"第{one.token}局政府信息公开年报") for one in tries])


PAGES: dict[str, Vector] = {
    "links of lists": links,
    "links in scripts, events, options": scripted_links,
    "redirects": redirects,
    "meta refresh and location": refreshes,
    "base elements": bases,
    "attachments and viewers": attachments,
    "frames and iframes": frames,
    "pagers": pagers,
    "addresses of list programs, GET and POST": programs,
    "rows of six list programs (JSON, JSONP, XML)": answers,
    "sitemaps, robots' Sitemap, forms, pictures, headers": sitemaps,
}
