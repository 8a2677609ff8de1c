"""Bytes → the annual reports in them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from types import MappingProxyType

from parsers.checks import evaluate_checks
from parsers.confidence import without_doubtful
from parsers.convert import documents_in
from parsers.document import Block, Document, Problem, Table
from parsers.errors import NotAReport
from parsers.facts import (
    body_of,
    organisation_of,
    phone_of,
    published_of,
    region_of,
    report_year_of,
    title_of,
)
from parsers.forms import STATISTICS, TABLES, find_form
from parsers.places import in_fragment
from parsers.prose import unfold_prose
from parsers.report import Hints, Report, Status
from parsers.said.annex import body_that_filled, claims_on_statistics, without_annex, year_of_statistics
from parsers.said.claims import claims_of, compare_claims
from parsers.said.document_number import document_number_of
from parsers.said.file_dates import file_created_of
from parsers.segments import reports_in
from parsers.tables.labels import core_of
from parsers.tables.reading import TableReading, read_tables
from parsers.tables.rows import rows_of
from parsers.text import squeeze
from parsers.titles import read_title

# Words that the headings of the sections keep in every variant met (变体: 存在的问题和改进情况, （一）总体情况);
# reports for 2014 to 2018 call them 概述, 主动公开情况, 依申请公开情况, 收费及减免情况, 行政复议、行政诉讼, 主要问题.
_HEADINGS = (
    ("总体情况", "概述"),
    ("主动公开",),
    ("收到和处理政府信息公开申请", "依申请公开"),
    ("收费",),
    ("行政复议",),
    ("问题",),
    ("其他需要报告",),
)
_LAST_YEAR_OF_STATISTICS = 2018
_LONGEST_HEADING = 40


def read(payload: bytes, hints: Hints = Hints()) -> tuple[Report, ...]:  # noqa: B008 - Hints is frozen
    """Bytes of one file → the reports in it, at least one.

    ``payload`` is the file whole, in any format that is read here; its bytes say which. ``hints`` help where it is
    silent: without them a report that does not name its body has none.

    Raises a DocumentError: NotAReport where the document was read and holds neither a table of the forms nor the
    title and headings of a report; the others where it could not be read.
    """
    return read_documents(documents_in(payload), hints)


def read_documents(documents: Sequence[Document], hints: Hints) -> tuple[Report, ...]:
    """The documents of one file → the reports in them, at least one. Raises NotAReport."""
    found = [reports_of(document, _hints_for(document, hints, len(documents))) for document in documents]
    if not any(found):
        title = title_of(documents[0], hints)
        raise NotAReport(f"expected a table of the forms or the headings of a report, found {title[:60]!r}")
    first, *others = (report for of_one in found for report in of_one)
    beside = [problem for document, of_one in zip(documents, found, strict=True) if not of_one
              for problem in _of_no_report(document)]  # fmt: skip
    if others:
        says = f"{1 + len(others)} reports stand in this file"
        beside.insert(0, Problem("several_reports", says, severity="note"))
    return (replace(first, problems=(*beside, *first.problems)), *others) if beside else (first, *others)


def reports_of(document: Document, hints: Hints) -> tuple[Report, ...]:
    """One Document → the reports in it, perhaps none; the hints are about the first."""
    return tuple(
        report
        for number, blocks in enumerate(reports_in(document.blocks))
        if (report := read_document(replace(document, blocks=blocks), hints if number == 0 else Hints())) is not None
    )


def _of_no_report(document: Document) -> tuple[Problem, ...]:
    """What is said of a member of an archive that holds no report, and of the members that it speaks for."""
    name = in_fragment(document.meta.get("filename", ""))
    note = Problem("member_without_report", "no report stands in this member", f"member={name}", "note")
    return (note, *(problem for problem in document.problems if problem.code == "member_unread"))


def _hints_for(document: Document, hints: Hints, documents: int) -> Hints:
    """A member of an archive is linked to by its own name; what is known of an archive is of its only member."""
    name = document.meta.get("filename", "")
    if not name:
        return hints
    stem = PurePosixPath(name).stem
    if documents == 1:
        return replace(hints, link_text=hints.link_text or stem)
    return replace(hints, url="", link_text=stem, page_title="", page_published="")


def read_document(document: Document, hints: Hints) -> Report | None:
    """One report's Document → Report, or None where it is no report."""
    tables = read_tables(rows_of(document.blocks))
    has_annex = any(table.table == STATISTICS for table in tables)
    prose = replace(document, blocks=unfold_prose(document.blocks))
    prose = without_annex(prose) if has_annex else prose
    title = title_of(prose, hints)
    if not any(table.form for table in tables) and not _reads_as_report(title, prose.blocks):
        return None
    values, unsure = without_doubtful(tuple(value for table in tables for value in table.values))
    by_key = {value.key: value for value in values}
    organisation = organisation_of(title, prose, hints)
    report_year, year_problems = report_year_of(title, prose, hints)
    # A line of print that was recognised does not say how surely: nothing is claimed of it.
    claims = () if any(problem.code == "recognised" for problem in document.problems) else claims_of(prose)
    if has_annex:
        organisation = read_title(title).organisation or body_that_filled(document) or organisation
        report_year = report_year if report_year is not None else year_of_statistics(document)
        claims = claims_on_statistics(claims)
    meant = hints.meant(organisation)
    region_code, region_problems = region_of(meant, report_year, prose, hints)
    forms = [find_form(table.table, table.form) for table in tables if table.form is not None]
    return Report(
        title=title,
        organisation=organisation,
        body=body_of(meant, region_code, report_year, hints),
        report_year=report_year,
        region_code=region_code,
        published=published_of(prose, hints),
        phone=phone_of(prose),
        forms=MappingProxyType({table.table: table.form for table in tables}),
        values=values,
        leftover=tuple(one for table in tables for one in table.leftover),
        claims=claims,
        checks=evaluate_checks(forms, by_key),
        problems=(
            *document.problems,
            *_absent_tables(tables, report_year),
            *(problem for table in tables for problem in table.problems),
            *unsure,
            *year_problems,
            *region_problems,
            *compare_claims(claims, by_key),
        ),
        format=document.format,
        converter=document.converter,
        content_digest=digest_of(document.blocks),
        text=document.text(),
        document_number=document_number_of(prose, title),
        file_created=file_created_of(document),
    )


