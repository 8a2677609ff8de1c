"""Lonsun: report pages by number, a list of numbered pages, a public column with years in its query."""

from __future__ import annotations

from crawler.demo import county
from tests.portals.layout import Entry
from tests.portals.served import LOOK_ALIKES, NEWS, Asked, Portal, Reply, pages_of, reports_of

UNIT = "12651"
COLUMN = f"/public/column/{UNIT}"


class LonsunCity(Portal):
    """Departments' reports in a list of pages, towns' in a public column, one year a query."""

    NAME = "lonsun"
    ADDRESSES = ("127.0.16.1", "127.0.16.2")

    def build(self) -> None:
        """Home, the way to both columns, both columns."""
        draw = self.layout
        ways = [("/xxgk/index.html", "信息公开"), ("/News/index.html", "新闻"), ("/zxft/index.html", "在线访谈")]
        self.put("/", draw.page("首页", draw.links(ways)))
        columns = [
            ("/XxgkContent/showList/865/0/page_1.html", "政府信息公开年报"),
            (f"{COLUMN}?type=3&nav=5&sub=4&hasContent=true", "乡镇信息公开年报"),
            ("/XxgkContent/showList/866/0/page_1.html", "法治政府建设年度报告"),
        ]
        self.put("/xxgk/index.html", draw.page("信息公开", draw.links(columns)))
        entries = [
            self._entry(report, number) for number, report in enumerate(reports_of(2023, bodies=slice(0, 18)), 5300)
        ]
        entries[8:8] = [self.put_look_alike(f"/XxgkContent/show/{n}.html", t) for n, t in enumerate(LOOK_ALIKES, 70)]
        mayor = (county.BY_SLUG["xzf"].name, 2021)
        entries.append(self.put_challenge("/XxgkAnnualReport/show/4999.html", mayor, 202))
        self._build_list(entries)
        self.years = {
            year: [
                self._entry(report, number, public=True)
                for number, report in enumerate(reports_of(year, bodies=slice(12, 18)), year * 10)
            ]
            for year in (2022, 2021, 2020)
        }
        for entries in self.years.values():
            self.expect(entry.title for entry in entries)

    def _entry(self, report: tuple[str, int], number: int, *, public: bool = False) -> Entry:
        path = f"/public/66/{62600000 + number}.html" if public else f"/XxgkAnnualReport/show/{number}.html"
        labels = "<table><tr><td>索引号：</td><td>sl-1</td><td>组配分类：</td><td>年报</td></tr></table>"
        extra = ""
        if report in county.ATTACHED:
            name = f"/group1/M00/{number}.{county.ATTACHED[report].suffix}"
            self.put_file(name, report)
            extra = f'<p>附件：<a href="{name}">{county.title_of(report)}</a></p>'
        self.put_article(path, report, extra=labels + extra)
        return Entry(path, county.title_of(report), f"{county.published_on(report)}", cut=22)

    def _build_list(self, entries: list[Entry]) -> None:
        pages = pages_of(entries, 3)
        count = len(pages)
        side = self.layout.rows([Entry(f"/News/show/{n}.html", title) for n, title in enumerate(NEWS, 9000)])
        for number, rows in enumerate(pages, 1):
            shown = [place for place in range(1, count + 1) if abs(place - number) < 2]
            links = "".join(f'<a href="page_{place}.html">{place}</a>' for place in shown if place != number)
            last = f'<a href="/XxgkContent/showList/865/0/page_{count}.html">尾页</a>'
            pager = (
                f"<div>共<b>{len(entries)}</b>条 {number}/{count}页 {links} <a href='page_1.html'>首页</a>{last}</div>"
            )
            body = self.layout.page("政府信息公开年报", self.layout.rows(rows) + pager, side=side)
            self.put_list(f"/XxgkContent/showList/865/0/page_{number}.html", body, rows)

    def respond(self, asked: Asked) -> Reply | None:
        """The public column: without a year its years, with one that year's rows, two to a page."""
        if asked.path != COLUMN:
            return None
        draw = self.layout
        year = int(asked.query.get("timeFrame") or 0)
        query = "type=3&nav=5&sub=4&timeFrame={}&hasContent=true"
        years = draw.links([(f"{COLUMN}?{query.format(other)}", f"{other}年") for other in self.years])
        if year not in self.years:
            return Reply(draw.page("乡镇信息公开年报", years).encode())
        pages = pages_of(self.years[year], 2)
        number = int(asked.query.get("pageIndex") or 1)
        rows = pages[number - 1]
        self.shown.update(row.title for row in rows)
        onward = (
            f'<a href="{COLUMN}?{query.format(year)}&pageIndex={number + 1}">下一页</a>' if number < len(pages) else ""
        )
        return Reply(draw.page("乡镇信息公开年报", years + draw.rows(rows) + f"<p>{onward}</p>").encode())
