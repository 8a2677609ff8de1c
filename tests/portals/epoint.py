"""Epoint EWB: static pages with place-holders, rows by POST of JSON, the site's identity in a script of its own."""

from __future__ import annotations

import json

from crawler.demo import county
from tests.portals.layout import Entry
from tests.portals.served import LOOK_ALIKES, NEWS, Asked, Portal, Reply, reports_of

GUID = "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"
COMMON = f'var siteInfo = {{\n  projectName: "/EpointWebBuilder",\n  siteGuid: "{GUID}"\n}};\n'
TEMPLATE = """<ul id="list"><script type="text/template"><?for(var el of data){?>
<li><a href="<?=el.link?>" title="<?=el.title?>"><?=el.title?></a></li><?}?></script></ul>
<a href="<?=el.link?>"><?=el.title?></a>
<script src="/js/webBuilderCommon.js"></script>
<script>var categorynum = "%s", deptcode = "%s"; getGovInfoList("rest/lightfrontaction/getgovinfolist");</script>"""


class EpointDistrict(Portal):
    """Two columns of one site, and a third whose answers do not say how many rows there are."""

    NAME = "epoint"
    ADDRESSES = ("127.0.17.1", "127.0.17.2")

    def build(self) -> None:
        """Home, the way to the columns, what the program lists."""
        draw = self.layout
        ways = [("/xxgk/zfxxgk.html", "政府信息公开"), ("/zwdt/", "政务动态")]
        self.put("/index.html", draw.page("首页", draw.links(ways)))
        self.put("/js/webBuilderCommon.js", COMMON, **{"Content-Type": "application/javascript"})
        columns = [
            ("/xxgk/002003/zfxxgknb.html", "政府信息公开年报"),
            ("/xxgk/002004/zfxxgknb.html", "部门年度报告"),
            ("/xxgk/002005/zfxxgknb.html", "街道年度报告"),
            ("/xxgk/002006/fzzf.html", "法治政府建设年度报告"),
        ]
        self.put("/xxgk/zfxxgk.html", draw.page("政府信息公开", draw.links(columns)))
        news = [Entry(f"/zwdt/20240110/{n:08d}.html", title) for n, title in enumerate(NEWS)]
        self.lists = {
            "002003": self._entries(reports_of(2023, bodies=slice(0, 18)), "002003"),
            "002004": self._entries(reports_of(2022, bodies=slice(0, 17)), "002004", host=1),
            "002005": self._entries(reports_of(2021, 2020, bodies=slice(0, 9)), "002005"),
        }
        alike = [self.put_look_alike(f"/xxgk/002003/20240105/{n:032x}.html", t) for n, t in enumerate(LOOK_ALIKES, 77)]
        self.lists["002003"][4:4] = alike
        for category, entries in self.lists.items():
            body = TEMPLATE % (category, "SL01")
            self.put(f"/xxgk/{category}/zfxxgknb.html", draw.page("政府信息公开年报", body, side=draw.rows(news)))
            self.expect(entry.title for entry in entries)

    def _entries(self, reports: list[tuple[str, int]], category: str, host: int = 0) -> list[Entry]:
        entries = []
        for number, report in enumerate(reports):
            day = county.published_on(report)
            path = f"/xxgk/{category}/{day:%Y%m%d}/{int(category) * 1000 + number:032x}.html"
            extra = ""
            if report in county.ATTACHED:
                name = f"/EpointWebBuilder/files/{category}{number}.{county.ATTACHED[report].suffix}"
                self.put_file(name, report, host)
                extra = f'<a href="{name}">附件</a>'
            url = self.put_article(path, report, host, extra=extra)
            entries.append(Entry(url if host else path, county.title_of(report), day.isoformat()))
        return entries

    def respond(self, asked: Asked) -> Reply | None:
        """The script, whatever stands in its query; the rows."""
        if asked.path == "/js/webBuilderCommon.js":
            return self.pages[0, asked.path]
        if asked.path != "/EpointWebBuilder/rest/lightfrontaction/getgovinfolist" or asked.method != "POST":
            return None
        said = json.loads(asked.post)
        entries = self.lists.get(said["categorynum"], [])
        if said["siteGuid"] != GUID or said["deptcode"] != "SL01":
            entries = []
        size, number = int(said["pageSize"]), int(said["pageIndex"])
        rows = entries[number * size : (number + 1) * size]
        self.shown.update(row.title for row in rows)
        data = [
            {"infourl": row.href, "title": row.title[:12], "realtitle": row.title, "infodate": row.date} for row in rows
        ]
        custom = {"data": data, **({} if said["categorynum"] == "002005" else {"total": len(entries)})}
        return Reply(json.dumps({"custom": custom}).encode(), headers={"Content-Type": "application/json"})
