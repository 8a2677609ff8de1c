"""OFD: steps, matrices, paths, templates, and packages that are traps."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from parsers.document import Document, Table
from parsers.errors import Encrypted, NeedsOcr, Unreadable
from parsers.formats import ofd
from parsers.ofd.values import matrix_in, numbers_in, steps_in
from parsers.reading import read

FORMATS = Path(__file__).parent / "documents" / "formats"
BENCH = Path(__file__).parents[1] / "documents"
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
    assert steps_in("1 g 3 2.5 4", 9) == [1.0, 2.5, 2.5, 2.5, 4.0]
    assert steps_in("1 g 3 2.5 4", 3) == [1.0, 2.5, 2.5]
    assert steps_in("g 2", 9) == []
    assert len(steps_in("g 500000 1", 70)) == 70
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


def turned(words: str, x: float, y: float, quarters: int, size: float = 4.0) -> str:
    """Words that begin at x, y (mm) and run down (1), to the left (2) or up (3)."""
    matrix = {1: "0 1 -1 0 0 0", 2: "-1 0 0 -1 0 0", 3: "0 -1 1 0 0 0"}[quarters]
    step = 0.55 * size if words.isdigit() else size
    return (
        f'<ofd:TextObject Boundary="{x} {y} 100 100" Size="{size}" CTM="{matrix}">'
        f'<ofd:TextCode X="0" Y="0" DeltaX="g {len(words) - 1} {step}">{words}</ofd:TextCode></ofd:TextObject>'
    )


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_set_on_its_side_is_read_upright(quarters: int) -> None:
    """A landscape table on a portrait page: the same table, each object turned about the page's middle."""
    places = {1: lambda x, y: (210 - y, x), 2: lambda x, y: (210 - x, 297 - y), 3: lambda x, y: (y, 297 - x)}
    place = places[quarters]
    words = "".join(
        turned(said, *place(x, y), quarters)
        for said, x, y in ((TITLE, 20, 12), ("规章", 22, 37), ("12", 62, 37), ("行政许可", 22, 47), ("345", 62, 47))
    )
    xs, ys = (20.0, 60.0, 100.0), (30.0, 40.0, 50.0)
    ends = [(place(xs[0], y), place(xs[-1], y)) for y in ys] + [(place(x, ys[0]), place(x, ys[-1])) for x in xs]
    lines = "".join(line(*map(min, *end), *map(max, *end)) for end in ends)
    document = ofd.convert(package(words + lines))
    assert [[cell.text for cell in row] for row in only_table(document).rows] == [["规章", "12"], ["行政许可", "345"]]
    assert [problem.code for problem in document.problems] == ["page_turned"]


@pytest.mark.parametrize("quarters", [2, 3])
def test_figures_that_run_backwards_are_not_read_as_others(quarters: int) -> None:
    """345 upwards among text that runs to the right: from the top down it would be 543."""
    drawn = LABELS + ruled((20, 60, 100), (30, 40, 50)) + turned("345", 80, 48, quarters)
    document = ofd.convert(package(drawn))
    assert [row[1].text for row in only_table(document).rows] == ["", ""]
    (problem,) = (problem for problem in document.problems if problem.code == "turned_text_not_read")
    assert problem.says.startswith("3 characters")


def test_a_composite_object_is_drawn_where_it_is_placed() -> None:
    """The table of the first test as a resource at half its size, placed twice as large; the resource in a resource."""
    inner = (
        ruled((0, 20, 40), (0, 5, 10)) + text("规章", 1, 3.5, size=2) + text("12", 21, 3.5, code='DeltaX="1.1"', size=2)
    )
    units = (
        f'<ofd:CompositeGraphicUnit ID="5"><ofd:Content>{inner}</ofd:Content></ofd:CompositeGraphicUnit>'
        '<ofd:CompositeGraphicUnit ID="6"><ofd:Content>'
        '<ofd:CompositeObject Boundary="10 15 99 99" ResourceID="5"/></ofd:Content></ofd:CompositeGraphicUnit>'
    )
    resource = f"<ofd:Res {NS}><ofd:CompositeGraphicUnits>{units}</ofd:CompositeGraphicUnits></ofd:Res>"
    page = '<ofd:CompositeObject Boundary="0 0 210 297" ResourceID="6" CTM="2 0 0 2 0 0"/>'
    made = package(text(TITLE, 20, 12) + page, **{"Doc_0/Res.xml": resource})
    with zipfile.ZipFile(io.BytesIO(made)) as opened:
        parts = {name: opened.read(name).decode() for name in opened.namelist()}
    stated = "<ofd:DocumentRes>Res.xml</ofd:DocumentRes></ofd:CommonData>"
    parts["Doc_0/Document.xml"] = parts["Doc_0/Document.xml"].replace("</ofd:CommonData>", stated)
    table = only_table(ofd.convert(package("", **parts)))
    assert [cell.text for cell in table.rows[0]] == ["规章", "12"]
    assert table.rows[0][0].where == f"page=1&xywh={20 * MM:.1f},{30 * MM:.1f},{40 * MM:.1f},{10 * MM:.1f}"
    lost = ofd.convert(package(LABELS + page))
    assert [problem.code for problem in lost.problems if problem.code == "resource_missing"] == ["resource_missing"]


