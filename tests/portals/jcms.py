"""Hanweb JCMS: records in CDATA, ``dataproxy.jsp`` by POST and by GET, the annual report's entry, ``search.jsp``."""

from __future__ import annotations

from urllib.parse import quote

from crawler.demo import county
from crawler.demo.county import Key
from tests.portals.layout import Entry
from tests.portals.served import LOOK_ALIKES, NEWS, Asked, Portal, Reply, pages_of, reports_of

AREA = "11999901000000000X"
PAGER_STYLE = "<style>.default_pgContainer{width:100%}</style>"


class JcmsCounty(Portal):
    """Years as columns of their own numbers. The program of one list takes no notice of startrecord and perpage."""

    NAME = "jcms"
    ADDRESSES = ("127.0.12.1", "127.0.12.2")

    def build(self) -> None:
        """Home, the way to the columns, the columns."""
        draw = self.layout
        self.lists: dict[tuple[int, str], list[Entry]] = {}
        ways = [("/col/col281/index.html", "政府信息公开"), ("/col/col100/index.html", "新闻中心")]
        self.put("/index.html", draw.page("首页", draw.links(ways)))
        news = [Entry(f"/art/2024/1/{n}/art_100_{n}.html", title) for n, title in enumerate(NEWS, 11)]
        self.put("/col/col100/index.html", draw.page("新闻中心", self._store(news, 100, 900, "web/", more=False)))
        columns = [
            ("/col/col282/index.html", "政府信息公开年报"),
            (f"/module/xxgk/xxgkAnnualReport.jsp?area={AREA}&fbtime=2023", "部门年报"),
            ("/col/col290/index.html", "法治政府建设年度报告"),
        ]
        self.put("/col/col281/index.html", draw.page("政府信息公开", draw.links(columns)))
        years = [("/col/col283/index.html", "2022年"), (self.url("/col/col284/index.html"), "2021年")]
        entries = self._entries(reports_of(2024, bodies=slice(0, 16)), 282)
        entries[3:3] = [
            self.put_look_alike(f"/art/2025/1/5/art_282_{n}.html", t) for n, t in enumerate(LOOK_ALIKES, 500)
        ]
        self._column(282, 4001, entries, 6, "web/", head=draw.links(years), title="政府信息公开年报")
        self._column(283, 4002, self._entries(reports_of(2022, bodies=slice(0, 12)), 283), 4, "", title="2022年")
        self._column(
            284, 4003, self._entries(reports_of(2021, bodies=slice(0, 12)), 284, host=1), 6, "web/", title="2021年"
        )
        self.stubborn = {"4003"}
        self.annual = {year: self._entries(reports_of(year, bodies=slice(16, 20)), 286) for year in (2023, 2022, 2021)}
        for entries in self.annual.values():
            self.expect(entry.title for entry in entries)

    def _entries(self, reports: list[Key], column: int, host: int = 0) -> list[Entry]:
        entries = []
        for number, report in enumerate(reports, 4130000 + column * 10):
            day = county.published_on(report)
            path = f"/art/{day.year}/{day.month}/{day.day}/art_{column}_{number}.html"
            extra = ""
            if report in county.ATTACHED:
                hexed = f"{number:032x}.{county.ATTACHED[report].suffix}"
                show = quote(county.title_of(report).encode("gbk"))
                gate = f"/module/download/downfile.jsp?classid=0&showname={show}&filename={hexed}"
                self.put_file(f"/attach/0/{hexed}", report, host)
                self.pages[host, gate] = Reply(b"", 302, {"Location": f"/attach/0/{hexed}"})
                extra = f'<p><img src="/images/icon.gif"><a href="{gate.replace("&", "&amp;")}">附件</a></p>'
            body = f"<!--<$[信息内容]>begin-->{'<p>见附件。</p>' if extra else ''}"
            url = self.put_article(path, report, host, extra=extra, body=body if extra else None)
            entries.append(Entry(url if host else path, county.title_of(report), day.isoformat(), cut=18))
        return entries

    def _column(
        self, column: int, unit: int, entries: list[Entry], size: int, way: str, *, title: str, head: str = ""
    ) -> None:
        self.lists[0, str(unit)] = entries
        store = self._store(entries[:size], column, unit, way, more=len(entries) > size)
        body = self.layout.page(title, head + store, script=PAGER_STYLE)
        path = f"/col/col{column}/index.html"
        self.put_list(path, body, entries[:size])
        self.expect(entry.title for entry in entries)

    def _store(self, entries: list[Entry], column: int, unit: int, way: str, *, more: bool) -> str:
        """The list as it stands in the page: XML in a script."""
        query = f"appid=1&webid=3&path=/&columnid={column}&unitid={unit}&webname={quote('示例县')}&permissiontype=0"
        link = f'<a href="/module/{way}jpage/dataproxy.jsp?page=1&{query}"></a>' if more else ""
        group = f"<nextgroup><![CDATA[{link}]]></nextgroup>"
        return (
            f'<div id="{unit}" class="default_pgContainer"></div><script type="text/xml"><datastore>\n{group}\n'
            f"<recordset>{self._records(entries)}</recordset></datastore></script>"
        )

    def _records(self, entries: list[Entry]) -> str:
        return "\n".join(
            f"<record><![CDATA[<li>{self.layout.link(entry)}<span>{entry.date}</span></li>]]></record>"
            for entry in entries
        )

    def respond(self, asked: Asked) -> Reply | None:
        """dataproxy.jsp, the annual report's entry and its list."""
        if asked.path == "/module/web/jpage/dataproxy.jsp" and asked.method == "POST":
            form, entries = asked.form, self.lists.get((asked.host, asked.form.get("unitid", "")), [])
            if form["unitid"] in self.stubborn:
                start = (int(asked.query.get("page", "1")) - 1) * 5
                return self._xml(entries, start, start + 5, 5)
            size = min(int(asked.query["perpage"]), 300)
            return self._xml(entries, int(asked.query["startrecord"]) - 1, int(asked.query["endrecord"]), size)
        if asked.path == "/module/jpage/dataproxy.jsp" and asked.method == "GET":
            entries = self.lists.get((asked.host, asked.query.get("unitid", "")), [])
            start = (int(asked.query["page"]) - 1) * 4
            return self._xml(entries, start, start + 4, 4)
        if asked.path == "/module/xxgk/xxgkAnnualReport.jsp" and asked.query.get("area") == AREA:
            return self._annual(asked.query.get("fbtime", ""))
        if asked.path == "/module/xxgk/search.jsp" and asked.method == "POST":
            return self._searched(asked)
        return None

    def _xml(self, entries: list[Entry], start: int, end: int, size: int) -> Reply:
        rows = entries[start:end]
        self.shown.update(row.title for row in rows)
        text = (
            f"<datastore><totalrecord>{len(entries)}</totalrecord><totalpage>{-(-len(entries) // size)}</totalpage>"
            f"<recordset>{self._records(rows)}</recordset></datastore>"
        )
        return Reply(text.encode(), headers={"Content-Type": "text/xml"})

    def _annual(self, year: str) -> Reply:
        """The entry of one year: its selector and a list that a script fetches by POST."""
        options = "".join(f'<option value="{other}">{other}年</option>' for other in self.annual)
        form = (
            "<script>function search(p){ $.post('/module/xxgk/search.jsp', {infotypeId:'A0702', jdid:'3',"
            f" area:'{AREA}', divid:'div1', fbtime:'{year}', currpage:p"
            "}); }</script>"
        )
        body = f'<select name="fbtime" onchange="go(this.value)">{options}</select><div id="div1"></div>{form}'
        return Reply(self.layout.page("政府信息公开年报", body).encode())

    def _searched(self, asked: Asked) -> Reply:
        entries = self.annual.get(int(asked.form.get("fbtime") or 0), [])
        pages = pages_of(entries, 2)
        number = int(asked.form["currpage"])
        rows = pages[number - 1] if number <= len(pages) else []
        self.shown.update(row.title for row in rows)
        lines = "".join(
            f'<tr class="tr_main_value_{("odd", "even")[place % 2]}"><td>{place}</td>'
            f"<td>{self.layout.link(row)}</td></tr>"
            for place, row in enumerate(rows)
        )
        text = f"<table>{lines}</table><div>共{len(pages)}页 共{len(entries)}条</div>"
        return Reply(text.encode(), headers={"Content-Type": "text/html"})
