"""Kaipu UCAP: one column paged from 1, one from 0, one whose rows come as JSON."""

from __future__ import annotations

import hashlib
import json

from crawler.demo import county
from crawler.demo.county import Key
from tests.portals.layout import Entry
from tests.portals.served import LOOK_ALIKES, NEWS, Asked, Portal, Reply, pages_of, reports_of

CHANNEL = "5f2c0a91d7e84b36a1c9e0f4b8d76321"
DEFINITION = """<script>
function createPageHTML(page_div, _nPageCount, _nCurrIndex, _sPageName, _sPageExt, _nPageSum) {
  if (_nPageCount == null || _nPageCount <= 1) { return; }
  document.getElementById(page_div).innerHTML = '<a href="' + _sPageName + '_' + (_nCurrIndex + 1) + '.' + _sPageExt;
}
</script>"""
SEARCH = """<div id="list"></div><script>
var channelId = '%s';
$.ajax({url: '/common/search/' + channelId, data: {_isAgg: true, _isJson: true, _pageSize: 15, _template: 'index',
  _rangeTimeGte: '', _channelName: '', page: 1}, dataType: 'json', success: function (d) { draw(d.data.results); }});
</script>"""


class UcapCity(Portal):
    """The home page sends on by a script; three columns, one for each way of listing."""

    NAME = "ucap"
    ADDRESSES = ("127.0.11.1", "127.0.11.2")

    def build(self) -> None:
        """A shell of a home page, the way to the columns, and the columns."""
        draw = self.layout
        self.put(
            "/", '<html><head></head><body><script>window.location.href="/site/index.shtml";</script></body></html>'
        )
        ways = [("/site/c100001/list.shtml", "要闻"), ("/site/c102300/", "信息公开目录"), ("/site/c100002/", "互动")]
        self.put("/site/index.shtml", draw.page("首页", draw.links(ways)))
        news = [Entry(f"/site/c100001/202401/{self._hash(t)}.shtml", t) for t in NEWS]
        self.put("/site/c100001/list.shtml", draw.page("要闻", draw.rows(news)))
        columns = [
            ("/site/c102326/list.shtml", "政府信息公开年报"),
            ("//" + self.netlocs[0] + "/shili/zsbjgkndbg/", "部门信息公开年度报告"),
            ("/site/c102328/xlist.shtml", "乡镇信息公开年报"),
            ("/site/c102330/list.shtml", "法治政府建设年度报告"),
        ]
        self.put("/site/c102300/", draw.page("信息公开目录", draw.links(columns)))
        self._build_one_based()
        self._build_zero_based()
        self.put("/site/c102328/xlist.shtml", self._json_page())
        self.json_entries = [self._entry(report, "/site/c102328/") for report in reports_of(2020, bodies=slice(1, 20))]
        self.json_entries[5:5] = [
            self.put_look_alike(f"/site/c102328/202101/{self._hash(t)}.shtml", t) for t in LOOK_ALIKES[3:]
        ]
        self.expect(entry.title for entry in self.json_entries)

    def _hash(self, text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    def _entry(self, report: Key, column: str, *, host: int = 0) -> Entry:
        title, day = county.title_of(report), f"{county.published_on(report)}"
        path = f"{column}{day[:4]}{day[5:7]}/{self._hash(title)}.shtml"
        extra = ""
        if report in county.ATTACHED:
            name = f"{path.removesuffix('.shtml')}/files/{report[1]}.{county.ATTACHED[report].suffix}"
            self.put_file(name, report, host)
            extra = f'<p><a href="{name}">附件下载</a></p>'
        url = self.put_article(path, report, host, extra=extra)
        return Entry(path if host == 0 else url.removeprefix("http:"), title, day)

    def _build_one_based(self) -> None:
        entries = [self._entry(report, "/site/c102326/") for report in reports_of(2023, bodies=slice(0, 12))]
        entries[4:4] = [self.put_look_alike(f"/site/c102326/202401/{self._hash(t)}.shtml", t) for t in LOOK_ALIKES[:3]]
        mayor = (county.BY_SLUG["xzf"].name, 2021)
        entries.append(self.put_challenge(f"/site/c102326/202201/{self._hash('412')}.shtml", mayor, 412))
        for number, rows in enumerate(pages := pages_of(entries, 4), 1):
            leaf = "list.shtml" if number == 1 else f"list_{number}.shtml"
            call = f"createPageHTML('page_div', {len(pages)}, {number}, 'list', 'shtml', {len(entries)});"
            pager = f'<div id="page_div"></div><script>{call}</script>'
            body = self.layout.page("政府信息公开年报", self.layout.rows(rows) + pager, script=DEFINITION)
            self.put_list(f"/site/c102326/{leaf}", body, rows)

    def _build_zero_based(self) -> None:
        """Its second page is ``dc_list_1.shtml``; its first is the bare directory."""
        entries = [self._entry(report, "/shili/zsbjgkndbg/") for report in reports_of(2022, bodies=slice(0, 9))]
        for number, rows in enumerate(pages := pages_of(entries, 3)):
            leaf = "dc_list.shtml" if number == 0 else f"dc_list_{number}.shtml"
            call = f"createPageHTML('page_div', {len(pages)}, {number + 1}, 'dc_list', 'shtml', {len(entries)});"
            pager = f'<div id="page_div"></div><script>{call}</script>'
            body = self.layout.page("部门信息公开年度报告", self.layout.rows(rows) + pager, script=DEFINITION)
            self.put_list(f"/shili/zsbjgkndbg/{leaf}", body, rows)
            if number == 0:
                self.put_list("/shili/zsbjgkndbg/", body, rows)

    def _json_page(self) -> str:
        head = f'<meta name="channelid" content="{CHANNEL}"><meta name="ColumnType" content="信息公开年报">'
        return self.layout.page("乡镇信息公开年报", SEARCH % CHANNEL, head=head)

    def respond(self, asked: Asked) -> Reply | None:
        """The JSON list."""
        if asked.path != f"/common/search/{CHANNEL}" or asked.query.get("_isJson") != "true":
            return None
        size, number = int(asked.query["_pageSize"]), int(asked.query["page"])
        rows = self.json_entries[(number - 1) * size : number * size]
        self.shown.update(row.title for row in rows)
        results = [
            {
                "title": row.title,
                "url": f"//{self.netlocs[0]}{row.href}",
                "publishedTimeStr": row.date,
                "content": "示例",
                "manuscriptId": str(place),
                "resList": [],
                "domainMetaList": [{"resultList": [{"key": "syh", "name": "索引号", "value": f"sl-{place}"}]}],
            }
            for place, row in enumerate(rows)
        ]
        data = {"page": number, "rows": size, "channelId": CHANNEL, "total": len(self.json_entries), "results": results}
        return Reply(json.dumps({"data": data}).encode(), headers={"Content-Type": "application/json"})

    def missing(self, asked: Asked) -> Reply:
        """A plain 404."""
        return Reply(self.layout.page("404", "<p>404</p>").encode(), 404)
