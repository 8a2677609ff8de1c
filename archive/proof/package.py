"""The package: the files of the versions, a manifest of their digests, and the script that checks them."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from archive.proof.contents import Chosen, File, as_json, files_of
from archive.proof.records import captures_behind, manifests_naming, write_records
from archive.store import Archive
from parsers.shown.drawing import Artist

_BEGINNING = (1980, 1, 1, 0, 0, 0)  # the first moment of a ZIP: the same package twice is the same bytes
_READABLE = 0o644 << 16
FOLDER = "proof"
"""All lies in one folder: whatever else is where the package is unpacked is no part of it."""

README = """这是一份证据包。其中的字节与政府网站当时发布的完全一致。

    cd proof && python3 verify.py   逐一核对每个文件的 SHA-256；只需 Python 标准库

v34/payload/      网站发出的文件原件，以其 SHA-256 为名
v34/headers/      服务器当时的响应头
v34/captures.json 每一次访问：时间、网址、结果
v34/text.txt      从原件读出的文字          v34/cells.csv  从原件读出的每一个数字及其位置
v34/pages/        PDF 页面，数字所在的格子以红框标出
v34/document.json 读出的全部内容、勾稽关系、疑点，以及人工更正（读数本身从不改动）
captures.warc.gz  以上访问的 WARC 记录（ISO 28500），可用通用工具回放
manifests/        归档每次采集的清单；每份写明前一份的 SHA-256，逐份相连
manifest.json     本包所有文件的 SHA-256

This is a package of evidence. Its bytes are those that the government site sent.

    cd proof && python3 verify.py   checks the SHA-256 of every file; needs Python's standard library alone

payload/ has the files as sent, headers/ what the servers said, captures.json every look with its time; text.txt,
cells.csv, pages/ and document.json what was read in them: our reading, which may err, and never alters the bytes.
captures.warc.gz holds the same looks as WARC (ISO 28500); manifests/ what the archive wrote down of each crawl at its
end, each naming the SHA-256 of the one before.
What these files prove, and what they cannot, verify.py says at its end.
"""


def write_proof(archive: Archive, versions: Iterable[Chosen], out: BinaryIO) -> dict[str, Any]:
    """Versions → a ZIP on an open binary file; returns its manifest. The same archive gives the same bytes.

    Raises NotFound, Damaged: what is not as it was kept proves nothing.
    """
    chosen = list(versions)
    captures = captures_behind(archive, [one.version for one in chosen])
    digests: dict[str, str] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package, Artist() as artist:
        for file in _files(archive, artist, chosen, captures):
            digests[file.name] = _put(package, file)
        manifests = []
        for facts, file in manifests_naming(archive, captures):
            digests[file.name] = _put(package, file)
            manifests.append(facts)
        manifest = {
            "versions": [f"v{one.version}" for one in chosen],
            "manifests": manifests,
            "files": digests,
        }
        _put(package, File("manifest.json", as_json(manifest)))
    return manifest


def _files(archive: Archive, artist: Artist, chosen: list[Chosen], captures: tuple[int, ...]) -> Iterator[File]:
    yield File("README.txt", README.encode())
    yield File("verify.py", Path(__file__).with_name("verify.py").read_bytes())
    for one in chosen:
        yield from files_of(archive, artist, one)
    yield File("captures.warc.gz", write_records(archive, captures))


def _put(package: zipfile.ZipFile, file: File) -> str:
    """Packs a file and returns its SHA-256."""
    entry = zipfile.ZipInfo(f"{FOLDER}/{file.name}", _BEGINNING)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = _READABLE
    package.writestr(entry, file.content)
    return hashlib.sha256(file.content).hexdigest()


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name only when it is whole: what is half written proves nothing."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("wb") as out:
            yield out
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
