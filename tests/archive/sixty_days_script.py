"""What happens to the portals of sixty days, drawn from a seed, and which events a whole account of it has."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations

from sixty_days import DAYS, FIRST, File, Portal, Published
from sixty_days_pages import BODIES, TEMPLATES, figures

Cells = tuple[tuple[str, object, object], ...]
Figures = dict[str, str]
YEARS = (2022, 2023, 2024)
FALSE = "本年收到政府信息公开申请99999件。"
AT_THE_END = -1
"""Of what is judged from the end: no days."""


OF_A_PORTAL = ("host_down", "challenged", "redesign")
"""Things that are done where nothing else is under way."""


@dataclass(frozen=True)
class Expected:
    """An event that the ledgers must have; days count from the first look."""

    kind: str
    grade: str
    organisation: str
    year: int
    url: str
    first: int
    last: int
    looks: int
    cells: Cells = ()


@dataclass
class Script:
    """Portals, what happens to them day by day, and what should be seen of it."""

    seed: int
    portals: list[Portal] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    endings: dict[int, list[Callable[[], None]]] = field(default_factory=dict)
    numbers: int = 0

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        for at, name in enumerate(("www", "jyj", "czj", "slj", "tjj")):
            code = f"15082{at}_{name}.shili.example"
            self.portals.append(Portal(code, f"{name}.shili.example", TEMPLATES[at % len(TEMPLATES)]))
        for at, body in enumerate(BODIES):
            portal = self.portals[at % 5]
            for year in YEARS if at % 3 == 0 else YEARS[:2]:
                day = date(2025, 1, 6) if year == 2024 else date(year + 1, 1, 20)
                report = self.publish(f"示例县{body}", year, portal, day, day)
                if at % 3 == 1:
                    report.file = self.new_file(report, day, report.figures)

    def publish(self, organisation: str, year: int, portal: Portal, printed: date, published: date) -> Published:
        self.numbers += 1
        told = figures(self.numbers, government=organisation == "示例县人民政府")
        report = Published(organisation, year, portal, self.numbers, told, printed, published)
        report.url = portal.url_of(report)
        portal.reports.append(report)
        return report

    def new_file(self, report: Published, day: date, told: Figures, *, is_scan: bool = False) -> File:
        self.numbers += 1
        url = report.portal.url_of_file(report, day, self.numbers)
        body = report.body(told)
        return File(url, report.title, dict(told), report.note, body, self.numbers, is_scan)

    def reports(self) -> list[Published]:
        return [one for portal in self.portals for one in portal.reports]

    def expect(
        self,
        kind: str,
        grade: str,
        report: Published,
        first: int,
        last: int,
        looks: int,
        url: str = "",
        cells: Cells = (),
    ) -> None:
        where = url or report.url
        told = tuple(sorted(cells))
        self.expected.append(Expected(kind, grade, report.organisation, report.year, where, first, last, looks, told))

    def changed(self, report: Published, told: Figures) -> Figures:
        """Figures of which one to three are others."""
        keys = self.draw.sample(_FREE_CELLS, self.draw.choice((1, 1, 2, 3)))
        return told | {key: str(int(told[key]) + self.draw.randint(1, 9)) for key in keys}

    def at(self, day: int, ending: Callable[[], None]) -> None:
        self.endings.setdefault(day, []).append(ending)

    def advance(self, day: int, actions: tuple[Callable[[Script, Published, int], bool], ...]) -> None:
        """All that happens between the look of the day before and that of this day."""
        for ending in self.endings.pop(day, []):
            ending()
        wanted, tries = self.draw.choice((5, 6)), 0
        while wanted and tries < 40:
            tries += 1
            busy = [one for one in self.reports() if one.free_from > day]
            free = [one for one in self.reports() if one not in busy and not one.ended]
            action = self.draw.choice(actions)
            if action.__name__ in OF_A_PORTAL:
                free = [one for one in free if not any(other.portal is one.portal for other in busy)]
            if free and action(self, self.draw.choice(free), day):
                self.done[action.__name__] += 1
                wanted -= 1

    def finish(self) -> None:
        """What stands against what after the last look."""
        for report in self.reports():
            shown = [(report.figures, report.note)] if report.mode == "up" else []
            shown += [(file.figures, file.note) for file in report.files() if not file.is_scan]
            for (left, _), (right, _) in combinations(shown, 2):
                if cells := cells_of(left, right):
                    self.expect("contradiction", "renditions", report, AT_THE_END, AT_THE_END, AT_THE_END, cells=cells)
            told, note = shown[0] if shown else (report.figures, report.note)
            if FALSE in note:
                said = (("requests.received.total", 99999, int(told["requests.received.total"])),)
                self.expect("contradiction", "prose", report, AT_THE_END, AT_THE_END, AT_THE_END, cells=said)
            carried = int(told["requests.carried_in.total"])
            before = [one for one in self.reports() if one.organisation == report.organisation]
            if carried != 12 and any(one.year == report.year - 1 for one in before):
                said = (("requests.carried_in.total", 12, carried),)
                self.expect("contradiction", "years", report, AT_THE_END, AT_THE_END, AT_THE_END, cells=said)


_FREE_CELLS = (
    "disputes.review.pending", "disputes.review.total", "disputes.litigation_direct.upheld",
    "proactive.licensing.decisions", "proactive.penalties.decisions", "requests.granted.natural_person",
    "requests.refused_third_party.enterprise",
)  # fmt: skip


def cells_of(before: Figures, after: Figures) -> Cells:
    """What differs between two sets of figures."""
    return tuple((key, int(before[key]), int(after[key])) for key in before if before[key] != after[key])


def day_of(day: int) -> date:
    return FIRST + timedelta(days=day)


def last_day(script: Script, day: int, longest: int) -> int | None:
    """The day before something ends that begins on a day, or None if the sixty days are over by then."""
    last = day + script.draw.randint(1, longest) - 1
    return last if last + 1 < DAYS - 1 else None
