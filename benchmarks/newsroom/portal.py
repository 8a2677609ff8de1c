"""What the portals of the invented places answer on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape

from archive.capture import Target
from archive.noted.listings import Listing
from archive.urls import url_key
from benchmarks.newsroom.files import docx_of, page_of, pdf_of
from benchmarks.newsroom.paper import Paper, blocks_of
from benchmarks.newsroom.places import Place
from benchmarks.newsroom.prose import prose_of
from benchmarks.newsroom.script import SIZES, Published, Script
from benchmarks.newsroom.statistics import statistics_page
from tests.documents.sources import Block, Line

TYPES = {
    "html": "text/html; charset=utf-8", "pdf": "application/pdf", "scan": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
_SOFT = "<html><head><title>提示</title></head><body>您访问的页面不存在或已删除</body></html>".encode()
_CHALLENGE = b"<html><script>var __jsl_clearance=1</script></html>"


@dataclass(frozen=True)
class Served:
    """What comes for one URL; ``found``, ``named`` and ``listing`` as a crawler takes them from it.

    ``mark`` is different where the bytes are: they are only made (``Portal.make``) for who does not know it.
    """

    outcome: str
    status: int | None
    mark: str = ""
    kind: str = "html"
    title: str = ""
    published: str = ""
    location: str = ""
    found: tuple[Target, ...] = ()
    named: tuple[str, ...] | None = None
    listing: Listing | None = None


class Portal:
    """One place's portal on one day."""

    def __init__(self, script: Script, place: Place, day: date) -> None:
        self.place, self.day = place, day
        self.base = f"http://{place.host}"
        self.column = f"{self.base}/zwgk/zfxxgknb/"
        self.reports = [one for one in script.reports if one.place is place and one.on <= day]
        since, until, outcome = script.troubles.get(place.host, (date.max, date.max, ""))
        self.trouble = outcome if since <= day < until else ""
        self._made: dict[str, tuple[Published, str]] = {}
        self.answers: Mapping[str, Served] = self._answers()

    def answer(self, url: str) -> Served:
        """What comes for a URL, 404 where there is nothing."""
        if self.trouble:
            return Served(self.trouble, 412 if self.trouble == "challenge" else None, mark=self.trouble)
        return self.answers.get(url, Served("not_found", 404))

    def make(self, url: str, served: Served) -> bytes:
        """The bytes that are served."""
        if served.outcome in ("challenge", "soft_404"):
            return _CHALLENGE if served.outcome == "challenge" else _SOFT
        if url == self.column:
            rows = "".join(f'<li><a href="{url}">{escape(one.title)}</a></li>' for url, one in self._rows())
            return f"<html><head><title>政府信息公开年报</title></head><body><ul>{rows}</ul></body></html>".encode()
        if url not in self._made:
            return b""
        report, kind = self._made[url]
        return _bytes_of(report, kind, self.day, [(self._url(report, kind), kind) for kind in _attached(report)])

    def _rows(self) -> list[tuple[str, Paper]]:
        return [(self._url(one, "html"), _paper(one, self.day)) for one in self.reports if one.unlisted > self.day]

    def _url(self, report: Published, kind: str) -> str:
        day = report.posted
        number = f"{report.place.code[1:]}{report.year % 100}{report.place.bodies.index(report.body) + 1}"
        if kind == "html":
            return f"{self.base}/zwgk/zfxxgknb/{day:%Y%m}/t{day:%Y%m%d}_{number}.html"
        return f"{self.base}/zwgk/zfxxgknb/{day:%Y%m}/P0{day:%Y%m%d}{number}.{'pdf' if kind == 'scan' else kind}"

    def _answers(self) -> dict[str, Served]:
        rows = self._rows()
        answers = {self.column: self._column(rows)}
        for report in self.reports:
            how = next((how for since, until, how in report.absent if since <= self.day < until), "")
            url = self._url(report, "html")
            if how == "not_found":
                continue
            if how:
                location = f"{self.base}/" if how == "alias" else ""
                answers[url] = Served(how, 302 if location else 200, how, location=location, named=())
                continue
            answers[url] = self._article(report, url)
            for kind in _attached(report):
                file = self._url(report, kind)
                answers[file] = Served("fetched", 200, self._mark(report, file, kind), kind)
        return answers

    def _column(self, rows: list[tuple[str, Paper]]) -> Served:
        key, code = url_key(self.column), self.place.host
        found = tuple(Target(url, "article", self.column, self.column, one.title, code, 1, 40) for url, one in rows)
        named = tuple(url for url, _ in rows)
        mark = " ".join(named)
        return Served("fetched", 200, mark, found=found, named=named, listing=Listing(key, len(rows), len(rows)))

    def _article(self, report: Published, url: str) -> Served:
        title = _paper(report, self.day).title
        files = [self._url(report, kind) for kind in _attached(report)]
        found = tuple(Target(file, "attachment", self.column, url, title, self.place.host, 2, 50) for file in files)
        published = "" if report.printed is None else f"{report.posted} 09:00"
        mark = self._mark(report, url, "html")
        return Served("fetched", 200, mark, "html", title, published, found=found, named=tuple(files))

    def _mark(self, report: Published, url: str, kind: str) -> str:
        self._made[url] = (report, kind)
        return f"{report.editions.index(report.edition(self.day))} {url}"


def _attached(report: Published) -> tuple[str, ...]:
    return tuple(kind for kind in report.files if kind != "html")


def _paper(report: Published, day: date) -> Paper:
    edition = report.edition(day)
    figures = edition.figures or {f"requests.{row}.{who}": 0 for row in ("received", "carried_in", "carried_out")
                                  for who in ("total", "natural_person")}  # fmt: skip
    prose = prose_of(report.body, report.year, figures, said=report.said, spoken=report.spoken)
    return Paper(report.body, report.year, edition.figures, prose, report.printed, report.nought, edition.odd,
                 report.surplus, edition.note)  # fmt: skip


def _bytes_of(report: Published, kind: str, day: date, attached: list[tuple[str, str]]) -> bytes:
    if report.statistics:
        return statistics_page(report.body, report.year, sum(SIZES[report.place.level]))
    if kind == "scan":
        return b"%PDF-1.4\n" + f"{report.body}{report.year}".encode() * 40
    paper = _paper(report, day)
    if kind != "html":
        return pdf_of(blocks_of(paper)) if kind == "pdf" else docx_of(blocks_of(paper))
    blocks: list[Block] = blocks_of(paper) if "html" in report.files else [Line("title", paper.title)]
    links = [(url, f"{paper.title}.{'pdf' if kind == 'scan' else kind}") for url, kind in attached]
    site = f"{report.place.name}人民政府"
    return page_of(paper.title, blocks, site, report.place.code,
                   None if report.printed is None else report.posted, links)  # fmt: skip
