"""A report as an office lays it out: lines and tables, with the figures as they are printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from benchmarks.newsroom.figures import Figures, forms_of
from benchmarks.newsroom.prose import Prose
from tests.documents.official_forms import (
    BANDS,
    GROUPS,
    Box,
    Rows,
    disputes_table,
    keys_of,
    proactive_bands,
    requests_body,
    requests_head,
)
from tests.documents.sources import Block, Grid, Line

HEADINGS = (
    "一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项",
)  # fmt: skip
_SURPLUS = "9.其他不予公开的情形"


@dataclass(frozen=True)
class Paper:
    """One report before it is a file. ``nought``: how noughts are printed ("0", "", "/", "——"); ``odd``: cells that
    print something of their own; ``surplus``: table 三 has a row that no form has; ``printed``: None for no date."""

    organisation: str
    year: int
    figures: Figures
    prose: Prose
    printed: date | None
    nought: str = "0"
    odd: Mapping[str, str] = field(default_factory=dict)
    surplus: bool = False
    note: str = ""

    @property
    def title(self) -> str:
        return f"{self.organisation}{self.year}年政府信息公开工作年度报告"

    def prints(self) -> dict[str, str]:
        """Key → what is printed in its cell."""
        told = {key: self._print(key) for key in keys_of(forms_of(self.year))}
        return {**told, **self.odd}

    def _print(self, key: str) -> str:
        number = self.figures[key]
        return self.nought if number == 0 else str(number)


def blocks_of(paper: Paper) -> list[Block]:
    """The report from its title to its date."""
    two, three, four = _grids(paper)
    lines = iter(HEADINGS)

    def section(*blocks: Block) -> list[Block]:
        return [Line("heading", next(lines)), *blocks]

    notes = [Line("paragraph", paper.note)] if paper.note else []
    blocks: list[Block] = [Line("title", paper.title)]
    blocks += section(*(Line("paragraph", text) for text in paper.prose.overview), *notes)
    blocks += section(two) + section(three) + section(four)
    blocks += section(*(Line("paragraph", text) for text in paper.prose.problems))
    blocks += section(*(Line("paragraph", text) for text in paper.prose.rest))
    if paper.printed is not None:
        day = f"{paper.printed.year}年{paper.printed.month}月{paper.printed.day}日"
        blocks += [Line("signature", paper.organisation), Line("date", day)]
    return blocks


def _grids(paper: Paper) -> tuple[Grid, Grid, Grid]:
    prints, forms = paper.prints(), forms_of(paper.year)
    proactive = [row for band in proactive_bands(BANDS[forms["proactive"] or ""], prints) for row in band]
    body = requests_body(GROUPS[forms["requests"] or ""], prints)
    if paper.surplus:
        body = _with_surplus(body)
    return Grid(proactive, 4), Grid([*requests_head(), *body], 10), Grid(disputes_table(prints), 15)


def _with_surplus(body: Rows) -> Rows:
    """One more ground for refusal than the form has, below its eighth."""
    at = next(number for number, row in enumerate(body) if row[0].text.startswith("8."))
    whole, band = body[2], next(row for row in body if row[0].text.startswith("（三）"))
    body = [list(row) for row in body]
    body[2][0] = replace(whole[0], rowspan=whole[0].rowspan + 1)
    number = next(n for n, row in enumerate(body) if row[0].text == band[0].text)
    body[number][0] = replace(band[0], rowspan=band[0].rowspan + 1)
    body.insert(at + 1, [Box(_SURPLUS), *[Box("1"), *[Box("0")] * 5, Box("1")]])
    return body
