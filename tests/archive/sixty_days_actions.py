"""The things that are done to a report or its portal, each with what should be seen of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

from sixty_days import DAYS, Published
from sixty_days_pages import TEMPLATES
from sixty_days_script import AT_THE_END, FALSE, Script, cells_of, day_of, last_day

SILENT, ABSENT, RETURNED = "silent_edit", "not_seen", "returned"


def edit_figures(script: Script, report: Published, day: int) -> bool:
    told = script.changed(report, report.figures)
    script.expect(SILENT, "figures", report, day - 1, day, 1, cells=cells_of(report.figures, told))
    report.figures, report.free_from = told, day + 1
    return True


def edit_words(script: Script, report: Published, day: int) -> bool:
    script.numbers += 1
    report.note, report.free_from = f"全年开展培训{script.numbers}场次的安排另行通知。", day + 1
    script.expect(SILENT, "wording", report, day - 1, day, 1)
    return True


def edit_twice_between_looks(script: Script, report: Published, day: int) -> bool:
    """Figures and words: one observation."""
    script.numbers += 1
    report.note = f"对第{script.numbers}号文件作了说明。"
    return edit_figures(script, report, day)


def edit_and_undo_between_looks(script: Script, report: Published, day: int) -> bool:
    """Nobody can see it."""
    return report.free_from <= day and script.numbers > 0


def edit_and_undo(script: Script, report: Published, day: int) -> bool:
    """Two observations."""
    last = last_day(script, day, 4)
    if last is None:
        return False
    before = report.figures
    edit_figures(script, report, day)
    now, report.free_from = report.figures, last + 2

    def undo() -> None:
        script.expect(SILENT, "figures", report, last, last + 1, 1, cells=cells_of(now, before))
        report.figures = before

    script.at(last + 1, undo)
    return True


def contradict_the_year_before(script: Script, report: Published, day: int) -> bool:
    told = report.figures | {"requests.carried_in.total": str(13 + script.draw.randrange(50))}
    if told == report.figures:
        return False
    script.expect(SILENT, "figures", report, day - 1, day, 1, cells=cells_of(report.figures, told))
    report.figures, report.free_from = told, day + 1
    return True


def say_what_the_table_does_not(script: Script, report: Published, day: int) -> bool:
    if FALSE in report.note:
        return False
    report.note, report.free_from = FALSE, day + 1
    script.expect(SILENT, "wording", report, day - 1, day, 1)
    return True


def swap_file(script: Script, report: Published, day: int) -> bool:
    """Another document under the same URL: figures of it changed, or it was a scan before."""
    file = report.file
    if file is None or not (report.linked and file.alive):
        return False
    told = script.changed(report, file.figures)
    cells = () if file.is_scan else cells_of(file.figures, told)
    script.expect(SILENT, "figures" if cells else "attachment_swapped", report, day - 1, day, 1, file.url, cells)
    note, report.note = report.note, file.note
    file.figures, file.body, file.is_scan, report.free_from = told, report.body(told), False, day + 1
    report.note = note
    return True


def swap_file_for_scan(script: Script, report: Published, day: int) -> bool:
    file = report.file
    if file is None or not (report.linked and file.alive):
        return False
    script.numbers += 1
    script.expect(SILENT, "attachment_swapped", report, day - 1, day, 1, file.url)
    file.number, file.is_scan, report.free_from = script.numbers, True, day + 1
    return True


def move_file(script: Script, report: Published, day: int) -> bool:
    """The article's link leads to another URL; the old file is taken down or not, the new one says the same or not."""
    old = report.file
    if old is None or old.is_scan or not (report.linked and old.alive):
        return False
    same, old.alive = script.draw.random() < 0.3, script.draw.random() < 0.5
    told = old.figures if same else script.changed(report, old.figures)
    note, report.note = report.note, old.note
    new = script.new_file(report, day_of(day), told)
    report.note = note
    if not same:
        cells = cells_of(old.figures, told)
        script.expect(SILENT, "attachment_swapped", report, day - 1, day, 1, new.url, cells)
    report.old_files.append(old)
    report.file, report.free_from = new, day + 1
    return True


def add_file(script: Script, report: Published, day: int) -> bool:
    if report.file is not None:
        return False
    report.file, report.free_from = script.new_file(report, day_of(day), report.figures), day + 1
    script.expect(SILENT, "rendition_added", report, day - 1, day, 1, report.file.url)
    return True


def unlink_file(script: Script, report: Published, day: int) -> bool:
    """The article does not name its file for a while."""
    last, file = last_day(script, day, 4), report.file
    if last is None or file is None or not (report.linked and file.alive):
        return False
    report.linked, report.free_from = False, last + 2
    _absence(script, report, "delisted", day, last, file.url)
    script.expect(RETURNED, "listed", report, day - 1, last + 1, last + 2 - day, file.url)
    script.at(last + 1, lambda: setattr(report, "linked", True))
    return True


def remove_file(script: Script, report: Published, day: int) -> bool:
    last, file = last_day(script, day, 4), report.file
    if last is None or file is None or not (report.linked and file.alive):
        return False
    file.alive, report.free_from = False, last + 2
    _absence(script, report, "gone" if last > day else "absent_once", day, last, file.url)
    script.expect(RETURNED, "unchanged", report, day - 1, last + 1, last + 2 - day, file.url)
    script.at(last + 1, lambda: setattr(file, "alive", True))
    return True


