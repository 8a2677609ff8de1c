"""What a portal of sixty days serves: reports in three templates, with noise around them that no two looks share."""

from __future__ import annotations

import random
from datetime import date
from email.mime.text import MIMEText
from functools import cache

from county import figures_of, page

BODIES = (
    "人民政府", "教育局", "民政局", "财政局", "司法局", "水利局", "统计局", "审计局", "商务局", "林业局", "公安局",
    "档案局", "文化和旅游局", "交通运输局", "应急管理局", "农业农村局",
)  # fmt: skip
TEMPLATES = ("trs", "vsb", "jcms")
_SIDE = ("领导之窗", "机构设置", "政策解读", "办事指南", "互动交流", "专题专栏")


def figures(number: int, *, government: bool) -> dict[str, str]:
    """Figures of a body that hold within a year and from one year to the next; a government's are of all bodies."""
    told = figures_of(number)
    for key in told:
        _, row, column = key.split(".")
        if row in ("carried_in", "carried_out"):
            told[key] = "12" if column == "total" else "2"
        elif row == "received":
            told[key] = told[f"requests.handled_total.{column}"]
        elif column in ("issued", "repealed"):
            told[key] = "0"
        elif column == "in_force":
            told[key] = "4"
    return told | {"requests.received.total": "1000000"} if government else told


@cache
def body_of_report(organisation: str, year: int, told: tuple[tuple[str, str], ...], note: str, printed: date) -> str:
    """The report itself, as markup: heading, sections with tables, signature."""
    whole = page(organisation, year, dict(told), note=note).decode()
    inner = whole.partition('<div class="TRS_Editor">')[2].partition("</div>\n<div class=")[0]
    return f"{inner}<p>{organisation}</p><p>{printed.year}年{printed.month}月{printed.day}日</p>"


def article(title: str, body: str, template: str, published: date, file: str, noise: random.Random | None) -> bytes:
    """A report in a portal's template. ``file``: the URL of its attachment, or "". Without ``noise`` all is plain."""
    side = list(_SIDE)
    session = counter = tail = ""
    if noise is not None:
        noise.shuffle(side)
        session = f";jsessionid={noise.randrange(16**8):08X}"
        counter = str(noise.randrange(99999))
        tail = noise.choice(("", "<!-- cached -->", "<script>var t=1</script>", "\n\n", "<p></p>"))
    links = "".join(f'<li><a href="/col{at}/index.html{session}">{name}</a></li>' for at, name in enumerate(side))
    attached = f'<p>附件：<a href="{file}">{title}</a></p>' if file else ""
    head = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>
<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{published} 09:00">
<meta name="SiteIDCode" content="1508240001"></head><body>"""
    foot = f'<div class="footer">访问次数：{counter} 今天是{counter}</div>{tail}</body></html>'
    if template == "trs":
        inner = f'<div class="nav"><ul>{links}</ul></div><div class="TRS_Editor">{body}{attached}</div>'
    elif template == "vsb":
        inner = (
            f'<div class="sidebar"><ul>{links}</ul></div><div id="wz">当前位置：首页 &gt; 年报</div>'
            f"<p>发布时间：{published} 点击数：{counter or 3} 来源：本站</p>"
            f'<div id="vsb_content_4"><div class="v_news_content">{body}</div></div><div>{attached}</div>'
        )
    else:
        inner = (
            f'<table width="100%"><tr><td>发布日期：{published}</td><td>浏览次数：{counter or 7}</td>'
            f'<td>字体：[大 中 小]</td></tr></table><div id="zoom">{body}{attached}</div>'
            f'<div class="share">分享到：微信</div><ul>{links}</ul>'
        )
    return (head + inner + foot).encode()


@cache
def saved_page(title: str, body: str) -> bytes:
    """The report as a file: a page saved with what belongs to it."""
    part = MIMEText(f"<html><head><title>{title}</title></head><body>{body}</body></html>", "html", "utf-8")
    text = part.as_string().partition("\n\n")
    boundary = "----=_NextPart_000"
    return (
        f'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="{boundary}"\n\n--{boundary}\n'
        f"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{text[2]}\n--{boundary}--\n"
    ).encode()


def scan(number: int) -> bytes:
    """A file that is no document any program could read, and begins as a PDF does."""
    return b"%PDF-1.4\n" + number.to_bytes(8, "big") * 40


def list_page(rows: list[tuple[str, str]], said: int) -> bytes:
    """A page of a list: (URL, title) of each row, and how many rows there are in all."""
    items = "".join(f'<li><a href="{url}">{title}</a></li>' for url, title in rows)
    return f"<html><body><ul>{items}</ul><p>共{said}条</p></body></html>".encode()
