"""Errors as the service tells them: RFC 9457 problem+json, each with a hint."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from artrec.errors import (
    ArtrecError,
    BundleError,
    ConfigError,
    InputError,
    LockedError,
    UnknownIdError,
)

MEDIA_TYPE: Final = "application/problem+json"
STATUS_OF: Final[tuple[tuple[type[ArtrecError], int], ...]] = (
    (UnknownIdError, 404),
    (InputError, 422),
    (ConfigError, 422),
    (BundleError, 503),
    (LockedError, 503),
    (ArtrecError, 400),
)
MOST_ERRORS: Final = 20
HINTS: Final = {
    400: "send JSON that is whole, as the documentation under /api/docs shows it",
    404: "see /api/docs for what there is",
    405: "see the header Allow for the methods of this address",
    413: "send less at a time",
    422: "see `errors` for each value that does not fit, and /api/docs for what would",
    500: "try again; if it stays, give the request id to whoever runs this service",
}


class Place(BaseModel):
    """One value that does not fit."""

    where: str = Field(description="Where it stands, for example `body.profile.0.rating`.")
    problem: str = Field(description="What is wrong with it.")


class ProblemBody(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(description="Kind of the problem.")
    title: str = Field(description="The kind in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What was wanted and what came.")
    hint: str = Field(description="What to do about it.")
    request_id: str = Field(description="Names this request in the service's log.")
    errors: list[Place] | None = Field(default=None, description="Each value that does not fit.")


class Problem(HTTPException):
    """An answer that is an error.

    Args:
        status: HTTP status.
        detail: What was wanted and what came, one sentence.
        hint: What to do about it.
        headers: Further headers of the answer.
        errors: Each value that does not fit, as `where` and `problem`.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        hint: str = "",
        headers: dict[str, str] | None = None,
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        super().__init__(status, detail, headers)
        self.status = status
        self.hint = hint or HINTS.get(status, "")
        self.errors = errors


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route, for its documentation: ``responses=answers(401, 404)``.

    What every call may answer (400, 408, 413, 422, 429, 503) is always among them.
    """
    every = sorted({400, 408, 413, 422, 429, 503, *statuses})
    schema = {"$ref": "#/components/schemas/ProblemBody"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in every
    }


def problem_response(
    status: int,
    detail: str,
    hint: str = "",
    *,
    request_id: str = "",
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer that tells of one problem."""
    title = HTTPStatus(status).phrase
    told: dict[str, Any] = {
        "type": "about:blank",  # the status says it all
        "title": title,
        "status": status,
        "detail": detail,
        "hint": hint or HINTS.get(status, ""),
        "request_id": request_id,
    }
    if errors is not None:
        told["errors"] = errors
    content = orjson.dumps(told, default=str)
    return Response(content, status, headers=headers, media_type=MEDIA_TYPE)


def status_of(error: ArtrecError) -> int:
    """HTTP status that an error of the library is told with."""
    return next(status for kind, status in STATUS_OF if isinstance(error, kind))


def tell_problems(app: FastAPI) -> None:
    """Let an app answer every error as a problem."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> Response:
        return problem_response(
            error.status,
            error.detail,
            error.hint,
            request_id=_id(request),
            errors=error.errors,
            headers=error.headers,
        )

    @app.exception_handler(ArtrecError)
    async def _library(request: Request, error: ArtrecError) -> Response:
        status = status_of(error)
        return problem_response(status, error.problem, error.hint, request_id=_id(request))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers or {})
        detail = _DETAILS.get(error.status_code, str(error.detail))
        return problem_response(error.status_code, detail, request_id=_id(request), headers=headers)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        return _invalid_response(request, error)


def _invalid_response(request: Request, error: RequestValidationError) -> Response:
    found = error.errors()
    if any(each["type"] == "json_invalid" for each in found):
        detail = "the body is not JSON"
        return problem_response(400, detail, request_id=_id(request))
    places = [
        {"where": ".".join(str(part) for part in each["loc"]), "problem": str(each["msg"])}
        for each in found[:MOST_ERRORS]
    ]
    shown = "" if len(found) == len(places) else f"; the first {len(places)} are shown"
    count = "1 value does" if len(found) == 1 else f"{len(found)} values do"
    detail = f"{count} not fit{shown}"
    return problem_response(422, detail, request_id=_id(request), errors=places)


_DETAILS: Final = {
    400: "the request cannot be read",
    404: "there is nothing at this address",
    405: "this address does not know that method",
}


def _id(request: Request) -> str:
    return str(request.scope.get("artrec.request_id", ""))
