"""TRS WCM: year directories, ``createPageHTML`` from 0, old rows under a false charset, a department's own host."""

from __future__ import annotations

from html import escape

from crawler.demo import county
from tests.portals.layout import Entry
from tests.portals.served import LOOK_ALIKES, NEWS, Asked, Portal, Reply, pages_of, reports_of

ROOT = "/zfxxgk/fdzdgk/zfxxgknb/"
DEFINITION = """<script type="text/javascript">
//WCM置标
function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){
  if(_nPageCount == null || _nPageCount<=1){ return; }
  // createPageHTML(9, 0, "index", "html");
  for(var i=1;i<_nPageCount;i++){ document.write("<a href=\\""+_sPageName+"_"+i+"."+_sPageExt+"\\">"+(i+1)+"</a>"); }
  document.write("总共"+_nPageCount+"页");
}
</script>
<!-- <script>createPageHTML(8, 0, "index", "html");</script> -->
"""


class TrsCounty(Portal):
    """Years under one directory, the latest with the rows of today's template and the one before with old ones."""

    NAME = "trs"
    ADDRESSES = ("127.0.10.1", "127.0.10.2")

    def build(self) -> None:
        """Home, the way to the column, two years, a department's host."""
        draw = self.layout
        self.put("/robots.txt", "User-agent: *\nDisallow: /was5/\n", **{"Content-Type": "text/plain"})
        ways = [
            ("/zwgk/", "政务公开"),
            ("/zfxxgk/", "政府信息公开"),
            ("/old/zfxxgknb/", "政府信息公开年报"),  # dead since the last redesign
            ("/kjj/", "科技"),
        ]
        self.put("/index.html", draw.page("首页", draw.links(ways) + draw.rows(self._news())))
        self.put("/zwgk/index.html", draw.page("政务公开", draw.rows(self._news())))
        columns = [
            ("./zfxxgkzn/", "政府信息公开指南"),
            ("./fdzdgk/", "法定主动公开内容"),
            ("./fzzf/", "法治政府建设年度报告"),
        ]
        self.put("/zfxxgk/index.html", draw.page("政府信息公开", draw.links(columns)))
        year_report = [("./zfxxgknb/index.html", "政府信息公开年报"), ("./zfxxgknb/", "更多")]
        self.put("/zfxxgk/fdzdgk/index.html", draw.page("法定主动公开内容", draw.links(year_report)))
        years = [("./2023/", "2023年"), ("./2022/index.html", "2022年"), ("./2022/", "2022年")]
        calendar = '<a href="?year=2026&month=12">下月</a><a href="?year=2026&month=10">上月</a>'
        self.put(
            f"{ROOT}index.html",
            draw.page("政府信息公开年报", draw.links(years), crumbs=self._crumbs(), side=calendar),
        )
        self.never.append(self.url(f"{ROOT}?year="))
        self.one_of += [
            {self.url(ROOT), self.url(f"{ROOT}index.html")},
            {self.url(f"{ROOT}2022/"), self.url(f"{ROOT}2022/index.html")},
        ]
        self._build_2023()
        self._build_2022()

    def _news(self) -> list[Entry]:
        return [Entry(f"/zwdt/202401/t2024011{n}_20{n}.html", title) for n, title in enumerate(NEWS)]

    def _crumbs(self) -> str:
        name = self.layout.name("CurrChnlCls")
        return f'<a href="../" class="{name}">政府信息公开</a>&nbsp;&gt;&gt;&nbsp;<a href="./" class="{name}">年报</a>'

    def _side(self) -> str:
        return '<li><a href="../../zfgg/zwgg/201710/t20171009_520570.html">关于示例河道整治的公告...</a></li>'

    def _build_2023(self) -> None:
        base = f"{ROOT}2023/"
        entries = []
        for number, report in enumerate(reports_of(2023), 1000):
            title, day = county.title_of(report), f"{county.published_on(report)}"
            path = f"{base}{day[:4]}{day[5:7]}/t{day.replace('-', '')}_{number}.html"
            extra = ""
            if report in county.ATTACHED:
                name = f"P{day.replace('-', '')}{number:09d}.{county.ATTACHED[report].suffix}"
                self.put_file(f"{path.rpartition('/')[0]}/{name}", report)
                extra = f'<div class="{self.layout.name("fj")}">附件：<a href="./{name}">{title}</a></div>'
            self.put_article(path, report, extra=extra)
            href = f"./{path.removeprefix(base)}"
            entries.append(Entry(href, title, day, cut=16))
            if number < 1003:
                twin = path.replace(".html", "_wap.html")
                self.pages[0, twin] = self.pages[0, path]
                self.one_of.append({self.url(path), self.url(twin)})
                entries.append(Entry(href.replace(".html", "_wap.html"), title, day))
        entries[2:2] = [self.put_look_alike(f"{base}202401/t20240105_90{n}.html", t) for n, t in enumerate(LOOK_ALIKES)]
        entries.append(self._on_other_host())
        mayor = (county.BY_SLUG["xzf"].name, 2021)
        entries.append(self.put_challenge(f"{base}202401/t20240301_77777.html", mayor, 521))
        records = len({entry.title for entry in entries})  # a twin is no record of its own
        for number, rows in enumerate(pages := pages_of(entries, 10)):
            leaf = "index.html" if number == 0 else f"index_{number}.html"
            call = f'<script>createPageHTML({len(pages)}, {number}, "index", "html", {records});</script>'
            body = self.layout.page(
                "2023年", self.layout.rows(rows) + call, crumbs=self._crumbs(), side=self._side(), script=DEFINITION
            )
            self.put_list(f"{base}{leaf}", body, rows)

    def _on_other_host(self) -> Entry:
        """A report that stands on the department's own host, linked with its whole URL and a session."""
        report = (county.BY_SLUG["jyj"].name, 2022)
        url = self.put_article("/zwgk/ndbg/202301/t20230120_77.html", report, host=1)
        return Entry(f"{url};jsessionid={self.random.getrandbits(64):X}", county.title_of(report))

    def _build_2022(self) -> None:
        """Old rows; one of them is the next year's report; labelled gb2312, GB18030 in truth, utf-8 in the header."""
        base = f"{ROOT}2022/"
        reports = [report for report in reports_of(2022) if report[0] != county.BY_SLUG["jyj"].name]
        reports = [*reports[:9], (county.BY_SLUG["gaj"].name, 2024)]
        entries = []
        for number, report in enumerate(reports, 2000):
            path = f"{base}202301/t20230113_{number}.htm"
            self.put_article(path, report)
            entries.append(Entry(f"./202301/t20230113_{number}.htm", county.title_of(report), "2023-01-13"))
        for number, rows in enumerate(pages := pages_of(entries, 6)):
            lines = "".join(
                f'<TR><TD height=30 align="left">&nbsp;<A style="font-size:14px;" \n href="{row.href}">'
                f'{escape(row.title)}</A></TD><TD width="80">{row.date}</TD></TR>'
                for row in rows
            )
            call = (
                f"<script>var currentPage = {number};//所在页从0开始\nvar countPage = {len(pages)}//共多少页\n"
                'createPageHTML(countPage, currentPage, "index", "html");</script>'
            )
            body = f"<TABLE>{lines}<TR height=1><TD class=GroupBlankLine>㛃</TD></TR></TABLE>{call}"
            page = self.layout.page("2022年", body, crumbs=self._crumbs(), script=DEFINITION)
            leaf = "index.html" if number == 0 else f"index_{number}.html"
            data = page.replace('charset="utf-8"', 'charset="gb2312"').encode("gb18030")
            self.put_list(f"{base}{leaf}", data, rows, **{"Content-Type": "text/html; charset=utf-8"})

    def missing(self, asked: Asked) -> Reply:
        """A soft 404."""
        return Reply(
            self.layout.page("页面不存在", "<p>您访问的页面不存在</p><p><a href='/'>返回首页</a></p>").encode()
        )
