"""Who publishes what on which day, and all that happens to it: the same for a seed, and every thing at least once."""

# ruff: noqa: ARG001 – whatever happens is given the same three things
from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from benchmarks.newsroom.figures import Figures, add_up, draw_years, empty
from benchmarks.newsroom.places import Place

FOLLOWING = ((1, 20), (2, 6), (4, 8))
"""Looks of a season: before the departments' deadline, after it, after the governments'."""


@dataclass(frozen=True)
class Edition:
    """What a report says from a day on. ``odd`` cells print something of their own."""

    since: date
    figures: Figures
    odd: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(eq=False)
class Published:
    """One report. ``on``: first seen by anybody; ``printed``: the date it gives. ``files``: html, pdf, docx, scan.

    ``absent``: (first day, day after, how) of a time in which its page was not there. ``statistics``: the table of
    2014 to 2018. ``unlisted``: the day from which its list names it no more.
    """

    place: Place
    body: str
    year: int
    on: date
    printed: date | None
    editions: list[Edition]
    files: tuple[str, ...] = ("html",)
    nought: str = "0"
    surplus: bool = False
    said: int | None = None
    spoken: str = ""
    statistics: bool = False
    absent: list[tuple[date, date, str]] = field(default_factory=list)
    unlisted: date = date.max
    happened: str = ""

    @property
    def posted(self) -> date:
        """The day that its portal gives, which tells when a report says it came earlier than it did."""
        return self.on if self.happened == "backdated" else self.printed or self.on

    def edition(self, day: date) -> Edition:
        """What it says on a day."""
        return [one for one in self.editions if one.since <= day][-1]


@dataclass
class Script:
    """Every report, and the days on which somebody looks."""

    places: tuple[Place, ...]
    years: tuple[int, ...]
    reports: list[Published]
    days: tuple[date, ...]
    merged: dict[str, tuple[str, int]]
    troubles: dict[str, tuple[date, date, str]]
    """Host → first day, day after, outcome: nothing of it can be had."""


def write_script(places: Sequence[Place], years: Sequence[int], seed: int) -> Script:
    """Places and consecutive report years → all that is published, and what becomes of it."""
    chance = random.Random(f"newsroom {seed}")
    last = years[-1]
    days = tuple(
        sorted({date(year + 1, *day) for year in years[-3:] for day in FOLLOWING} | {date(last, 9, 10)} |
               {date(last + 1, 11, 16)})
    )  # fmt: skip
    merged = {place.bodies[-1]: (place.bodies[-2], last - 1) for at, place in enumerate(places) if at % 20 == 2}
    script = Script(tuple(places), tuple(years), [], days, merged, _troubles(places, last))
    for at, place in enumerate(places):
        script.reports += _reports_of(chance, place, script.years, merged)
        if at % 8 == 1:
            script.reports += _older(place, years[0])
    _publish_when(chance, script)
    _let_happen(chance, script)
    _put_into_files(chance, script)
    return script


def _troubles(places: Sequence[Place], last: int) -> dict[str, tuple[date, date, str]]:
    ways = (("robots_disallowed", last + 1, 2999), ("timeout", last + 1, 2999), ("challenge", last, last + 1))
    return {
        place.host: (date(first, 1, 1), date(after, 1, 1), outcome)
        for at, place in enumerate(places)
        for (outcome, first, after), turn in zip(ways, (2, 9, 14), strict=True)
        if at % 20 == turn
    }


SIZES = {"province": (420, 90), "city": (160, 28), "county": (45, 7)}
"""About how many requests a year come to the government itself, and to each department."""


def _reports_of(
    chance: random.Random, place: Place, years: tuple[int, ...], merged: dict[str, tuple[str, int]]
) -> Iterator[Published]:
    """The reports of six bodies; a government's figures are those of all its bodies."""
    own, each = SIZES[place.level]
    departments: list[dict[int, Figures]] = []
    for body in (*place.bodies[1:], place.bodies[0]):
        is_government = body == place.government
        size = own if is_government else round(each * chance.uniform(0.2, 2.2))
        told = draw_years(f"{body} {chance.random()}", years, size, makes_rules=place.level != "county")
        if is_government:
            told = {year: add_up(told[year], (one[year] for one in departments)) for year in years}
        else:
            departments.append(told)
        for year in years:
            if body not in merged or year < merged[body][1]:
                yield Published(place, body, year, date.max, None, [Edition(date.min, told[year])])


def _older(place: Place, first: int) -> Iterator[Published]:
    """A government's reports on the years before, with the forms of those years."""
    for year in (first - 4, first - 3, first - 2, first - 1):
        figures = draw_years(f"{place.name} {year}", [year], 60, makes_rules=False)[year] if year >= 2019 else {}
        yield Published(place, place.government, year, date.max, None, [Edition(date.min, figures)],
                        statistics=year < 2019)  # fmt: skip


