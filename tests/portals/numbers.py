"""Sites of no known family: numbered pages, pages a script goes to, fragments of blocks, an iframe shell."""

from __future__ import annotations

import uuid

from crawler.demo import county
from crawler.demo.county import Key
from tests.portals.layout import Entry
from tests.portals.served import LOOK_ALIKES, NEWS, Asked, Portal, Reply, content_of, pages_of, reports_of

BLOCK = "/".join(
    f"/{kind}/{uuid.uuid5(uuid.NAMESPACE_URL, kind)}" for kind in ("columns", "templates", "blocks")
).replace("//", "/")


class Numbers(Portal):
    """Shaanxi's numbered pages, huilan's ``next(2)``, a pager by onclick, Hebei's blocks, a column that is a report."""

    NAME = "generic"
    ADDRESSES = ("127.0.20.1", "127.0.20.2")

    def build(self) -> None:
        """Home, the way to the columns, one column for each way of listing."""
        draw = self.layout
        ways = [("/zfxxgk/zfxxgk.html", "政府信息公开"), ("/xw/", "新闻"), ("/hd/", "互动")]
        self.put("/index.html", draw.page("首页", draw.links(ways)))
        columns = [
            ("/zfxxgk/zfxxgknb/1.html", "政府信息公开年报"),
            ("/bm/bmnb/column-index-1.shtml", "部门年报"),
            ("/xz/xznb/index.html", "乡镇年报"),
            ("/xq/nianbao/index.html", "园区年报"),
            ("/sz/xxgknb/index.html", "县政府年报"),
            ("/fz/fzzf/index.html", "法治政府建设年度报告"),
        ]
        self.put("/zfxxgk/zfxxgk.html", draw.page("政府信息公开", draw.links(columns)))
        self._build_numbers()
        self._build_script()
        self._build_onclick()
        self._build_blocks()
        self._build_report()

    def _entry(self, report: Key, folder: str, number: int, host: int = 0) -> Entry:
        title = county.title_of(report)
        path = f"{folder}{1700000000000000000 + number}.html"
        extra = ""
        if report in county.ATTACHED:
            name = f"{folder}files/{number}.{county.ATTACHED[report].suffix}"
            self.put_file(name, report, host)
            viewer = f'<iframe src="/pdfjs/web/viewer.html?file={name}"></iframe>'
            extra = viewer if name.endswith("pdf") else f'<a href="{name}">附件</a>'
        url = self.put_article(path, report, host, extra=extra)
        return Entry(url if host else path, title, f"{county.published_on(report)}", cut=18)

    def _build_numbers(self) -> None:
        folder = "/zfxxgk/zfxxgknb/"
        entries = [self._entry(report, folder, n) for n, report in enumerate(reports_of(2023, bodies=slice(0, 14)))]
        alike = [self.put_look_alike(f"{folder}{1700000000000009000 + n}.html", t) for n, t in enumerate(LOOK_ALIKES)]
        entries[9:9] = alike
        side = self.layout.rows([Entry(f"/xw/{1600000000000000000 + n}.html", t, cut=12) for n, t in enumerate(NEWS)])
        for number, rows in enumerate(pages := pages_of(entries, 4), 1):
            links = "".join(f'<a href="{place}.html">{place}</a>' for place in (1, 2, len(pages)) if place != number)
            body = self.layout.rows(rows) + f"<div>{links}</div>"
            self.put_list(f"{folder}{number}.html", self.layout.page("政府信息公开年报", body, side=side), rows)

    def _build_script(self) -> None:
        folder = "/bm/bmnb/"
        entries = [
            self._entry(report, folder, n, 1) for n, report in enumerate(reports_of(2022, bodies=slice(0, 9)), 100)
        ]
        script = '<script>function next(n){ window.location.href = "column-index-" + n + ".shtml"; }</script>'
        for number, rows in enumerate(pages := pages_of(entries, 3), 1):
            links = "".join(f'<a href="javascript:next({p})">{w}</a>' for p, w in ((2, "2"), (len(pages), "尾页")))
            body = self.layout.rows(rows) + links
            self.put_list(
                f"{folder}column-index-{number}.shtml", self.layout.page("部门年报", body, script=script), rows
            )

    def _build_onclick(self) -> None:
        folder = "/xz/xznb/"
        entries = [
            self._entry(report, folder, n) for n, report in enumerate(reports_of(2021, bodies=slice(12, 19)), 200)
        ]
        for number, rows in enumerate(pages := pages_of(entries, 3)):
            leaf = "index.html" if number == 0 else f"list{number + 1}.html"
            onward = f'<a href="#" onclick="location.href=\'list{number + 2}.html\'">下一页</a>'
            body = self.layout.rows(rows) + (onward if number + 1 < len(pages) else "")
            self.put_list(f"{folder}{leaf}", self.layout.page("乡镇年报", body), rows)

    def _build_blocks(self) -> None:
        folder = "/xq/nianbao/"
        self.put(f"{folder}index.html", self.layout.page("园区年报", '<iframe src="/xq/nianbao/shell.html"></iframe>'))
        script = f"<script>$.get('{BLOCK}?page=1&fix=0', function (html) {{ $('#list').html(html); }});</script>"
        self.put(f"{folder}shell.html", self.layout.page("园区年报", '<div id="list"></div>', script=script))
        self.block = [
            self._entry(report, folder, n) for n, report in enumerate(reports_of(2020, bodies=slice(4, 12)), 300)
        ]
        self.expect(entry.title for entry in self.block)

    def _build_report(self) -> None:
        """A column whose page is the report itself."""
        report = (county.BY_SLUG["xzf"].name, 2020)
        page = self.layout.page("县政府年报", f"<h1>{county.title_of(report)}</h1>{content_of(report)}")
        self.put("/sz/xxgknb/index.html", page)
        self.reports.add(self.url("/sz/xxgknb/index.html"))

    def respond(self, asked: Asked) -> Reply | None:
        """The block: rows and no pager; beyond the last page, nothing."""
        if asked.path != BLOCK:
            return None
        number = int(asked.query.get("page", "1"))
        rows = self.block[(number - 1) * 3 : number * 3]
        self.shown.update(row.title for row in rows)
        return Reply((self.layout.rows(rows) if rows else "<ul></ul>").encode())
