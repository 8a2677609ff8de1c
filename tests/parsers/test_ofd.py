"""OFD: steps, matrices, paths, templates, and packages that are traps."""

from __future__ import annotations

import io
import zipfile

import pytest

from parsers.document import Document, Table
from parsers.errors import Encrypted, NeedsOcr, Unreadable
from parsers.formats import ofd
from parsers.ofd.values import matrix_in, numbers_in, steps_in

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
MM = 72 / 25.4
ROOT = f"<ofd:OFD {NS}><ofd:DocBody><ofd:DocRoot>MAIN</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
TITLE = "示例县教育局政府信息公开工作年度报告"


def package(content: str, *, root: str = "", template: str = "", **more: str) -> bytes:
    """One page of 210 × 297 mm with this content; ``template`` is drawn under it."""
    used = '<ofd:Template TemplateID="9" ZOrder="Background"/>' if template else ""
    stated = '<ofd:TemplatePage ID="9" BaseLoc="Tpls/T.xml"/>' if template else ""
    parts = {
        "OFD.xml": root or ROOT.replace("MAIN", "/Doc_0/Document.xml"),
        "Doc_0/Document.xml": f"<ofd:Document {NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
        f"</ofd:PhysicalBox></ofd:PageArea>{stated}</ofd:CommonData><ofd:Pages>"
        '<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>',
        "Doc_0/Pages/Page_0/Content.xml": _page(used, content),
        "Doc_0/Tpls/T.xml": _page("", template),
        **more,
    }  # fmt: skip
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in parts.items():
            opened.writestr(name, text)
    return made.getvalue()


def _page(used: str, content: str) -> str:
    block = f"<ofd:PageBlock>{content}</ofd:PageBlock>"
    return f"<ofd:Page {NS}>{used}<ofd:Content><ofd:Layer>{block}</ofd:Layer></ofd:Content></ofd:Page>"


def text(words: str, x: float, y: float, more: str = "", code: str = "", size: float = 4.0) -> str:
    """Words whose baseline begins at x, y (mm), one em a step unless ``code`` says otherwise."""
    code = code or f'DeltaX="g {len(words) - 1} {size}"'
    return (
        f'<ofd:TextObject Boundary="{x} {y - size} 100 {2 * size}" Size="{size}" {more}>'
        f'<ofd:TextCode X="0" Y="{size}" {code}>{words}</ofd:TextCode></ofd:TextObject>'
    )


