"""Documents that name what lies outside them: servers, files of the machine, entities, templates, links, macros."""

# ruff: noqa: E501 - the names of namespaces are long
from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

from tests.batteries.documents_bombs import TITLE, zipped

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_PROSE = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、行政复议、行政诉讼情况",
)


def doctypes(url: str, planted: Path) -> dict[str, tuple[str, str]]:
    """Kinds of document type → the declaration, and the words by which the document uses it."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return {
        "an entity that is a file": (f'<!DOCTYPE d [<!ENTITY x SYSTEM "{planted.as_uri()}">]>', "&x;"),
        "an entity at a server": (f'<!DOCTYPE d [<!ENTITY x SYSTEM "{url}/entity">]>', "&x;"),
        "a parameter entity": (f'<!DOCTYPE d [<!ENTITY % x SYSTEM "{url}/parameter"> %x;]>', ""),
        "a parameter entity that is a file": (f'<!DOCTYPE d [<!ENTITY % x SYSTEM "{planted.as_uri()}"> %x;]>', ""),
        "a DTD at a server": (f'<!DOCTYPE d SYSTEM "{url}/d.dtd">', ""),
        "a public DTD": (f'<!DOCTYPE d PUBLIC "-//示例//DTD 1.0//EN" "{url}/public.dtd">', ""),
        "a billion laughs": (f'<!DOCTYPE d [<!ENTITY e0 "哈哈">{levels}]>', "&e9;"),
        "an inclusion": (
            "",
            f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="{planted.as_uri()}"/>'
            f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{url}/included"/>',
        ),
        "a style sheet": (f'<?xml-stylesheet type="text/xsl" href="{url}/style.xsl"?>', ""),
        "a schema": (
            "",
            f'<a xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:noNamespaceSchemaLocation="{url}/s"/>',
        ),
    }


def xml_documents(url: str, planted: Path) -> Iterator[tuple[str, bytes]]:
    """Every document type in every format that is made of XML."""
    for kind, (declared, used) in doctypes(url, planted).items():
        for name, made in (
            ("docx", docx(declared, used)),
            ("xlsx", _xlsx(declared, used)),
            ("ofd", _ofd(declared, used)),
            ("Word 2003 XML", _word_2003(declared, used)),
            ("flat OPC", _flat_opc(declared, used)),
            ("XHTML", f'<?xml version="1.0"?>{declared.replace("DOCTYPE d", "DOCTYPE html")}'.encode() + page(used)),
        ):
            yield f"{name}, {kind}", made


def docx(declared: str, used: str, more: dict[str, str] | None = None) -> bytes:
    """A DOCX whose main part declares and uses; ``more`` parts beside it."""
    kinds = "".join(
        f'<Override PartName="/{name}" ContentType="{_OFFICE}.wordprocessingml.{kind}+xml"/>'
        for name, kind in (("word/document.xml", "document.main"), ("word/settings.xml", "settings"))
    )
    prose = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in _PROSE)
    return zipped(
        **{
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
            'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f"{kinds}</Types>",
            "_rels/.rels": _relations(("officeDocument", "word/document.xml", False)),
            "word/document.xml": f"{declared}<w:document {_W} {_R}><w:body><w:p><w:r><w:t>{TITLE}{used}</w:t></w:r></w:p>"
            f"{prose}</w:body></w:document>",
        }
        | (more or {})
    )


def _relations(*stated: tuple[str, str, bool]) -> str:
    each = "".join(
        f'<Relationship Id="r{at}" Type="{_RELATION}/{kind}" Target="{target}"{" TargetMode=" + chr(34) + "External" + chr(34) if outside else ""}/>'
        for at, (kind, target, outside) in enumerate(stated, 1)
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{each}</Relationships>'


def asking_docx(url: str, planted: Path) -> bytes:
    """A template, pictures, a linked object, parts of other documents, fields: all outside."""
    fields = "".join(
        f'<w:p><w:fldSimple w:instr=" {field} "><w:r><w:t>（略）</w:t></w:r></w:fldSimple></w:p>'
        for field in (
            f'INCLUDEPICTURE &quot;{url}/picture&quot; \\d', f'INCLUDETEXT &quot;{planted}&quot;',
            f'INCLUDETEXT &quot;{url}/text&quot;', f'DDEAUTO cmd &quot;/c echo&quot; &quot;{url}&quot;',
            f'LINK Word.Document.8 &quot;{planted}&quot; &quot;&quot; \\a', f'IMPORT &quot;{planted}&quot;',
        )
    )  # fmt: skip
    drawing = (
        '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        '<wp:extent cx="999999" cy="999999"/><wp:docPr id="1" name="p"/><a:graphic xmlns:a="http://schemas.openxmlformats.org'
        '/drawingml/2006/main"><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic '
        'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr><pic:cNvPr id="1" name="p"/>'
        '<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:link="r1"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="999999" cy="999999"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    outside = _relations(
        ("image", f"{url}/linked", True), ("image", planted.as_uri(), True), ("aFChunk", f"{url}/chunk", True),
        ("subDocument", planted.as_uri(), True), ("oleObject", f"{url}/object", True),
        ("hyperlink", "\\\\127.0.0.1\\share\\x", True),
    )  # fmt: skip
    parts = f'</w:t></w:r></w:p><w:altChunk r:id="r3"/><w:subDoc r:id="r4"/>{drawing}{fields}<w:p><w:r><w:t>'
    return docx("", parts, {
        "word/_rels/document.xml.rels": outside,
        "word/settings.xml": f'<w:settings {_W} {_R}><w:attachedTemplate r:id="r1"/><w:linkStyles/></w:settings>',
        "word/_rels/settings.xml.rels": _relations(("attachedTemplate", f"{url}/template.dotm", True)),
    })  # fmt: skip


def _xlsx(declared: str, used: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cell = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{TITLE}{used}</t></is></c></row>'
    return zipped(
        **{
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
            f'PartName="/xl/workbook.xml" ContentType="{_OFFICE}.spreadsheetml.sheet.main+xml"/></Types>',
            "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml", False)),
            "xl/workbook.xml": f'<workbook xmlns="{main}" {_R}><sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _relations(("worksheet", "worksheets/sheet1.xml", False)),
            "xl/worksheets/sheet1.xml": f'{declared}<worksheet xmlns="{main}"><sheetData>{cell}</sheetData></worksheet>',
        }
    )


def _ofd(declared: str, used: str) -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    text = f'<ofd:TextObject Boundary="20 20 150 8" Size="4"><ofd:TextCode X="0" Y="4">{TITLE}{used}</ofd:TextCode></ofd:TextObject>'
    return zipped(
        **{
            "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>D/D.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "D/D.xml": f'<ofd:Document {space}><ofd:CommonData/><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages></ofd:Document>',
            "D/P.xml": f"{declared}<ofd:Page {space}><ofd:Content><ofd:Layer>{text}</ofd:Layer></ofd:Content></ofd:Page>",
        }
    )


def _word_2003(declared: str, used: str) -> bytes:
    space = 'xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"'
    return (
        f'<?xml version="1.0"?>{declared}<?mso-application progid="Word.Document"?><w:wordDocument {space}><w:body><w:p>'
        f"<w:r><w:t>{TITLE}{used}</w:t></w:r></w:p></w:body></w:wordDocument>"
    ).encode()


def _flat_opc(declared: str, used: str) -> bytes:
    return (
        f'<?xml version="1.0"?>{declared}<?mso-application progid="Word.Document"?><pkg:package '
        'xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part pkg:name="/word/document.xml"><pkg:xmlData>'
        f"<w:document {_W}><w:body><w:p><w:r><w:t>{TITLE}{used}</w:t></w:r></w:p></w:body></w:document></pkg:xmlData></pkg:part>"
        "</pkg:package>"
    ).encode()


def page(used: str) -> bytes:
    prose = "".join(f"<p>{line}</p>" for line in _PROSE)
    return f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><p>{used}</p>{prose}</body></html>".encode()


def asking_html(url: str, planted: Path) -> bytes:
    """Pictures, frames, objects, styles and scripts of a server, and of the machine."""
    asks = "".join(
        f'<img src="{to}/1.png"><iframe src="{to}/2"></iframe><embed src="{to}/3"><object data="{to}/4"></object>'
        f'<link rel=stylesheet href="{to}/5.css"><script src="{to}/6.js"></script><style>@import "{to}/7.css";</style>'
        f'<table background="{to}/8.png"><tr><td>1</td></tr></table><input type=image src="{to}/9"><svg><image href="{to}/10"/></svg>'
        for to in (url, planted.as_uri(), "//127.0.0.1/share")
    )
    return page(
        f'<base href="{url}/base/"><meta http-equiv=refresh content="0;url={url}/refresh"><img src="relative.png">'
        f'<img src="{planted.as_uri()}"><iframe src="{planted.as_uri()}"></iframe>{asks}'
    )


def asking_mhtml(url: str, planted: Path) -> bytes:
    body = base64.encodebytes(asking_html(url, planted)).decode()
    return (
        'From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\nContent-Location: {planted.as_uri()}\r\n\r\n{body}\r\n"
        f'--b\r\nContent-Type: message/external-body; access-type=URL; URL="{url}/body"\r\n\r\n\r\n--b--\r\n'
    ).encode()


def asking_pdf(url: str, planted: Path) -> bytes:
    """Opens, starts, sends, runs scripts, and has its page's content in another file."""
    return (
        "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/Launch/F(/bin/sh)/Next<</S/URI/URI("
        + url
        + "/uri)/Next<<"
        f"/S/JavaScript/JS(app.launchURL\\('{url}/js'\\);this.importTextData\\('{planted}'\\))>>>>>>"
        f"/AA<</WC<</S/SubmitForm/F<</FS/URL/F({url}/submit)>>>>>>/AcroForm<</XFA(<a href='{url}/xfa'/>)/Fields[]>>>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[6 0 R]/Resources<</Font<</F 5 0 R>>"
        f"/XObject<</X 7 0 R>>>>/AA<</O<</S/GoToR/F({planted})/D[0/Fit]>>>>>>endobj\n"
        f"4 0 obj<</Length 0/F<</FS/URL/F({planted})>>>>stream\n\nendstream endobj\n"
        "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        f"6 0 obj<</Type/Annot/Subtype/Link/Rect[0 0 99 99]/A<</S/URI/URI({url}/link)>>>>endobj\n"
        f"7 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Ref<</F({planted})/Page 0>>/Length 0>>stream\n\nendstream endobj\n"
        "trailer<</Root 1 0 R/Size 8>>\n%%EOF"
    ).encode()


