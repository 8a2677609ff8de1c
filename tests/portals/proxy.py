"""A small real HTTP proxy on loopback: CONNECT, and requests in absolute form; it knows hosts that nobody else does."""

from __future__ import annotations

import socket
import threading
from urllib.parse import urlsplit


class Proxy:
    """Context manager. ``hosts``: HOST:PORT as asked → (address, port) to connect to; others are refused with 502.

    ``asked`` holds the request line of each connection.
    """

    def __init__(self, hosts: dict[str, tuple[str, int]]) -> None:
        self.hosts = hosts
        self.asked: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed by __exit__
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        head = b""
        try:
            while b"\r\n\r\n" not in head and (piece := client.recv(65536)):
                head += piece
            line, _, rest = head.partition(b"\r\n")
            self.asked.append(line.decode())
            method, target, version = line.decode().split(" ")
            parts = urlsplit(target)
            netloc = target if method == "CONNECT" else parts.netloc
            if netloc not in self.hosts:
                client.sendall(b"HTTP/1.1 502 Unknown Host\r\nContent-Length: 0\r\n\r\n")
                client.close()
                return
            server = socket.create_connection(self.hosts[netloc], timeout=20)
            if method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
                server.sendall(f"{method} {path} {version}\r\nConnection: close\r\n".encode() + rest)
        except OSError:  # the client went away, which some tests want
            client.close()
            return
        threading.Thread(target=_pump, args=(client, server), daemon=True).start()
        _pump(server, client)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
    except OSError:  # either side has gone
        sink.close()