def delist(script: Script, report: Published, day: int) -> bool:
    last = last_day(script, day, 6)
    if last is None or not _is_one_of_many(report):
        return False
    report.listed, report.free_from = False, last + 2
    _absence(script, report, "delisted", day, last)
    script.expect(RETURNED, "listed", report, day - 1, last + 1, last + 2 - day)
    script.at(last + 1, lambda: setattr(report, "listed", True))
    return True


def _leave(mode: str) -> Callable[[Script, Published, int], bool]:
    """An action after which the article is not to be had for some days, or for good."""

    def leave(script: Script, report: Published, day: int) -> bool:
        last = last_day(script, day, 5)
        for_good = script.draw.random() < 0.1
        if (last is None and not for_good) or not _is_one_of_many(report):
            return False
        until = DAYS - 1 if for_good or last is None else last
        grade = {"missing": "gone" if until > day else "absent_once", "redirect": "redirected"}.get(mode, "soft_404")
        report.mode = mode
        report.listed = mode != "missing"
        _absence(script, report, grade, day, until)
        if for_good:
            report.ended = True
        else:
            _come_back(script, report, day, until)
        return True

    leave.__name__ = f"leave_{mode}"
    return leave


def _is_one_of_many(report: Published) -> bool:
    """A list that is left with no row at all says nothing: it may be drawn otherwise from that day on."""
    return sum(one.listed for one in report.portal.reports) > 2


def _come_back(script: Script, report: Published, day: int, last: int) -> None:
    report.free_from = last + 2
    changes = script.draw.random() < 0.3

    def back() -> None:
        cells = ()
        if changes:
            told = script.changed(report, report.figures)
            cells = cells_of(report.figures, told)
            script.expect(SILENT, "figures", report, day - 1, last + 1, last + 2 - day, cells=cells)
            report.figures = told
        report.mode, report.listed = "up", True
        grade = "changed" if changes else "unchanged"
        script.expect(RETURNED, grade, report, day - 1, last + 1, last + 2 - day, cells=cells)

    script.at(last + 1, back)


def _absence(script: Script, report: Published, grade: str, day: int, last: int, url: str = "") -> None:
    script.expect(ABSENT, grade, report, day - 1, last, last - day + 1, url)


def _trouble(kind: str, grade: str) -> Callable[[Script, Published, int], bool]:
    """An action after which nothing of a portal is to be had: nothing is known of any page."""

    def trouble(script: Script, report: Published, day: int) -> bool:
        portal, last = report.portal, last_day(script, day, 2)
        there = [one for one in portal.reports if not one.ended]
        if last is None or any(one.free_from > day for one in there):
            return False
        portal.trouble = kind
        for one in there:
            one.free_from = last + 2
            for url in (one.url, *(file.url for file in one.files())):
                _absence(script, one, grade, day, last, url)
        for one in portal.reports:  # what is gone for good: its files are still asked for
            for file in one.files() if one.ended else ():
                _absence(script, one, grade, day, last, file.url)
        script.at(last + 1, lambda: setattr(portal, "trouble", ""))
        return True

    trouble.__name__ = grade
    return trouble


def redesign(script: Script, report: Published, day: int) -> bool:
    """Another template, and sometimes other URLs for all articles: no report says anything else."""
    portal = report.portal
    there = [one for one in portal.reports if not one.ended]
    if any(one.free_from > day for one in there):
        return False
    portal.template = TEMPLATES[(TEMPLATES.index(portal.template) + 1) % len(TEMPLATES)]
    portal.rebuilt += script.draw.randrange(2)
    for one in there:
        one.url, one.free_from = portal.url_of(one), day + 1
    return True


def make_noise(script: Script, report: Published, day: int) -> bool:
    """Counters, sessions, side columns in another order, at every look for some days."""
    report.noise = random.Random(script.draw.randrange(10**6))
    script.at(day + script.draw.randint(1, 3), lambda: setattr(report, "noise", None))
    return True


def reorder_list(script: Script, report: Published, day: int) -> bool:
    report.portal.order += 1
    return day > 0 and script.numbers > 0


def publish_late(script: Script, report: Published, day: int) -> bool:
    """A report on 2024 after the deadline: dated that day, dated before the deadline, or with a slip in its year."""
    with_2024 = {one.organisation for one in script.reports() if one.year == 2024}
    if day < 25 or report.organisation in with_2024 or "人民政府" in report.organisation:
        return False
    grade = script.draw.choice(("", "backdated", "disagree"))
    printed = {"": day_of(day), "backdated": date(2025, 1, 20), "disagree": date(2024, 1, 20)}[grade]
    late = script.publish(report.organisation, 2024, report.portal, printed, day_of(day))
    late.free_from = day + 1
    if grade:
        script.expect("dates_disagree", grade, late, AT_THE_END, AT_THE_END, AT_THE_END)
    return True


ACTIONS = (
    edit_figures, edit_figures, edit_words, edit_twice_between_looks, edit_and_undo_between_looks, edit_and_undo,
    contradict_the_year_before, say_what_the_table_does_not, swap_file, swap_file_for_scan, move_file, add_file,
    unlink_file, remove_file, delist, delist, _leave("missing"), _leave("missing"), _leave("soft"), _leave("other"),
    _leave("redirect"), _trouble("timeout", "host_down"), _trouble("challenge", "challenged"), redesign, make_noise,
    make_noise, reorder_list, publish_late, publish_late,
)  # fmt: skip
