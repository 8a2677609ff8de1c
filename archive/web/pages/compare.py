"""Bodies × years on one figure or several: chosen by a form, drawn, and listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.bodies.kinds import KINDS, LEVELS
from archive.bodies.places import find_places, stem_of
from archive.comparing.figures import Body, Figure, bodies_of_kind, compare, find_bodies, gathered, peers_of, years_of
from archive.comparing.series import Break, breaks_of, form_in
from archive.errors import BadQuery
from archive.schema.form_columns import AMOUNTS
from archive.web.answers import Field, Head, Page, Table
from archive.web.asked import Asked
from archive.web.charts import COLOURED, Dot, Line, Mark, draw_lines, spoken, swatch
from archive.web.links import cell_anchor, report_path, with_query
from archive.web.pages_found import Path
from parsers.english import english_of, english_of_table
from parsers.forms import STATISTICS, TABLES, label_of, labels_by_key, list_forms

RECEIVED = "requests.received.total"
MOST_BODIES, MOST_YEARS, MOST_KEYS = 60, 12, 4
_AROUND = {"city": 4, "province": 2}
_COLUMNS = (
    "organisation", "region_code", "report_year", "key", "label", "state", "value", "raw", "read_state", "read_value",
    "form", "cells", "checks_broken", "why", "link",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What the form says. ``bodies``: as they were written; ``peers``: "", city or province."""

    bodies: tuple[str, ...]
    region: str
    kind: str
    level: str
    keys: tuple[str, ...]
    first: int | None
    last: int | None
    peers: str


@dataclass(frozen=True, slots=True)
class _Taken:
    """Bodies in their rows: the first ``named`` were named, the others came by their kind. ``notes`` are sentences."""

    bodies: tuple[Body, ...]
    named: int
    total: int
    notes: tuple[str, ...]


def compare_bodies(asked: Asked) -> Page:
    """``/compare``: ``body`` (several, or one a line; a name, or a name and a code), ``region`` with ``kind`` and
    ``level``, ``key`` (several), ``from`` and ``to``, ``peers`` (city or province). Raises BadQuery."""
    chosen = _chosen(asked)
    taken = _taken(asked, chosen)
    years = _years(asked, chosen, taken.bodies)
    figures = compare(asked.archive, taken.bodies, chosen.keys, years)
    breaks = {key: breaks_of(key, years[0], years[-1]) if years else () for key in chosen.keys}
    asked.check_time()
    rows = [(key, body, figures[key, at, year]) for key, at, body, year in _places(chosen, taken, years)]
    facts = {
        "keys": [_facts_of_key(key) for key in chosen.keys],
        "years": list(years),
        "bodies": [
            {"organisation": one.name, "region_code": one.region_code, "other_names": list(one.other_names)}
            for one in taken.bodies
        ],
        "bodies_found": taken.total,
        "notes": list(taken.notes),
        "breaks": [_facts_of_break(asked, key, one) for key in chosen.keys for one in breaks[key]],
        "figures": [_facts_of(key, body, figure) for key, body, figure in rows],
    }
    extra = {
        "chosen": chosen,
        "taken": taken,
        "years": years,
        "sections": [_section(asked, key, taken, years, figures, breaks[key]) for key in chosen.keys] if years else [],
        "kinds": [(name, kind.en if asked.lang == "en" else kind.zh) for name, kind in KINDS.items()],
        "levels": [(name, kind.en if asked.lang == "en" else kind.zh) for name, kind in LEVELS.items()],
        "choices": _choices(asked.lang),
        "label": lambda key: _label(asked.lang, key),
        "link": lambda figure: _link(asked.lang, figure),
        "form_in": form_in,
    }
    table = Table(_COLUMNS, (_row(asked, key, body, figure) for key, body, figure in rows))
    return Page("compare.html", asked.say("compare.title"), facts, extra, table=table, head=Head(is_listed=False))


