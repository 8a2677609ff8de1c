"""A small county portal of the TRS family on loopback, with that family's traps; every body is invented."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DEPARTMENTS = ("教育局", "财政局", "民政局", "水利局", "统计局", "审计局", "司法局", "商务局", "林业局", "卫生健康局")
ROOT = "/zfxxgk/zfxxgknb/"
PAGER = """
<script type="text/javascript"><!--
function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){
  if(_nPageCount == null || _nPageCount<=1){ return; }
  for(var i=0;i<_nPageCount;i++){ document.write("<a href=\\""+_sPageName+"_"+i+"."+_sPageExt+"\\">"+i+"</a>"); }
}
//createPageHTML(9, 0, "index", "html");
%s
//--></script>
<!-- <script>createPageHTML(8, 0, "index", "html");</script> -->
"""
SIDE = (
    '<div class="side"><a href="/zfgg/202301/t20230104_11.html">关于公布示例项目的公…...</a>'
    '<a href="../../zwdt/">政务动态</a><a href="javascript:void(0)">打印</a></div>'
)
HEADINGS = "总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况", "存在的主要问题及改进情况"

Put = Callable[..., None]


@dataclass
class Reply:
    """What is served at a path."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def page(title: str, body: str, *, column: str = "", crumbs: str = "", charset: str = "utf-8") -> str:
    """A page with the standard's meta tags."""
    metas = f'<meta name="ColumnName" content="{column}">' if column else ""
    return (
        f'<html><head><meta charset="{charset}"><title>{title}</title><meta name="SiteName" content="示例县人民政府">'
        f'{metas}</head><body><div class="nav"><a href="/">首页</a></div>{crumbs}{body}</body></html>'
    )


def article(name: str, year: int, extra: str = "", date: str = "2024-01-20") -> str:
    """A report's page with the headings of the official form."""
    title = f"示例县{name}{year}年政府信息公开工作年度报告"
    parts = "".join(
        f"<p>{number}、{heading}</p><p>本年无。</p>" for number, heading in zip("一二三五", HEADINGS, strict=True)
    )
    return (
        f'<html><head><meta charset="utf-8"><title>{title}</title><meta name="ArticleTitle" content="{title}">'
        f'<meta name="PubDate" content="{date} 09:16"></head><body>'
        '<a href="../" title="年报" class="CurrChnlCls">政府信息公开年报</a>&nbsp;&gt;&gt;&nbsp;'
        f'<div class="TRS_Editor"><style type="text/css">.TRS_Editor P{{margin:0}}</style><p>{title}</p>{parts}</div>'
        f"{extra}{SIDE}</body></html>"
    )


def row(href: str, title: str, date: str = "2024-01-21", cut: bool = False) -> str:
    """A list row of the new shape; the full title is in the attribute where the text is cut."""
    text = f"{title[:12]}…" if cut else title
    return f'<li><a href="{href}" target="_blank" title="{title}">{text}</a><span>{date}</span></li>'


def old_row(href: str, title: str, date: str = "2023-01-14") -> str:
    """A list row of the old shape: upper case, unquoted attributes, a new line inside the tag."""
    return (
        f'<TR><TD height=30 align="left">&nbsp;<A style="font-size:14px;" \n href="{href}">{title}</A></TD>'
        f'<TD width="80">{date}</TD></TR>'
    )


def build() -> tuple[dict[str, Reply], set[str]]:
    """(path → reply, paths of the reports' articles and files that a crawl has to take)."""
    pages: dict[str, Reply] = {}
    wanted: set[str] = set()

    def put(path: str, text: str | bytes, **headers: str) -> None:
        body = text if isinstance(text, bytes) else text.encode()
        pages[path] = Reply(body, headers=headers)
        if path.endswith("/index.html"):
            pages[path.removesuffix("index.html")] = pages[path]

    put(
        "/index.html",
        page(
            "示例县人民政府",
            '<a href="/zfxxgk/">政府信息公开</a><a href="./zwdt/">政务动态</a><a href="/kjj/">科技</a>',
        ),
    )
    put(
        "/zfxxgk/index.html",
        page(
            "政府信息公开",
            '<a href="./zfxxgkzn/">政府信息公开指南</a><a href="./zfxxgknb/">政府信息公开年报</a>'
            '<a href="./fzzfjs/">法治政府建设年度报告</a>',
        ),
    )
    years = '<ul><li><a href="./2023/">2023年</a></li><li><a href="./2022/">2022年</a></li></ul>'
    put(ROOT + "index.html", page("政府信息公开年报", years + SIDE, column="政府信息公开年报"))
    _put_new_year(put, wanted)
    _put_old_year(put, wanted)
    put("/robots.txt", "User-agent: *\nDisallow: /zfxxgk/zfxxgknb/2023/private/\n")
    pages["/moved.html"] = Reply(b"", 302, {"Location": "/bm/czj/202401/t20240118_900.html"})
    put("/bm/czj/202401/t20240118_900.html", article("财政局", 2023))
    wanted.add("/bm/czj/202401/t20240118_900.html")
    return pages, wanted


