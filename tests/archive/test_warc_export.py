"""A WACZ of the archive: every byte as it was sent, and all that is known beside it, as the standards want it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from county import article, crawl, figures_of
from kept_looks import FIRST, HOST, fill, looks
from records import Raw, raw_records

from archive.clock import read_clock
from archive.errors import NotFound
from archive.exports import Selection, find_export
from archive.imports import import_files
from archive.payloads import get_payload
from archive.store import Archive
from archive.withdraw import withdraw

INDEX = "indexes/index.cdx.gz"
WARC = "archive/nianbao.warc.gz"


def wacz_of(archive: Archive, selection: Selection | None = None) -> bytes:
    out = io.BytesIO()
    find_export("wacz").write_export(archive, selection or Selection(), out)
    return out.getvalue()


def files_of(wacz: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(wacz)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("looks")
    with Archive.open(folder / "nianbao-archive", write=True) as opened:
        fill(opened, folder)
        yield opened


@pytest.fixture(scope="module")
def files(filled: Archive) -> dict[str, bytes]:
    return files_of(wacz_of(filled))


@pytest.fixture(scope="module")
def records(files: dict[str, bytes]) -> list[Raw]:
    return raw_records(files[WARC])


def of_url(records: list[Raw], url: str, kind: str) -> list[Raw]:
    return [one for one in records if one.fields.get("WARC-Target-URI") == url and one["WARC-Type"] == kind]


def test_the_same_archive_gives_the_same_file_and_so_does_a_pipe(filled: Archive) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise io.UnsupportedOperation("a pipe")

        def tell(self) -> int:
            raise io.UnsupportedOperation("a pipe")

    assert wacz_of(filled) == wacz_of(filled)
    pipe = Pipe()
    find_export("wacz").write_export(filled, Selection(), pipe)
    assert files_of(pipe.getvalue()) == files_of(wacz_of(filled))


def test_records_have_ids_times_and_digests_of_their_own(records: list[Raw]) -> None:
    assert records[0]["WARC-Type"] == "warcinfo"
    assert b"format: WARC File Format 1.1\r\n" in records[0].block
    identities = [one["WARC-Record-ID"] for one in records]
    assert len(set(identities)) == len(identities)
    for one in records:
        assert one["WARC-Record-ID"].startswith("<urn:uuid:")
        assert one["WARC-Date"].endswith("Z")
        assert one["WARC-Block-Digest"] == f"sha256:{hashlib.sha256(one.block).hexdigest()}"
        if one["WARC-Type"] != "warcinfo":
            assert one["WARC-Warcinfo-ID"] == records[0]["WARC-Record-ID"]
            one["WARC-Target-URI"].encode("ascii")


def test_answers_are_the_bytes_that_were_sent(records: list[Raw]) -> None:
    sent = Counter(
        (look.url, look.header[look.header.index(b"HTTP/1.1 200") :] + look.wire)
        for look in looks()
        if look.status == 200
    )
    written = Counter((one["WARC-Target-URI"], one.block) for one in records if one["WARC-Type"] == "response")
    shapes = {key: count for key, count in written.items() if "/shapes/" in key[0] or "/api" in key[0]}
    assert set(shapes) == set(sent)
    assert set(shapes.values()) == {1}, "what comes again is a revisit"


def test_what_was_asked_stands_beside_the_answer(records: list[Raw]) -> None:
    (response,) = of_url(records, f"{HOST}/shapes/gzip.html", "response")
    first, second = of_url(records, f"{HOST}/shapes/gzip.html", "request")
    assert first.block == b"GET /shapes/gzip.html HTTP/1.1\r\nHost: www.shili.example\r\n\r\n"
    assert first["WARC-Concurrent-To"] == response["WARC-Record-ID"]
    assert second["WARC-Concurrent-To"] == of_url(records, f"{HOST}/shapes/gzip.html", "revisit")[0]["WARC-Record-ID"]
    posted = [one.block for one in of_url(records, f"{HOST}/api", "request")]
    assert [block.rpartition(b"\r\n\r\n")[2] for block in posted] == [b"page=1", b"page=2"]


def test_the_payload_digest_is_of_the_body_without_its_transfer_coding(filled: Archive, records: list[Raw]) -> None:
    payload = filled.db.execute("SELECT payload FROM captures WHERE url LIKE '%/shapes/plain.html'").fetchone()[0]
    packed = hashlib.sha256(next(look.wire for look in looks() if look.url.endswith("gzip.html"))).hexdigest()
    for name, digest in (("plain", payload), ("gzip", packed)):
        (one,) = of_url(records, f"{HOST}/shapes/{name}.html", "response")
        assert one["WARC-Payload-Digest"] == f"sha256:{digest}"
    for name in ("plain", "gzip", "chunked", "both", "interim"):
        for one in of_url(records, f"{HOST}/shapes/{name}.html", "response"):
            assert one["Nianbao-Payload-Digest"] == f"sha256:{payload}"
    for one in of_url(records, f"{HOST}/shapes/both.html", "response"):
        assert "WARC-Payload-Digest" not in one.fields
    (again,) = [
        one
        for one in of_url(records, f"{HOST}/shapes/both.html", "revisit")
        if one["WARC-Profile"].endswith("payload-digest")
    ]
    assert again["WARC-Payload-Digest"] == f"sha256:{packed}"


def test_revisits_say_what_they_repeat(records: list[Raw]) -> None:
    (response,) = of_url(records, f"{HOST}/shapes/plain.html", "response")
    identical, unmodified = of_url(records, f"{HOST}/shapes/plain.html", "revisit")
    for one in (identical, unmodified):
        assert one["WARC-Refers-To"] == response["WARC-Record-ID"]
        assert one["WARC-Refers-To-Target-URI"] == response["WARC-Target-URI"]
        assert one["WARC-Refers-To-Date"] == response["WARC-Date"]
        assert one["WARC-Date"] > response["WARC-Date"]
    assert identical["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert identical.block == response.block[: response.block.index(b"\r\n\r\n") + 4]
    assert identical["WARC-Truncated"] == "length"
    assert unmodified["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert unmodified.block.startswith(b"HTTP/1.1 304 Not Modified\r\n")


def test_bodies_cut_off_and_pages_drawn_are_told_apart(records: list[Raw]) -> None:
    (cut,) = of_url(records, f"{HOST}/shapes/cut.html", "response")
    (large,) = of_url(records, f"{HOST}/shapes/large.pdf", "response")
    assert (cut["WARC-Truncated"], large["WARC-Truncated"]) == ("disconnect", "length")
    (sent,) = of_url(records, f"{HOST}/shapes/drawn.html", "response")
    (drawn,) = of_url(records, f"{HOST}/shapes/drawn.html", "conversion")
    assert b"<script" in sent.block
    assert "由脚本画出".encode() in drawn.block
    assert drawn["WARC-Refers-To"] == sent["WARC-Record-ID"]
    assert sent["Nianbao-Payload-Digest"] == drawn["WARC-Payload-Digest"]


def test_a_look_without_an_answer_is_metadata_alone(records: list[Raw]) -> None:
    (only,) = [one for one in records if one.fields.get("WARC-Target-URI") == "http://nowhere.example/"]
    assert only["WARC-Type"] == "metadata"
    assert b"outcome: dns_failed\r\n" in only.block
    (junk,) = [one for one in records if one.fields.get("WARC-Target-URI") == f"{HOST}/shapes/junk"]
    assert junk["WARC-Type"] == "metadata"
    assert b"received: AAEgbm8gSFRUUA==\r\n" in junk.block


def test_metadata_say_how_we_came_there(records: list[Raw]) -> None:
    told = of_url(records, FIRST, "metadata")[0].block.decode()
    for line in (
        f"via: {HOST}/zfxxgknb/",
        "linkText: 示例县教育局2024年政府信息公开工作年度报告",
        "outcome: fetched",
        "site: 150899_www.shili.example",
    ):
        assert f"{line}\r\n" in told
    (interim,) = {b"interim: " in one.block for one in of_url(records, f"{HOST}/shapes/interim.html", "metadata")[:2]}
    assert interim
    (moved,) = of_url(records, f"{HOST}/%E6%97%A7%E9%A1%B5%201.html", "metadata")
    assert f"url: {HOST}/旧页 1.html\r\n" in moved.block.decode()


def test_imported_files_are_resources(filled: Archive, records: list[Raw]) -> None:
    resources = [one for one in records if one["WARC-Type"] == "resource"]
    assert [one["WARC-Target-URI"] for one in resources] == [
        "file:%E7%A4%BA%E4%BE%8B%E5%8E%BF%E5%8F%B8%E6%B3%95%E5%B1%80%202023.html"
    ] * 2
    kept = filled.db.execute("SELECT payload FROM captures WHERE kind = 'import'").fetchone()[0]
    assert resources[0].block == get_payload(filled, kept)
    assert resources[0]["Content-Type"] == "text/html"


def test_the_index_finds_each_record(files: dict[str, bytes], records: list[Raw]) -> None:
    lines = gzip.decompress(files[INDEX]).decode().splitlines()
    assert lines == sorted(lines)
    told = [json.loads(line.split(" ", 2)[2]) for line in lines]
    at = {one.offset: one for one in records}
    assert len(lines) == sum(one["WARC-Type"] in ("response", "revisit", "resource") for one in records)
    for line, one in zip(lines, told, strict=True):
        record = at[int(one["offset"])]
        assert (one["url"], int(one["length"])) == (record["WARC-Target-URI"], record.length)
        assert line.split(" ")[1] == "".join(filter(str.isdigit, record["WARC-Date"]))
        assert one["filename"] == "nianbao.warc.gz"
    assert "example,shili)/zfxxgknb/202501/t20250120_1.html 20250101080001" in {
        " ".join(line.split(" ")[:2]) for line in lines
    }
    posts = [line.split(" ")[0] for line in lines if "/api" in line]
    assert posts == [f"example,shili)/api?__wb_method=post&page={page}" for page in (1, 2)]


def test_the_package_names_and_measures_its_files(files: dict[str, bytes]) -> None:
    described = json.loads(files["datapackage.json"])
    assert (described["profile"], described["wacz_version"]) == ("data-package", "1.1.1")
    listed = {one["path"]: one for one in described["resources"]}
    assert set(files) - set(listed) == {"datapackage.json", "datapackage-digest.json"}
    for path, one in listed.items():
        assert (one["bytes"], one["hash"]) == (len(files[path]), f"sha256:{hashlib.sha256(files[path]).hexdigest()}")
    said = json.loads(files["datapackage-digest.json"])
    assert said == {
        "path": "datapackage.json",
        "hash": f"sha256:{hashlib.sha256(files['datapackage.json']).hexdigest()}",
    }


def test_pages_are_the_reports_with_their_text(filled: Archive, files: dict[str, bytes]) -> None:
    head, *pages = [json.loads(line) for line in files["pages/pages.jsonl"].decode().splitlines()]
    assert head["format"] == "json-pages-1.0"
    (versions,) = filled.db.execute("SELECT count(*) FROM versions").fetchone()
    assert len(pages) == versions
    first = next(one for one in pages if one["url"] == FIRST)
    assert first["title"] == "示例县教育局2024年政府信息公开工作年度报告"
    assert first["ts"] == "2025-01-01T08:00:01Z"
    assert "公开内容有待充实" in first["text"]


def test_a_part_of_the_archive_stands_alone(filled: Archive) -> None:
    def captured(selection: Selection) -> list[tuple[str, str, str]]:
        records = raw_records(files_of(wacz_of(filled, selection))[WARC])
        return [
            (one["WARC-Type"], one["WARC-Target-URI"], one["WARC-Date"])
            for one in records
            if one["WARC-Type"] in ("response", "revisit", "resource")
        ]

    education = filled.db.execute(
        "SELECT p.id FROM reports p JOIN organisations o ON o.id = p.organisation WHERE o.name = '示例县教育局'"
    ).fetchone()[0]
    assert captured(Selection(report=education)) == [
        ("response", FIRST, "2025-01-01T08:00:01Z"),
        ("response", FIRST, "2025-01-02T08:00:01Z"),
    ]
    civil = filled.db.execute(
        "SELECT p.id FROM reports p JOIN organisations o ON o.id = p.organisation WHERE o.name = '示例县民政局'"
    ).fetchone()[0]
    assert [one[0] for one in captured(Selection(report=civil))] == ["response", "response"], "the look that found none"
    last = filled.db.execute("SELECT max(id) FROM runs").fetchone()[0]
    assert len(captured(Selection(run=last))) == 2, "the second import of a file, and what it repeats"
    assert len(captured(Selection(site="150899_www.shili.example"))) > len(captured(Selection(run=1)))
    with pytest.raises(NotFound):
        wacz_of(filled, Selection(run=99))


def test_what_was_withdrawn_is_named_and_not_written(tmp_path: Path) -> None:
    secret = "不应再公开的一句话"
    with Archive.open(tmp_path / "kept", write=True) as archive:
        crawl(archive, 0, {FIRST: article("示例县教育局", 2024, figures_of(3), note=secret)})
        crawl(archive, 1, {FIRST: article("示例县教育局", 2024, figures_of(3), note=secret)})
        (digest,) = archive.db.execute("SELECT payload FROM captures WHERE status = 200").fetchone()
        assert secret.encode() in b"".join(one.block for one in raw_records(files_of(wacz_of(archive))[WARC]))
        withdraw(archive, digest, "示例")
        files = files_of(wacz_of(archive))
    records = raw_records(files[WARC])
    assert secret.encode() not in b"".join(one.block for one in records) + files["pages/pages.jsonl"]
    assert {one["WARC-Type"] for one in records} == {"warcinfo", "metadata"}, "a revisit of what is gone is none"
    for one in records[1:]:
        assert "withdrawn: 示例\r\n" in one.block.decode()
    assert f"payloadDigest: sha256:{digest}\r\n" in records[1].block.decode()


def test_what_others_captured_is_passed_on_as_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_NOW", "2030-01-01T00:00:00Z")
    wget = Path(__file__).parent / "warcs" / "wget.warc.gz"
    passed_on = tmp_path / "passed-on.wacz"
    who = (
        "SELECT DISTINCT json_extract(third_party, '$.made_by'), json_extract(third_party, '$.software') FROM captures"
    )
    with Archive.open(tmp_path / "one", write=True) as one:
        import_files(one, [wget], None, read_clock())
        passed_on.write_bytes(wacz_of(one))
        theirs = one.db.execute(who).fetchall()
    with Archive.open(tmp_path / "two", write=True) as two:
        import_files(two, [passed_on], None, read_clock())
        assert two.db.execute(who).fetchall() == theirs == [("示例档案馆", "Wget/1.21.3 (linux-gnu)")]
        assert two.db.execute("SELECT count(*) FROM captures WHERE third_party = ''").fetchone() == (0,)
