"""The verb serve: the journalists' pages over an archive."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def add_serve_verb(verbs: Verbs) -> None:
    """Adds ``serve``."""
    verb = verbs.add_parser(
        "serve",
        help="open the pages: search, read, compare, cite",
        description="Opens a web site over the archive: pages for people, JSON, CSV and Atom for programs. It only "
        "reads, and keeps no log of what is searched or read.",
    )
    verb.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine)")
    verb.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000; 0: any free one)")
    verb.add_argument("--public-url", metavar="URL", help="how readers reach it, where it is open to others, as behind "
                      "a proxy: its host is answered to, and pages of other sites may read the data")  # fmt: skip
    verb.add_argument("--log", action="store_true", help="log each request: address, page and words searched for")
    verb.add_argument("--datasette", action="store_true", help="also mount Datasette at /datasette (extra: datasette)")
    verb.add_argument("--sql", action="store_true", help="with --datasette: allow readers their own SQL")
    verb.set_defaults(run=run_serve)


def run_serve(options: argparse.Namespace) -> int:
    """``nianbao serve``: until interrupted. Raises BadQuery, NotAnArchive, NoRoom, NeedsExtra."""
    import logging
    import socket

    import uvicorn

    from archive.errors import BadQuery, NoRoom
    from archive.web.app import create_app
    from archive.web.asked import Site
    from archive.web.listening import Listener

    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((options.host, options.port))
        listening.listen(512)  # so that who reads the address below can come at once
    except OSError as error:
        listening.close()
        raise NoRoom(f"cannot listen on {options.host} port {options.port}: {error.strerror or error}") from error
    with listening:
        host = f"[{options.host}]" if ":" in options.host else options.host
        base = (options.public_url or f"http://{host}:{listening.getsockname()[1]}").rstrip("/")
        public = urlsplit(base)
        if public.scheme not in ("http", "https") or not public.hostname or "@" in public.netloc:
            raise BadQuery("--public-url: expected an address as in https://nianbao.example, without a password")
        app = create_app(
            Path(options.archive), Site(base, options.datasette, is_public=bool(options.public_url)),
            _hosts(host, public.hostname), _datasette(options),
        )  # fmt: skip
        print(f"{base}/ – the pages of {options.archive}; Ctrl-C ends it", flush=True)
        # A fault of ours is logged by archive.web.refusals, without what was asked; uvicorn would quote its message.
        # Nothing that a proxy adds is believed (proxy_headers): who can reach the port could write it as well.
        config = uvicorn.Config(
            app, log_level="info" if options.log else "critical", access_log=options.log, proxy_headers=False,
            server_header=False, lifespan="on", timeout_graceful_shutdown=3, http=Listener, ws="none", backlog=128,
        )  # fmt: skip
        if not options.log:  # it says of each form what it could not read in it
            logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
        uvicorn.Server(config).run(sockets=[listening])
    return 0


def _datasette(options: argparse.Namespace) -> ASGIApp | None:
    """What answers at ``/datasette``, if anything. Raises BadQuery, NeedsExtra."""
    from archive.errors import BadQuery

    if not options.datasette:
        if options.sql:
            raise BadQuery("--sql: expected --datasette beside it, which asks the SQL")
        return None
    from archive.web.datasette import create_datasette

    return create_datasette(Path(options.archive), allow_sql=options.sql)


def _hosts(host: str, public: str) -> frozenset[str]:
    """The names it answers to: those of this machine to itself, what it listens on, how readers reach it.

    >>> sorted(_hosts("127.0.0.1", "nianbao.example"))
    ['127.0.0.1', '[::1]', 'localhost', 'nianbao.example']
    """
    return frozenset((*_LOOPBACK, host.lower(), f"[{public}]" if ":" in public else public))