def _put_new_year(put: Put, wanted: set[str]) -> None:
    """2023: three pages by createPageHTML, look-alikes, rows that leave the column, a forbidden row, another host."""
    base = f"{ROOT}2023/"
    rows = []
    for number, name in enumerate(DEPARTMENTS, 100):
        path = f"202401/t20240120_{number}.html"
        extra = ""
        if number == 100:
            link = '<a href="./P020240120001.pdf" title="示例县教育局2023年报告.pdf">附件1.pdf</a>'
            extra = f'<div id="appendix">附件：{link}</div>'
            put(f"{base}202401/P020240120001.pdf", b"%PDF-1.4 invented")
            wanted.add(f"{base}202401/P020240120001.pdf")
        if number == 101:
            extra = (
                "<script>document.write('<a href=\"./W020240120002.docx\">公开年报.docx</a>');</script>"
                '<a href="/images/logo.pdf">网站使用说明</a><a href="./W020240120003.jpg">图</a>'
            )
            put(f"{base}202401/W020240120002.docx", b"PK\x03\x04 invented")
            wanted.add(f"{base}202401/W020240120002.docx")
        put(base + path, article(name, 2023, extra))
        wanted.add(base + path)
        rows.append(row(f"./{path}", f"示例县{name}2023年政府信息公开工作年度报告", cut=True))
    rows.append(row("./202401/t20240105_180.html", "2023年政府网站工作年度报表"))
    rows.append(row("./202401/t20240105_181.html", "示例县2023年法治政府建设年度报告"))
    rows.append(row("./202401/t20240105_182.html", "示例县教育局2023年部门决算"))
    rows.append(row("./private/t20240105_183.html", "示例县信访局2023年政府信息公开工作年度报告"))
    rows.append(row("/moved.html", "示例县财政局2023年政府信息公开工作年度报告（重发）"))
    rows.append(row("http://reports.example/t20240105_184.html", "示例县气象局2023年政府信息公开工作年度报告"))
    rows.append(row("./202401/t20240105_185.html", "示例县档案局2023年政府信息公开工作年度报告"))
    rows.append(row("./202401/t20240120_100_wap.html", "示例县教育局2023年政府信息公开工作年度报告"))
    for number in range(3):
        call = PAGER % f'createPageHTML(3, {number}, "index", "html", "18");'
        part = "".join(rows[number * 6 : number * 6 + 6])
        leaf = "index.html" if number == 0 else f"index_{number}.html"
        put(base + leaf, page("2023年", f"<ul>{part}</ul>{call}{SIDE}", column="2023年"))


def _put_old_year(put: Put, wanted: set[str]) -> None:
    """2022: old rows in GB18030 under a false label, a department's own column, two lists on one page."""
    base = f"{ROOT}2022/"
    path = "202301/t20230113_210.htm"
    put(base + path, article("档案馆", 2022))
    wanted.add(base + path)
    rows = "<TABLE>" + old_row(f"./{path}", "示例县档案馆2022年政府信息公开工作年度报告㛃") + "</TABLE>"
    lists = (
        '<script>createPageHTML(2, 0, "index","html");</script><script>var countPage = 0;</script>'
        "<script>createPageHTML('2', '0', 'list', 'html')</script>"
    )
    body = page("2022年", f'{rows}<a href="./jyj/">教育局</a>{lists}', charset="gb2312")
    put(base + "index.html", body.encode("gb18030"), **{"Content-Type": "text/html; charset=utf-8"})
    for leaf, number in (("index_1.html", 220), ("list_1.html", 230)):
        target = f"202301/t20230114_{number}.html"
        put(
            base + leaf,
            page("2022年", f"<ul>{row('./' + target, f'示例县第{number}局2022年政府信息公开工作年度报告')}</ul>"),
        )
        put(base + target, article(f"第{number}局", 2022))
        wanted.add(base + target)
    put(base + "list.html", page("2022年", "<ul></ul>"))
    put(base + "jyj/index.html", page("教育局", f"<ul>{row('./202301/t20230115_240.html', '教育局')}</ul>"))
    put(base + "jyj/202301/t20230115_240.html", article("教育局", 2022))
    wanted.add(base + "jyj/202301/t20230115_240.html")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no error of the server's."""


class TrsPortal:
    """Context manager: the portal on a free loopback port, with a log of requests (path, status, body bytes)."""

    def __init__(self, address: str = "127.0.0.1", delay: float = 0.0) -> None:
        self.pages, self.wanted = build()
        self.log: list[tuple[str, int, int]] = []
        self.heads: list[dict[str, str]] = []
        portal = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            pause = threading.Event()

            def do_GET(self) -> None:
                self.pause.wait(delay)
                reply = portal.pages.get(self.path, Reply(b"<html><title>404</title></html>", 404))
                tag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
                status, body = reply.status, reply.body
                if status == 200 and self.headers.get("If-None-Match") == tag:
                    status, body = 304, b""
                portal.log.append((self.path, status, len(body)))
                portal.heads.append(dict(self.headers.items()))
                self.send_response(status)
                self.send_header("ETag", tag)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing on the terminal."""

        self._server = _Server((address, 0), Handler)
        self.port: int = self._server.server_address[1]
        self.netloc = f"{address}:{self.port}"
        self.home = f"http://{self.netloc}/"

    def __enter__(self) -> TrsPortal:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def asked(self) -> list[str]:
        """Paths in the order asked for."""
        return [path for path, _, _ in self.log]
