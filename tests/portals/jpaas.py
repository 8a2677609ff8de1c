"""Hanweb JPAAS: lists as HTML in JSON, named in a script element; attachments behind signed links."""

from __future__ import annotations

import hashlib
import json
from urllib.parse import parse_qs, quote

from crawler.demo import county
from tests.portals.layout import Entry
from tests.portals.served import LOOK_ALIKES, NEWS, Asked, Portal, Reply, file_of, reports_of

UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
GATE = "/api-gateway/jpaas-web-server/front/document/file-download"


class JpaasCity(Portal):
    """A frameset for a home page; two report columns filled by the same program, one of news beside them.

    ``week``: links to files that were signed in another week have expired. Many files have one name.
    """

    NAME = "jpaas"
    ADDRESSES = ("127.0.13.1", "127.0.13.2")

    def build(self) -> None:
        """Home, the way to the columns, what the program lists, the files."""
        draw = self.layout
        self.week = 1
        self.signed: dict[str, tuple[str, bytes]] = {}
        self.handed_out: dict[str, bytes] = {}
        frames = '<frameset rows="90,*"><frame src="/top.html"><frame src="/main/index.html"></frameset>'
        self.put("/", f"<html><head><title>示例市</title></head>{frames}</html>")
        self.put("/top.html", draw.page("示例市", ""))
        ways = [("/zwgk/index.html", "政务公开"), ("/zmhd/index.html", "政民互动")]
        self.put("/main/index.html", draw.page("首页", draw.links(ways)))
        columns = [
            ("/zwgk/zfxxgknb/index.html", "政府信息公开年报"),
            ("/zwgk/fzzf/index.html", "法治政府建设年度报告"),
        ]
        self.put("/zwgk/index.html", draw.page("政务公开", draw.links(columns)))
        parts = [("/zwgk/zfxxgknb/szf/index.html", "市政府"), ("/zwgk/zfxxgknb/bm/index.html", "市直部门")]
        self.put("/zwgk/zfxxgknb/index.html", draw.page("政府信息公开年报", draw.links(parts)))
        first = reports_of(2023, 2022, bodies=slice(0, 1))
        self.units = {"szf": self._entries(first, "szf"), "bm": self._entries(reports_of(2023, 2021)[1:], "bm")}
        self.units["bm"][7:7] = [
            self.put_look_alike(f"/zwgk/zfxxgknb/bm/art/2024/art_{self._hash(title)}.html", title)
            for title in LOOK_ALIKES
        ]
        self.units["news"] = [Entry(f"/xw/art/2024/art_{self._hash(title)}.html", title) for title in NEWS]
        for name, title in (("szf", "市政府"), ("bm", "市直部门")):
            scripts = self._script(name, "信息列表") + self._script("news", "当前栏目")
            self.put(f"/zwgk/zfxxgknb/{name}/index.html", draw.page(f"政府信息公开年报_{title}", scripts))
            self.expect(entry.title for entry in self.units[name])

    def _hash(self, text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    def _script(self, unit: str, tag: str) -> str:
        query = (
            f"{{'parseType':'bulidstatic','webId':'9901','tplSetId':'{unit}set','pageType':'column','tagId':'{tag}',"
            f"'editType':'null','pageId':'{unit}'}}"
        )
        return f'<script src="/script/unitbuild.js" url="{UNIT}" queryData="{query}"></script>'

    def _entries(self, reports: list[tuple[str, int]], unit: str) -> list[Entry]:
        entries = []
        for report in reports:
            title, day = county.title_of(report), f"{county.published_on(report)}"
            path = f"/zwgk/zfxxgknb/{unit}/art/{day[:4]}/art_{self._hash(title)}.html"
            extra, body = "", None
            if report in county.ATTACHED:
                suffix = county.ATTACHED[report].suffix
                name = f"{title.replace(' ', '')}.{suffix}" if suffix == "pdf" else f"附件.{suffix}"
                extra = f'<p>附件：<a href="SIGNED:{name}">{name}</a></p>'
                body = "<p>见附件。</p>"
                self.signed[path] = name, file_of(report)
            self.put_article(path, report, extra=extra, body=body)
            entries.append(Entry(path, title, day, cut=20))
        return entries

    def respond(self, asked: Asked) -> Reply | None:
        """The program that builds units; articles whose links are signed anew for each reader; the files."""
        if asked.path == UNIT:
            return self._unit(asked)
        if asked.path == GATE:
            signature = asked.query.get("fileUrl", "")
            if signature in self.handed_out and signature.startswith(f"{self.week}-"):
                return Reply(self.handed_out[signature], headers={"Content-Type": "application/octet-stream"})
            return Reply(b"", 403)
        if asked.path in self.signed:
            name, data = self.signed[asked.path]
            signature = f"{self.week}-{self.random.getrandbits(64):x}"
            self.handed_out[signature] = data
            url = f"{GATE}?fileUrl={signature}&amp;fileName={quote(name)}"
            body = self.pages[asked.host, asked.target].body.decode().replace(f"SIGNED:{name}", url)
            return Reply(body.encode())
        return None

    def _unit(self, asked: Asked) -> Reply:
        entries = self.units.get(asked.query.get("pageId", ""), [])
        if asked.query.get("parseType") != "bulidstatic" or not entries:
            return self._said(False, "")
        paging = json.loads(parse_qs(asked.target.partition("?")[2]).get("paramJson", ["{}"])[0])
        size, number = int(paging.get("pageSize", 10)), int(paging.get("pageNo", 1))
        rows = entries[(number - 1) * size : number * size]
        self.shown.update(row.title for row in rows)
        html = self.layout.rows(rows) + f'<div class="pagination" rows="{size}" count="{len(entries)}"></div>'
        return self._said(True, html)

    def _said(self, success: bool, html: str) -> Reply:
        text = json.dumps({"success": success, "code": "200", "data": {"html": html}})
        return Reply(text.encode(), headers={"Content-Type": "application/json;charset=UTF-8"})