def _publish_when(chance: random.Random, script: Script) -> None:
    for report in script.reports:
        following = report.year + 1
        first = date(following, 3, 4) if report.body == report.place.government else date(following, 1, 5)
        report.on = report.printed = first + timedelta(days=chance.randrange(14 if first.month == 1 else 24))


Happening = Callable[[random.Random, Script, Published], bool]


def _let_happen(chance: random.Random, script: Script) -> None:
    """Gives each thing that can happen its share of the reports, one thing to a report."""
    free = [report for report in script.reports if not report.statistics and report.year in script.years]
    chance.shuffle(free)
    whole = len(free)
    for happening, share in HAPPENINGS:
        wanted = max(1, round(share * whole))
        for report in list(free):
            if wanted == 0:
                break
            if happening(chance, script, report):
                report.happened = happening.__name__
                free.remove(report)
                wanted -= 1


def _is_plain(script: Script, report: Published) -> bool:
    return report.place.host not in script.troubles


def _seen_twice(script: Script, report: Published) -> list[date]:
    """Days of looks after the first that saw it."""
    return [day for day in script.days if day >= report.on][1:] if _is_plain(script, report) else []


def never_published(chance: random.Random, script: Script, report: Published) -> bool:
    if report.year == script.years[0]:
        return False
    script.reports.remove(report)
    return True


def late(chance: random.Random, script: Script, report: Published) -> bool:
    report.on += timedelta(days=chance.randrange(45, 160))
    report.printed = report.on
    return report.on < script.days[-1]


def backdated(chance: random.Random, script: Script, report: Published) -> bool:
    """Came after every look of its season, and says January."""
    if report.year not in script.years[-3:] or not _is_plain(script, report) or report.body == report.place.government:
        return False
    report.on = date(report.year + 1, 4, 20)
    return any(day >= report.on for day in script.days)


def undated(chance: random.Random, script: Script, report: Published) -> bool:
    report.printed = None
    return True


def broken(chance: random.Random, script: Script, report: Published) -> bool:
    """A total that is not the sum of its parts."""
    key = chance.choice(("requests.received.total", "requests.handled_total.total", "disputes.review.total",
                         "requests.granted.total", "requests.handled_total.natural_person"))  # fmt: skip
    _change(report, {key: report.editions[0].figures[key] + chance.choice((1, -1, 10, 2))})
    return True


def unreadable_cell(chance: random.Random, script: Script, report: Published) -> bool:
    keys = chance.sample(("requests.received.total", "requests.granted.natural_person", "disputes.review.upheld",
                          "requests.unavailable_not_held.total", "proactive.normative_documents.in_force"
                          if report.year >= 2021 else "proactive.normative_documents.made"), 2)  # fmt: skip
    odd = dict(zip(keys, chance.sample(("约12", "见附件", "3O", "十余件", "1l"), 2), strict=True))
    _change(report, {}, odd)
    return True


def a_row_too_many(chance: random.Random, script: Script, report: Published) -> bool:
    report.surplus = True
    return True


def blanks(chance: random.Random, script: Script, report: Published) -> bool:
    report.nought = ""
    return True


def strokes(chance: random.Random, script: Script, report: Published) -> bool:
    report.nought = chance.choice(("/", "/", "——", "无"))
    return True


def edited(chance: random.Random, script: Script, report: Published) -> bool:
    """Other figures from some look on; every identity still holds, or one does not any more."""
    days = _seen_twice(script, report)
    if not days:
        return False
    figures = dict(report.editions[0].figures)
    moved = min(int(figures["requests.granted.natural_person"]), chance.randrange(1, 6))
    for column in ("natural_person", "total"):
        figures[f"requests.granted.{column}"] -= moved
        figures[f"requests.refused_third_party.{column}"] += moved
    if moved == 0 or chance.random() < 0.4:
        figures["requests.received.total"] += chance.randrange(1, 9)
    report.editions.append(Edition(chance.choice(days), figures))
    return True


def edited_and_undone(chance: random.Random, script: Script, report: Published) -> bool:
    days = _seen_twice(script, report)
    if len(days) < 2 or not edited(chance, script, report):
        return False
    first = report.editions[0]
    report.editions[1] = Edition(days[0], report.editions[1].figures)
    report.editions.append(Edition(days[1], first.figures))
    return True


def reworded(chance: random.Random, script: Script, report: Published) -> bool:
    days = _seen_twice(script, report)
    if days:
        note = "因工作人员疏漏，本报告第三部分表述有误，现予更正。"
        report.editions.append(Edition(chance.choice(days), report.editions[0].figures, note=note))
    return bool(days)