def _chosen(asked: Asked) -> _Chosen:
    lines = (line.strip() for text in asked.texts("body") for line in text.splitlines())
    keys = asked.texts("key") or (RECEIVED,)
    if unknown := [key for key in keys if key not in labels_by_key()]:
        raise BadQuery(f"key: expected a cell of a form as in {RECEIVED}, found {unknown[0]!r}")
    if len(keys) > MOST_KEYS:
        raise BadQuery(f"key: expected at most {MOST_KEYS} figures at a time, found {len(keys)}")
    first, last = asked.year("from"), asked.year("to")
    if first is not None and last is not None and not first <= last < first + MOST_YEARS:
        raise BadQuery(f"from, to: expected from 1 to {MOST_YEARS} years, found {first} to {last}")
    return _Chosen(
        tuple(dict.fromkeys(line for line in lines if line)), asked.text("region"),
        asked.choice("kind", ("", *KINDS)), asked.choice("level", ("", *LEVELS)), keys, first, last,
        asked.choice("peers", ("", *_AROUND)),
    )  # fmt: skip


def _taken(asked: Asked, chosen: _Chosen) -> _Taken:
    notes: list[str] = []
    stem = _stem(asked, chosen, notes)
    named: list[Body] = []
    for said in chosen.bodies[:MOST_BODIES]:
        found = find_bodies(asked.archive, said, stem or "")
        if not found:
            notes.append(asked.say("compare.unknown_body", name=said))
        elif len(found) > 1:
            notes.append(asked.say("compare.several", name=said, count=len(found)))
        named += found
        asked.check_time()
    others: list[Body] = []
    if chosen.kind and stem:
        others += bodies_of_kind(asked.archive, stem, chosen.kind, chosen.level)
    elif chosen.kind and not chosen.region:
        notes.append(asked.say("compare.kind_needs_region"))
    if chosen.peers:
        for body in named[:COLOURED]:
            peers = peers_of(asked.archive, body, _AROUND[chosen.peers])
            if not peers:
                notes.append(asked.say("compare.no_peers", name=body.name))
            others += peers
    ours = gathered(asked.archive, named[:MOST_BODIES])
    every = gathered(asked.archive, [*ours, *others][: MOST_BODIES * 2])
    total = len({one.organisations[0] for one in [*ours, *others]})
    if len(every) > MOST_BODIES:
        notes.append(asked.say("compare.too_many", count=total, shown=MOST_BODIES))
    return _Taken(every[:MOST_BODIES], len(ours), max(total, len(every)), tuple(notes))


def _stem(asked: Asked, chosen: _Chosen, notes: list[str]) -> str | None:
    """The beginning of the codes of the region that was named; None where it is none."""
    if not chosen.region:
        return None
    places = find_places(asked.archive, chosen.region)
    if len(places) == 1:
        return stem_of(places[0].code)
    key = "compare.several_places" if places else "compare.unknown_place"
    codes = "、".join(place.code for place in places)
    notes.append(asked.say(key, name=chosen.region, codes=codes))
    return None


def _years(asked: Asked, chosen: _Chosen, bodies: Sequence[Body]) -> range:
    known = years_of(asked.archive, bodies) if bodies else None
    if known is None:
        return range(0)
    last = chosen.last or (min(known[1], chosen.first + MOST_YEARS - 1) if chosen.first else known[1])
    first = chosen.first or max(min(known[0], last), last - MOST_YEARS + 1)
    if first > last:
        raise BadQuery(f"from, to: expected a first year not after the last, found {first} and {last}")
    return range(first, last + 1)


def _places(chosen: _Chosen, taken: _Taken, years: range) -> Iterator[tuple[str, int, Body, int]]:
    for key in chosen.keys:
        for at, body in enumerate(taken.bodies):
            for year in years:
                yield key, at, body, year


def _section(
    asked: Asked,
    key: str,
    taken: _Taken,
    years: range,
    figures: Mapping[tuple[str, int, int], Figure],
    breaks: Sequence[Break],
) -> dict[str, Any]:
    """One figure: its chart, its table, what broke it."""
    rows = [(body, [figures[key, at, year] for year in years]) for at, body in enumerate(taken.bodies)]
    coloured = min(taken.named or len(rows), COLOURED)
    lines = [Line(body.name, tuple(_dots(row))) for body, row in rows]
    marks = [Mark(one.year, asked.say("compare.break_mark", year=one.year)) for one in breaks]
    title = _label(asked.lang, key)
    drawn = any(dot is not None for line in lines for dot in line.dots)
    tells = "；".join(_told(asked, body, row) for body, row in rows[:coloured])
    return {
        "key": key,
        "label": title,
        "is_amount": key in AMOUNTS,
        "rows": rows,
        "breaks": [(one, _facts_of_break(asked, key, one)["says"]) for one in breaks],
        "broken_at": {one.year for one in breaks},
        "chart": draw_lines(lines, years, marks, title, tells, lang=asked.lang, coloured=coloured) if drawn else None,
        "legend": [(swatch(at if at < coloured else None), body) for at, (body, _) in enumerate(rows[: coloured + 1])],
        "coloured": coloured,
        "kin": any(figure.keys and figure.keys != (key,) for _, row in rows for figure in row),
    }


