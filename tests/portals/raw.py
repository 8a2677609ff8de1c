"""A raw socket server: says exactly the bytes it is given, path by path, over HTTP or HTTPS."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Script = bytes | Callable[[socket.socket], None]


def make_certificate(folder: Path) -> Path:
    """A self-signed certificate with its key for 127.0.0.1, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "portal.example")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "portal.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


class RawServer:
    """Context manager. ``answers``: path → bytes to send before closing, or a function that has the socket.

    ``requests`` holds every request's bytes as received; ``seconds`` the longest that a path's answer took;
    ``connections`` counts accepted connections. A path in ``keep`` leaves the connection open for the next request.
    Unknown paths get 404. ``greeting`` is sent before anything is asked. ``tls``: as whom it speaks TLS, instead of
    ``certificate``. ``instead``: has every connection, and no HTTP is spoken.
    """

    def __init__(
        self,
        answers: Mapping[str, Script],
        certificate: Path | None = None,
        keep: frozenset[str] = frozenset(),
        greeting: bytes = b"",
        address: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        instead: Callable[[socket.socket], None] | None = None,
    ) -> None:
        self.answers = dict(answers)
        self.keep = keep
        self.greeting = greeting
        self.requests: list[bytes] = []
        self.connections = 0
        self.seconds: dict[str, float] = {}
        self._listener = socket.create_server((address, 0), backlog=512)
        self._tls = tls
        self._instead = instead
        if certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)
        self.port: int = self._listener.getsockname()[1]
        self.netloc = f"{address}:{self.port}"
        self.home = f"http{'s' if self._tls else ''}://{self.netloc}"

    def __enter__(self) -> RawServer:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    @property
    def paths(self) -> list[str]:
        """Paths asked for, in order."""
        return [request.split(b" ", 2)[1].decode() for request in self.requests]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed by __exit__
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        try:
            if self._instead is not None:
                with connection:
                    self._instead(connection)
                return
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                connection.sendall(self.greeting)
                while self._answer(connection):
                    pass
                if isinstance(connection, ssl.SSLSocket):
                    connection.unwrap()  # the closure alert, without which an answer that gives no length is not whole
        except OSError:  # the client went away, which some tests want
            connection.close()

    def _answer(self, connection: socket.socket) -> bool:
        request = b""
        while b"\r\n\r\n" not in request:
            piece = connection.recv(65536)
            if not piece:
                return False
            request += piece
        self.requests.append(request)
        path = request.split(b" ", 2)[1].decode()
        script = self.answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        began = time.monotonic()
        try:
            if callable(script):
                script(connection)
            else:
                connection.sendall(script)
        finally:
            self.seconds[path] = max(self.seconds.get(path, 0.0), time.monotonic() - began)
        return path in self.keep


def drip(head: bytes, piece: bytes, seconds: float, times: int) -> Callable[[socket.socket], None]:
    """Sends a head, then a piece again and again."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(times):
            time.sleep(seconds)
            connection.sendall(piece)

    return send