def line(x0: float, y0: float, x1: float, y1: float, more: str = "", inside: str = "") -> str:
    return (
        f'<ofd:PathObject Boundary="{x0} {y0} {x1 - x0} {y1 - y0}" LineWidth="0.2" {more}>{inside}'
        f"<ofd:AbbreviatedData>M 0 0 L {x1 - x0} {y1 - y0}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def ruled(xs: tuple[float, ...], ys: tuple[float, ...], more: str = "", inside: str = "") -> str:
    across = "".join(line(xs[0], y, xs[-1], y, more, inside) for y in ys)
    return across + "".join(line(x, ys[0], x, ys[-1], more, inside) for x in xs)


def only_table(document: Document) -> Table:
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    return table


LABELS = text(TITLE, 20, 12) + text("规章", 22, 37) + text("行政许可", 22, 47)


def test_text_in_ruled_cells_is_a_table_with_places_in_points() -> None:
    figures = text("12", 62, 37, code='DeltaX="2.2"') + text("345", 62, 47, code='DeltaX="g 2 2.2"')
    document = ofd.convert(
        package(text("一、总体情况", 20, 20) + ruled((20, 60, 100), (30, 40, 50)) + LABELS + figures)
    )
    table = only_table(document)
    assert [[cell.text for cell in row] for row in table.rows] == [["规章", "12"], ["行政许可", "345"]]
    assert table.rows[1][1].where == f"page=1&xywh={60 * MM:.1f},{40 * MM:.1f},{40 * MM:.1f},{10 * MM:.1f}"
    assert "一、总体情况" in document.text()


def test_white_lines_and_unseen_objects_draw_nothing() -> None:
    white = '<ofd:StrokeColor Value="255 255 255"/>'
    grid = (20.0, 60.0, 100.0), (30.0, 40.0, 50.0)
    for drawn in (
        ruled(*grid, inside=white),
        ruled(*grid, more='Visible="false"'),
        ruled(*grid, more='Stroke="false"'),
    ):
        document = ofd.convert(package(drawn + LABELS))
        assert not [block for block in document.blocks if isinstance(block, Table)]
    assert len(only_table(ofd.convert(package(ruled(*grid) + LABELS))).rows) == 2


def test_a_template_is_drawn_under_the_page() -> None:
    document = ofd.convert(package(LABELS, template=ruled((20, 60, 100), (30, 40, 50))))
    assert [row[0].text for row in only_table(document).rows] == ["规章", "行政许可"]


def test_matrices_scale_text_and_paths_alike() -> None:
    half = 'CTM="0.5 0 0 0.5 0 0"'
    words = text("规章", 22, 37, more=half, size=8.0).replace('Y="8.0"', 'Y="16"').replace("22 29.0", "22 29")
    rectangle = (
        f'<ofd:PathObject Boundary="20 30 40 10" {half}><ofd:AbbreviatedData>M 0 0 L 80 0 L 80 20 L 0 20 C'
        "</ofd:AbbreviatedData></ofd:PathObject>"
    )
    table = only_table(ofd.convert(package(text(TITLE, 20, 12) + rectangle + words)))
    assert [[cell.text for cell in row] for row in table.rows] == [["规章"]]
    assert table.rows[0][0].where == f"page=1&xywh={20 * MM:.1f},{30 * MM:.1f},{40 * MM:.1f},{10 * MM:.1f}"


def test_steps_downwards_are_text_set_downwards() -> None:
    words = text("本年度办理结果", 22, 36, code='DeltaY="g 6 4.5"')
    drawn = text(TITLE, 20, 12) + ruled((20, 30, 60), (30, 70)) + words + text("7", 40, 50, code=" ")
    table = only_table(ofd.convert(package(drawn)))
    assert [cell.text for cell in table.rows[0]] == ["本年度办理结果", "7"]


def test_values() -> None:
    assert steps_in("1 g 3 2.5 4") == [1.0, 2.5, 2.5, 2.5, 4.0]
    assert steps_in("g 2") == []
    assert len(steps_in("g 500000 1")) == 100_000
    assert numbers_in("1 -.5 2e1 x 3") == [1.0, -0.5, 20.0]
    assert numbers_in("1e99 2") == []
    assert numbers_in(None) == []
    assert matrix_in("1 2 3") == (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def test_a_scan_needs_recognition_and_text_over_one_is_doubted() -> None:
    scan = '<ofd:ImageObject Boundary="0 0 210 297" ResourceID="3"/>'
    with pytest.raises(NeedsOcr):
        ofd.convert(package(scan))
    over = "".join(text(TITLE, 20, 20 + 8 * at, 'Alpha="0"') for at in range(4))
    document = ofd.convert(package(scan + over))
    assert "recognised_text_layer" in {problem.code for problem in document.problems}
    seen = ofd.convert(package(scan + over.replace('Alpha="0"', "")))
    assert {problem.code for problem in seen.problems} >= {"picture_not_read"}


def test_broken_packages_are_refused() -> None:
    with pytest.raises(Encrypted):
        ofd.convert(package("", **{"Doc_0/Encryptions.xml": "<a/>"}))
    for root in (f"<ofd:OFD {NS}/>", "<broken", '<!DOCTYPE a [<!ENTITY b "c">]><a/>'):
        with pytest.raises(Unreadable):
            ofd.convert(package("", root=root))
    with pytest.raises(Unreadable, match="etc/passwd"):
        ofd.convert(package("", root=ROOT.replace("MAIN", "../../etc/passwd")))
