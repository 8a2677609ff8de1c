"""Makes the documents in word/: what bends in Word's binary form, written by LibreOffice and by Spire.Doc.

    python make_word.py            needs LibreOffice (soffice) and Spire.Doc.Free

They are committed, so this runs by hand only. Each is first a small DOCX of plain markup, which both programs
read and save as DOC (or WPS). Figures are all different, so one that is read in a wrong place shows.
"""

from __future__ import annotations

import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "word"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
SPACES = (
    f'xmlns:w="{W}" xmlns:r="{OFFICE}" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:a="{DRAWING}/main" '
    f'xmlns:wp="{DRAWING}/wordprocessingDrawing" xmlns:pic="{DRAWING}/picture"'
)
CHANGED = 'w:id="7" w:author="示例" w:date="2024-01-01T00:00:00Z"'


def paragraph(*parts: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(parts)}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def cell(content: str, width: int = 2000, span: int = 1, down: str = "", across: str = "") -> str:
    merges = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    merges += f'<w:hMerge w:val="{across}"/>' if across else ""
    merges += f'<w:vMerge w:val="{down}"/>' if down else ""
    content = content if content.startswith("<w:") else paragraph(run(content))
    return f'<w:tc><w:tcPr><w:tcW w:w="{width * span}" w:type="dxa"/>{merges}</w:tcPr>{content}</w:tc>'


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def table(*rows: str, columns: int, width: int = 2000) -> str:
    grid = f'<w:gridCol w:w="{width}"/>' * columns
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{width * columns}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def words(text: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve">{text}</w:instrText></w:r>'


def field(instruction: str, result: str | None = None) -> str:
    """A field; its instruction may hold others."""
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    shown = "" if result is None else mark.format("separate") + result
    return mark.format("begin") + instruction + shown + mark.format("end")


def box(*paragraphs: str) -> str:
    style = "position:absolute;margin-left:10pt;margin-top:5pt;width:120pt;height:40pt"
    inner = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    return f'<w:r><w:pict><v:shape style="{style}"><v:textbox>{inner}</v:textbox></v:shape></w:pict></w:r>'


def picture() -> str:
    size = '="9000" '.join(("cx", "cy", ""))
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent {size}/><wp:docPr id="1" name="x"/><a:graphic><a:graphicData '
        f'uri="{DRAWING}/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="0" name="x"/><pic:cNvPicPr/></pic:nvPicPr>'
        '<pic:blipFill><a:blip r:embed="rId3"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>'
        f'<a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def dot() -> bytes:
    """A PNG of one pixel."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")


def level(at: int, style: str, text: str, start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{style}"/><w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def listed(num: int, at: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{num}"/></w:numPr>'


def heading(at: int) -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{at + 1}"><w:name w:val="heading {at + 1}"/><w:pPr>{listed(1, at)}'
        f'<w:outlineLvl w:val="{at}"/></w:pPr></w:style>'
    )


NUMBERING = (
    f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="multilevel"/>'
    f"{level(0, 'chineseCounting', '%1、')}{level(1, 'chineseCounting', '（%2）')}{level(2, 'decimal', '%3.')}"
    f'</w:abstractNum><w:abstractNum w:abstractNumId="1">{level(0, "decimalEnclosedCircle", "%1", 3)}'
    f"{level(1, 'bullet', '•')}</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/>'
    "</w:lvlOverride></w:num></w:numbering>"
)
STYLES = f'<w:styles xmlns:w="{W}">{heading(0)}{heading(1)}</w:styles>'


def merges() -> str:
    """Merges down and across, columns left out on both sides, the older kind of merging across."""
    return table(
        row(cell("1001", down="restart"), cell("1002", span=2), cell("1003", down="restart")),
        row(cell("", down="continue"), cell("1004"), cell("1005", down="restart"), cell("", down="continue")),
        row(cell("1006", down="restart"), cell("1007"), cell("", down="continue"), cell("", down="continue")),
        row(cell("", down="continue"), cell("1008", span=3, down="restart")),
        row(cell("1009"), cell("", span=3, down="continue")),
        row(cell("1010"), cell("1011", across="restart"), cell("", across="continue"), cell("1012")),
        row(cell("1013"), cell("1014"), properties='<w:gridBefore w:val="1"/><w:wBefore w:w="2000" w:type="dxa"/>'),
        columns=4,
    ) + paragraph(run("后"))


def nested() -> str:
    """Tables three deep that hold words, and one laid around a table of the form."""
    inmost = table(row(cell("三", 500), cell("1021", 500)), columns=2, width=500)
    inner = table(row(cell(paragraph(run("二")) + inmost + paragraph()), cell("1022", 1200)), columns=2, width=1200)
    outer = row(cell(paragraph(run("规范性文件")) + inner + paragraph(run("行政许可"))), cell("1023"))
    form = table(row(cell("信息内容"), cell("本年制发件数")), row(cell("规章"), cell("1024")), columns=2, width=1500)
    layout = row(cell(paragraph(run("壳内文字")) + form + paragraph(run("壳尾")), 6000))
    return (
        table(outer, columns=2, width=3000)
        + paragraph(run("间"))
        + table(layout, columns=1, width=6000)
        + paragraph(run("后"))
    )


def changes() -> str:
    """What tracked changes have taken out and put in, a row among them."""
    gone = f"<w:del {CHANGED}><w:r><w:delText>9999</w:delText></w:r></w:del>"
    new = f"<w:ins {CHANGED}>{run('31')}</w:ins>"
    rows = (
        row(cell(paragraph(run("10"), gone, new)), cell("乙")),
        row(cell(paragraph(gone)), cell(paragraph(gone)), properties=f"<w:del {CHANGED}/>"),
        row(cell("末"), cell("1032"), properties=f"<w:ins {CHANGED}/>"),
    )
    return paragraph(new, gone, run("留下")) + table(*rows, columns=2) + paragraph(run("后"))


def runs() -> str:
    """Hidden, crossed out, raised; breaks, hyphens, a picture, characters beyond the first plane, symbols."""
    breaks = "<w:r><w:t>上</w:t><w:br/><w:t>下</w:t><w:tab/><w:t>1</w:t><w:noBreakHyphen/><w:t>2</w:t></w:r>"
    return (
        paragraph(run("隐", "<w:vanish/>"), run("显"))
        + table(
            row(
                cell(paragraph(run("12", "<w:strike/>"), run("1041"))),
                cell(paragraph(run("1042"), run("1", '<w:vertAlign w:val="superscript"/>'))),
                cell(paragraph(run("7", "<w:vanish/>"), run("1043"))),
            ),
            row(cell(paragraph(picture())), cell(paragraph(breaks)), cell("𠮷野𠀋（1044）")),
            columns=3,
        )
        + paragraph('<w:r><w:t>页前</w:t><w:br w:type="page"/><w:t>页后</w:t></w:r>')
        + paragraph(run("节一"), properties='<w:sectPr><w:type w:val="nextPage"/></w:sectPr>')
        + paragraph(run("节二𠮷"), picture())
    )


def fields() -> str:
    """Results that are seen, instructions that are not, one field that has no result, one over two paragraphs."""
    over = field(words("REF a"), run("跨段一") + "</w:p><w:p>" + run("跨段二"))
    link = field(words('HYPERLINK "http://www.shili.example/"'), run("链接"))
    inner = field(words("QUOTE ") + field(words("AUTHOR"), run("9998")) + words(" x"), run("1052"))
    cells = (paragraph(field(words("=SUM(ABOVE)"), run("1051"))), paragraph(run("注"), field(words(r"EQ \o\ac(○,1)"))))
    return (
        paragraph(run("见"), link, run("尾"))
        + table(row(*(cell(one) for one in cells), cell(paragraph(inner))), columns=3)
        + paragraph(over)
    )


def lists() -> str:
    """Numbers of lists and of headings, begun anew, in a cell before a figure; bullets; none."""
    return (
        paragraph(run("总体情况"), properties='<w:pStyle w:val="1"/>')
        + paragraph(run("主动公开"), properties='<w:pStyle w:val="2"/>')
        + paragraph(run("依申请公开"), properties='<w:pStyle w:val="2"/>')
        + paragraph(run("收到申请"), properties='<w:pStyle w:val="1"/>')
        + paragraph(run("结转"), properties='<w:pStyle w:val="2"/>')
        + paragraph(run("条目"), properties=listed(1, 2))
        + paragraph(run("圈"), properties=listed(2))
        + paragraph(run("点"), properties=listed(2, 1))
        + paragraph(run("无"), properties='<w:pStyle w:val="1"/>' + listed(0))
        + paragraph(run("重起"), properties=listed(3))
        + table(row(cell(paragraph(run("1061"), properties=listed(2))), cell("1062")), columns=2)
        + paragraph(run("后"))
    )


def boxes() -> str:
    """Text boxes on a paragraph, in a cell, and one with a table in it."""
    inner = table(row(cell("1072", 800), cell("1073", 800)), columns=2, width=800)
    return (
        paragraph(run("甲"), box(paragraph(run("框一")), paragraph(run("框一又"))))
        + paragraph(run("乙"))
        + table(row(cell(paragraph(run("格"), box(paragraph(run("1071"))))), cell("5")), columns=2)
        + paragraph(run("丙"), box(paragraph(run("框二")), inner, paragraph()))
    )


def refused() -> str:
    """A cell that continues one of another width: no reader of Word's tables can know what is meant."""
    rows = (
        row(cell("信息内容", down="restart"), cell("本年制发件数", span=2)),
        row(cell("", span=2, down="continue"), cell("1081")),
    )
    return paragraph(run("表")) + table(*rows, columns=3) + paragraph(run("后"))


BODIES = {
    "merges": merges, "nested": nested, "changes": changes, "runs": runs, "fields": fields, "lists": lists,
    "boxes": boxes, "refused": refused,
}  # fmt: skip


def write_docx(path: Path, body: str) -> None:
    kinds = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        f'wordprocessingml.{kind}+xml"/>'
        for name, kind in (("document", "document.main"), ("numbering", "numbering"), ("styles", "styles"))
    )
    relations = "".join(
        f'<Relationship Id="rId{at}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(
            (("numbering", "numbering.xml"), ("styles", "styles.xml"), ("image", "dot.png")), 1
        )
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.'
            'openxmlformats-package.relationships+xml"/><Default Extension="png" ContentType="image/png"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{kinds}</Types>',
        )
        main = f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
        for name, inner in (("_rels/.rels", main), ("word/_rels/document.xml.rels", relations)):
            package.writestr(name, f'<Relationships xmlns="{PACKAGE}/relationships">{inner}</Relationships>')
        package.writestr("word/numbering.xml", NUMBERING)
        package.writestr("word/styles.xml", STYLES)
        package.writestr("word/dot.png", dot())
        page = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'
        package.writestr("word/document.xml", f"<w:document {SPACES}><w:body>{body}{page}</w:body></w:document>")


def main() -> None:
    from spire.doc import Document, FileFormat

    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for stem, body in BODIES.items():
            source = folder / f"libreoffice_{stem}.docx"
            write_docx(source, body())
            profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
            convert = ["--convert-to", "doc:MS Word 97", "--outdir", str(FOLDER), str(source)]
            subprocess.run(["soffice", profile, "--headless", *convert], check=True, timeout=180)
            if stem != "refused":
                save_by_spire(Document(), source, FOLDER / f"spire_{stem}.doc", FileFormat.Doc)
        save_by_spire(Document(), HERE / "formats" / "python_docx.docx", FOLDER / "spire.wps", FileFormat.Wps)


def save_by_spire(document: object, source: Path, target: Path, kind: object) -> None:
    document.LoadFromFile(str(source))  # type: ignore[attr-defined]
    document.SaveToFile(str(target), kind)  # type: ignore[attr-defined]
    document.Close()  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main())
