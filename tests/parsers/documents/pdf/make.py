"""Makes the PDF documents beside it with Chromium, LibreOffice, WeasyPrint and ReportLab; truth goes into JSON.

    pip install reportlab weasyprint pikepdf; python make.py

Needs `chromium`, `soffice` and `pdftoppm` in PATH and a Chinese TrueType font (--font, WenQuanYi Zen Hei by default).
"""

from __future__ import annotations

import argparse
import html
import http.server
import json
import subprocess
import tempfile
import threading
from pathlib import Path

import flat_odf
import official_tables as official
import pikepdf
import weasyprint
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

HERE = Path(__file__).parent
PROSE = (
    "本报告由示例县教育局根据《中华人民共和国政府信息公开条例》编制，所列数据的统计期限自2023年1月1日起至12月31日止。"
    "如对报告内容有疑问，请与示例县教育局办公室联系（地址：示例县示例路1号，邮编：000000，电话：0000-1234567）。"
)
Tables = dict[str, list[official.Row]]


def tables_of(form: str, start: int) -> Tables:
    figure = official.figures(start)
    proactive = official.proactive_2021 if form == "2021" else official.proactive_2019
    tables = {
        "proactive": proactive(figure),
        "requests": official.requests(figure, form),
        "disputes": official.disputes(figure),
    }
    found = [text for rows in tables.values() for row in rows for text, _, _ in row if text.lstrip("-")[:1].isdigit()]
    numbers = [text for text in found if text.replace(".", "").lstrip("-").isdigit()]
    if len(set(numbers)) != len(numbers):
        raise ValueError("figures repeat")
    return tables


def html_table(rows: list[official.Row], head: int, name: str) -> str:
    def cell_of(text: str, down: int, over: int) -> str:
        spans = (f" rowspan={down}" if down > 1 else "") + (f" colspan={over}" if over > 1 else "")
        return f"<td{spans}>{html.escape(text)}</td>"

    def row_of(row: official.Row) -> str:
        return "<tr>" + "".join(cell_of(*cell) for cell in row) + "</tr>"

    top = f"<thead>{''.join(map(row_of, rows[:head]))}</thead>" if head else ""
    return f'<table class="{name}">{top}<tbody>{"".join(map(row_of, rows[head:]))}</tbody></table>'


def html_report(tables: Tables, css: str, form: str, extra: str = "", head: int = 3) -> str:
    year = "2023" if form == "2021" else "2020"
    return f"""<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>示例县教育局年报</title><style>
body {{ font: 15px/1.7 "WenQuanYi Zen Hei", sans-serif }} h1 {{ text-align: center; font-size: 26px }}
p {{ text-indent: 2em; margin: 4px 0; text-align: justify }} h2 {{ font-size: 17px }} .date {{ text-align: right }}
table {{ width: 100%; font-size: 12px; line-height: 1.5 }} td {{ padding: 4px }} .disputes td {{ padding: 2px }}
{css}</style></head><body>
<h1>示例县教育局<br>{year}年政府信息公开工作年度报告</h1><p>{PROSE}</p>{extra}
<h2>一、总体情况</h2><p>{PROSE}</p><p>{PROSE}</p>
<h2>二、主动公开政府信息情况</h2>{html_table(tables["proactive"], 0, "proactive")}
<h2>三、收到和处理政府信息公开申请情况</h2>{html_table(tables["requests"], head, "requests")}
<h2>四、政府信息公开行政复议、行政诉讼情况</h2>{html_table(tables["disputes"], 0, "disputes")}
<h2>五、存在的主要问题及改进情况</h2><p>{PROSE}</p>
<h2>六、其他需要报告的事项</h2><p>无其他需要报告的事项。</p><p class="date">2024年1月12日</p></body></html>"""


def print_with_chromium(page: str, target: Path, header: bool = False) -> None:
    """Prints a page served on loopback; ``header`` adds Chromium's own lines with date, title, address and number."""

    class Report(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    switches = [] if header else ["--no-pdf-header-footer"]
    with tempfile.TemporaryDirectory() as folder, http.server.HTTPServer(("127.0.0.1", 0), Report) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}",
             *switches, f"http://127.0.0.1:{server.server_port}/report.html"],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        server.shutdown()


