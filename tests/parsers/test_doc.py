"""Word's binary documents: recognised by their streams, read here or by LibreOffice, refused by name without it."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from parsers.document import Heading, Paragraph, Table
from parsers.errors import Crashed, Encrypted, NeedsLibreOffice, TimedOut, Unreadable
from parsers.formats import doc, docx
from parsers.limited.limits import Limits
from parsers.report import RELEASE
from parsers.word import libreoffice
from parsers.word.ole import root_streams

FORMATS = Path(__file__).parent / "documents" / "formats"
REFUSED = FORMATS.parent / "word" / "libreoffice_refused.doc"  # has a merge that only LibreOffice makes something of


@pytest.fixture
def network_can_be_cut() -> None:
    libreoffice._without_network.cache_clear()
    try:
        libreoffice._without_network()
    except NeedsLibreOffice as reason:
        pytest.skip(reason.says)


@pytest.fixture
def office(network_can_be_cut: None) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not in PATH")


@pytest.fixture
def in_its_place(tmp_path: Path, network_can_be_cut: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in LibreOffice's place: the test writes what it does."""
    program = tmp_path / "soffice"
    program.touch(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return program


def test_recognised_by_its_streams_and_never_by_those_of_what_is_embedded() -> None:
    document, workbook = (FORMATS / "libreoffice.doc").read_bytes(), (FORMATS / "workbook.xls").read_bytes()
    assert doc.sniff(document) > 0.5
    assert doc.sniff(workbook) == 0.0
    assert doc.sniff(document[:4096]) == 0.0
    assert {"WordDocument", "1Table"} <= set(root_streams(document))
    assert "Workbook" in root_streams(workbook)


def test_a_directory_that_goes_in_circles_ends() -> None:
    payload = bytearray((FORMATS / "prose.doc").read_bytes())
    at = payload.index("WordDocument".encode("utf-16-le"))
    payload[at + 68 : at + 76] = b"\0\0\0\0\1\0\0\0"  # its siblings: the root, and the first entry
    assert "WordDocument" in root_streams(bytes(payload))
    chain = bytearray(payload)
    chain[512:1024] = (0).to_bytes(4, "little") * 128  # every sector is followed by the first
    root_streams(bytes(chain))


@pytest.fixture
def no_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def test_prose_without_libreoffice(no_office: None) -> None:
    document = doc.convert((FORMATS / "prose.doc").read_bytes())
    assert document.format == "doc"
    assert document.converter == doc.CONVERTER == f"nianbao-doc/{RELEASE}"
    assert isinstance(document.blocks[0], Heading)
    assert [block.text for block in document.blocks[1:] if isinstance(block, Paragraph)] == [
        "一、总体情况", "（一）主动公开", "（二）依申请公开", "公开7002件信息。", "框内一段文字7003", "第一行",
        "第二行", "二、其他需要报告的事项",
    ]  # fmt: skip


def test_what_the_own_reader_refuses_is_read_through_libreoffice(office: None) -> None:
    document = doc.convert(REFUSED.read_bytes())
    assert document.format == "doc"
    assert document.converter.startswith("LibreOffice/")
    assert document.converter.partition("+")[2].startswith("lxml/")
    (table,) = [block for block in document.blocks if isinstance(block, Table)]
    assert [cell.text for cell in table.rows[0]] == ["信息内容", "本年制发件数"]
    assert [(problem.code, problem.severity) for problem in document.problems] == [("read_by_libreoffice", "note")]
    assert "table=1&row=2&cell=1" in document.problems[0].says


@pytest.mark.parametrize("name", ["formats/libreoffice.doc", "word/spire.wps", "word/libreoffice_lists.doc"])
def test_both_readers_read_the_same(name: str, office: None) -> None:
    payload = (FORMATS.parent / name).read_bytes()
    own, other = doc.convert(payload), docx.convert(libreoffice.convert_to_docx(payload, ".doc"))
    assert own.converter != other.converter
    assert own.blocks == other.blocks
    assert own.problems == other.problems


def test_a_document_behind_a_password_is_named_without_libreoffice(no_office: None) -> None:
    with pytest.raises(Encrypted):
        doc.convert((FORMATS / "encrypted.doc").read_bytes())


def test_without_libreoffice_the_refusal_says_so_and_why(no_office: None) -> None:
    with pytest.raises(NeedsLibreOffice, match=r"soffice.*needed because table=1&row=2&cell=1 is merged"):
        doc.convert(REFUSED.read_bytes())


def test_where_the_network_cannot_be_cut_off_the_refusal_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    libreoffice._without_network.cache_clear()
    for name in ("unshare", "soffice"):
        (tmp_path / name).write_text("#!/bin/sh\necho Operation not permitted >&2\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NeedsLibreOffice, match="unshare"):
        doc.convert(REFUSED.read_bytes())


def test_what_runs_has_a_network_with_no_way_out(in_its_place: Path) -> None:
    in_its_place.write_text(
        "#!/bin/sh\necho interfaces $(grep -c : /proc/net/dev) routes $(grep -c . /proc/net/route)\n"
    )
    with pytest.raises(Unreadable, match=r"interfaces 1 routes [01]$"):  # loopback, down; at most the table's head
        libreoffice.convert_to_docx(b"", ".doc")


def test_what_hangs_is_ended_with_all_that_it_started(in_its_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libreoffice, "LIBREOFFICE", Limits(2**20, 2**30, 5, 1))
    in_its_place.write_text("#!/bin/sh\n(setsid sleep 98.7654 &)\nsleep 98.7654\n")
    begun = time.monotonic()
    with pytest.raises(TimedOut):
        libreoffice.convert_to_docx(b"", ".doc")
    assert time.monotonic() - begun < 10
    time.sleep(0.2)
    assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if b"98.7654" in _read(path)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # it ended while we looked


@pytest.mark.parametrize(
    ("script", "error"),
    [("kill -SEGV $$", Crashed), ("exit 77", Crashed), ("while :; do :; done", TimedOut), ("exit 0", Unreadable)],
)
def test_every_other_end_has_its_name(
    script: str, error: type[Exception], in_its_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libreoffice, "LIBREOFFICE", Limits(2**20, 2**30, 1, 15))
    in_its_place.write_text(f"#!/bin/sh\n{script}\n")
    with pytest.raises(error):
        libreoffice.convert_to_docx(b"", ".doc")


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_a_document_cut_off_ends_with_a_name(share: float) -> None:
    payload = (FORMATS / "libreoffice.doc").read_bytes()
    with pytest.raises(Unreadable):
        doc.convert(payload[: int(len(payload) * share)])
