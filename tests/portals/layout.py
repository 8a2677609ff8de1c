"""How an imitated portal draws its pages: as its family does, or shuffled from a seed."""

from __future__ import annotations

import random
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from crawler.demo import county

SITE = f"{county.COUNTY}人民政府"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a list. ``cut``: characters after which the title is cut; 0: not at all."""

    href: str
    title: str
    date: str = "2024-01-20"
    cut: int = 0
    whole: bool = True  # the title attribute has the whole title


class Layout:
    """Pages and lists. Without a seed they are plain; with one, class names, elements around elements, the kind of list
    and the order of the page's parts are drawn anew. What the family's own scripts need is not touched."""

    def __init__(self, seed: int | None) -> None:
        self._random = random.Random(seed)
        self._shuffled = seed is not None
        self._names: dict[str, str] = {}
        self._kind = self._random.choice(("ul", "table", "div", "dl", "p")) if self._shuffled else "ul"
        self._depth = self._random.randrange(3) if self._shuffled else 0
        self._order = self._random.sample(range(4), 4) if self._shuffled else [0, 1, 2, 3]
        self._date_first = self._shuffled and self._random.random() < 0.5

    def name(self, usual: str) -> str:
        """A class name: the usual one, or one that says nothing."""
        if not self._shuffled:
            return usual
        if usual not in self._names:
            self._names[usual] = "".join(self._random.choices(string.ascii_lowercase, k=7))
        return self._names[usual]

    def wrap(self, body: str) -> str:
        """Elements around an element, as many as the layout has."""
        for number in range(self._depth):
            body = f'<div class="{self.name(f"wrap{number}")}">{body}</div>'
        return body

    def link(self, entry: Entry) -> str:
        """A row's link, with the title cut and the whole of it in the attribute, where the family has one."""
        text = f"{entry.title[: entry.cut]}…" if entry.cut and len(entry.title) > entry.cut else entry.title
        title = f' title="{escape(entry.title)}"' if entry.whole else ""
        return f'<a href="{escape(entry.href)}" target="_blank"{title}>{escape(text)}</a>'

    def rows(self, entries: Iterable[Entry]) -> str:
        """A list of rows."""
        drawn = [self._row(self.link(entry), entry.date) for entry in entries]
        body = "\n".join(drawn)
        if self._kind == "table":
            return self.wrap(f'<table width="100%"><tbody>{body}</tbody></table>')
        around = {"ul": "ul", "dl": "dl"}.get(self._kind, "div")
        return self.wrap(f'<{around} class="{self.name("list")}">{body}</{around}>')

    def _row(self, link: str, date: str) -> str:
        link = self.wrap(link)
        if self._kind == "table":
            cells = [f"<td>{link}</td>", f"<td>{date}</td>"]
            return f"<tr>{''.join(reversed(cells) if self._date_first else cells)}</tr>"
        parts = [link, f'<span class="{self.name("date")}">{date}</span>']
        item = {"ul": "li", "dl": "dd", "p": "p"}.get(self._kind, "div")
        return f"<{item}>{''.join(reversed(parts) if self._date_first else parts)}</{item}>"

    def links(self, pairs: Sequence[tuple[str, str]]) -> str:
        """A menu of (href, name)."""
        items = "".join(f'<li><a href="{escape(href)}">{escape(name)}</a></li>' for href, name in pairs)
        return self.wrap(f'<ul class="{self.name("menu")}">{items}</ul>')

    def page(self, title: str, main: str, *, crumbs: str = "", side: str = "", head: str = "", script: str = "") -> str:
        """A page: navigation, main part, side part and foot in the layout's order."""
        nav = f'<div class="{self.name("nav")}"><a href="/">首页</a><a href="/sitemap/">网站地图</a></div>'
        foot = f'<div class="{self.name("foot")}"><p>主办：{SITE}办公室</p></div>'
        parts = [
            nav,
            f'<div class="{self.name("main")}">{self._crumbs(crumbs)}{self.wrap(main)}</div>',
            f'<div class="{self.name("side")}">{side}</div>' if side else "",
            foot,
        ]
        body = "\n".join(parts[number] for number in self._order)
        meta = f'<meta name="SiteName" content="{SITE}">{head}'
        return (
            f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(title)}_{SITE}</title>{meta}</head>'
            f"<body>\n{body}\n{script}</body></html>"
        )

    def _crumbs(self, trail: str) -> str:
        return f'<div class="{self.name("position")}">您的位置：{trail}</div>' if trail else ""

    def article(self, title: str, content: str, published: str) -> str:
        """An article with the standard's meta tags and a report's or any content."""
        head = f'<meta name="ArticleTitle" content="{escape(title)}"><meta name="PubDate" content="{published}">'
        main = f'<h1>{escape(title)}</h1><div class="{self.name("content")}">{content}</div>'
        return self.page(title, main, head=head)
