#!/usr/bin/env python3
"""Checks the package that it lies in, with nothing but Python's standard library: python3 verify.py

Exit code 0: every file has the SHA-256 that manifest.json names, and the captures agree with the bytes; 1: not so.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import sys
import zlib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CLOSING = """Proven, if nothing is WRONG: these bytes are those that the captures name, and nothing was changed since.
Not proven by this alone: that a server sent them at that time. Compare the digests of the manifests with those that
the archive has published, and the bytes with what others have kept of the same address."""


class Findings:
    """What is wrong, as it is found."""

    def __init__(self) -> None:
        self.count = 0

    def wrong(self, says: str) -> None:
        """One line for one thing."""
        self.count += 1
        print(f"WRONG  {says}")


def sha256(content: bytes) -> str:
    """Bytes → 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def check_files(manifest: dict[str, Any], found: Findings) -> None:
    """Each file that is named is here with its digest, and no other is."""
    named: dict[str, str] = manifest["files"]
    paths = (path for path in HERE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    there = {path.relative_to(HERE).as_posix() for path in paths} - {"manifest.json"}
    for name in sorted(set(named) ^ there):
        found.wrong(f"{name}: {'is not here' if name in named else 'is not named by manifest.json'}")
    for name in sorted(there & set(named)):
        if sha256((HERE / name).read_bytes()) != named[name]:
            found.wrong(f"{name}: has another SHA-256 than manifest.json names")
    print(f"files: {len(there & set(named))} of {len(named)} looked at")


def check_captures(folder: Path, found: Findings) -> None:
    """Bytes that a capture names have the digest that it names them by."""
    captures = json.loads((folder / "captures.json").read_text("utf-8"))
    for capture in captures:
        for what in ("payload", "wire"):
            digest = capture[f"{what}_digest"]
            kept = folder / what / (digest or "none")
            if digest and kept.exists() and sha256(kept.read_bytes()) != digest:
                found.wrong(f"{folder.name}/{what}/{digest}: capture {capture['capture']} names other bytes")
    first, last = captures[0]["captured_at"], captures[-1]["captured_at"]
    print(f"{folder.name}: seen {len(captures)} times from {first} to {last}")


def check_manifests(manifest: dict[str, Any], found: Findings) -> None:
    """Each manifest of the archive has the digest that it is known by, and names the bytes of each capture in it."""
    captures = [one for path in HERE.glob("v*/captures.json") for one in json.loads(path.read_text("utf-8"))]
    for one in manifest["manifests"]:
        content = (HERE / one["file"]).read_bytes()
        if sha256(content) != one["digest"]:
            found.wrong(f"{one['file']}: is not what {one['digest']} stands for")
        text = content.decode("utf-8", "replace")
        for capture in captures:
            digest = capture["payload_digest"]
            inside = one["first_capture"] <= capture["capture"] <= one["last_capture"]
            if inside and digest and digest not in text:
                found.wrong(f"{one['file']}: does not name the bytes of capture {capture['capture']}")
        print(f"manifest {one['number']} of {one['made_at']}: SHA-256 {one['digest']}")


def check_warc(path: Path, found: Findings) -> None:
    """Each record's block has the digest that its header names (ISO 28500:2017, 5.8)."""
    records = 0
    with gzip.open(path, "rb") as stream:
        while line := stream.readline():
            if not line.startswith(b"WARC/"):
                found.wrong(f"{path.name}: expected a record, found {line[:40]!r}")
                return
            fields = (field.decode("utf-8").partition(":") for field in iter(stream.readline, b"\r\n"))
            header = {name.strip().lower(): value.strip() for name, _, value in fields}
            block = stream.read(int(header["content-length"]))
            method, _, digest = header.get("warc-block-digest", "").partition(":")
            if method == "sha256" and not is_digest(digest, block):
                found.wrong(f"{path.name}: {header['warc-record-id']} has another digest than it names")
            stream.read(4)
            records += 1
    print(f"{path.name}: {records} records")


def is_digest(named: str, block: bytes) -> bool:
    """Digests are written in base 16 or in base 32 (RFC 4648)."""
    digest = hashlib.sha256(block).digest()
    return named.lower() in (digest.hex(), base64.b32encode(digest).decode("ascii").lower())


def main() -> int:
    """Checks all, and says what that proves."""
    found = Findings()
    manifest = json.loads((HERE / "manifest.json").read_text("utf-8"))
    check_files(manifest, found)
    for folder in sorted(path.parent for path in HERE.glob("v*/captures.json")):
        check_captures(folder, found)
    check_manifests(manifest, found)
    for path in sorted(HERE.glob("*.warc.gz")):
        try:
            check_warc(path, found)
        except (OSError, EOFError, zlib.error, KeyError, ValueError) as error:
            found.wrong(f"{path.name}: {type(error).__name__}: {error}")
    print(f"manifest.json: SHA-256 {sha256((HERE / 'manifest.json').read_bytes())}")
    print(CLOSING)
    print(f"WRONG: {found.count}" if found.count else "all is as it was packed")
    return 1 if found.count else 0


if __name__ == "__main__":
    sys.exit(main())
