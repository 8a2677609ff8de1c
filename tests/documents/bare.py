"""Invented bodies whose tables are printed without rules between the figures, and the recipes for their files."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.documents import pages
from tests.documents import prints as p
from tests.documents.sources import Invented, Look

ALL = (
    Invented(
        "pdf10", "chromium_without_rules", "示例县水文站", 2023, ("2021", "2021"), "2024年1月26日", "2024-01-26",
        "0999-6300010",
        prints={"requests.granted.research": p.empty, "requests.declined_repeat.legal_service": p.empty},
        look=Look(head_again_at=(9,)),
    ),
    Invented(
        "pdf11", "weasyprint_three_lines", "示例县种子站", 2019, ("2019", "2019"), "2020年1月14日", "2020-01-14",
        "0999-6300011",
        prints={"proactive.licensing.change": p.plus, "proactive.penalties.change": p.minus,
                "requests.granted.total": p.thousands},
    ),
    Invented(
        "pdf12", "writer_without_rules", "示例市植物园", 2022, ("2021", "2019"), "2023年1月17日", "2023-01-17",
        "0999-6300012", prints={"requests.granted.research": p.slash, "requests.carried_in.total": p.hyphen},
    ),
)  # fmt: skip
_BARE = "body{font-family:'WenQuanYi Zen Hei'} table,td{border:0} td{font-size:9pt}"
_THREE_LINES = (
    "@page{size:A4;margin:18mm 15mm} table{border-top:1.5pt solid;border-bottom:1.5pt solid} td{padding:2px}"
    " td:empty{height:1em}"
)


def _page(document: Invented, style: str) -> str:
    return pages.plain_page(document, _BARE + style).replace("<table border='1'>", "<table>")


def _written(document: Invented, work: Path, style: str) -> Path:
    path = work / "source.html"
    path.write_text(_page(document, style), encoding="utf-8")
    return path


def chromium_without_rules(document: Invented, work: Path, out: Path) -> None:
    from tests.documents.make import _chromium, _run

    source = _written(document, work, "td{text-align:right;padding:3px}")
    _run(*_chromium(work), "--no-pdf-header-footer", f"--print-to-pdf={out}", source.as_uri())


def weasyprint_three_lines(document: Invented, work: Path, out: Path) -> None:
    from tests.documents.make import _run

    _run(Path(sys.executable).with_name("weasyprint"), _written(document, work, _THREE_LINES), out)


def writer_without_rules(document: Invented, work: Path, out: Path) -> None:
    from tests.documents.make import _office

    _office(_written(document, work, "td{text-align:center}"), "pdf:writer_pdf_Export", out, "HTML (StarWriter)")
