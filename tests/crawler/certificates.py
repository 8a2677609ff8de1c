"""An authority of a moment and a certificate that it signed, as files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from tests.batteries.wire_certificates import sign


@dataclass(frozen=True)
class Certificates:
    """Files in PEM."""

    ca: Path
    cert: Path
    key: Path


def make_certificates(folder: Path) -> Certificates:
    """Made for this machine, in a folder that is made."""
    folder.mkdir()
    files = Certificates(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    root = sign("Root", authority=True)
    own = sign("cluster.example", root, addresses=("127.0.0.1",))
    files.ca.write_bytes(root.pem())
    files.cert.write_bytes(own.pem())
    files.key.write_bytes(
        own.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files
