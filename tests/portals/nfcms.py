"""Guangdong NFCMS: gkmlpt's index with a category in the fragment, its API, posts under several URLs and hosts."""

from __future__ import annotations

import json

from crawler.demo import county
from tests.portals.layout import Entry
from tests.portals.served import LOOK_ALIKES, NEWS, Asked, Portal, Reply, reports_of

SITE = "755031"
INDEX = """<div id="app"></div><script>
window._CONFIG = { SID: '755031', NAME: '示例县', HOST: '' };
var TREE = [{"id":"3340","name":"\\u673a\\u6784\\u804c\\u80fd","children":[]},
 {"id":"3351","name":"政府信息公开年报","children":[{"id":"3352","name":"部门年报"},{"id":3353,"name":"法治政府建设年度报告"}]}];
</script><script src="/gkmlpt/static/app.js"></script>"""
SMALL = 12


class NfcmsCounty(Portal):
    """The county's lists and, under a prefix and by a fragment, a town's."""

    NAME = "nfcms"
    ADDRESSES = ("127.0.15.1", "127.0.15.2")

    def build(self) -> None:
        """Home, two indexes, three categories."""
        draw = self.layout
        ways = [("/gkmlpt/index", "政府信息公开"), ("/shizhen/gkmlpt/index#4410", "示例镇政府信息公开年报")]
        news = [Entry(f"/zwdt/content/post_{n}.html", title) for n, title in enumerate(NEWS, 2500000)]
        self.put("/", draw.page("首页", draw.links(ways) + draw.rows(news)))
        self.put("/gkmlpt/index", draw.page("政府信息公开目录", INDEX))
        town = "<script>window._CONFIG = {SID:'755077'}</script>"
        self.put("/shizhen/gkmlpt/index", draw.page("政府信息公开目录", town))
        self.lists = {
            ("/gkmlpt/", "3351", SITE): self._entries(reports_of(2023, 2022, bodies=slice(0, 8)), 2590400, ""),
            ("/gkmlpt/", "3352", SITE): self._entries(reports_of(2023, bodies=slice(8, 20)), 2591400, "", host=1),
            ("/shizhen/gkmlpt/", "4410", "755077"): self._entries(
                reports_of(2021, bodies=slice(10, 14)), 31, "/shizhen"
            ),
        }
        alike = [
            self.put_look_alike(f"/gkmlpt/content/2/2592/post_{2592000 + n}.html", t) for n, t in enumerate(LOOK_ALIKES)
        ]
        self.lists["/gkmlpt/", "3351", SITE][5:5] = alike
        for entries in self.lists.values():
            self.expect(entry.title for entry in entries)

    def _entries(self, reports: list[tuple[str, int]], first: int, prefix: str, host: int = 0) -> list[Entry]:
        entries = []
        for number, report in enumerate(reports, first):
            long = f"{prefix}/gkmlpt/content/{number // 1000000}/{number // 1000}/post_{number}.html"
            extra = f"<script>var NFCMS_SITE_ID = '{SITE}', NFCMS_POST_ID = '{number}';</script>"
            if report in county.ATTACHED:
                name = f"{prefix}/attachment/0/{number % 1000:03d}/{number}/{number}.{county.ATTACHED[report].suffix}"
                self.put_file(name, report, host)
                extra += f'<a class="nfw-cms-attachment" href="{name}">附件</a>'
            url = self.put_article(long, report, host, extra=extra)
            others = (
                f"{prefix}/content/mpost_{number}.html",
                f"{prefix}/content/post_{number}.html",
                f"{long}?jump=true",
            )
            for other in others:
                self.pages[host, other] = self.pages[host, long]
            self.one_of.append({url, *(self.url(other, host) for other in others)})
            entries.append(Entry(url, county.title_of(report), f"{county.published_on(report)}"))
        return entries

    def respond(self, asked: Asked) -> Reply | None:
        """The API, a hundred rows a page in truth and fewer here."""
        base, _, category = asked.path.partition("api/all/")
        entries = self.lists.get((base, category, asked.query.get("sid", "")))
        if entries is None:
            return None
        number = int(asked.query.get("page", "1"))
        rows = entries[(number - 1) * SMALL : number * SMALL]
        self.shown.update(row.title for row in rows)
        articles = [
            {
                "id": place,
                "title": row.title,
                "url": f"{row.href}?jump=true" if place % 2 else row.href,
                "post_url": row.href if "127.0.15.2" in row.href or place % 3 == 0 else "",
                "publisher": "示例县",
                "create_time": 1700000000,
                "date": row.date,
            }
            for place, row in enumerate(rows)
        ]
        text = json.dumps({"total": len(entries), "articles": articles})
        return Reply(text.encode(), headers={"Content-Type": "application/json"})
