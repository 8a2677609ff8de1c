"""Makes the documents in formats/ with programs that are not ours; they are committed, so this runs by hand only.

    python make_formats.py            needs LibreOffice (soffice), python-docx, msoffcrypto-tool

Every document is the report of an invented body. Its data cells, in reading order, hold 1001, 1002, 1003 …:
a figure that is read in the wrong place shows.
"""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent / "formats"
TITLE = "示例县民政局2023年政府信息公开工作年度报告"
REFUSED = ("1.属于国家秘密", "2.其他法律行政法规禁止公开", "3.危及“三安全一稳定”", "4.保护第三方合法权益",
           "5.属于三类内部事务信息", "6.属于四类过程性信息", "7.属于行政执法案卷", "8.属于行政查询事项")  # fmt: skip
UNAVAILABLE = ("1.本机关不掌握相关政府信息", "2.没有现成信息需要另行制作", "3.补正后申请内容仍不明确")
DECLINED = ("1.信访举报投诉类申请", "2.重复申请", "3.要求提供公开出版物", "4.无正当理由大量反复申请",
            "5.要求行政机关确认或重新出具已获取信息")  # fmt: skip
OTHER = ("1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
         "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", "3.其他")  # fmt: skip
GROUPS = (
    ("（三）不予公开", REFUSED),
    ("（四）无法提供", UNAVAILABLE),
    ("（五）不予处理", DECLINED),
    ("（六）其他处理", OTHER),
)
NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
ENDS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")

Spec = tuple[str, int, int]  # text, rowspan, colspan
Rows = list[list[Spec]]


def cell(text: str, rowspan: int = 1, colspan: int = 1) -> Spec:
    return text, rowspan, colspan


def tables() -> tuple[Rows, Rows, Rows]:
    """The three tables of the form of 2021 with figures in every data cell."""
    figures = (str(number) for number in itertools.count(1001))
    return proactive(figures), requests(figures), disputes(figures)


def proactive(figures: Iterator[str]) -> Rows:
    rows: Rows = [
        [cell("第二十条第（一）项", 1, 4)],
        [cell(text) for text in ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数")],
    ]
    rows += [[cell(label), *(cell(next(figures)) for _ in range(3))] for label in ("规章", "行政规范性文件")]
    for band, head, labels in (
        ("第二十条第（五）项", "本年处理决定数量", ("行政许可",)),
        ("第二十条第（六）项", "本年处理决定数量", ("行政处罚", "行政强制")),
        ("第二十条第（八）项", "本年收费金额（单位：万元）", ("行政事业性收费",)),
    ):
        rows += [[cell(band, 1, 4)], [cell("信息内容"), cell(head, 1, 3)]]
        rows += [[cell(label), cell(next(figures), 1, 3)] for label in labels]
    return rows


def requests(figures: Iterator[str]) -> Rows:
    def seven() -> list[Spec]:
        return [cell(next(figures)) for _ in range(7)]

    rows: Rows = [
        [cell(NOTE, 3, 3), cell("申请人情况", 1, 7)],
        [cell("自然人", 2), cell("法人或其他组织", 1, 5), cell("总计", 2)],
        [cell(text) for text in ("商业|企业", "科研|机构", "社会公益组织", "法律服务机构", "其他")],
        [cell("一、本年新收政府信息公开申请数量", 1, 3), *seven()],
        [cell("二、上年结转政府信息公开申请数量", 1, 3), *seven()],
        [cell("三、本年度办理结果", 22), cell("（一）予以公开", 1, 2), *seven()],
        [cell("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", 1, 2), *seven()],
    ]
    for group, labels in GROUPS:
        rows += [
            [*([cell(group, len(labels))] if at == 0 else []), cell(label), *seven()] for at, label in enumerate(labels)
        ]
    rows += [[cell("（七）总计", 1, 2), *seven()], [cell("四、结转下年度继续办理", 1, 3), *seven()]]
    return rows


def disputes(figures: Iterator[str]) -> Rows:
    return [
        [cell("行政复议", 1, 5), cell("行政诉讼", 1, 10)],
        [*(cell(end, 2) for end in ENDS), cell("未经复议直接起诉", 1, 5), cell("复议后起诉", 1, 5)],
        [cell(end) for end in ENDS * 2],
        [cell(next(figures)) for _ in range(15)],
    ]


def parts() -> Iterator[tuple[str, str, Rows | None]]:
    """(heading, text below it, table below that), section by section."""
    second, third, fourth = tables()
    yield "总体情况", "根据《中华人民共和国政府信息公开条例》编制。电话：0000-1234567。", None
    yield "主动公开政府信息情况", "", second
    yield "收到和处理政府信息公开申请情况", "", third
    yield "政府信息公开行政复议、行政诉讼情况", "", fourth
    yield "存在的主要问题及改进情况", "公开的及时性有待提高。", None
    yield "其他需要报告的事项", "本年度未收取信息处理费。", None


# --- HTML, for LibreOffice to write the others from -----------------------------------------------


def html_table(rows: Rows) -> str:
    lines = []
    for row in rows:
        cells = "".join(
            f'<td rowspan="{down}" colspan="{across}"><p>{text.replace("|", "</p><p>")}</p></td>'
            for text, down, across in row
        )
        lines.append(f"<tr>{cells}</tr>")
    return f'<table border="1" cellspacing="0" width="100%">{"".join(lines)}</table>'


def html_page() -> str:
    body = "".join(
        f"<p>{numeral}、{heading}</p>" + (f"<p>{text}</p>" if text else "") + ("" if rows is None else html_table(rows))
        for numeral, (heading, text, rows) in zip("一二三四五六", parts(), strict=True)
    )
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{TITLE}</title></head><body>'
        f'<h1 align="center">{TITLE}</h1>{body}<p align="right">示例县民政局</p>'
        '<p align="right">2024年1月18日</p></body></html>'
    )


