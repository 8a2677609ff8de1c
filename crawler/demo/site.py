"""The portal's map: every path and the bytes it answers with, before and after the changes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from crawler.demo import county
from crawler.demo.county import BODIES, BY_NAME, COUNTY, Body, Key
from crawler.demo.markup import EDITOR_STYLE, render_content
from crawler.demo.pages import (
    Article,
    Link,
    Listing,
    render_appendix,
    render_article,
    render_index,
    render_list,
    render_twin,
)

DOCUMENTS = Path(__file__).parent / "documents"
COLUMN = "/zwgk/zfxxgk/zfxxgknb/"
"""The column of annual reports (政府信息公开年报)."""
PER_PAGE = 7

_YEAR_FOLDER = {2019: "2019n", 2020: "nb_2020n"}
_GROUPS = {"government": ("xzf", "县人民政府"), "department": ("bm", "县政府部门"), "town": ("xz", "乡镇")}
_CALLS = {2019: "wrapped", 2020: "plain", 2021: "variables", 2022: "fifth", 2023: "plain", 2024: "plain"}
FALSE_LABEL_YEAR = 2019
"""The column of this year is GB18030 under a label that says UTF-8; it lists all bodies without groups."""
AWAY = frozenset({(f"{COUNTY}应急管理局", 2022), (f"{COUNTY}农业农村局", 2020)})
"""Reports whose row leads to a page in another column."""

_CRUMBS = (("/", "首页"), ("/zwgk/", "政务公开"), ("/zwgk/zfxxgk/", "政府信息公开"))
_REPORT_CRUMBS = (*_CRUMBS, (COLUMN, "政府信息公开年报"))
_TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".doc": "application/msword",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. ``counting`` is set on the page that the server writes anew at each visit."""

    body: bytes
    content_type: str
    modified: datetime
    counting: Article | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a column lists."""

    title: str
    path: str
    day: date


def extension_of(year: int) -> str:
    """The ending of pages in a year's column: old ones are ``.htm``."""
    return "htm" if year == FALSE_LABEL_YEAR else "html"


def column_of(body: Body, year: int) -> str:
    """The path of the column that lists a body's report on a year."""
    folder = f"{COLUMN}{_YEAR_FOLDER.get(year, str(year))}/"
    return folder if year == FALSE_LABEL_YEAR else f"{folder}{_GROUPS[body.kind][0]}/"


def _serial(report: Key) -> int:
    name, year = report
    return 410_000 + ((year - 2019) * len(BODIES) + [body.name for body in BODIES].index(name)) * 37


def _created(report: Key) -> date:
    """The day in the URL: for half of the reports the day before publication."""
    return county.published_on(report) - timedelta(days=_serial(report) % 2)


def _folder(report: Key) -> str:
    name, year = report
    column = f"/xxgk/bm/{BY_NAME[name].slug}/" if report in AWAY else column_of(BY_NAME[name], year)
    return f"{column}{_created(report):%Y%m}/"


def report_path(report: Key) -> str:
    """The path of a report's article: ``…/202401/t20240117_413071.html``."""
    return f"{_folder(report)}t{_created(report):%Y%m%d}_{_serial(report)}.{extension_of(report[1])}"


def twin_path(path: str) -> str:
    """The path of an article's twin for telephones: ``…/t20240117_413071_wap.html``."""
    stem, suffix = posixpath.splitext(path)
    return f"{stem}_wap{suffix}"


def attachment_path(report: Key) -> str:
    """The path of a report's file: ``…/202401/P020240117513487920114.pdf``."""
    digits = f"{_serial(report) * 7_919_113 % 10**12:012d}"
    return f"{_folder(report)}P0{_created(report):%Y%m%d}{digits}.{county.ATTACHED[report].suffix}"


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(1, 16), tzinfo=UTC)


def _href(target: str, page: str) -> str:
    """A link as TRS writes it: relative to the page, with ``./`` in front where it goes down."""
    relative = posixpath.relpath(target, posixpath.dirname(page))
    relative += "/" if target.endswith("/") else ""
    return relative if relative.startswith("..") else f"./{relative}"