def digest_of(blocks: Sequence[Block]) -> str:
    """SHA-256 (hex) of what the blocks say: white space apart, every character and every cell counts.

    The line that names a file beside the article is the CMS's, and another after a rebuild: it does not count, the file
    is a rendition of its own.
    """
    said = hashlib.sha256()
    for block in blocks:
        if isinstance(block, Table):
            for row in block.rows:
                said.update("\t".join(squeeze(cell.text) for cell in row).encode() + b"\n")
        elif (text := squeeze(block.text)) and _FILE_BESIDE.match(text) is None:
            said.update(text.encode() + b"\n")
    return said.hexdigest()


# 附件：示例县教育局2023年度报告.docx · 附件【名.docx】已下载12次
_FILE_BESIDE = re.compile(r"附件\d*(?:[:：]|【).{0,120}$")


def _reads_as_report(title: str, blocks: Sequence[Block]) -> bool:
    """The title of a report over at least three of its six headings: its tables may be pictures."""
    if read_title(title).kind != "report":
        return False
    lines = [core_of(b.text) for b in blocks if not isinstance(b, Table) and len(b.text) <= _LONGEST_HEADING]
    return sum(any(word in line for word in words for line in lines) for words in _HEADINGS) >= 3


def _absent_tables(tables: Sequence[TableReading], report_year: int | None) -> tuple[Problem, ...]:
    """Tables that the report should have: one of statistics up to 2018, three from then on."""
    wanted: tuple[str, ...] = TABLES
    found = {table.table for table in tables if table.form is not None}
    if not found & set(TABLES) and (
        STATISTICS in found or (report_year is not None and report_year <= _LAST_YEAR_OF_STATISTICS)
    ):
        wanted = (STATISTICS,)
    absent = tuple(
        Problem("table_missing", f"no table {table} was found", severity="error")
        for table in wanted
        if table not in found
    )
    gaps = tuple(
        Problem("cells_missing", f"{count} cells of table {table.table} are not in the document")
        for table in tables
        if (count := sum(value.status is Status.MISSING for value in table.values))
    )
    return absent + gaps