def _dots(row: Sequence[Figure]) -> Iterator[Dot | None]:
    before: Figure | None = None
    for figure in row:
        if figure.status != "number" or figure.value is None:
            yield None
        else:
            mark = "corrected" if figure.read else "broken" if figure.broken else ""
            says = f"{figure.organisation} {figure.year}: {spoken(figure.value)}"
            joins = before is not None and before.keys == figure.keys
            yield Dot(figure.value, says, joins, mark)
        before = figure


def _told(asked: Asked, body: Body, row: Sequence[Figure]) -> str:
    """A line in words, for whoever does not see it."""
    said = [
        f"{one.year} {spoken(one.value) if one.value is not None else asked.say(f'compare.state_{one.status}')}"
        for one in row
    ]
    return f"{body.name} {', '.join(said)}"


def _facts_of_key(key: str) -> dict[str, str]:
    unit = "10k_yuan" if key in AMOUNTS else "count"
    return {"key": key, "label_zh": label_of(key), "label_en": english_of(key), "unit": unit}


def _facts_of_break(asked: Asked, key: str, one: Break) -> dict[str, Any]:
    before, after = (" + ".join(_label(asked.lang, part) for part in keys) for keys in (one.before, one.after))
    name = "same" if one.joins else "kin" if before and after else "begins" if after else "ends"
    says = asked.say(f"compare.break_{one.year}") + asked.say(f"compare.break_{name}", before=before, after=after)
    return {
        "key": key, "year": one.year, "before": list(one.before), "after": list(one.after), "joins": one.joins,
        "says": says,
    }  # fmt: skip


def _facts_of(key: str, body: Body, figure: Figure) -> dict[str, Any]:
    read = figure.read
    return {
        "organisation": body.name,
        "region_code": body.region_code,
        "reported_as": figure.organisation,
        "report_year": figure.year,
        "key": key,
        "state": figure.status,
        "value": figure.value,
        "raw": figure.raw,
        "read": None if read is None else {"state": read.status, "value": read.value, "raw": read.raw},
        "form": figure.form,
        "cells": list(figure.keys),
        "checks_broken": list(figure.broken),
        "why": figure.why,
        "link": _link("zh", figure),
    }


def _row(asked: Asked, key: str, body: Body, figure: Figure) -> tuple[Field, ...]:
    read = figure.read
    link = _link("zh", figure)
    return (
        body.name, body.region_code, figure.year, key, _label(asked.lang, key), figure.status, figure.value, figure.raw,
        None if read is None else read.status, None if read is None else read.value, figure.form,
        " + ".join(figure.keys), " ".join(figure.broken), figure.why, link and f"{asked.site.base}{link}",
    )  # fmt: skip


def _link(lang: str, figure: Figure) -> str:
    """The report's page at the figure, "" where there is no report."""
    if figure.report is None:
        return ""
    path = report_path(figure.region_code, figure.organisation, figure.year)
    anchor = f"#{cell_anchor(figure.keys[0])}" if figure.keys else ""
    return with_query(path, {"lang": "en" if lang == "en" else None}) + anchor


def _label(lang: str, key: str) -> str:
    return english_of(key) if lang == "en" else label_of(key)


def _choices(lang: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the list of figures offers, by table: of the applicants only the total, else it would be 300 lines long."""
    found = []
    for table in (*TABLES, STATISTICS):
        keys = dict.fromkeys(
            cell.key
            for form in reversed([one for one in list_forms() if one.table == table])
            for cell in form.cells()
            if table != "requests" or cell.key.endswith(".total")
        )
        name = english_of_table(table) if lang == "en" else _TITLES[table]
        found.append((name, [(key, _label(lang, key).removesuffix(" · 总计")) for key in keys]))
    return found


_TITLES = {
    "proactive": "主动公开政府信息情况", "requests": "收到和处理政府信息公开申请情况",
    "disputes": "行政复议、行政诉讼情况", "statistics": "2014—2018 年统计表",
}  # fmt: skip

PATHS = (Path("/compare", compare_bodies, ("json", "csv")),)