class Builder:
    """Fills the map, column by column; ``changed`` builds the portal as it is after the changes."""

    def __init__(self, *, changed: bool) -> None:
        self.changed = changed
        self.pages: dict[str, Page] = {}
        self._notices = tuple(_notices())

    def put_html(self, path: str, text: str, day: date, counting: Article | None = None) -> None:
        """Encodes as the column does, under the label that the column's server gives."""
        old = f"/{_YEAR_FOLDER[FALSE_LABEL_YEAR]}/" in path
        label = "text/html" if f"/{_YEAR_FOLDER[2020]}/" in path else "text/html; charset=utf-8"
        self.pages[path] = Page(text.encode("gb18030" if old else "utf-8"), label, _moment(day), counting)

    def put_article(self, path: str, article: Article, *, counting: bool = False) -> None:
        """An article and its twin for telephones."""
        twin = twin_path(path)
        article = replace(article, twin=_href(twin, path))
        self.put_html(path, render_article(article), article.published, article if counting else None)
        self.put_html(twin, render_twin(article), article.published)

    def put_report(self, report: Key) -> Entry:
        """A report's article, and its attachment where it has one."""
        path, title = report_path(report), county.title_of(report)
        attachment = county.ATTACHED.get(report)
        inline = attachment is None or attachment.inline
        article = Article(
            title=title,
            column=f"{report[1]}年政府信息公开年报",
            crumbs=_REPORT_CRUMBS,
            serial=_serial(report),
            published=county.published_on(report),
            content=render_content(report, changed=self.changed) if inline else _wrapper(title),
            source=report[0],
            broken_title=title.replace(report[0], f"{report[0]}<br/>") if report[0] == f"{COUNTY}人民政府" else "",
        )
        if attachment is not None:
            file = attachment_path(report)
            replaced = self.changed and report == county.REPLACED
            payload = (DOCUMENTS / county.document_name(report, replaced=replaced)).read_bytes()
            name = f"{title}.{attachment.suffix}"
            article = replace(article, appendix=render_appendix(_href(file, path), name, attachment.how))
            self.pages[file] = Page(payload, _TYPES[f".{attachment.suffix}"], _moment(article.published))
        self.put_article(path, article, counting=report == county.COUNTING)
        return Entry(title, path, article.published)

    def put_plain(self, entry: Entry, column: str, content: str) -> Entry:
        """An article that is no report."""
        serial = int(posixpath.splitext(entry.path)[0].rsplit("_", 1)[1])
        article = Article(entry.title, column, _CRUMBS, serial, entry.day, f'<div class="TRS_Editor">{content}</div>')
        self.put_article(entry.path, article)
        return entry

    def put_column(
        self,
        path: str,
        name: str,
        lists: Sequence[tuple[str, str, Sequence[Entry]]],
        *,
        year: int,
    ) -> None:
        """The pages of a column; ``lists`` are (page name, caption, entries), the first one pages the column."""
        extension, old = extension_of(year), year < 2021
        side = [Link(entry.title, _href(entry.path, f"{path}index"), entry.day) for entry in self._notices]
        for at, (page_name, _, entries) in enumerate(lists):
            count = -(-len(entries) // PER_PAGE)
            for current in range(max(count, 1)):
                others = [(*other, 0) for other in lists[1:]] if at == 0 else []
                shown = [(*lists[at], current), *others]
                listings = [
                    (caption, _listing(path, list_name, rows, place, year)) for list_name, caption, rows, place in shown
                ]
                text = render_list(name, _REPORT_CRUMBS, listings, side, old=old)
                newest = max((entry.day for _, _, rows in lists for entry in rows), default=date(2025, 1, 3))
                self.put_html(f"{path}{page_name}{f'_{current}' if current else ''}.{extension}", text, newest)
        self.pages[path] = self.pages[f"{path}index.{extension}"]

    def put_index(self, path: str, name: str, links: Sequence[tuple[str, str]], note: str = "") -> None:
        """A page of columns, under its folder and under its name."""
        self.put_html(f"{path}index.html", render_index(name, _CRUMBS, links, note), date(2025, 2, 7))
        self.pages[path] = self.pages[f"{path}index.html"]


def _listing(path: str, name: str, entries: Sequence[Entry], current: int, year: int) -> Listing:
    shown = entries[current * PER_PAGE : (current + 1) * PER_PAGE]
    rows = tuple(Link(entry.title, _href(entry.path, f"{path}index"), entry.day) for entry in shown)
    pages = -(-len(entries) // PER_PAGE)
    return Listing(rows, pages, current, name, extension_of(year), _CALLS[year], len(entries))


def _wrapper(title: str) -> str:
    return f'<div class="TRS_Editor">{EDITOR_STYLE}<p>{title}全文见附件，点击文件名可以下载。</p></div>'


def _notices() -> Iterable[Entry]:
    titles = (
        f"{COUNTY}人民政府办公室关于做好2025年政府信息公开工作年度报告编制和发布工作的通知",
        f"{COUNTY}统计局2024年国民经济和社会发展统计公报",
        f"{COUNTY}水利局关于冬季供水检修安排的公告",
        f"{COUNTY}2025年政务公开工作要点",
        f"{COUNTY}教育局关于寒假校园开放时间的通告",
    )
    for place, title in enumerate(titles):
        day = date(2025, 12, 28) - timedelta(days=place)
        yield Entry(title, f"/zwgk/zfgg/{day:%Y%m}/t{day:%Y%m%d}_{430_000 + place * 11}.html", day)


def _look_alikes(column: str, year: int, titles: Sequence[str], first: int) -> list[Entry]:
    """What stands between the reports in the same column and is none."""
    entries = []
    for place, title in enumerate(titles):
        day = date(year + 1, 1, 4) + timedelta(days=(first + place * 5) % 25)
        serial = 450_000 + (year - 2019) * 1000 + first + place
        entries.append(Entry(title, f"{column}{day:%Y%m}/t{day:%Y%m%d}_{serial}.{extension_of(year)}", day))
    return entries


def look_alike_titles(year: int, kind: str) -> tuple[str, ...]:
    """The titles of the look-alikes in a year's column of one kind of body."""
    if kind == "government":
        return (f"{COUNTY}人民政府{year}年法治政府建设年度报告", f"{COUNTY}{year + 1}年政务公开工作要点")
    if kind == "town":
        return (f"{COUNTY}示例镇人民政府{year}年度部门决算",)
    return (
        f"{COUNTY}教育局{year}年政府网站工作年度报表",
        f"{COUNTY}司法局{year}年法治政府建设年度报告",
        f"{COUNTY}财政局{year}年度部门决算",
    )


WEBSITE_FORMS = tuple(f"{body.name}2023年政府网站工作年度报表" for body in BODIES if body.kind == "department")[4:13]
"""The second list on the page of the departments of 2023."""


def _put_year(builder: Builder, year: int) -> None:
    kinds = tuple(_GROUPS)
    columns: dict[str, list[Entry]] = {}
    for body in BODIES:
        report = (body.name, year)
        if report != county.MISSING and not (builder.changed and report == county.DROPPED):
            columns.setdefault(column_of(body, year), []).append(builder.put_report(report))
    folder = posixpath.dirname(next(iter(columns)).rstrip("/")) + "/"
    for place, kind in enumerate(kinds):
        path = column_of(next(body for body in BODIES if body.kind == kind), year)
        entries = _look_alikes(path, year, look_alike_titles(year, kind), place * 10)
        columns[path] += [builder.put_plain(entry, "工作报告", _PLAIN) for entry in entries]
    names = {f"{folder}{short}/": f"{year}年{name}" for short, name in _GROUPS.values()}
    for path, entries in columns.items():
        lists = [("index", "政府信息公开年报", sorted(entries, key=lambda entry: entry.day, reverse=True))]
        if path.endswith("/2023/bm/"):
            forms = _look_alikes(path, year, WEBSITE_FORMS, 40)
            lists.append(("wzbb", "政府网站工作年度报表", [builder.put_plain(e, "网站报表", _PLAIN) for e in forms]))
        builder.put_column(path, names.get(path, f"{year}年政府信息公开年报"), lists, year=year)
    if year != FALSE_LABEL_YEAR:
        links = [(f"./{path[len(folder) :]}", name) for path, name in names.items()]
        if year == 2024:
            builder.put_column(f"{folder}kfq/", "2024年开发区", [("index", "政府信息公开年报", [])], year=year)
            links.append(("./kfq/index.html", "2024年开发区"))
        builder.put_index(folder, f"{year}年政府信息公开年报", links)


_PLAIN = """<p>一、基本情况。本页内容与政府信息公开工作年度报告无关，由有关单位另行编制。</p>
<table border="1"><tbody><tr><td>指标</td><td>数量</td></tr><tr><td>信息发布总数</td><td>731</td></tr>
<tr><td>行政许可事项</td><td>46</td></tr></tbody></table>"""


def _put_away_columns(builder: Builder) -> None:
    """The departments' own columns, where two of the reports live."""
    for report in sorted(AWAY):
        slug = BY_NAME[report[0]].slug
        entry = Entry(county.title_of(report), report_path(report), county.published_on(report))
        builder.put_column(f"/xxgk/bm/{slug}/", report[0], [("index", "信息公开目录", [entry])], year=2024)


def _put_frame(builder: Builder) -> None:
    """Home page, the way down to the annual reports, and what stands beside it."""
    builder.put_index(
        "/",
        f"{COUNTY}人民政府门户网站",
        (("/zwgk", "政务公开"), ("./zwgk/zfxxgk/index.html", "政府信息公开"), ("./zwgk/zfgg/", "通知公告")),
    )
    builder.put_index(
        "/zwgk/", "政务公开", (("./zfxxgk/", "政府信息公开"), ("./zfgg/", "通知公告"), ("/xxgk/bm/yjj/", "应急管理局"))
    )
    builder.put_index(
        "/zwgk/zfxxgk/",
        "政府信息公开",
        (
            ("./zfxxgkzn/", "政府信息公开指南"),
            ("./fdzdgknr/", "法定主动公开内容"),
            ("./zfxxgknb/", "政府信息公开年报"),
            ("javascript:;", "依申请公开"),
        ),
    )
    builder.put_index("/zwgk/zfxxgk/zfxxgkzn/", "政府信息公开指南", (), "<p>公开指南每年修订一次。</p>")
    builder.put_index("/zwgk/zfxxgk/fdzdgknr/", "法定主动公开内容", (("../zfxxgknb/index.html", "政府信息公开年报"),))
    years = [(f"./{_YEAR_FOLDER.get(year, str(year))}/", f"{year}年") for year in reversed(county.YEARS)]
    builder.put_index(COLUMN, "政府信息公开年报", years)
    builder.put_index("/wzdt/", "网站地图", (("/zwgk/zfxxgk/zfxxgknb/", "政府信息公开年报"), ("../zwgk/", "政务公开")))
    notices = [builder.put_plain(entry, "通知公告", _PLAIN) for entry in _notices()]
    builder.put_column("/zwgk/zfgg/", "通知公告", [("index", "通知公告", notices)], year=2024)
    day = _moment(date(2021, 6, 1))
    builder.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /was5/\nDisallow: /admin/\n", "text/plain", day)
    builder.pages["/hits.js"] = Page(b"document.write('...');\n", "application/javascript", day)


def build_site(*, changed: bool = False) -> Mapping[str, Page]:
    """Path → answer, for the whole portal; reads the committed documents."""
    builder = Builder(changed=changed)
    _put_frame(builder)
    for year in county.YEARS:
        _put_year(builder, year)
    _put_away_columns(builder)
    return builder.pages
