"""An invented report as lines and tables, with the truth of every cell beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from tests.documents.figures import Figure, draw_figures
from tests.documents.official_forms import (
    BANDS,
    GROUPS,
    Labels,
    Rows,
    as_printed,
    disputes_table,
    proactive_bands,
    requests_body,
    requests_head,
)
from tests.documents.prints import Print
from tests.documents.sources import Line

TITLE = "{org}{year}年政府信息公开工作年度报告"
NAMES = ("示例县教育局", "示例市水务局", "示例区民政局", "示例镇人民政府", "示例县审计局", "示例市统计局")
HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)


@dataclass(frozen=True)
class Told:
    """What a person reads in a cell.

    ``doubt`` says where a person, too, would leave it unread: "" nowhere, "dump" in text without merged cells,
    "anywhere" in every format. Unread is right there, and so is the figure.
    """

    value: Figure | None
    status: str
    doubt: str = ""


@dataclass(frozen=True)
class Sheet:
    """One physical table; ``table`` is the form's table it holds."""

    table: str
    rows: Rows


Block = Line | Sheet


@dataclass(frozen=True)
class Paper:
    """One report. ``following`` is a second report in the same file."""

    organisation: str
    year: int
    forms: Mapping[str, str]
    blocks: tuple[Block, ...]
    truth: Mapping[str, Told]
    following: Paper | None = None

    def with_sheet(self, table: str, change: Callable[[Rows], Rows]) -> Paper:
        """The paper with the rows of one table changed."""
        blocks = tuple(
            replace(block, rows=change([list(row) for row in block.rows]))
            if isinstance(block, Sheet) and block.table == table
            else block
            for block in self.blocks
        )
        return replace(self, blocks=blocks)

    def with_sheets(self, change: Callable[[Rows], Rows]) -> Paper:
        """The paper with the rows of every table changed."""
        paper = self
        for table in dict.fromkeys(block.table for block in self.blocks if isinstance(block, Sheet)):
            paper = paper.with_sheet(table, change)
        return paper

    def with_lines(self, change: Callable[[Line], Line | None]) -> Paper:
        """The paper with every line changed, or left out where ``change`` gives None."""
        blocks = (change(block) if isinstance(block, Line) else block for block in self.blocks)
        return replace(self, blocks=tuple(block for block in blocks if block is not None))

    def told(self, keys: Iterable[str], truth: Callable[[Told], Told]) -> Paper:
        """The paper with another truth for some keys."""
        return replace(self, truth={**self.truth, **{key: truth(self.truth[key]) for key in keys}})

    def printed(self, prints: Mapping[str, Print]) -> Paper:
        """The paper with the figures of some keys printed another way."""
        shown, truth = {}, dict(self.truth)
        for key, way in prints.items():
            figure = self.truth[key].value
            assert figure is not None, key
            shown[key], value, status = way(figure)
            truth[key] = Told(value, status)
        paper = self.with_sheets(
            lambda rows: [[replace(box, text=shown.get(box.key, box.text)) for box in row] for row in rows]
        )
        return replace(paper, truth=truth)


def draw(seed: str, forms: tuple[str, str], label: Labels = as_printed) -> Paper:
    """A report of an invented body; the same seed gives the same figures, and no two cells have the same."""
    number = sum(seed.encode())
    organisation, year = NAMES[number % len(NAMES)], 2019 + number % 6
    of_tables = {"proactive": forms[0], "requests": forms[1], "disputes": "2019"}
    figures = draw_figures(seed, of_tables)
    prints = {key: str(figure) for key, figure in figures.items()}
    bands = [row for band in proactive_bands(BANDS[forms[0]], prints, label) for row in band]
    requests = requests_head(label) + requests_body(GROUPS[forms[1]], prints, label)
    blocks = (
        Line("title", TITLE.format(org=organisation, year=year)),
        Line("paragraph", f"本报告所列数据的统计期限为{year}年1月1日至{year}年12月31日。"),
        Line("heading", HEADINGS[0]),
        Line("paragraph", "（一）主动公开。全年专栏按月巡查，逐条核对目录。"),
        Line("heading", HEADINGS[1]),
        Sheet("proactive", bands),
        Line("heading", HEADINGS[2]),
        Sheet("requests", requests),
        Line("heading", HEADINGS[3]),
        Sheet("disputes", disputes_table(prints, label)),
        Line("heading", HEADINGS[4]),
        Line("paragraph", "解读形式单一。下一年度将增加图文解读。"),
        Line("heading", HEADINGS[5]),
        Line("paragraph", "本年度未收取信息处理费。"),
        Line("signature", organisation),
        Line("date", f"{year + 1}年1月12日"),
    )
    truth = {key: Told(figure, "number") for key, figure in figures.items()}
    return Paper(organisation, year, of_tables, blocks, truth)
