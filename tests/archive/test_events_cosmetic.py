"""What is no edit, for every family of portals: counters, sessions, signed links, side columns, another template."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest
from county import Answer, crawl

from archive import ingest
from archive.ledgers import Event, Wanted, list_events
from archive.store import Archive
from archive.workers import Workers, open_workers
from tests.portals.served import portals

PORTALS = portals()
FILE = '<p>附件：<a href="./P020240120123456789.pdf">年度报告.pdf</a></p>'
Change = Callable[[str, random.Random], str]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with open_workers() as warm:
        yield warm


def _before_headline(page: str, line: str) -> str:
    return page.replace("<h1", f"{line}<h1", 1)


def _at_the_end(page: str, block: str) -> str:
    return page.replace("</body>", f"{block}</body>", 1)


def counter(page: str, draw: random.Random) -> str:
    return _before_headline(page, f"<p>发布时间：2024-01-20 09:16 来源：本站 浏览次数：{draw.randrange(10**5)}</p>")


def counter_alone(page: str, draw: random.Random) -> str:
    return _at_the_end(page, f"<div>访问量：{draw.randrange(10**6)} 次</div>")


def date_in_the_foot(page: str, draw: random.Random) -> str:
    return _at_the_end(page, f'<div class="footer">今天是2025年2月{draw.randint(1, 28)}日 星期一</div>')


def updated(page: str, draw: random.Random) -> str:
    return _before_headline(page, f"<p>更新时间：2025-02-{draw.randint(10, 28)} 08:1{draw.randrange(10)}</p>")


def session(page: str, draw: random.Random) -> str:
    return re.sub(r'(href="[^"#?;]+)"', rf'\1;jsessionid={draw.randrange(16**12):X}"', page)


def signed_links(page: str, draw: random.Random) -> str:
    signature = f"?Expires={draw.randrange(10**9)}&amp;Signature={draw.randrange(16**12):x}"
    return re.sub(r'(href="[^"?#]+\.(?:pdf|docx?)[^"?#]*)"', rf'\1{signature}"', page)


def token(page: str, draw: random.Random) -> str:
    hidden = (
        f'<input type="hidden" name="_csrf" value="{draw.randrange(16**16):x}"><script>var t={draw.random()}</script>'
    )
    return _at_the_end(page, hidden)


def side_column(page: str, draw: random.Random) -> str:
    names = ["领导之窗", "机构设置", "政策解读", "办事指南", "互动交流"]
    draw.shuffle(names)
    items = "".join(f'<li><a href="/c{at}/">{name}</a></li>' for at, name in enumerate(names))
    return page.replace("<body>", f'<body><div class="left"><ul>{items}</ul></div>', 1)


def related(page: str, draw: random.Random) -> str:
    titles = [f"关于{draw.randrange(1000)}号示例事项的公告" for _ in range(5)]
    items = "".join(f'<li><a href="/n/{at}.html">{title}</a></li>' for at, title in enumerate(titles))
    return _at_the_end(page, f'<div class="xgwz"><h3>相关阅读</h3><ul>{items}</ul></div>')


def neighbours(page: str, draw: random.Random) -> str:
    name = f"示例县{draw.randint(2019, 2023)}年示例工作总结"
    return _at_the_end(page, f'<p>上一篇：<a href="/1.html">{name}</a></p><p>下一篇：没有了</p>')


def tools(page: str, draw: random.Random) -> str:
    size = draw.choice(("【字体：大 中 小】", "字号：[大] [中] [小]"))
    return _before_headline(page, f"<p>{size}</p><p>【打印本页】【关闭窗口】</p><p>分享到：微信 微博</p>")


def white_space(page: str, draw: random.Random) -> str:
    spaced = page.replace("><", f">{chr(10) * draw.randint(1, 3)}  <")
    return re.sub(r"<td>([^<]*)</td>", r"<td>&nbsp;\1 </td>", spaced)


def attributes(page: str, draw: random.Random) -> str:
    width = draw.randint(90, 100)
    return page.replace("<p>", f'<p style="line-height:2;width:{width}%">').replace("<table", '<table border="1"')


def comments(page: str, draw: random.Random) -> str:
    return page.replace("<p>", "<!-- p --><p>").replace("</html>", f"</html><!-- {draw.random()} -->")


def encoding(page: str, draw: random.Random) -> str:
    return page.replace('charset="utf-8"', f'charset="gb18030" data-n="{draw.randrange(9)}"')


def meta(page: str, draw: random.Random) -> str:
    return page.replace("<head>", f'<head><meta name="others" content="页面生成时间 2025-02-03 {draw.random()}">', 1)


COSMETIC: tuple[Change, ...] = (
    counter, counter_alone, date_in_the_foot, updated, session, signed_links, token, side_column, related, neighbours,
    tools, white_space, attributes, comments, encoding, meta,
)  # fmt: skip


def whole_articles(name: str, seed: int | None) -> dict[str, str]:
    """URL → page of three whole reports of a family's portal, each with a file; the host is that of every seed."""
    portal = PORTALS[name](seed, light=False)
    portal.close()
    found: dict[str, str] = {}
    for (host, path), reply in portal.pages.items():
        page = reply.body.decode("utf-8", "replace")
        url = f"http://host{host}.shili.example{path}"
        if "ArticleTitle" in page and "第二十条" in page and portal.url(path, host) in portal.reports:
            found.setdefault(
                url, _at_the_end(page, '<p>附件：<a href="./P020240120123456789.pdf">年度报告.pdf</a></p>')
            )
    return dict(list(found.items())[:3])


