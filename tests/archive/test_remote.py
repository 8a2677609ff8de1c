"""Backups, exports and archives on S3-compatible storage: put there and fetched back, from a real server."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from archive.errors import NotFound, Occupied
from archive.remote import BadPlace, RemoteFails, address_of, fetch_file, is_remote, put_file
from nianbao import main

KEY, SECRET = "AKIAEXAMPLEEXAMPLE12", "a-secret-that-no-log-may-show"


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    """Where moto's server is, with one bucket; without the extra it skips by name, and fails with CI=true."""
    missing = [name for name in ("s3fs", "moto", "flask", "flask_cors") if find_spec(name) is None]
    if missing:
        lacks = f"not installed: {', '.join(missing)} (extra: s3)"
        assert os.environ.get("CI") != "true", lacks
        pytest.skip(lacks)
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=-3, stderr=-3
    )
    try:
        end = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(urllib.request.Request(f"{address}/bucket", method="PUT")).close()
                break
            except OSError:
                assert server.poll() is None
                assert time.monotonic() < end
                time.sleep(0.1)
        yield address
    finally:
        server.kill()
        server.wait()


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Who asks, and where; nothing of the machine's own settings."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    if "storage" in request.fixturenames:
        monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("storage"))


def test_a_file_comes_back_as_it_was_and_nothing_is_written_over(storage: str, tmp_path: Path) -> None:
    file, back = tmp_path / "file", tmp_path / "back"
    file.write_bytes(os.urandom(20 * 2**20))  # more than one piece
    put_file(file, "s3://bucket/a/示例.tar")
    fetch_file(Path("s3://bucket/a/示例.tar"), back)
    assert back.read_bytes() == file.read_bytes()
    with pytest.raises(Occupied):
        put_file(file, "s3://bucket/a/示例.tar")
    with pytest.raises(NotFound):
        fetch_file("s3://bucket/none", tmp_path / "none")
    with pytest.raises(RemoteFails, match="bucket"):
        put_file(file, "s3://another/file")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["back", "file"]


def test_a_backup_an_export_and_a_merge_by_the_command(
    storage: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    documents = Path(__file__).parents[1] / "documents" / "html"
    page = next(iter(sorted(documents.rglob("*.html"))))
    ours, back, merged = (str(tmp_path / name) for name in ("ours", "back", "merged"))
    assert main(["--archive", ours, "import", str(page)]) in (0, 1, 4)
    assert main(["--archive", ours, "backup", "s3://bucket/copies/one.tar"]) == 0
    assert "s3://bucket/copies/one.tar" in capfd.readouterr().out
    assert main(["--archive", ours, "backup", "s3://bucket/copies/one.tar"]) == 1
    assert main(["--archive", back, "restore", "s3://bucket/copies/one.tar"]) == 0
    assert main(["--archive", merged, "merge", "s3://bucket/copies/one.tar"]) == 0
    for archive, name in ((ours, "ours"), (back, "back"), (merged, "merged")):
        assert main(["--archive", archive, "export", "jsonl", "-o", f"s3://bucket/{name}.jsonl"]) == 0
        fetch_file(f"s3://bucket/{name}.jsonl", tmp_path / f"{name}.jsonl")
    assert (tmp_path / "ours.jsonl").read_bytes() == (tmp_path / "back.jsonl").read_bytes()
    assert (tmp_path / "ours.jsonl").stat().st_size > 0
    said = "".join(capfd.readouterr())
    assert SECRET not in said
    assert KEY not in said


def test_what_is_no_place_is_refused_and_a_storage_that_is_not_there_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for odd in ("s3://", "s3://bucket", f"s3://{KEY}:{SECRET}@bucket/key", "s3://bucket/key?x=1"):
        with pytest.raises(BadPlace) as refused:
            address_of(odd)
        assert SECRET not in refused.value.says
    assert is_remote(Path("s3://bucket/k"))
    assert not is_remote(Path("s3/b"))
    if find_spec("s3fs") is None:
        return
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(RemoteFails) as failed:
        put_file(tmp_path / "file", "s3://bucket/k")
    assert not re.search(f"{KEY}|{SECRET}", failed.value.says + "".join(capfd.readouterr()))
