"""Pages saved as one file: by browsers, by Word under any name, by Excel with a frame for each sheet."""

from __future__ import annotations

import base64
import quopri

import pytest

from parsers.document import Document, Table
from parsers.errors import Unreadable
from parsers.formats import mhtml

PAGE = (
    "<html><body><p>示例县教育局2023年政府信息公开工作年度报告</p>"
    "<table><tr><td>规章</td><td>7</td></tr></table></body></html>"
)


def message(*parts: tuple[str, str, bytes], head: str = "MIME-Version: 1.0", start: str = "") -> bytes:
    """A multipart message of (Content-Type, Content-ID, bytes), in base64."""
    named = f'; start="{start}"' if start else ""
    lines = [head, f'Content-Type: multipart/related; boundary="b"{named}', "", "preamble", ""]
    for kind, identity, content in parts:
        lines += ["--b", f"Content-Type: {kind}", f"Content-ID: {identity}", "Content-Transfer-Encoding: base64", ""]
        lines += [base64.encodebytes(content).decode("ascii")]
    return "\r\n".join([*lines, "--b--", ""]).encode()


def figures(document: Document) -> list[str]:
    return [cell.text for block in document.blocks if isinstance(block, Table) for row in block.rows for cell in row]


@pytest.mark.parametrize("coding", ["utf-8", "gb18030", "utf-16"])
def test_the_page_is_read_by_the_evidence_of_its_bytes(coding: str) -> None:
    payload = message(('text/html; charset="gb2312"', "", PAGE.encode(coding)), ("image/png", "", b"\x89PNG"))
    assert mhtml.sniff(payload) == 0.95
    document = mhtml.convert(payload)
    assert document.format == "mhtml"
    assert document.text().startswith("示例县教育局2023年政府信息公开工作年度报告")
    assert figures(document) == ["规章", "7"]


def test_quoted_printable_and_headers_before_the_version() -> None:
    body = quopri.encodestring(PAGE.encode("gb18030"))
    payload = (
        b"From: <Saved by a browser>\r\nSubject: =?utf-8?Q?x?=\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/related;\r\n"
        b'\ttype="text/html";\r\n\tboundary="--b"\r\n\r\n----b\r\nContent-Type: text/html\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + body + b"\r\n----b--\r\n"
    )
    assert mhtml.sniff(payload) == 0.95
    assert figures(mhtml.convert(payload)) == ["规章", "7"]


def test_the_named_part_is_the_page_and_word_s_header_part_is_not() -> None:
    other = ("text/html", "<h>", b"<html><body><p>header</p></body></html>")
    page = ("text/html", "<p>", PAGE.encode())
    assert figures(mhtml.convert(message(page, other))) == ["规章", "7"]
    assert figures(mhtml.convert(message(other, page, start="<p>"))) == ["规章", "7"]


def test_a_workbook_saved_as_a_page_is_read_frame_by_frame() -> None:
    frames = ("text/html", "", b"<html><frameset><frame src='sheet001.htm'></frameset></html>")
    tabs = ("text/html", "", b"<html><body></body></html>")
    sheets = [("text/html", "", PAGE.replace("7", figure).encode()) for figure in ("8", "9")]
    document = mhtml.convert(message(frames, *sheets, tabs))
    assert figures(document) == ["规章", "8", "规章", "9"]
    assert [problem.code for problem in document.problems] == ["framed_pages"]


def test_letters_pages_and_messages_without_a_page_are_not_ours() -> None:
    assert mhtml.sniff(b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nhello") == 0.0
    assert mhtml.sniff(PAGE.encode()) == 0.0
    assert mhtml.sniff("说明: Content-Type: multipart/related".encode()) == 0.0
    with pytest.raises(Unreadable, match="page among the parts"):
        mhtml.convert(message(("image/png", "", b"\x89PNG")))
    with pytest.raises(Unreadable, match="frames"):
        mhtml.convert(message(("text/html", "", b"<html><frameset></frameset></html>")))