def tighten(target: Path) -> None:
    """The same objects, their streams packed as tightly as they go."""
    pikepdf.settings.set_flate_compression_level(9)
    with pikepdf.open(target, allow_overwriting_input=True) as pdf:
        pdf.save(target, recompress_flate=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def flat_report(tables: Tables, form: str, head: int, lead: int) -> str:
    wide = len(tables["proactive"][0]) and tables["proactive"][0][0][2]
    return flat_odf.report(
        ["示例县教育局", f"{'2023' if form == '2021' else '2020'}年政府信息公开工作年度报告"],
        [
            *[PROSE] * lead,
            "二、主动公开政府信息情况",
            ("proactive", tables["proactive"], [50.0] + [120.0 / (wide - 1)] * (wide - 1), 0),
            "三、收到和处理政府信息公开申请情况",
            ("requests", tables["requests"], [9.0, 22.0, 41.0] + [14.0] * 7, head),
            "四、政府信息公开行政复议、行政诉讼情况",
            ("disputes", tables["disputes"], [11.3] * 15, 0),
            "五、存在的主要问题及改进情况",
            PROSE,
            "2024年1月12日",
        ],
    )


def convert_with_libreoffice(text: str, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / (target.stem + ".fodt")
        source.write_text(text, encoding="utf-8")
        subprocess.run(
            ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile",
             "--convert-to", "pdf:writer_pdf_Export", "--outdir", str(target.parent), str(source)],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip


def reportlab_table(
    rows: list[official.Row], widths: list[float], style: ParagraphStyle, head: int, cut: bool
) -> Table:
    count = max(column + cell[2] for cell, _, column in official.positions(rows))
    filled: list[list[object]] = [["" for _ in range(count)] for _ in rows]
    commands: list[tuple[object, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    for (text, down, over), row, column in official.positions(rows):
        filled[row][column] = Paragraph(html.escape(text), style)
        commands.append(("SPAN", (column, row), (column + over - 1, row + down - 1)))
    return Table(
        filled, colWidths=widths, repeatRows=head, splitByRow=1, splitInRow=int(cut), style=TableStyle(commands)
    )


def make_with_reportlab(tables: Tables, target: Path, lead: float) -> None:
    style = ParagraphStyle("cell", fontName="Song", fontSize=9, leading=12, wordWrap="CJK", alignment=1)
    body = ParagraphStyle("body", fontName="Song", fontSize=11, leading=18, wordWrap="CJK", firstLineIndent=22)
    title = ParagraphStyle("title", parent=body, fontSize=18, leading=26, alignment=1, firstLineIndent=0)

    def number(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont("Song", 10)
        canvas.drawCentredString(A4[0] / 2, 30, f"— {document.page} —")

    flow = [
        Paragraph("示例县教育局2023年政府信息公开工作年度报告", title),
        Paragraph(PROSE, body),
        Paragraph("二、主动公开政府信息情况", body),
        reportlab_table(tables["proactive"], [120.0, 110.0, 110.0, 110.0], style, 0, False),
        Spacer(1, lead),
        Paragraph("三、收到和处理政府信息公开申请情况", body),
        reportlab_table(tables["requests"], [42.0, 60.0, 92.0] + [38.0] * 7, style, 0, True),
        Paragraph("四、政府信息公开行政复议、行政诉讼情况", body),
        reportlab_table(tables["disputes"], [30.0] * 15, style, 0, False),
        Paragraph("2024年1月12日", body),
    ]
    SimpleDocTemplate(str(target), pagesize=A4, invariant=1).build(flow, onFirstPage=number, onLaterPages=number)


def draw_turned(tables: Tables, target: Path) -> None:
    """A table 四 in landscape on portrait pages: the first upright by /Rotate, the second lying on its side."""
    canvas = Canvas(str(target), pagesize=A4, invariant=1)
    for name, rows in tables.items():
        canvas.translate(A4[0], 0)
        canvas.rotate(90)
        width, height = landscape(A4)
        canvas.setFont("Song", 14)
        canvas.drawCentredString(width / 2, height - 60, f"四、政府信息公开行政复议、行政诉讼情况（{name}）")
        style = ParagraphStyle("cell", fontName="Song", fontSize=10, leading=13, wordWrap="CJK", alignment=1)
        table = reportlab_table(rows, [48.0] * 15, style, 0, False)
        table.wrapOn(canvas, width, height)
        table.drawOn(canvas, 60, 300)
        canvas.showPage()
    canvas.save()
    with pikepdf.open(target, allow_overwriting_input=True) as pdf:
        pdf.pages[0].rotate(90, relative=False)
        pdf.save(target)


def write_truth(target: Path, tables: Tables) -> None:
    text = json.dumps(tables, ensure_ascii=False, separators=(",", ":")).replace("]],[[", "]],\n[[")
    target.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


def fill_in_form(target: Path) -> None:
    """A ruled row whose figure was typed into a form field: it is in no page's text, only in an annotation."""
    canvas = Canvas(str(target), pagesize=A4, invariant=1)
    canvas.setFont("Song", 12)
    canvas.grid([100, 250, 400], [640, 670, 700])
    canvas.drawString(110, 680, "信息内容")
    canvas.drawString(260, 680, "本年处理决定数量")
    canvas.drawString(110, 650, "行政许可")
    canvas.acroForm.textfield(name="licensing", value="4711", x=260, y=643, width=100, height=22, borderWidth=0)
    canvas.save()


def protect(source: Path) -> None:
    """The same first page behind a user's password, and behind an owner's only."""
    for name, user in (("password_user", "reader"), ("password_owner", "")):
        with pikepdf.open(source) as pdf:
            del pdf.pages[1:]
            pdf.save(HERE / f"{name}.pdf", encryption=pikepdf.Encryption(owner="owner", user=user, R=6))


def picture_of(source: Path) -> None:
    """The second page as a picture: what a scanner leaves."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["pdftoppm", "-r", "40", "-f", "2", "-l", "2", "-gray", "-png", str(source), f"{folder}/page"], check=True
        )
        canvas = Canvas(str(HERE / "picture_only.pdf"), pagesize=A4, invariant=1)
        canvas.drawImage(str(next(Path(folder).glob("*.png"))), 0, 0, *A4)
        canvas.showPage()
        canvas.save()


def take_meaning_away(source: Path) -> None:
    """The last page without the maps from glyphs to characters: it looks the same and says nothing."""
    with pikepdf.open(source) as pdf:
        del pdf.pages[:-1]
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/ToUnicode" in item:
                del item["/ToUnicode"]
        pdf.save(HERE / "no_unicode.pdf")
    tighten(HERE / "no_unicode.pdf")


CHROMIUM_LINES = """table { border-collapse: collapse } td { border: 1px solid #000; text-align: center }
@page { margin: 18mm }"""
CHROMIUM_BORDERS = """
.proactive { border-collapse: separate; border-spacing: 2px; border: 1px outset gray }
.proactive td { border: 1px inset gray }
.requests { border-collapse: collapse } .requests td { border: 1px dotted #333 }
.disputes { border-collapse: collapse } .disputes td { border: 3px double #000 }
.upright { display: none }"""
WEASY_BACKGROUND = """@page { size: A4; margin: 20mm; @bottom-center { content: "第 " counter(page) " 页" } }
table { border-collapse: separate; border-spacing: 1px; background: #000 } td { background: #fff }
tr { break-inside: avoid } .requests { font-size: 10px } .disputes td { font-size: 9px }"""

WEASY_BARE = "@page { size: A4; margin: 20mm } tr { break-inside: avoid } .requests, .disputes td { font-size: 9px }"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--font", default="/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")
    pdfmetrics.registerFont(TTFont("Song", parser.parse_args().font))

    cut = HERE / "chromium_cut_row.pdf"
    tables = tables_of("2021", 3)
    print_with_chromium(html_report(tables, CHROMIUM_LINES, "2021", '<div style="height:132px"></div>', head=0), cut)
    tighten(cut)
    write_truth(cut, tables)

    borders = HERE / "chromium_borders.pdf"
    tables = tables_of("2019", 5)
    print_with_chromium(html_report(tables, CHROMIUM_BORDERS, "2019"), borders, header=True)
    tighten(borders)
    write_truth(borders, tables)

    background = HERE / "weasyprint_background.pdf"
    tables = tables_of("2021", 11)
    weasyprint.HTML(string=html_report(tables, WEASY_BACKGROUND, "2021")).write_pdf(background)
    write_truth(background, tables)

    office = HERE / "libreoffice_cut_label.pdf"
    tables = tables_of("2021", 17)
    convert_with_libreoffice(flat_report(tables, "2021", 0, 3), office)
    write_truth(office, tables)

    head = HERE / "libreoffice_repeated_head.pdf"
    tables = tables_of("2019", 19)
    convert_with_libreoffice(flat_report(tables, "2019", 3, 2), head)
    write_truth(head, tables)

    drawn = HERE / "reportlab_cut_row.pdf"
    tables = tables_of("2021", 23)
    make_with_reportlab(tables, drawn, 60)
    write_truth(drawn, tables)

    bare = HERE / "weasyprint_no_rules.pdf"
    weasyprint.HTML(string=html_report(tables_of("2021", 37), WEASY_BARE, "2021")).write_pdf(bare)

    turned = HERE / "reportlab_turned.pdf"
    tables = {"甲": tables_of("2021", 29)["disputes"], "乙": tables_of("2021", 31)["disputes"]}
    draw_turned(tables, turned)
    write_truth(turned, tables)
    protect(turned)
    fill_in_form(HERE / "form_field.pdf")
    take_meaning_away(cut)
    picture_of(cut)


if __name__ == "__main__":
    main()
