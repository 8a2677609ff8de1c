"""Ways that are shorter for most documents: each gives what the long way gives."""

from __future__ import annotations

import re
import sys
import unicodedata
from itertools import pairwise, repeat
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from parsers import text
from parsers.document import Cell
from parsers.forms import find_form
from parsers.html import furniture
from parsers.pdf import characters
from parsers.pdf.calls import HANDLE, address_of
from parsers.pdf.cells import COVERED, _drawn
from parsers.pdf.geometry import Frame
from parsers.pdf.rules import Segment
from parsers.tables.headers import Column, Header
from parsers.tables.placing import place_by_grid
from parsers.tables.rows import Piece

DOCUMENTS = Path(__file__).parent.parent / "documents"


def test_no_letter_or_digit_is_invisible_or_white_space() -> None:
    kept = "".join(map(chr, range(sys.maxunicode + 1)))
    alone = "".join(sign for sign in kept if sign.isalnum())
    assert text._INVISIBLE.search(alone) is None
    assert alone.split() == [alone]
    assert alone.translate(text._SAME) == alone


def test_every_character_folds_as_by_translation_and_search() -> None:
    def translated(said: str) -> str:
        return re.sub(r"\s+", "", text._INVISIBLE.sub("", said)).translate(text._SAME)

    signs = list(map(chr, range(sys.maxunicode + 1)))
    # By 256 of one kind: each takes the way that it would take alone.
    for kind in ([sign for sign in signs if sign.isalnum()], [sign for sign in signs if not sign.isalnum()]):
        for start in range(0, len(kind), 256):
            said = f"甲{'乙甲'.join(kind[start : start + 256])}乙"
            assert text.fold(said) == translated(unicodedata.normalize("NFKC", translated(said)))
            assert text.squeeze(said) == re.sub(r"\s+", "", text._INVISIBLE.sub("", said))
            assert text.one_line(said) == re.sub(r"\s+", " ", text._INVISIBLE.sub("", said)).strip()


FURNITURE = """您当前所在的位置：首页 现在位置：首页 当前位置:首页 目前位置：首页 所在位置：首页 的位置：首页 位置：首页
首页>年报 本文浏览次数：1 页面访问量 文章阅读数 累计点击量 浏览次数：[12]次 点击数 阅读量 访问量：9万
【打印本页】【关闭窗口】 [关闭] (打印) （收藏） 我要打印 打印 关闭 收藏 分享 返回顶部 TOP
【大中小】 [大][中][小] (大中小) （大中小） 字体：大中小 大小：大中小 大中小 :大中小 ：大中小 特大大中小
分享到：微信 扫一扫在手机打开 今天是2024年1月2日 上一篇：年报 下一条
责任编辑：编辑部 责编：编辑部 编辑：编辑部 作者：编辑部 录入：编辑部 审核：编辑部 校对：编辑部
相关链接： 热点新闻 推荐阅读 发布时间：2024-01-02 信息来源：示例县 文章来源：示例县 稿件来源：示例县 来源：示例县
浏览次数：1次 点击次数：1 访问量：1 主办单位：示例县 承办：示例县 技术支持：示例县 建设运维单位：示例县"""


def test_lines_of_a_page_begin_as_is_said_of_them() -> None:
    signs = bytes(range(0x80)).decode() + "".join(
        bytes((high, low)).decode("gbk", "ignore") for high in range(0x81, 0xFF) for low in range(0x40, 0xFF)
    )
    for firsts, pattern in furniture._LINES:
        said = [line for line in FURNITURE.split() if re.fullmatch(pattern, line)]
        assert {line[0] for line in said} >= set(firsts)
        found = re.compile(pattern)
        for line in said:
            rest = [line, line[1:]]
            begins = {sign for sign in signs if any(found.fullmatch(sign + text) for text in rest)}
            assert begins <= set(firsts)


@pytest.mark.parametrize("path", sorted((DOCUMENTS / "pdf").glob("*.pdf")), ids=lambda path: path.stem)
def test_the_text_of_a_page_has_the_codes_of_its_characters(path: Path) -> None:
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            textpage = page.get_textpage()
            handle = HANDLE(address_of(textpage))
            count = pdfium.FPDFText_CountChars(textpage)
            one_by_one = list(map(characters._unicode, repeat(handle), range(count)))
            assert list(map(ord, characters.read_codes(textpage))) == one_by_one
            textpage.close()
            page.close()


@pytest.mark.parametrize(
    "box", [(10.0, 20.0, 30.0, 40.0), (30.0, 20.0, 10.0, 40.0), (10.0, 40.0, 30.0, 20.0)], ids=["plain", "x", "y"]
)
def test_a_box_is_placed_by_its_corners_whichever_way_they_are_named(box: tuple[float, float, float, float]) -> None:
    frame = Frame(5.0, 5.0, 205.0, 305.0)
    assert frame.place_box(*box) == (5.0, 265.0, 25.0, 285.0)


def test_a_side_is_drawn_where_its_pieces_cover_enough_of_it() -> None:
    pieces = [(0.0, 10.0), (20.0, 26.0), (26.5, 29.0), (39.0, 60.0)]
    along = [0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0]
    lines = [Segment(0.0, start, end) for start, end in pieces]
    (row,) = _drawn(lines, [(0.0, 0.0)], along)
    shares = [
        sum(max(0.0, min(end, high) - max(start, low)) for start, end in [(0.0, 10.0), (20.0, 29.0), (39.0, 60.0)])
        / (high - low)
        for low, high in pairwise(along)
    ]
    assert row == [share >= COVERED for share in shares] == [True, False, True, False, True, True]


def test_cells_on_the_columns_of_their_header_stand_under_them() -> None:
    labels = find_form("requests", "2021").column_labels()
    columns = tuple(Column(label, at + 2, at + 2, True) for at, label in enumerate(labels))
    header = Header(0, 1, columns, (), len(labels) + 2, 0, 0, True, {})
    cells = [Piece(Cell(str(at)), at + 2, at + 2) for at in range(len(labels))]
    assert place_by_grid(header, cells).candidates == {
        label.key: (cell,) for label, cell in zip(labels, cells, strict=True)
    }
    shifted = [Piece(cell.cell, cell.first - 1, cell.last - 1) for cell in cells]
    assert place_by_grid(header, shifted).why
