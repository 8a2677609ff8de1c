"""What is printed around the statistics table of 2014 to 2018: who filled it in, and for which year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from parsers.document import Document, Table
from parsers.report import Claim
from parsers.tables.rows import rows_of
from parsers.tables.statistics_rows import rows_of_statistics
from parsers.text import squeeze
from parsers.titles import body_in

# 填报单位（盖章）：示例县教育局 · 填报单位：示例县教育局2018年1月20日
_FILLED_BY = re.compile(r"(?:填报|报送|编报)单位(?:[(（][^)）]*[)）])?[:：]?(?P<body>[^\d:：]*)")
# 政府信息公开情况统计表（2017年度） · 2017年政府信息公开情况统计表 · 2017年度示例县政府信息公开情况统计表
_TABLE_OF = re.compile(
    r"(?P<before>20\d\d)?年?度?[^\d]{0,30}公开(?:工作)?情况(?:年度)?统计(?:年)?表[(（]?(?P<after>20\d\d)?"
)
_CLAIMS = {"requests.received.total": "statistics.received.count"}
"""Claims of the prose that speak of a cell of this table, where the tables since 2019 are not there."""


def without_annex(document: Document) -> Document:
    """The document without its statistics table: in front of an annex, the signature stands at the end."""
    tables = {row.table for row in rows_of_statistics(rows_of(document.blocks))}
    return replace(document, blocks=tuple(block for at, block in enumerate(document.blocks) if at not in tables))


def body_that_filled(document: Document) -> str | None:
    """The name behind 填报单位, in its own cell, in the one beside it or in a line above the table; else None."""
    texts = list(_texts(document))
    for at, text in enumerate(texts):
        found = _FILLED_BY.match(text)
        if found is not None:
            beside = texts[at + 1] if at + 1 < len(texts) and not found["body"] else found["body"]
            return body_in(beside)
    return None


def year_of_statistics(document: Document) -> int | None:
    """The year in the table's own title; None where it prints none, or two."""
    texts = list(_texts(document))
    years = {
        int(year)
        for text, below in zip(texts, [*texts[1:], ""], strict=True)
        if (found := _TABLE_OF.search(text + below * below.startswith(("(", "（")))) is not None
        for year in (found["before"], found["after"])
        if year is not None
    }
    return years.pop() if len(years) == 1 else None


def claims_on_statistics(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """Claims with the keys of this table instead of those of the tables since 2019."""
    return tuple(replace(claim, key=_CLAIMS.get(claim.key, claim.key)) for claim in claims)


def _texts(document: Document) -> Iterator[str]:
    for block in document.blocks:
        texts = [cell.text for row in block.rows for cell in row] if isinstance(block, Table) else [block.text]
        yield from (line for text in texts for part in text.splitlines() if (line := squeeze(part)))
