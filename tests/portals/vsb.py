"""Boda VSB: pages numbered from the end, titles cut for good, files named in the link's text, a captcha for one."""

from __future__ import annotations

from crawler.demo import county
from tests.portals.layout import Entry
from tests.portals.served import LOOK_ALIKES, NEWS, Asked, Portal, Reply, file_of, pages_of, reports_of

SCRIPTS = (
    '<script src="/system/resource/js/dynclicks.js"></script><script src="/system/resource/js/news/statpagedown.js">'
    '</script><link rel="stylesheet" href="/system/resource/css/pagedown/sys.css">'
)
GATE = "/system/_content/download.jsp"
CAPTCHA = (
    '<html><head><title>下载</title></head><body><form><img src="/system/resource/code/codeimg.jsp">'
    '请输入验证码：<input name="codeValue"><input type="submit" value="确定"></form></body></html>'
)


class VsbTown(Portal):
    """The column and its years are pages beside one another; the rows of the list say only the beginning of titles."""

    NAME = "vsb"
    ADDRESSES = ("127.0.14.1", "127.0.14.2")

    def build(self) -> None:
        """Home, the way to the column, two years, a file behind a captcha."""
        draw = self.layout
        self.files: dict[str, tuple[str, bytes]] = {}
        ways = [("zwgk.htm", "政务公开"), ("xxgk.htm", "信息公开专栏"), ("zxzx/zbgg.htm", "招标公告")]
        self.put("/index.htm", draw.page("首页", draw.links(ways) + draw.rows(self._news()), script=SCRIPTS))
        self.pages[0, "/"] = self.pages[0, "/index.htm"]
        self.put("/zwgk.htm", draw.page("政务公开", draw.rows(self._news()), script=SCRIPTS))
        columns = [
            ("zwgk/zfxxgknb.htm", "政府信息公开年报"),
            ("zwgk/fzzf.htm", "法治政府建设年度报告"),
            ("zwgk/zfxxgkzn.htm", "政府信息公开指南"),
        ]
        self.put("/xxgk.htm", draw.page("信息公开专栏", draw.links(columns), script=SCRIPTS))
        years = [("zfxxgknb/a2023n.htm", "2023年"), ("zfxxgknb/a2022n.htm", "2022年")]
        self.put("/zwgk/zfxxgknb.htm", draw.page("政府信息公开年报", draw.links(years), script=SCRIPTS))
        self._build_year(2023, 1039, slice(None), 4)
        self._build_year(2022, 1040, slice(0, 14), 5)

    def _news(self) -> list[Entry]:
        return [Entry(f"/info/1002/{3300 + number}.htm", title) for number, title in enumerate(NEWS)]

    def _build_year(self, year: int, tree: int, bodies: slice, size: int) -> None:
        reports = reports_of(year, bodies=bodies)
        entries = []
        for number, report in enumerate(reports, 3000):
            path = f"/info/{tree}/{number}.htm"
            self.put_article(path, report, extra=self._attached(report, number))
            entries.append(Entry(path, county.title_of(report), f"{county.published_on(report)}"))
        entries[6:6] = [
            self.put_look_alike(f"/info/{tree}/{4000 + number}.htm", title) for number, title in enumerate(LOOK_ALIKES)
        ]
        stem = f"a{year}n"
        pages = pages_of(entries, size)
        for number, rows in enumerate(pages):
            place = len(pages) - number
            path = f"/zwgk/zfxxgknb/{stem}.htm" if number == 0 else f"/zwgk/zfxxgknb/{stem}/{place}.htm"
            body = self._rows(rows, "../.." if number == 0 else "../../..", tree) + self._pager(
                stem, number, pages, entries
            )
            trail = "首页 >> 政府信息公开年报"
            side = f'<a href="/info/1002/3301.htm">{NEWS[1][:8]}...</a>'
            page = self.layout.page(f"{year}年", body, crumbs=trail, side=side, script=SCRIPTS)
            self.put_list(path, page, rows)

    def _rows(self, rows: list[Entry], up: str, unit: int) -> str:
        """The real shape: cut with three dots and nothing that holds the whole title, a hidden line between rows."""
        lines = []
        for number, row in enumerate(rows):
            cut = 14 if number % 3 else 20
            inner = self.layout.wrap(
                f'<h4>{row.title[:cut]}...</h4><p class="{self.layout.name("date")}">{row.date}</p>'
            )
            lines.append(
                f'<li id="line_u{unit}_{number}"><a href="{up}{row.href}">{inner}</a></li>'
                f'<span id="section_u{unit}_{number}" style="display:none;"><hr></span>'
            )
        return f"<ul>{''.join(lines)}</ul>"

    def _pager(self, stem: str, number: int, pages: list[list[Entry]], entries: list[Entry]) -> str:
        """Links as the pager prints them, with dots for those between."""
        count = len(pages)
        prefix, back = (f"{stem}/", "") if number == 0 else ("", f"../{stem}.htm")
        shown = [place for place in range(count) if place < 2 or place == count - 1]
        hrefs = {place: back if place == 0 else f"{prefix}{count - place}.htm" for place in shown}
        items = "".join(
            f'<span class="p_no_d">{place + 1}</span>'
            if place == number
            else f'<span class="p_no"><a href="{hrefs[place]}">{place + 1}</a></span>'
            for place in shown
        )
        onward = f'<a href="{prefix}{count - number - 1}.htm">下页</a>' if number + 1 < count else "下页"
        last = f'<a href="{prefix}1.htm">尾页</a>' if number + 1 < count else "尾页"
        return (
            f'<div class="pb_sys_common"><span class="p_t">共{len(entries)}条</span> <span class="p_pages">{items}'
            f'<span class="p_dot">...</span><span class="p_next p_fun">{onward}</span><span class="p_last p_fun">{last}'
            f'</span></span> <span class="p_t">{number + 1}/{count}</span></div>'
        )

    def _attached(self, report: tuple[str, int], number: int) -> str:
        counter = f'<script>_showDynClicks("wbnews", 1523, {number})</script>'
        if report not in county.ATTACHED:
            return counter
        suffix = county.ATTACHED[report].suffix
        name = f"{county.title_of(report).replace(' ', '')}.{suffix}"
        self.files[str(number)] = (name, file_of(report))
        href = f"{GATE}?urltype=news.DownloadAttachUrl&amp;owner=1523&amp;wbfileid={number}"
        self.reports.add(self.url(href.replace("&amp;", "&")))
        item = f'附件【<a href="{href}" target="_blank">{name}</a>】已下载<span id="nattach{number}">次</span>'
        viewer = ""
        if suffix == "pdf":
            self.put_file(f"/__local/A/BC/DE/{number}.pdf", report)
            viewer = f'<script>showVsbpdfIframe("/__local/A/BC/DE/{number}.pdf","100%","600","0","")</script>'
        return f'{counter}<ul style="list-style-type:none;"><li>{item}</li></ul>{viewer}'

    def respond(self, asked: Asked) -> Reply | None:
        """Files; the first two of them only for those who type what a picture says."""
        if asked.path != GATE:
            return None
        number = asked.query.get("wbfileid", "")
        if number not in self.files:
            return Reply(b"", 404)
        if number in sorted(self.files)[:2]:
            return Reply(CAPTCHA.encode())
        name, data = self.files[number]
        named = {"Content-Disposition": f"attachment; filename*=UTF-8''{name.encode().hex()}"}
        return Reply(data, headers={"Content-Type": "application/octet-stream", **named})