# --- dumps, in the two shapes met -----------------------------------------------------------------


def dumped(end: str, row_of: Callable[[list[str]], str]) -> str:
    """The report as a text dump; ``row_of`` writes a row of cells, ``end`` follows a table."""
    lines = [TITLE]
    for numeral, (heading, text, rows) in zip("一二三四五六", parts(), strict=True):
        lines += [f"{numeral}、{heading}", *([text] if text else [])]
        lines += [] if rows is None else [*(row_of(row) for row in dense(rows)), end]
    return "\n".join([*lines, "示例县民政局", "2024年1月18日"])


def dense(rows: Rows) -> Iterator[list[str]]:
    """Rows as dumps have them: what a merged cell covers below its first row prints as an empty cell."""
    covered: dict[tuple[int, int], bool] = {}
    for at, row in enumerate(rows):
        texts, column = [], 0
        for text, down, across in [*row, ("", 0, 0)]:
            while (at, column) in covered:
                texts += [""] if covered[at, column] else []
                column += 1
            texts += [text.replace("|", "")] if down else []
            covered |= {(at + y, column + x): x == 0 for y in range(1, down) for x in range(across)}
            column += across
        yield texts


# --- flat ODT with a text frame, tracked changes and numbers that exist as list numbers only ------

FODT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:meta><dc:title>{title}</dc:title></office:meta>
<office:automatic-styles><text:list-style style:name="L1">
<text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." style:num-suffix="、"/>
<text:list-level-style-number text:level="2" style:num-format="一, 二, 三, ..."
 style:num-prefix="（" style:num-suffix="）"/>
</text:list-style></office:automatic-styles>
<office:body><office:text>
<text:tracked-changes><text:changed-region text:id="c1" xml:id="c1"><text:deletion><office:change-info>
<dc:creator>x</dc:creator><dc:date>2024-01-01T00:00:00</dc:date></office:change-info><text:p>7001件</text:p></text:deletion>
</text:changed-region><text:changed-region text:id="c2" xml:id="c2"><text:insertion><office:change-info>
<dc:creator>x</dc:creator><dc:date>2024-01-01T00:00:00</dc:date></office:change-info></text:insertion></text:changed-region>
</text:tracked-changes>
<text:h text:outline-level="1">{title}</text:h>
<text:list text:style-name="L1"><text:list-item><text:p>总体情况</text:p>
<text:list><text:list-item><text:p>主动公开</text:p></text:list-item>
<text:list-item><text:p>依申请公开</text:p></text:list-item></text:list>
</text:list-item></text:list>
<text:p>公开<text:change text:change-id="c1"/>\
<text:change-start text:change-id="c2"/>7002件<text:change-end text:change-id="c2"/>信息。\
<draw:frame draw:name="F" text:anchor-type="paragraph" svg:width="6cm" svg:height="2cm"><draw:text-box>\
<text:p>框内一段文字7003</text:p></draw:text-box></draw:frame></text:p>
<text:p>第一行<text:line-break/>第二行<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>\
<text:note-body><text:p>脚注7004</text:p></text:note-body></text:note></text:p>
<text:list text:style-name="L1" text:continue-numbering="true">
<text:list-item><text:p>其他需要报告的事项</text:p></text:list-item></text:list>
</office:text></office:body></office:document>
"""


# --- python-docx ----------------------------------------------------------------------------------


def with_python_docx(path: Path) -> None:
    """The report by python-docx: its own merges, headings by style, section numerals in the text."""
    import docx

    document = docx.Document()
    document.core_properties.title = TITLE
    document.core_properties.author = ""
    document.add_heading(TITLE, 0)
    for numeral, (heading, text, rows) in zip("一二三四五六", parts(), strict=True):
        document.add_heading(f"{numeral}、{heading}", 1)
        if text:
            document.add_paragraph(text)
        if rows is not None:
            fill(document.add_table(len(rows), sum(across for _, _, across in rows[0])), rows)
    document.add_paragraph("示例县民政局")
    document.add_paragraph("2024年1月18日")
    document.save(path)


def fill(table: object, rows: Rows) -> None:
    taken: set[tuple[int, int]] = set()
    for at, row in enumerate(rows):
        column = 0
        for text, down, across in row:
            while (at, column) in taken:
                column += 1
            first, last = table.cell(at, column), table.cell(at + down - 1, column + across - 1)
            merged = first.merge(last) if (down, across) != (1, 1) else first
            merged.text = text.replace("|", "\n")
            taken |= {(at + y, column + x) for y in range(down) for x in range(across)}


# --- LibreOffice ----------------------------------------------------------------------------------

ENCRYPT = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub Encrypt(source As String, target As String, filter As String)
  Dim args(2) As New com.sun.star.beans.PropertyValue
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  document = StarDesktop.loadComponentFromURL(ConvertToURL(source), "_blank", 0, hidden())
  args(0).Name = "FilterName" : args(0).Value = filter
  args(1).Name = "Password" : args(1).Value = "geheim"
  args(2).Name = "Overwrite" : args(2).Value = True
  document.storeToURL(ConvertToURL(target), args())
  document.close(True)
End Sub
</script:module>
"""


