"""Datasette over archive.db for the data desk, as an application to be mounted beside the pages.

Nothing of it is changed but what it would tell of its readers: it prints errors, with the SQL that was asked, to the
console. It has connections of its own, which only read.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import sqlite3
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from markupsafe import Markup
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from archive.errors import ArchiveError, BadQuery
from archive.exports.parquet import NeedsExtra
from archive.exports.parts.safe_csv import guard
from archive.store import ARCHIVE_DB, Archive
from archive.web.refusals import note_fault

BASE = "/datasette"
METADATA = Path(__file__).parent / "metadata.yaml"
"""What Datasette says of views, columns and queries; ``datasette archive.db -m metadata.yaml`` takes it as well."""
POLICY = "; ".join(
    (
        "default-src 'none'", "style-src 'self' 'unsafe-inline'", "script-src 'self' 'unsafe-inline'",
        "img-src 'self' data:", "font-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)  # fmt: skip
"""Its templates have scripts and styles inline; the pages of the site have none and keep their stricter policy."""
SETTINGS: dict[str, Any] = {
    "base_url": f"{BASE}/",
    "sql_time_limit_ms": 1000,
    "facet_time_limit_ms": 300,
    "suggest_facets": False,
    "allow_download": False,
    "default_cache_ttl": 0,
}
LONGEST_VALUE = 2**17
"""Bytes of one value of an answer, of which there are a thousand rows at most; no more than Python's csv reads."""
_FIGURE = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.I)  # "-12.5"
# Below /-/ stand its style sheets, and what it tells of the machine: paths of files, threads, releases.
_OWN, _STATIC = f"{BASE}/-/", f"{BASE}/-/static/"


def create_datasette(folder: Path, *, allow_sql: bool) -> ASGIApp:
    """An archive's folder → Datasette over its archive.db, which expects to stand at BASE.

    ``allow_sql``: whether readers may ask SQL of their own. Raises NeedsExtra where Datasette is not installed,
    ArchiveError where it came with an SQLite library of its own, BadQuery for a folder that it cannot name, and what
    ``Archive.open`` raises.
    """
    Archive.open(folder, write=False).close()
    file = str((folder / ARCHIVE_DB).resolve())
    if any(one in file for one in "?#%"):
        raise BadQuery(f"--datasette: expected a folder without ?, # and % in its path, found {file}")
    try:
        library = import_module("datasette.app")
    except ImportError as error:
        raise NeedsExtra("expected datasette, found none: pip install 'nianbao[datasette]'") from error
    expect_one_sqlite()
    _choose_plugins()
    utils = import_module("datasette.utils")
    datasette = library.Datasette(
        files=[file],
        metadata=utils.parse_metadata(METADATA.read_text("utf-8")),
        settings={**SETTINGS, "default_allow_sql": allow_sql},
    )
    database = datasette.databases[Path(file).stem]
    database.execute = partial(_execute, database.execute)
    return _Framed(datasette.app())


async def _execute(execute: Any, *given: Any, **named: Any) -> Any:
    """A query whose error is answered and not written to the console."""
    return await execute(*given, **{**named, "log_sql_errors": False})


def expect_one_sqlite() -> None:
    """Two SQLite libraries in one process take each other's locks away (sqlite.org/howtocorrupt.html, 2.2.1).

    Datasette and sqlite-utils switch to another binding where they find one. Raises ArchiveError.
    """
    for name in ("datasette.utils.sqlite", "sqlite_utils.utils"):
        found = import_module(name).sqlite3
        if found is not sqlite3:
            raise ArchiveError(f"expected Python's sqlite3 and no other, found {found.__name__}: uninstall that")


def _choose_plugins() -> None:
    """Datasette's own plug-ins and no others that this machine has, with errors answered by ours."""
    plugins = import_module("datasette.plugins")
    for plugin in plugins.pm.get_plugins():
        if plugin.__name__ not in plugins.DEFAULT_PLUGINS or plugin.__name__ == "datasette.handle_exception":
            plugins.pm.unregister(plugin)
    quiet, hook = ModuleType("quiet"), import_module("datasette").hookimpl
    quiet.handle_exception = hook(_handle_exception)  # type: ignore[attr-defined]
    quiet.prepare_connection = hook(_prepare_connection)  # type: ignore[attr-defined]
    plugins.pm.register(quiet, "quiet")