def test_a_page_area_with_an_offset_is_the_origin() -> None:
    drawn = text(TITLE, 120, 62) + ruled((120, 160, 200), (80, 90)) + text("规章", 122, 87)
    drawn += text("12", 162, 87, code='DeltaX="2.2"')
    area = "<ofd:Area><ofd:PhysicalBox>100 50 210 297</ofd:PhysicalBox></ofd:Area><ofd:Content>"
    page = _page("", drawn).replace("<ofd:Content>", area)
    table = only_table(ofd.convert(package("", **{"Doc_0/Pages/Page_0/Content.xml": page})))
    assert [cell.text for cell in table.rows[0]] == ["规章", "12"]
    assert table.rows[0][0].where == f"page=1&xywh={20 * MM:.1f},{30 * MM:.1f},{40 * MM:.1f},{10 * MM:.1f}"


def several(*contents: str) -> bytes:
    """A package of several documents, one page each."""
    bodies = "".join(
        f"<ofd:DocBody><ofd:DocRoot>Doc_{n}/D.xml</ofd:DocRoot></ofd:DocBody>" for n in range(len(contents))
    )
    parts = {"OFD.xml": f"<ofd:OFD {NS}>{bodies}</ofd:OFD>"}
    for n, content in enumerate(contents):
        parts[f"Doc_{n}/D.xml"] = (
            f'<ofd:Document {NS}><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages></ofd:Document>'
        )
        parts[f"Doc_{n}/P.xml"] = _page("", content)
    return package("", **parts)


def test_every_document_of_a_package_is_read() -> None:
    grid = ruled((20, 60, 100), (30, 40, 50))
    both = several(LABELS + grid, text("示例县民政局政府信息公开工作年度报告", 20, 12) + text("规章", 22, 37) + grid)
    first, second = ofd.documents(both)
    assert [document.blocks[0].where[:18] for document in (first, second)] == [
        "document=1#page=1&",
        "document=2#page=1&",
    ]
    assert only_table(second).rows[0][0].where.startswith("document=2#page=1&xywh=")
    assert len(ofd.convert(both).blocks) == len(first.blocks) + len(second.blocks)
    scan = '<ofd:ImageObject Boundary="0 0 210 297" ResourceID="3"/>'
    (only,) = ofd.documents(several(scan, LABELS + grid))
    assert [(p.code, p.where) for p in only.problems if p.code == "member_unread"] == [("member_unread", "document=1")]
    with pytest.raises(NeedsOcr):
        ofd.documents(several(scan, scan))


def test_what_easyofd_writes() -> None:
    """easyofd 20260427 from pdf06.pdf: a namespace of its own, one average step a line, no ruling lines.

    What it keeps is read, and no figure is another's; its other mode writes a picture of each page.
    """
    (report,) = read((FORMATS / "easyofd_text.ofd").read_bytes())
    truth = json.loads((BENCH / "pdf" / "pdf06.json").read_text("utf-8"))
    assert (report.organisation, report.report_year) == (truth["organisation"], truth["report_year"])
    figures = {value.key: float(value.value) for value in report.values if value.value is not None}
    cells = {key: float(cell["value"]) for key, cell in truth["cells"].items() if cell["status"] == "number"}
    assert len(figures) > 30
    assert figures.items() <= cells.items()
    assert "table_without_rules" in {problem.code for problem in report.problems}
    with pytest.raises(NeedsOcr):
        ofd.convert((FORMATS / "easyofd_picture.ofd").read_bytes())
