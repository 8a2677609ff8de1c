"""A county of 40 bodies over five seasons: what each published when, and looks at its two portals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from archive.capture import Capture, Target
from archive.frontier import acknowledge, add_targets, known_report_targets, lease_targets
from archive.ingest import read_pending
from archive.noted.listings import Listing
from archive.register import Site, put_sites
from archive.runs.run import begin_run, end_run
from archive.store import Archive
from archive.urls import url_key
from tests.archive.county import figures_of, page

YEARS = (2019, 2020, 2021, 2022, 2023)
DAYS = ((1, 10), (2, 5), (4, 5))
"""Of each season: before the departments' deadline, after it, after the governments'."""
SCAN = b"\x89PNG\r\n\x1a\n" + bytes(64)

MAIN = Site(
    "shili", "示例县人民政府", "150824", "http://www.shili.example/", ("www.shili.example",), "trs", (),
    bodies=("示例县档案局", "示例县信访局"),
    mergers=(("示例县商务局", "示例县发展和改革局", 2021), ("示例县旅游局", "示例县文化局", 2020)),
)  # fmt: skip
OWN = Site("slgaj", "示例县公安局", "150824", "http://gaj.shili.example/", ("gaj.shili.example",), "trs", ())

_NAMES = (
    "发展和改革局", "教育局", "科学技术局", "工业和信息化局", "民族事务委员会", "民政局", "司法局", "财政局",
    "人力资源和社会保障局", "自然资源局", "生态环境局", "住房和城乡建设局", "交通运输局", "水利局", "农牧局", "商务局",
    "文化局", "旅游局", "卫生健康委员会", "退役军人事务局", "应急管理局", "审计局", "市场监督管理局", "统计局",
    "医疗保障局", "林业和草原局", "城市管理局", "政务服务局", "能源局", "粮食局", "供销合作社联合社", "气象局",
)  # fmt: skip
DEPARTMENTS = tuple(f"示例县{name}" for name in _NAMES)
TOWNSHIPS = ("示例县甲镇人民政府", "示例县乙镇人民政府", "示例县丙乡人民政府")
GOVERNMENT = "示例县人民政府"
POLICE = ("示例县公安局", "示例县公安局交通警察大队")


@dataclass(frozen=True)
class Published:
    """One report as its body put it out: ``on`` the day it could first be seen, ``printed`` the date it gives."""

    organisation: str
    year: int
    on: date
    printed: date | None
    site: str = "shili"
    scan: bool = False

    @property
    def url(self) -> str:
        host = "www" if self.site == "shili" else "gaj"
        number = 1 + (*DEPARTMENTS, *TOWNSHIPS, GOVERNMENT, *POLICE).index(self.organisation)
        return f"http://{host}.shili.example/nb/{self.year}/{number}.{'png' if self.scan else 'html'}"

    @property
    def payload(self) -> bytes:
        """The page; PubDate is the printed date, or is not there."""
        if self.scan:
            return SCAN + self.url.encode()
        number = self.year + len(self.organisation)
        text = page(self.organisation, self.year, figures_of(number), note=self.url)
        meta = f'<meta name="PubDate" content="{self.year + 1}-01-20 09:00">'.encode()
        assert meta in text
        return text.replace(meta, b"" if self.printed is None else meta.replace(
            f"{self.year + 1}-01-20".encode(), str(self.printed).encode()))  # fmt: skip


@dataclass
class County:
    """Everything that was ever published, and the truth of the register: (body, year) → (state, days late).

    ``truth`` is what can be known when all is over, ``then`` what differs from it at the end of the season itself.
    """

    reports: list[Published] = field(default_factory=list)
    truth: dict[tuple[str, int], tuple[str, int | None]] = field(default_factory=dict)
    then: dict[tuple[str, int], tuple[str, int | None]] = field(default_factory=dict)

    def put(self, name: str, year: int, on: date, printed: date | None, late: int | None = None,
            scan: bool = False) -> None:  # fmt: skip
        """A report that was published, and the state that this makes."""
        site = "slgaj" if name in POLICE else "shili"
        self.reports.append(Published(name, year, on, printed, site, scan))
        self.truth[name, year] = ("on_time" if late is None else "late", late)

    def withhold(self, name: str, year: int, state: str, then: str = "") -> None:
        """A report that was never published; ``then`` where the season itself could not say so."""
        self.truth[name, year] = (state, None)
        if then:
            self.then[name, year] = (then, None)


def county() -> County:
    """The county and its truth, written down case by case; what is not a case of its own came on 8 January."""
    made = County()
    for year in YEARS:
        january, march = date(year + 1, 1, 8), date(year + 1, 3, 20)
        for name in DEPARTMENTS:
            if not _is_own_case(made, name, name.removeprefix("示例县"), year):
                made.put(name, year, january, january)
        for name in TOWNSHIPS:
            made.put(name, year, january, january)
        if year == 2021:  # the portal was blocked from February on
            made.withhold(GOVERNMENT, year, "missing", "not_knowable")
        else:
            made.put(GOVERNMENT, year, march, march)
        for name in POLICE:
            if year == 2022:  # its host was down the whole season
                made.withhold(name, year, "missing", "not_knowable")
            else:
                made.put(name, year, date(year + 1, 1, 8), date(year + 1, 1, 8))
        for name in MAIN.bodies:  # named by the registry, never seen
            made.withhold(name, year, "missing", "not_knowable" if year == 2021 else "")
    return made


def _is_own_case(made: County, name: str, own: str, year: int) -> bool:
    """Puts down a case of its own, if it is one."""
    following = year + 1
    due = date(following, 1, 31)
    march = date(following, 3, 2)
    if (own == "商务局" and year >= 2021) or (own == "旅游局" and year >= 2020):
        made.withhold(name, year, "merged")
    elif own == "水利局" and year in (2020, 2023):
        made.put(name, year, march, march, (march - due).days)
    elif own == "审计局" and year == 2022:
        made.withhold(name, year, "missing")
    elif own == "统计局" and year == 2019:  # years late, with the date to prove it
        very_late = date(2023, 12, 4)
        made.put(name, year, very_late, very_late, (very_late - due).days)
        made.then[name, year] = ("missing", None)
    elif own == "能源局" and year == 2020:  # says 20 January, was not there on 5 February
        made.put(name, year, march, date(following, 1, 20))
    elif own == "粮食局" and year == 2019:  # no date of its own, there before the deadline
        made.put(name, year, date(following, 1, 2), None)
    elif own == "粮食局" and year == 2020:  # no date of its own, not there on 5 February, there on 5 April
        made.put(name, year, march, None, (date(following, 4, 5) - due).days)
    elif own == "气象局" and year == 2023:  # a scan: it is there, and nobody has read it
        made.put(name, year, date(following, 1, 5), None, scan=True)
    elif own == "民政局" and year == 2021:  # never came, and the portal was blocked
        made.withhold(name, year, "missing", "not_knowable")
    else:
        return False
    return True


def look(archive: Archive, day: date, made: County) -> None:
    """One crawl of both portals on a day, as it would have gone: lists, reports, what blocks and what is down."""
    put_sites(archive, [MAIN, OWN])
    run = begin_run(archive, "crawl shili slgaj", f"crawl shili slgaj {day} year=any")
    blocked = date(2022, 2, 1) <= day <= date(2022, 12, 31)
    down = date(2023, 1, 1) <= day <= date(2023, 12, 31)
    shown = {one.url: one for one in made.reports if one.on <= day}
    at = datetime(day.year, day.month, day.day, 14, tzinfo=UTC)
    for site, column, failure in (
        (MAIN, "http://www.shili.example/nb/", "challenge" if blocked else ""),
        (OWN, "http://gaj.shili.example/nb/", "timeout" if down else ""),
    ):
        rows = [one for one in shown.values() if one.site == site.code]
        add_targets(archive, run, [Target(column, "column", column, site=site.code, priority=30)])
        add_targets(archive, run, known_report_targets(archive, site.code))
        if not failure:
            add_targets(archive, run, [_target(one, column) for one in rows])
        while leases := lease_targets(archive, run, 50):
            for lease in leases:
                at += timedelta(seconds=1)
                answer = _answer(lease.target, failure, column, shown)
                listing = Listing(url_key(column), len(rows), len(rows)) if lease.target.url == column else None
                acknowledge(archive, run, lease, _capture(lease.target, at, *answer),
                            listing=None if failure else listing)  # fmt: skip
    read_pending(archive, run)
    end_run(archive, run)


def _target(one: Published, column: str) -> Target:
    title = f"{one.organisation}{one.year}年政府信息公开工作年度报告"
    kind = "attachment" if one.scan else "article"
    return Target(one.url, kind, column, column, title, one.site, 1, 40)


def _answer(target: Target, failure: str, column: str, shown: dict[str, Published]) -> tuple[str, int | None, bytes]:
    if failure:
        return (failure, 412, b"<script>") if failure == "challenge" else (failure, None, b"")
    if target.url == column:
        return "fetched", 200, f"<html>{len(shown)}</html>".encode()
    return "fetched", 200, shown[target.url].payload


def _capture(target: Target, at: datetime, outcome: str, status: int | None, body: bytes) -> Capture:
    return Capture(
        url=target.url, captured_at=at, outcome=outcome, status=status, header=b"HTTP/1.1 200 OK\r\n\r\n", wire=body,
        payload=body, kind=target.kind, seed=target.seed, via=target.via, link_text=target.link_text, site=target.site,
    )  # fmt: skip
