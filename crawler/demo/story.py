"""The demo's story in lines that a person reads; Chinese characters are two columns wide."""

from __future__ import annotations

import os
import shlex
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from crawler.demo.forms import label_of, name_of

if TYPE_CHECKING:
    from crawler.demo.run import Change, Crawl, Story

_MARGIN = 20


def width_of(text: str) -> int:
    """Columns that a terminal gives to a text (Unicode Standard Annex 11: wide and full-width take two)."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def pad(text: str, columns: int) -> str:
    """The text and as many spaces as are left of ``columns``."""
    return text + " " * max(0, columns - width_of(text))


def render_story(story: Story) -> str:
    """The whole story, without colours, at most about 100 columns wide."""
    return "\n".join(
        (
            *_opening(story),
            "",
            f"FIRST CRAWL · {story.first.day} · {_pace(story.first)}",
            *_first(story),
            "",
            "Then the portal edits one report, replaces one attachment and drops one page.",
            "",
            f"SECOND CRAWL · {story.second.day} · {_pace(story.second)}",
            *_second(story),
            "",
            f"THE REGISTER · {story.second.day} · who should have published, and who has",
            *_register(story),
            "",
            "GO ON WITH",
            *_next_commands(story),
        )
    )


def _opening(story: Story) -> Iterator[str]:
    yield "An invented county, 示例县: its portal on loopback was crawled twice, a week apart."
    yield f"The archive is in {story.archive} (the portal was {story.portal})."
    if story.left_alone:
        yield f"{story.left_alone} was there already and has been left alone."


def _pace(crawl: Crawl) -> str:
    looks = sum(crawl.answers.values())
    return f"{crawl.seconds:.1f} s, {looks} requests, {_size(crawl.sent_bytes)} received"


def _size(count: int) -> str:
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB" if count else "0 bytes"
    return f"{count / 1_000_000:.1f} MB"


def _line(label: str, text: str) -> str:
    return f"  {pad(label, _MARGIN)}{text}"


def _lines(label: str, texts: Iterable[str]) -> Iterator[str]:
    """The label beside the first text only."""
    for place, text in enumerate(texts):
        yield _line("" if place else label, text)


def _of(fact: Mapping[str, Any]) -> str:
    return f"{fact['organisation']} {fact['report_year']}"


def _first(story: Story) -> Iterator[str]:
    years = story.reports_by_year
    yield _line("reports of", "".join(f"{year:>7}" for year in years) + f"{'all':>7}")
    yield _line("found", "".join(f"{count:>7}" for count in years.values()) + f"{sum(years.values()):>7}")
    numbers, every = story.cells.get("number", 0), sum(story.cells.values())
    rest = [f"{count:,} {status}" for status, count in sorted(story.cells.items()) if status != "number"]
    yield _line("cells", ", ".join((f"{numbers:,} of {every:,} are numbers", *rest)))
    states = (("HOLDS", "hold"), ("BROKEN", "broken"), ("UNKNOWN", "unknown"))
    yield _line("checks", " · ".join(f"{story.checks.get(state, 0):,} {word}" for state, word in states))
    yield from _lines("  broken", (_broken(check) for check in story.broken))
    yield from _lines("kept, not read", _unread(story))
    yield from _lines("late", (f"{_of(fact)}: published {fact['published']}" for fact in story.late))
    yield from _lines("missing", (f"{_of(fact)}: no page and no file was found" for fact in story.missing))


def _broken(check: Mapping[str, Any]) -> str:
    where = name_of(check["across"])
    return f"{_of(check)}: {check['id']}, {where}: {check['left']} is not {check['right']} (report {check['report']})"


def _unread(story: Story) -> Iterator[str]:
    """One line for each reason."""
    for code, count in sorted(Counter(fact["code"] for fact in story.unread).items()):
        remedy = "; install LibreOffice, then: nianbao reparse" if code == "needs_libreoffice" else ""
        yield f"{count} document{'s' if count > 1 else ''}: {code}{remedy}"


def _second(story: Story) -> Iterator[str]:
    crawl = story.second
    yield _line("unchanged pages", f"{crawl.unchanged} asked for, {_size(crawl.unchanged_bytes)} of body received")
    if crawl.counting:
        yield _line("", f"{crawl.counting} more was sent whole, for its click counter: no new version")
    yield _line("new versions", f"{len(story.changes)}")
    for change in story.changes:
        yield ""
        yield from _change(change)
    yield ""
    yield from _lines("not seen", (_not_seen(fact) for fact in story.not_seen))
    if story.not_seen:
        yield _line("", "what was captured of it is kept; nobody can see from outside that it was deleted")


def _change(change: Change) -> Iterator[str]:
    yield (
        f"  {change.organisation} {change.report_year} ({change.format}): "
        f"version {change.before} → {change.after}, {len(change.cells)} cells differ"
    )
    labels = [label_of(cell["key"]) for cell in change.cells]
    widest = max((width_of(label) for label in labels), default=0)
    longest = max((len(cell["key"]) for cell in change.cells), default=0)
    for label, cell in zip(labels, change.cells, strict=True):
        yield (
            f"    {pad(label, widest)}  {cell['key']:<{longest}}  "
            f"{_figure(cell['before']):>9} → {_figure(cell['after']):>9}"
        )


def _figure(value: object) -> str:
    return "–" if value is None else str(value)


def _not_seen(fact: Mapping[str, Any]) -> str:
    looks = {1: "once", 2: "twice"}.get(fact["looks"], f"{fact['looks']} times")
    days = f"present on {fact['last_seen'][:10]}, not seen on {fact['looked_at'][:10]}"
    return f"{_of(fact)}: {days}, looked {looks}"


def _register(story: Story) -> Iterator[str]:
    states = [state for state in story.register[0]["counts"] if any(one["counts"][state] for one in story.register)]
    yield _line("report year", "".join(f"{state.replace('_', ' '):>14}" for state in states))
    for one in story.register:
        yield _line(f"  {one['year']}", "".join(f"{one['counts'][state] or '':>14}" for state in states))
    for one in story.register:
        for body in one["bodies"]:
            if body["state"] == "missing":
                days = ", ".join(body["looked"])
                yield f"  {body['organisation']} {one['year']}: missing; looked for on {days}, the portal answering"
            elif body["state"] == "late":
                late = f"due {body['deadline']}, {body['days_late']} days late"
                yield f"  {body['organisation']} {one['year']}: dated {body['printed']}, {late}"


def _next_commands(story: Story) -> Iterator[str]:
    command = _command(story.archive)
    yield f"  {command} serve    # the pages, at http://127.0.0.1:8000/"
    yield f"  {command} search 行政复议 --limit 5"
    for change in sorted(story.changes, key=lambda change: -len(change.cells))[:1]:
        yield f"  {command} show {change.report}"
        yield f"  {command} history {change.report}"
        yield f"  {command} diff {change.before} {change.after}"
    yield f"  {command} coverage --year {max(one['year'] for one in story.register)}"
    yield f"  {command} export jsonl > reports.jsonl"


def _command(folder: str) -> str:
    """How this person called us, so that a line can be copied as it stands."""
    called = Path(sys.argv[0])
    known = called.name == "nianbao" and called.is_absolute() and called.is_relative_to(Path.cwd())
    name = os.path.relpath(called) if known else str(called) if called.name == "nianbao" else "nianbao"
    return name if folder == "./nianbao-archive" else f"{name} --archive {shlex.quote(folder)}"
