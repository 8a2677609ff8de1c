"""ZIP archives: the reports inside, names in every coding, what is left out, and archives that are traps."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from parsers.convert import convert_payload, documents_in, recognise
from parsers.document import Table
from parsers.errors import (
    Encrypted,
    NeedsOcr,
    NotAReport,
    TimedOut,
    TooLarge,
    UnknownFormat,
    Unreadable,
    UnsupportedArchive,
)
from parsers.formats import zip as archive
from parsers.limited.limits import LIMITS
from parsers.reading import read
from parsers.report import Hints
from parsers.zipped import members

BENCH = Path(__file__).parents[1] / "documents"
DOCX = (BENCH / "docx" / "docx03.docx").read_bytes()
XLSX = (BENCH / "xlsx" / "xlsx01.xlsx").read_bytes()
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def packed(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in entries:
            opened.writestr(name, content)
    return made.getvalue()


def test_each_member_gives_its_own_reports_and_each_place_names_it() -> None:
    payload = packed(("甲/2023#1.docx", DOCX), ("xlsx01.xlsx", XLSX))
    first, second = read(payload, Hints(site_name="示例县人民政府"))
    assert [report.format for report in (first, second)] == ["zip+docx", "zip+xlsx"]
    assert [report.organisation for report in (first, second)] == ["示例市交通运输局", "示例县粮食和物资储备局"]
    assert all(value.where.startswith("member=甲/2023%231.docx#table=") for value in first.values)
    assert all(value.where.startswith("member=xlsx01.xlsx#sheet=") for value in second.values)
    assert "several_reports" in {problem.code for problem in first.problems}
    assert all(problem.where.startswith("member=") for problem in second.problems if problem.code == "cell_unread")


def test_the_blocks_of_all_members_are_one_document() -> None:
    document = convert_payload(packed(("a.docx", DOCX), ("b.xlsx", XLSX)))
    assert document.format == "zip"
    assert sum(isinstance(block, Table) for block in document.blocks) == sum(
        isinstance(block, Table) for payload in (DOCX, XLSX) for block in convert_payload(payload).blocks
    )


def test_what_was_read_in_time_is_kept_when_the_time_of_all_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    payload = packed(("a.docx", DOCX), ("b.xlsx", XLSX), ("c.docx", DOCX))
    spent = iter((0.0, 0.0, archive.LONGEST + 1.0, archive.LONGEST + 2.0))
    monkeypatch.setattr(archive, "_processor_seconds", lambda: next(spent))
    (found,) = archive.documents(payload)
    assert found.format == "zip+docx"
    late = [problem for problem in found.problems if problem.code == "member_unread"]
    assert [problem.where for problem in late] == ["member=b.xlsx", "member=c.docx"]
    assert all(problem.says.startswith("timeout: ") for problem in late)
    spent = iter((0.0, archive.LONGEST + 1.0, archive.LONGEST + 1.0, archive.LONGEST + 1.0))
    with pytest.raises(TimedOut):
        archive.documents(payload)


def test_the_last_member_begun_has_the_time_of_its_own_format() -> None:
    alone = max(limits.cpu for name, limits in LIMITS.items() if name != archive.NAME)
    assert archive.LONGEST + alone < LIMITS[archive.NAME].cpu


def test_what_is_no_report_is_said_and_hinders_nothing() -> None:
    inner = packed(("c.docx", DOCX))
    payload = packed(
        ("盖章页.png", PNG), ("说明.txt", "附件为年度报告全文。".encode()), ("a.docx", DOCX), ("d.zip", inner),
        ("e.rar", b"Rar!\x1a\x07\x01\0"), ("f/", b""), ("__MACOSX/._a.docx", b"\0\5\x16\7"), (".DS_Store", b"\0\0\0\1"),
        ("g.docx", b""), ("h.bin", bytes(range(256))),
    )  # fmt: skip
    (report,) = read(payload)
    said = {(problem.code, problem.where): problem.says for problem in report.problems}
    assert said["member_unread", "member=盖章页.png"].startswith("needs_ocr")
    assert said["member_unread", "member=d.zip"].startswith("unsupported_archive")
    assert said["member_unread", "member=e.rar"].startswith("unsupported_archive")
    assert said["member_unread", "member=h.bin"].startswith("unknown_format")
    assert ("member_without_report", "member=说明.txt") in said
    assert len([code for code, _ in said if code.startswith("member_")]) == 5


def test_a_name_speaks_for_a_member_that_has_no_title() -> None:
    table = convert_payload(DOCX)
    assert table.blocks
    (report,) = read(packed(("示例县教育局2021年政府信息公开年度报告.html", _untitled())))
    assert (report.organisation, report.report_year) == ("示例县教育局", 2021)
    (report,) = read(packed(("附件.html", _untitled())), Hints(link_text="示例县民政局2022年政府信息公开年度报告"))
    assert (report.organisation, report.report_year) == ("示例县民政局", 2022)


def _untitled() -> bytes:
    rows = "".join(f"<tr><td>{label}</td><td>{at}</td><td>0</td><td>0</td></tr>" for at, label in enumerate(
        ("规章", "行政规范性文件"), 1
    ))  # fmt: skip
    head = "<tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td></tr>"
    return (
        f"<html><body><table><tr><td colspan=4>第二十条第（一）项</td></tr>{head}{rows}</table></body></html>".encode()
    )


class Raw(zipfile.ZipInfo):
    """An entry whose name is the bytes of some coding, without the mark of UTF-8."""

    coding = ""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode(self.coding), 0


@pytest.mark.parametrize(
    ("coding", "name"), [("gb18030", "县局\\年报.docx"), ("utf-8", "县局/年报.docx"), ("cp437", "café.docx")]
)
def test_names_without_a_mark(coding: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Raw, "coding", coding)
    ((found, content),) = members.members_of(packed((Raw(name), DOCX)))
    assert (found, content) == (name.replace("\\", "/"), DOCX)


@pytest.mark.parametrize(
    ("entries", "error"),
    [
        ((("a.png", PNG), ("b.bin", b"\0\1\2\3")), NeedsOcr),
        ((("b.bin", b"\0\1\2\3"),), UnknownFormat),
        ((("说明.txt", "无附件，请见正文。".encode()),), NotAReport),
        ((("a/", b""), (".DS_Store", b"x")), NotAReport),
        ((("a.zip", packed(("b.docx", DOCX))),), UnsupportedArchive),
        ((("a.pdf", b"%PDF-1.4 and no more"),), Unreadable),
    ],
)
def test_an_archive_without_a_report_is_refused_by_what_is_in_it(
    entries: tuple[tuple[str, bytes], ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        read(packed(*entries))


def test_bombs_locked_and_damaged_members_are_refused_alone() -> None:
    bomb = packed(("a.txt", b"0" * 40_000_000), ("b.docx", DOCX))
    (document,) = documents_in(bomb)
    (problem,) = (found for found in document.problems if found.code == "member_unread")
    assert problem.says.startswith("too_large")
    locked = bytearray(packed(("a.docx", DOCX)))
    locked[6] |= 1
    locked[locked.rindex(b"PK\1\2") + 8] |= 1
    with pytest.raises(Encrypted):
        read(bytes(locked))
    damaged = bytearray(packed(("a.docx", DOCX)))
    damaged[200:400] = b"\xff" * 200
    with pytest.raises(Unreadable):
        read(bytes(damaged))


def test_too_many_members_and_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge, match="members"):
        read(packed(*((f"{at}.txt", b"x") for at in range(members.MOST_MEMBERS + 1))))
    monkeypatch.setattr(members, "_LARGEST_SUM", 2 * len(DOCX) - 1)
    unpacked = dict(members.members_of(packed(("a.docx", DOCX), ("b.docx", DOCX), ("c.docx", DOCX))))
    assert [type(content) for content in unpacked.values()] == [bytes, TooLarge, TooLarge]


def test_packages_of_other_programs_are_no_archives() -> None:
    for name in ("mimetype", "META-INF/MANIFEST.MF", "[Content_Types].xml"):
        payload = packed((name, b"x"), ("content.xml", b"<a/>"))
        assert archive.sniff(payload) == 0.0
        with pytest.raises(UnknownFormat, match="ZIP"):
            recognise(payload)


@pytest.mark.parametrize("name", ["packed.7z", "secret.7z"])
def test_a_7z_of_py7zr_is_kept_and_not_opened(name: str) -> None:
    """By py7zr 1.1.4: xlsx01.xlsx; and a text with an encrypted directory. No free program writes RAR."""
    packed = (BENCH / "refused" / name).read_bytes()
    with pytest.raises(UnsupportedArchive, match="7z"):
        recognise(packed)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as outer:
        outer.writestr(name, packed)
    with pytest.raises(UnsupportedArchive, match=name):
        archive.documents(made.getvalue())