def _prepare_connection(conn: sqlite3.Connection) -> None:
    """A reader's ``hex(zeroblob(500000000))`` would take a gigabyte of ours, within the time that it is given, and
    ``printf('%.*c', 900000000, 'x')`` half a minute: no function is interrupted before it returns."""
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    conn.set_authorizer(_authorize)


def _authorize(action: int, _none: str | None, function: str | None, _base: str | None, view: str | None) -> int:
    """sqlite3_set_authorizer; ``view``: the one whose text is being prepared, None for a reader's own."""
    is_endless = action == sqlite3.SQLITE_FUNCTION and function in ("printf", "format") and view is None
    return sqlite3.SQLITE_DENY if is_endless else sqlite3.SQLITE_OK


def _handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """An error → Datasette's page or JSON of it, which its own plug-in would print besides, with the SQL in it."""
    errors, asgi = import_module("datasette.views.base"), import_module("datasette.utils.asgi")
    base = import_module("datasette.database")

    async def answer() -> Any:
        status, title, says = 500, None, "something failed here"
        if isinstance(exception, errors.DatasetteError):
            status, title, says = exception.status, exception.title, exception.message
            status = 400 if status == 500 else status  # so it answers to a column that is none
            says = Markup(says) if exception.message_is_html else says
        elif isinstance(exception, asgi.Base400):
            status, says = exception.status, str(exception)
        elif isinstance(exception, sqlite3.Error | base.QueryInterrupted):
            status, says = 400, "the query was refused, or took too long"
        else:
            note_fault(exception)
        told = {"ok": False, "error": says, "status": status, "title": title}
        if request.path.partition("?")[0].endswith(".json"):
            return asgi.Response.json(told, status=status)
        template = datasette.jinja_env.select_template([f"{status}.html", "error.html"])
        page = {"urls": datasette.urls, "app_css_hash": datasette.app_css_hash(), "menu_links": list}
        return asgi.Response.html(await template.render_async(told | page), status=status)

    return answer


class _Rows:
    """CSV that passes by in pieces: no field begins like a formula (exports/parts/safe_csv.py), rows stay the same."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""

    def passed(self, piece: bytes, *, is_last: bool) -> bytes:
        """The rows that are whole by now, in UTF-8."""
        text = self._rest + self._decode(piece, is_last)
        ends = len(text) if is_last else text.rfind("\n") + 1
        while ends and not is_last and text.count('"', 0, ends) % 2:  # that line break stands within a field
            ends = text.rfind("\n", 0, ends - 1) + 1
        self._rest = text[ends:]
        out = io.StringIO(newline="")
        rows = csv.reader(io.StringIO(text[:ends], newline=""))
        csv.writer(out).writerows(
            [field if _FIGURE.fullmatch(field) else guard(field) for field in row] for row in rows
        )
        return out.getvalue().encode("utf-8")


class _Framed:
    """Datasette with the headers that its pages need, without what it tells of the machine, and without formulas."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI 3."""

        rows: _Rows | None = None

        async def with_policy(message: Message) -> None:
            nonlocal rows
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY
                # CSV to be looked at is text/plain, to be downloaded text/csv.
                if scope["path"].endswith(".csv") and message["status"] == 200:
                    rows = _Rows()
                    del headers["Content-Length"]
            elif rows is not None:
                is_last = not message.get("more_body", False)
                message = {**message, "body": rows.passed(message.get("body", b""), is_last=is_last)}
            await send(message)

        if scope["path"].startswith(_OWN) and not scope["path"].startswith(_STATIC):
            await PlainTextResponse("no such page\n", 404)(scope, receive, send)
            return
        await self._app(scope, receive, with_policy)
