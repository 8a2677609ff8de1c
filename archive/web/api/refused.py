"""Why the interface gives no answer: problem documents (RFC 9457) for every kind of error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from archive.errors import ArchiveError
from archive.web.refusals import named, note_fault, problem_of

PROBLEM = "application/problem+json"
_LONGEST = 100


class Wrong(BaseModel):
    """One parameter that cannot be taken."""

    parameter: str = Field(description="Name of the parameter", examples=["year"])
    says: str = Field(description="What is wrong with it", examples=["expected a whole number, found 'x'"])


class Problem(BaseModel):
    """RFC 9457: why there is no answer."""

    type: str = Field(description="Name of the kind of problem", examples=["tag:nianbao,2026:bad_query"])
    title: str = Field(examples=["bad_query"])
    status: int = Field(examples=[400])
    detail: str = Field(description="What was expected and what was found, in words")
    code: str = Field(description="The same as title", examples=["bad_query"])
    errors: list[Wrong] = Field(default=[], description="The parameters that cannot be taken, one entry each")


class ProblemResponse(JSONResponse):
    """A problem document."""

    media_type = PROBLEM


def refuse_in_problems(api: FastAPI) -> None:
    """Has every error of an application answered with a problem document."""
    api.add_exception_handler(RequestValidationError, _invalid)
    for kind in (ArchiveError, HTTPException, Exception):
        api.add_exception_handler(kind, _refused)


def describe_problem(what: str) -> dict[str, Any]:
    """A response of the OpenAPI document that is a problem."""
    return {"description": what, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    # A parameter that may be left out is a union with null in pydantic's eyes: nobody sent null.
    found = [one for one in error.errors() if one["type"] != "none_required"]
    wrong = [Wrong(parameter=str(one["loc"][1]), says=_sentence(one)) for one in found]
    says = "; ".join(f"{one.parameter}: {one.says}" for one in wrong)
    return _answer(400, "bad_query", says, {}, wrong)


def _sentence(found: Mapping[str, Any]) -> str:
    if found["type"] == "extra_forbidden":
        return "there is no such parameter"
    return f"{found['msg']}, found {str(found.get('input'))[:_LONGEST]!r}"


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    status, code, says = named(error)
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if status == 500:
        note_fault(error)
    if status == 503:
        headers["Retry-After"] = "5"
    return _answer(status, code, says, headers, [])


def _answer(status: int, code: str, says: str, headers: dict[str, str], wrong: list[Wrong]) -> JSONResponse:
    said = {**problem_of(status, code, says), "errors": [one.model_dump() for one in wrong]}
    return ProblemResponse(said, status, headers)