def show(archive: Archive, day: int, pages: dict[str, str]) -> None:
    """One look at the pages as they are on a day."""
    encoded = {
        url: page.encode("gb18030" if 'charset="gb18030"' in page else "utf-8", "replace")
        for url, page in pages.items()
    }
    crawl(archive, day, {url: Answer(body) for url, body in encoded.items()})


def edits(archive: Archive) -> list[Event]:
    return list(list_events(archive, Wanted(), kinds=("silent_edit",)))


@pytest.fixture
def warm(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "open_workers", lambda: nullcontext(workers))


@pytest.mark.parametrize("name", sorted(PORTALS))
@pytest.mark.usefixtures("warm")
def test_nothing_cosmetic_is_an_edit(name: str, archive: Archive) -> None:
    draw = random.Random(name)
    pages = whole_articles(name, None)
    assert len(pages) == 3
    show(archive, 0, pages)
    assert archive.db.execute("SELECT count(*) FROM reports").fetchone() == (3,)
    for day, change in enumerate(COSMETIC, 1):
        changed = {url: change(page, draw) for url, page in pages.items()}
        assert all(changed[url] != pages[url] for url in pages), change.__name__
        show(archive, day, changed)
        assert edits(archive) == [], change.__name__
    everything = pages
    for change in COSMETIC:
        everything = {url: change(page, draw) for url, page in everything.items()}
    show(archive, 20, everything)
    assert edits(archive) == [], "all of it at once"


@pytest.mark.parametrize("name", sorted(PORTALS))
@pytest.mark.usefixtures("warm")
def test_another_layout_of_the_same_family_is_no_edit(name: str, archive: Archive) -> None:
    first = whole_articles(name, None)
    show(archive, 0, first)
    shown = 0
    for day, seed in enumerate((7, 4242), 1):
        other = whole_articles(name, seed)
        same = {url: other[url] for url in first if url in other}
        shown += len(same)
        show(archive, day, {**first, **same})
    assert shown, "the layouts have pages in common"
    assert edits(archive) == []


@pytest.mark.parametrize("name", sorted(PORTALS))
@pytest.mark.usefixtures("warm")
def test_what_is_an_edit_is_seen_through_all_of_it(name: str, archive: Archive) -> None:
    """The other half: one figure, and one word, among every cosmetic change at once."""
    draw = random.Random(name)
    pages = whole_articles(name, None)
    show(archive, 0, pages)
    (figure, before), (word, sentence), *_ = pages.items()
    cells = re.findall(r"<td[^>]*>(?:<[^>]+>)*(\d+)(?:</[^>]+>)*</td>", before)
    assert cells, "a page with figures"
    edited = re.sub(r"(<td[^>]*>(?:<[^>]+>)*)\d+((?:</[^>]+>)*</td>)", r"\g<1>987654\2", before, count=1)
    reworded = sentence.replace("政府信息公开条例》", "政府信息公开条例》及有关规定", 1)
    if reworded == sentence:
        reworded = sentence.replace("信息公开工作", "信息公开日常工作").replace("总体情况", "总体情况概述", 1)
    changed = pages | {figure: edited, word: reworded}
    for change in COSMETIC:
        changed = {url: change(page, draw) for url, page in changed.items()}
    show(archive, 1, changed)
    found = {event.url: event for event in edits(archive)}
    assert {url: event.grade for url, event in found.items()} == {figure: "figures", word: "wording"}
    assert [one.after for one in found[figure].cells] == [987654]
