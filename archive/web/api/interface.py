"""The data interface as an application of its own: its operations, its errors, its OpenAPI document."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from archive.web.api import resources
from archive.web.api.manners import Manners
from archive.web.api.refused import Problem, describe_problem, refuse_in_problems
from archive.web.asked import Site
from archive.web.door import Door

BASE = "/api/v1"
_ABOUT = """\
中国各级政府机关的政府信息公开工作年度报告：原件、读出的每一格数字、勾稽关系、版本、发布情况。只读。
What Chinese government bodies say about their own openness: annual reports as published, every figure as read, the
sums that the form demands, versions, who published and who did not. Read-only.

- A figure has a `value` (whole numbers as numbers, decimals as text, exact), what is printed as `raw`, and a `status`:
  `number` (0 included), `blank`, `filler` ("/", a dash, 无), `missing` (no such cell) or `unread`, never mixed.
- Lists come in pages: follow `next` until it is null. Rows keep their order; what is added later comes later.
- `r12`, `v34`, `o7` are names in this archive alone. Region, body and year identify a report in every archive; the
  SHA-256 of the bytes identifies a version.
- A parameter that is not listed is refused, never ignored. Errors are problem documents (RFC 9457).
- Answers have an ETag: send it back as `If-None-Match` and get 304 where nothing changed.
"""
UNTOLD: Any = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""FastAPI would tell OpenTelemetry of every request, where the machine has it; nobody's questions are told."""
_ETAG = {"ETag": {"description": "Names exactly this answer (RFC 9110, 8.8.3)", "schema": {"type": "string"}}}
_RETRY = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}}


def create_interface(door: Door, site: Site) -> FastAPI:
    """The operations, each at its path below ``/api/v1``."""
    api = FastAPI(
        title="nianbao",
        summary="政府信息公开工作年度报告 · Annual reports on government information disclosure",
        description=_ABOUT,
        version="1",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=[{"url": BASE}],
        generate_unique_id_function=lambda route: route.name,
        telemetry=UNTOLD,
        openapi_url=None,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
    )
    api.state.door, api.state.site = door, site
    refuse_in_problems(api)
    for router in _routers():
        api.include_router(router)
    return api


def mount_interface(app: FastAPI, door: Door, site: Site) -> None:
    """Puts the interface at ``/api/v1`` of a site, and its description at ``/openapi.json``."""
    api = app.state.interface = create_interface(door, site)

    async def describe(_request: Request) -> Response:
        return JSONResponse(describe_interface(api))

    document = Route("/openapi.json", describe, methods=["GET"])
    app.router.routes.append(Route("/openapi.json", with_manners(document.handle, site)))
    app.mount(BASE, with_manners(api, site))


def with_manners(app: ASGIApp, site: Site) -> ASGIApp:
    """An application with HEAD, ETags and, of a public site, read-only CORS: pages of anybody may read it."""
    if not site.is_public:
        return Manners(app)
    return CORSMiddleware(
        Manners(app),
        allow_origins=("*",),
        allow_methods=("GET", "HEAD", "OPTIONS"),
        allow_headers=("If-None-Match",),
        expose_headers=("ETag", "Retry-After"),
        max_age=86400,
    )


def describe_interface(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document, each response that can come described. Made once; it must not be changed.

    FastAPI's own cannot be made by two threads at once, nor while a request of the interface is answered: a site has
    it made before it is asked anything.
    """
    if api.openapi_schema is None:
        _describe(api)
    return api.openapi()


def _describe(api: FastAPI) -> None:
    said = api.openapi()
    schemas = said["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas.update(_schemas_of_problems())
    for operations in said["paths"].values():
        for operation in operations.values():
            responses = operation["responses"]
            responses.pop("422", None)  # what FastAPI would answer; here a wrong parameter is 400
            responses["200"]["headers"] = _ETAG
            responses["304"] = {"description": "Nothing changed since the ETag that was sent", "headers": _ETAG}
            responses["400"] = describe_problem("A parameter that cannot be meant")
            responses["503"] = describe_problem("Not to be answered within a second: ask for less") | {
                "headers": _RETRY
            }
            if "404" in responses:
                responses["404"] = describe_problem("Nothing here has that name")
            operation["responses"] = dict(sorted(responses.items()))


def _schemas_of_problems() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}


def _routers() -> Iterator[APIRouter]:
    for found in sorted(found.name for found in pkgutil.iter_modules(resources.__path__)):
        yield import_module(f"{resources.__name__}.{found}").router
