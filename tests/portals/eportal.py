"""eportal: one program for everything, its pages told apart by their queries."""

from __future__ import annotations

from crawler.demo import county
from tests.portals.layout import Entry
from tests.portals.served import LOOK_ALIKES, NEWS, Asked, Portal, Reply, pages_of, reports_of

UI = "/eportal/ui"


class EportalBureau(Portal):
    """Column and years by pageId, pages by currentPage, articles by articleKey; links carry a session."""

    NAME = "eportal"
    ADDRESSES = ("127.0.18.1", "127.0.18.2")

    def build(self) -> None:
        """Menus by pageId, lists by pageId, articles by key."""
        draw = self.layout
        self.menus = {
            "100": ("首页", [(f"{UI}?pageId=110", "政府信息公开"), (f"{UI}?pageId=120", "新闻动态")]),
            "110": (
                "政府信息公开",
                [(f"{UI}?pageId=111", "政府信息公开年报"), (f"{UI}?pageId=119", "法治政府建设年度报告")],
            ),
            "111": ("政府信息公开年报", [(f"{UI}?pageId=112", "2023年"), (f"{UI}?pageId=113", "2022年")]),
        }
        self.put("/", f'<html><head><meta http-equiv="refresh" content="0;url={UI}?pageId=100"></head></html>')
        self.lists = {
            "112": self._entries(reports_of(2023, bodies=slice(0, 18)), "112", 5000),
            "113": self._entries(reports_of(2022, bodies=slice(0, 12)), "113", 6000),
        }
        self.articles: dict[str, str]
        alike = []
        for number, title in enumerate(LOOK_ALIKES, 8000):
            alike.append(self.put_look_alike(f"{UI}?pageId=112&articleKey={number}&columnId=9", title))
        self.lists["112"][5:5] = alike
        for entries in self.lists.values():
            self.expect(entry.title for entry in entries)
        self.put(f"{UI}?pageId=120", draw.page("新闻动态", draw.rows(Entry("/x.html", title) for title in NEWS)))

    def _entries(self, reports: list[tuple[str, int]], page: str, first: int) -> list[Entry]:
        entries = []
        for number, report in enumerate(reports, first):
            path = f"{UI}?pageId={page}&articleKey={number}&columnId=9"
            extra = ""
            if report in county.ATTACHED:
                name = f"/eportal/fileDir/{number}.{county.ATTACHED[report].suffix}"
                self.put_file(name, report)
                extra = f'<div class="easysite-news-text"><a href="{name}">附件</a></div>'
            self.put_article(path, report, extra=extra)
            entries.append(Entry(path, county.title_of(report), f"{county.published_on(report)}"))
        return entries

    def respond(self, asked: Asked) -> Reply | None:
        """Menus and lists; every link of theirs carries another session."""
        page = asked.query.get("pageId", "")
        if asked.path != UI or "articleKey" in asked.query:
            return None
        if page in self.menus:
            title, links = self.menus[page]
            return Reply(
                self.layout.page(title, self.layout.links([(self._in_session(h), n) for h, n in links])).encode()
            )
        if page not in self.lists:
            return None
        entries = self.lists[page]
        pages = pages_of(entries, 5)
        number = int(asked.query.get("currentPage") or 1)
        rows = pages[number - 1]
        self.shown.update(row.title for row in rows)
        drawn = self.layout.rows(Entry(self._in_session(row.href), row.title, row.date) for row in rows)
        links = [(2, "2"), (number + 1, "下一页"), (len(pages), "尾页")]
        pager = "".join(
            f'<a href="{UI}?pageId={page}&currentPage={place}&moduleId=7">{words}</a>'
            for place, words in links
            if place != number and place <= len(pages)
        )
        return Reply(self.layout.page(f"{page}年", f"{drawn}<p>共{len(entries)}条 {pager}</p>").encode())

    def _in_session(self, href: str) -> str:
        session = f";jsessionid={self.random.getrandbits(64):X}"
        return href.replace(UI, UI + session, 1)
