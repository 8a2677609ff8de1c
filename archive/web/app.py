"""The site: every page of the folder at its path, the data interface, and the headers of every answer."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path as Folder
from urllib.parse import parse_qsl

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from archive.errors import ArchiveError, BadQuery
from archive.web.answers import Made, Page, Plain, Redirect, as_atom, as_csv, as_json
from archive.web.api.interface import UNTOLD, describe_interface, mount_interface
from archive.web.asked import Asked, Site, language_of
from archive.web.door import Door
from archive.web.errors import TooLong
from archive.web.guard import HEADERS, Guard
from archive.web.originals.studio import close_studios, open_studios
from archive.web.pages_found import FORMS, Path, paths
from archive.web.readied import make_ready
from archive.web.refusals import named, note_fault, refuse, status_of
from archive.web.rendering import render_page

MOST_SENT = 1_000_000
"""Bytes of a form that may be sent."""
_MOST_FIELDS = 20
_READING = CapacityLimiter(1)
_URLENCODED = b"application/x-www-form-urlencoded"
PROBLEM = "application/problem+json"
"""RFC 9457, 3."""
_STATIC = Folder(__file__).parent / "static"


def create_app(
    folder: Folder, site: Site, hosts: frozenset[str] = frozenset(), datasette: ASGIApp | None = None
) -> FastAPI:
    """An archive's folder → the site over it, an ASGI application.

    ``hosts``: names under which it may be asked; none: any. ``datasette``: what answers at ``/datasette``. Raises what
    ``Archive.open`` raises.
    """
    make_ready()
    door = Door(folder)

    @asynccontextmanager
    async def living(_app: FastAPI) -> AsyncIterator[None]:
        describe_interface(app.state.interface)  # while nobody asks yet
        open_studios()
        yield
        close_studios()
        door.close()

    app = FastAPI(
        title="nianbao", openapi_url=None, docs_url=None, redoc_url=None, lifespan=living, telemetry=UNTOLD,
        redirect_slashes=False,  # it would lead to whatever Host says
    )  # fmt: skip
    app.state.door, app.state.site = door, site
    for path in paths():
        for form in (*path.forms, "html"):  # a name in a path would take ".json" as its own end
            app.router.routes.append(_route(door, site, path, form))
    mount_interface(app, door, site)
    if datasette is not None:
        app.mount("/datasette", datasette)
        app.router.routes.append(Route("/datasette", lambda _request: RedirectResponse("/datasette/")))
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_exception_handler(ArchiveError, partial(_refused, site))
    app.add_exception_handler(HTTPException, partial(_refused, site))
    app.add_exception_handler(Exception, partial(_refused, site))
    app.add_middleware(Guard, hosts=hosts)
    return app


def respond(asked: Asked, made: Made, forms: tuple[str, ...] = ()) -> Response:
    """What a page module made → the answer in the form that was asked for, with its ETag (RFC 9110, 8.8.3)."""
    if isinstance(made, Redirect):
        return RedirectResponse(made.path, made.status, dict(made.headers))
    if isinstance(made, Plain):
        if not isinstance(made.body, bytes):
            return StreamingResponse(made.body, made.status, dict(made.headers), made.media_type)
        return _tagged(asked.request, made.body, made.media_type, dict(made.headers), made.status)
    body, media_type = _in_form(asked, made, forms)
    return _tagged(asked.request, body, media_type, dict(made.headers), made.status)


def _route(door: Door, site: Site, path: Path, form: str) -> Route:
    async def answer(request: Request) -> Response:
        sent = await _sent(request) if request.method == "POST" else {}
        return await run_in_threadpool(_answer, door, site, path, form, request, sent)

    methods = ["GET", "POST"] if path.takes_posts else ["GET"]
    if form == "html":
        return Route(path.path, answer, methods=methods)
    beginning = "/index" if path.path == "/" else path.path
    return Route(f"{beginning}.{form}", answer, methods=methods)


def _answer(door: Door, site: Site, path: Path, form: str, request: Request, sent: dict[str, str]) -> Response:
    with door.reading() as (archive, deadline):
        asked = Asked(archive, request, site, deadline, form, sent)
        try:
            return respond(asked, path.make(asked), path.forms)
        except ArchiveError as error:
            return respond(asked, refuse(asked.lang, status_of(error), error.code, error.says))


def _in_form(asked: Asked, page: Page, forms: tuple[str, ...]) -> tuple[bytes, str]:
    if asked.form == "json":
        return as_json(page.facts), FORMS["json"] if page.status < 400 else PROBLEM
    if asked.form == "csv" and page.table is not None:
        return as_csv(page.table, bom=asked.text("bom") == "1"), FORMS["csv"]
    if asked.form == "atom" and page.feed is not None:
        return as_atom(asked, page.title, page.feed), FORMS["atom"]
    return render_page(asked.request, asked.site, page, forms), "text/html; charset=utf-8"


def _tagged(request: Request, body: bytes, media_type: str, headers: dict[str, str], status: int) -> Response:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache", **headers}
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if status == 200 and (etag in known or "*" in known):
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type)


async def _sent(request: Request) -> dict[str, str]:
    """The fields of a form, a file as its text; of one name several, a line each. Raises TooLong, BadQuery.

    A body in a coding (gzip) is refused: what it unpacks to would be known only afterwards. So is another character
    set than UTF-8: the parser would take any codec of Python, and to undo a megabyte of punycode takes it minutes.
    """
    coding = request.headers.get("content-encoding", "identity")
    if coding.strip().lower() not in ("", "identity"):
        raise BadQuery(f"expected a form without Content-Encoding, found {coding[:40]!r}")
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    charset = options.get(b"charset", b"utf-8")
    if charset.lower() not in (b"utf-8", b"utf8"):
        raise BadQuery(f"expected a form in UTF-8, found charset {charset[:40]!r}")
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_SENT:
        raise TooLong(f"expected a form of at most {MOST_SENT} bytes with its length, found {length or 'none'}")
    fields: dict[str, list[str]] = {}
    try:
        if kind == _URLENCODED:
            for name, text in await to_thread.run_sync(_pairs_of, await request.body(), limiter=_READING):
                fields.setdefault(name, []).append(text)
        else:
            async with request.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=MOST_SENT) as form:
                for name, value in form.multi_items():
                    text = await _text_of(value) if isinstance(value, UploadFile) else value
                    fields.setdefault(name, []).append(text)
    except ClientDisconnect as error:
        raise BadQuery("expected the whole form, found its beginning") from error
    return {name: "\n".join(texts) for name, texts in fields.items()}


def _pairs_of(body: bytes) -> list[tuple[str, str]]:
    """A urlencoded form → its fields. A million escapes take seconds and 100 MB: elsewhere, one form at a time."""
    try:
        return parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise BadQuery(f"expected at most {_MOST_FIELDS} fields") from error


async def _text_of(file: UploadFile) -> str:
    content = await file.read()
    for encoding in ("utf-8-sig", "gb18030"):  # a list saved by Excel or WPS in China is GB18030
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadQuery("expected a text file in UTF-8 or GB18030")


async def _refused(site: Site, request: Request, error: Exception) -> Response:
    """Errors of no page: an unknown path, a form too long, no free connection, a fault of ours."""
    status, code, says = named(error)
    if status == 500:
        note_fault(error)
    page = refuse(language_of(request), status, code, says)
    # Allow, of a 405. A fault of ours is answered outside of the Guard, which would put HEADERS on it.
    headers = {**HEADERS, **page.headers, **(getattr(error, "headers", None) or {})}
    if request.url.path.startswith("/api/") or request.url.path.endswith(tuple(f".{form}" for form in FORMS)):
        return Response(as_json(page.facts), status, headers, PROBLEM)
    return Response(render_page(request, site, page), status, headers, "text/html; charset=utf-8")