def asking_rtf(url: str, planted: Path) -> bytes:
    fields = "".join(
        f"{{\\field\\flddirty{{\\*\\fldinst {field}}}{{\\fldrslt ()}}}}\\par "
        for field in (
            f'INCLUDEPICTURE "{url}/picture" \\\\* MERGEFORMAT \\\\d', f'INCLUDETEXT "{planted}"',
            f'INCLUDETEXT "{url}/text"', f'DDEAUTO cmd "/c echo" "{url}"', f'LINK Word.Document.8 "{planted}" "" \\\\a',
        )
    )  # fmt: skip
    linked = (
        f"{{\\object\\objautlink\\objupdate{{\\*\\objclass Word.Document.8}}{{\\*\\objdata {url.encode().hex()}}}}}"
    )
    return f"{{\\rtf1\\ansi{{\\*\\template {url}/template.dot}}{fields}{linked} 1\\par}}".encode()


def asking_zip(url: str, planted: Path) -> bytes:
    """Members whose names lead out of the archive, and one that would be a link."""
    inside = asking_html(url, planted)
    return zipped(
        **{f"../../..{planted}": inside, str(planted): inside, "a.html": inside, "b.docx": asking_docx(url, planted)}
    )


def asking_fodt(url: str, planted: Path, written: Path) -> bytes:
    """Writer's own format: linked pictures, sections, frames, objects; a macro that runs when it is opened."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{of}:1.0"'
        for name, of in (("office", "office"), ("text", "text"), ("draw", "drawing"), ("script", "script"),
                         ("svg", "svg-compatible"), ("style", "style"), ("form", "form"))
    )  # fmt: skip
    macro = (
        f'Sub Main\nOpen "{written}" For Output As #1\nPrint #1, "ran"\nClose #1\nShell "/bin/touch {written}"\nEnd Sub'
    )
    frames = "".join(
        f'<text:p><draw:frame svg:width="2cm" svg:height="2cm"><{what} xlink:href="{to}" xlink:type="simple" '
        f'xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p>'
        for to in (f"{url}/linked.png", planted.as_uri())
        for what in ("draw:image", "draw:object", "draw:object-ole", "draw:floating-frame", "draw:plugin")
    )
    sections = "".join(
        f'<text:section text:name="s{at}"><text:section-source xlink:href="{to}" xlink:type="simple"/><text:p/></text:section>'
        for at, to in enumerate((planted.as_uri(), f"{url}/section.odt"))
    )
    return (
        f'<?xml version="1.0"?><office:document {spaces} xmlns:xlink="http://www.w3.org/1999/xlink" '
        'office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">'
        '<office:scripts><office:script script:language="ooo:Basic"><ooo:libraries xmlns:ooo="http://openoffice.org/2004/office">'
        f'<ooo:library-embedded ooo:name="Standard"><ooo:module ooo:name="M"><ooo:source-code>{macro}</ooo:source-code></ooo:module>'
        "</ooo:library-embedded></ooo:libraries></office:script><office:event-listeners>"
        '<script:event-listener script:language="ooo:script" script:event-name="dom:load" xlink:type="simple" '
        'xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document"/></office:event-listeners>'
        f"</office:scripts><office:body><office:text><text:p>{TITLE}</text:p>{frames}{sections}</office:text></office:body>"
        "</office:document>"
    ).encode()


def for_readers(url: str, planted: Path) -> Iterator[tuple[str, bytes]]:
    """What the own readers are given."""
    yield from xml_documents(url, planted)
    for make in (asking_docx, asking_html, asking_mhtml, asking_pdf, asking_rtf, asking_zip):
        yield make.__name__, make(url, planted)


def for_libreoffice(url: str, planted: Path, written: Path) -> dict[str, bytes]:
    """What LibreOffice is given, under a name that ends in .doc."""
    made = {make.__name__: make(url, planted) for make in (asking_html, asking_rtf, asking_docx)}
    return {"asking_fodt": asking_fodt(url, planted, written)} | made
