"""truecms: rows as XML in JSONP, and nothing at all for a request that does not say where it comes from."""

from __future__ import annotations

import json
import uuid

from crawler.demo import county
from tests.portals.layout import Entry
from tests.portals.served import LOOK_ALIKES, NEWS, Asked, Portal, Reply, reports_of

API = "/web/messageController/getMessage.do"
SCRIPT = """<div class="%s"></div><script>
var columnId = "%s";
$.ajax({type: "get", dataType: "jsonp", url: "/web/messageController/getMessage.do",
  data: {startrecord: 1, endrecord: 15, perpage: 15, columnId: columnId}, jsonp: "callback", success: fill});
</script>"""


class TruecmsCity(Portal):
    """A column a year; the program gives no more than ten rows, whatever it is asked for."""

    NAME = "truecms"
    ADDRESSES = ("127.0.19.1", "127.0.19.2")

    def build(self) -> None:
        """Home, the way to the columns, what the program lists."""
        draw = self.layout
        ways = [("/ntsrmzf/zwgk/zwgk.html", "政务公开"), ("/ntsrmzf/xw/xw.html", "新闻")]
        self.put("/", draw.page("首页", draw.links(ways)))
        columns = [("/ntsrmzf/sjbm_2023/", "2023年政府信息公开年报"), ("/ntsrmzf/sjbm_2022/", "2022年政府信息公开年报")]
        self.put("/ntsrmzf/zwgk/zwgk.html", draw.page("政务公开", draw.links(columns)))
        self.lists = {}
        for year in (2023, 2022):
            column = str(uuid.uuid5(uuid.NAMESPACE_URL, str(year)))
            self.lists[column] = self._entries(reports_of(year), f"/ntsrmzf/sjbm_{year}/", host=2023 - year)
            body = SCRIPT % (draw.name("list"), column)
            self.put(f"/ntsrmzf/sjbm_{year}/", draw.page("市级部门年报", body))
            if year == 2023:
                self.lists[column][8:8] = [
                    self.put_look_alike(f"/ntsrmzf/sjbm_2023/content/{self._uuid(t)}.html", t) for t in LOOK_ALIKES
                ]
            self.expect(entry.title for entry in self.lists[column])
        for title in NEWS:
            self.put(
                f"/ntsrmzf/xw/content/{self._uuid(title)}.html", draw.article(title, "<p>示例。</p>", "2024-01-03")
            )

    def _uuid(self, text: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, text))

    def _entries(self, reports: list[tuple[str, int]], column: str, host: int) -> list[Entry]:
        entries = []
        for report in reports:
            title = county.title_of(report)
            extra = ""
            if report in county.ATTACHED:
                name = f"{column}files/{self._uuid(title)}.{county.ATTACHED[report].suffix}"
                self.put_file(name, report, host)
                extra = f'<p><a href="{name}">附件</a></p>'
            url = self.put_article(f"{column}content/{self._uuid(title)}.html", report, host, extra=extra)
            entries.append(Entry(url, title, f"{county.published_on(report)}", cut=15))
        return entries

    def respond(self, asked: Asked) -> Reply | None:
        """The program."""
        if asked.path != API:
            return None
        entries = self.lists.get(asked.query.get("columnId", ""), [])
        if not asked.referer.startswith(self.url("/ntsrmzf/sjbm_")) and not asked.referer.startswith(self.url(API)):
            return Reply(b"", 404)
        start = int(asked.query["startrecord"]) - 1
        rows = entries[start : min(int(asked.query["endrecord"]), start + 10)]
        self.shown.update(row.title for row in rows)
        records = "".join(
            f"<record><![CDATA[<li>{self.layout.link(row)}<span>{row.date}</span></li>]]></record>" for row in rows
        )
        xml = f"<datastore><totalrecord>{len(entries)}</totalrecord><recordset>{records}</recordset></datastore>"
        text = f"{asked.query['callback']}({json.dumps({'result': xml})})"
        return Reply(text.encode(), headers={"Content-Type": "application/javascript"})