def soffice(profile: Path, *words: str) -> None:
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", *words]
    subprocess.run(command, check=True, timeout=180, stdout=subprocess.DEVNULL)


def convert(profile: Path, source: Path, kind: str, target: Path, infilter: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as made:
        words = [] if infilter is None else [f"--infilter={infilter}"]
        soffice(profile, *words, "--convert-to", kind, "--outdir", made, str(source))
        (found,) = Path(made).iterdir()
        shutil.copyfile(found, target)


def encrypt(profile: Path, source: Path, target: Path, name: str) -> None:
    basic = profile / "user" / "basic" / "Standard"
    (basic / "Module1.xba").write_text(ENCRYPT, "utf-8")
    soffice(profile, f'macro:///Standard.Module1.Encrypt("{source}","{target}","{name}")')


def main() -> None:
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder, profile = Path(name), Path(name) / "profile"
        (folder / "report.html").write_text(html_page(), "utf-8")
        (folder / "prose.fodt").write_text(FODT.format(title=TITLE), "utf-8")
        (folder / "sheet.csv").write_text("规章,行政许可\n1001,1002\n", "utf-8")
        (HERE / "report.html").write_text(html_page(), "utf-8")
        writer = "HTML (StarWriter)"
        convert(profile, folder / "report.html", "odt", folder / "report.odt", writer)
        convert(profile, folder / "report.odt", "docx:MS Word 2007 XML", HERE / "libreoffice.docx")
        convert(profile, folder / "report.odt", "doc:MS Word 97", HERE / "libreoffice.doc")
        convert(profile, folder / "report.odt", "html:HTML (StarWriter)", HERE / "libreoffice.html")
        convert(profile, folder / "report.odt", "rtf:Rich Text Format", HERE / "libreoffice.rtf")
        convert(profile, folder / "prose.fodt", "docx:MS Word 2007 XML", HERE / "prose.docx")
        convert(profile, folder / "prose.fodt", "doc:MS Word 97", HERE / "prose.doc")
        convert(profile, folder / "sheet.csv", "xls:MS Excel 97", HERE / "workbook.xls")
        convert(profile, folder / "sheet.csv", "xlsx:Calc MS Excel 2007 XML", HERE / "workbook.xlsx")
        encrypt(profile, HERE / "prose.docx", HERE / "encrypted.doc", "MS Word 97")
        encrypt(profile, HERE / "workbook.xlsx", HERE / "encrypted.xls", "MS Excel 97")
        # LibreOffice's macro language saves a DOCX without the password that it was given.
        words = ["msoffcrypto-tool", "-e", "-p", "geheim", str(HERE / "prose.docx"), str(HERE / "encrypted.docx")]
        subprocess.run(words, check=True)
    (HERE / "cells.txt").write_text(dumped("\n", lambda row: "".join(f"\t{text}\n" for text in row)), "utf-8")
    (HERE / "rows.txt").write_text(dumped("", "\t".join), "gb18030")
    with_python_docx(HERE / "python_docx.docx")


if __name__ == "__main__":
    sys.exit(main())