def _absent(how: str, *, comes_back: bool) -> Happening:
    def happen(chance: random.Random, script: Script, report: Published) -> bool:
        days = _seen_twice(script, report)
        if len(days) < 3:
            return False
        report.absent.append((days[-3], days[-1] if comes_back else date.max, how))
        return True

    happen.__name__ = f"{how}_and_back" if comes_back else how
    return happen


def delisted(chance: random.Random, script: Script, report: Published) -> bool:
    days = _seen_twice(script, report)
    if len(days) < 2:
        return False
    report.unlisted = days[-2]
    return True


def copied(chance: random.Random, script: Script, report: Published) -> bool:
    """Another body's sentences, its name left in."""
    others = [one.body for one in script.reports if one.year == report.year and one.place is report.place
              and one.body != report.body and not one.spoken and not one.happened]  # fmt: skip
    if not others:
        return False
    other = next(one for one in script.reports if one.body == others[0] and one.year == report.year)
    report.spoken = other.spoken = f"{other.body}/{other.year}"
    return True


def repeated(chance: random.Random, script: Script, report: Published) -> bool:
    """Last year's sentences again."""
    before = [one for one in script.reports if one.body == report.body and one.year == report.year - 1]
    if not before or before[0].spoken:
        return False
    report.spoken = before[0].spoken = f"{report.body}/{report.year - 1}"
    return True


def says_another_number(chance: random.Random, script: Script, report: Published) -> bool:
    report.said = int(report.editions[0].figures["requests.received.total"]) + chance.choice((1, 2, -1, 10, 100))
    return report.said > 0


def carries_in_another_number(chance: random.Random, script: Script, report: Published) -> bool:
    figures, rows = report.editions[0].figures, ("carried_in", "handled_total", "granted")
    keys = [f"requests.{row}.{column}" for row in rows for column in ("natural_person", "total")]
    _change(report, {key: figures[key] + 3 for key in keys})
    return report.year > script.years[0]


def a_jump(chance: random.Random, script: Script, report: Published) -> bool:
    """Ten times as many as the year before."""
    figures = dict(report.editions[0].figures)
    more = 10 * int(figures["requests.received.natural_person"]) + 60
    for row in ("received", "handled_total", "declined_repeat"):
        for column in ("natural_person", "total"):
            figures[f"requests.{row}.{column}"] += more
    report.editions = [Edition(date.min, figures)]
    return report.body != report.place.government


def nothing_at_all(chance: random.Random, script: Script, report: Published) -> bool:
    """Noughts for years."""
    if report.place.level != "county" or report.body == report.place.government:
        return False
    for one in script.reports:
        if one.body == report.body:
            one.editions = [Edition(date.min, empty(one.year))]
    return True


def less_than_a_department(chance: random.Random, script: Script, report: Published) -> bool:
    """A government that says it received less than one of its bodies did."""
    if report.body != report.place.government or report.place.level == "province":
        return False
    figures = draw_years(f"less {report.body}", [report.year], 2, makes_rules=False)[report.year]
    report.editions = [Edition(date.min, figures)]
    return True


def _change(report: Published, figures: Figures, odd: dict[str, str] | None = None) -> None:
    first = report.editions[0]
    report.editions = [Edition(date.min, first.figures | figures, odd or {})]


HAPPENINGS: tuple[tuple[Happening, float], ...] = (
    (edited_and_undone, 0.004), (_absent("not_found", comes_back=False), 0.008),
    (_absent("not_found", comes_back=True), 0.003), (_absent("soft_404", comes_back=False), 0.003),
    (_absent("alias", comes_back=False), 0.003), (backdated, 0.008), (delisted, 0.004), (less_than_a_department, 0.004),
    (nothing_at_all, 0.003), (edited, 0.02), (reworded, 0.008), (copied, 0.006), (repeated, 0.006),
    (says_another_number, 0.012), (carries_in_another_number, 0.01), (a_jump, 0.006), (broken, 0.035),
    (unreadable_cell, 0.025), (a_row_too_many, 0.008), (blanks, 0.05), (strokes, 0.05), (undated, 0.01), (late, 0.03),
    (never_published, 0.03),
)  # fmt: skip

_FILES = (
    (("html", "pdf", "docx"), 0.008), (("pdf",), 0.02), (("docx",), 0.04), (("html", "pdf"), 0.01),
    (("html", "docx"), 0.03), (("scan",), 0.01),
)  # fmt: skip


def _put_into_files(chance: random.Random, script: Script) -> None:
    gone = ("not_found", "soft_404", "alias", "not_found_and_back")
    free = [one for one in script.reports if one.happened not in gone and not one.statistics]
    chance.shuffle(free)
    whole = len(free)
    for files, share in _FILES:
        for _ in range(max(1, round(share * whole))):
            free.pop().files = files
