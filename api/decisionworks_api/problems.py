"""From an error to an RFC 9457 problem document; the only place with status codes of errors."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any, TypedDict, get_type_hints

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from decisionworks.kit.errors import (
    Broken,
    Conflict,
    DecisionworksError,
    FieldProblem,
    Forbidden,
    Invalid,
    NotFound,
    RetryLater,
)
from decisionworks_api.errors import BodyTooLarge, Malformed, TooManyWrites, Unauthenticated

MEDIA_TYPE = "application/problem+json"
_STATUS: tuple[tuple[type[DecisionworksError], int], ...] = (
    (Unauthenticated, 401),
    (TooManyWrites, 429),
    (Malformed, 400),
    (BodyTooLarge, 413),
    (NotFound, 404),
    (Conflict, 409),
    (Forbidden, 403),
    (Invalid, 422),
    (RetryLater, 503),
    (Broken, 500),
)
_TITLES = {
    400: "Malformed request", 401: "Not authenticated", 403: "Not allowed", 404: "Not found", 405: "Method not allowed",
    409: "Conflict", 413: "Too large", 415: "Unsupported media type", 422: "Invalid input", 429: "Too many requests",
    500: "Internal error", 503: "Unavailable for now",
}  # fmt: skip
# What a database answers that has not been migrated yet, or whose roles are missing.
_UNMIGRATED = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedObject,
    psycopg.errors.InvalidParameterValue,
    psycopg.errors.InsufficientPrivilege,
)

log = structlog.get_logger(__name__)


class _Where(TypedDict):
    instance: str
    request_id: str


def problem(
    *,
    status: int,
    code: str,
    detail: str,
    instance: str,
    request_id: str,
    errors: Sequence[FieldProblem] = (),
    remedy: str | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """One problem document as a response."""
    body: dict[str, Any] = {
        "type": f"urn:decisionworks:problem:{code}",
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "instance": instance,
        "request_id": request_id,
        "errors": [error.to_json() for error in errors],
    }
    if remedy is not None:
        body["remedy"] = remedy
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def problem_of(error: DecisionworksError, *, instance: str, request_id: str) -> JSONResponse:
    """The problem document of one of our errors."""
    status = next((code for family, code in _STATUS if isinstance(error, family)), 500)
    headers: dict[str, str] = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="decisionworks"'
    if isinstance(error, RetryLater):
        headers["Retry-After"] = str(max(1, round(error.retry_after_s or 1)))
    if status >= 500:
        log.warning("http.problem", code=error.code, detail=error.message)
    return problem(
        status=status,
        code=error.code,
        detail=error.message,
        instance=instance,
        request_id=request_id,
        errors=error.problems if isinstance(error, Invalid) else (),
        remedy=error.remedy,
        headers=headers,
    )


def install_problem_handlers(app: FastAPI) -> None:
    """Let every error of a route leave as a problem document."""

    def where(request: Request) -> _Where:
        return {"instance": request.url.path, "request_id": str(request.scope.get("request_id", ""))}

    def ours(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, DecisionworksError)  # noqa: S101 - registered for this class only
        return problem_of(error, **where(request))

    def unreadable(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
        return problem_of(_invalid(request, error), **where(request))

    def framework(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
        if error.status_code == 400:
            return problem_of(_unparsed(error), **where(request))
        code = _TITLES.get(error.status_code, "error").lower().replace(" ", "-")
        return problem(
            status=error.status_code,
            code=code,
            detail=_said(error, request),
            headers=dict(error.headers or {}),
            **where(request),
        )

    def unmigrated(request: Request, error: Exception) -> JSONResponse:
        log.error("database.not_migrated", error=str(error).splitlines()[0])
        return problem_of(not_migrated(), **where(request))

    app.add_exception_handler(DecisionworksError, ours)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(HTTPException, framework)
    for kind in _UNMIGRATED:
        app.add_exception_handler(kind, unmigrated)


def not_migrated() -> RetryLater:
    """The database answers but its schema is not there."""
    return RetryLater(
        "the database has not been migrated to this version", retry_after_s=5, remedy="run `decisionworks migrate`"
    )


def _unparsed(error: HTTPException) -> Malformed:
    """What the framework could not parse at all; only the cause says why."""
    match error.__cause__:
        case UnicodeDecodeError() as cause:
            return Malformed(f"the body is not text: byte {cause.start + 1} is not UTF-8", remedy="send JSON in UTF-8")
        case RecursionError():
            return Malformed("the body is nested too deeply", remedy="send one flat JSON object")
        case ValueError() as cause if "digits" in str(cause):
            return Malformed("the body holds a number with too many digits", remedy="send numbers that mean something")
        case _:
            return Malformed("the body cannot be read", remedy="send one JSON object")


def _said(error: HTTPException, request: Request) -> str:
    """A sentence for what the framework says in two words."""
    match error.status_code:
        case 404:
            return f"there is nothing at {request.url.path[:200]}"
        case 405:
            return f"{request.method} is not for {request.url.path[:200]}"
        case _:
            return str(error.detail)


def _invalid(request: Request, error: RequestValidationError) -> Invalid:
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        reason = str(found[0].get("ctx", {}).get("error", "not JSON"))
        return Malformed(f"the body is not valid JSON: {reason}", remedy="send one JSON object")
    if any(item["loc"] == ("body",) for item in found):
        return Malformed(
            "the body is not a JSON object", remedy="send one JSON object with Content-Type: application/json"
        )
    problems = tuple(_field_problem(request, item) for item in found[:50])
    return Invalid("; ".join(f"{one.pointer} {one.detail}" for one in problems[:3]), problems=problems)


def _field_problem(request: Request, item: dict[str, Any]) -> FieldProblem:
    place = [str(part) for part in item["loc"] if part not in ("body", "query", "path", "header")]
    pointer = "/" + "/".join(part.replace("~", "~0").replace("/", "~1")[:80] for part in place)
    if item["type"] == "extra_forbidden":
        return FieldProblem(pointer=pointer, detail="is not a known field", remedy=_did_you_mean(request, place))
    detail = str(item["msg"]).removeprefix("Value error, ")
    return FieldProblem(pointer=pointer, detail=detail[:1].lower() + detail[1:])


def _did_you_mean(request: Request, place: Sequence[str]) -> str | None:
    endpoint = request.scope.get("endpoint")
    hints = get_type_hints(endpoint) if endpoint is not None else {}
    models = [hint for hint in hints.values() if isinstance(hint, type) and issubclass(hint, BaseModel)]
    names = [name for model in models for name in model.model_fields]
    near = difflib.get_close_matches(place[-1], names, n=1, cutoff=0.6) if place else []
    if near:
        return f"did you mean {near[0]}?"
    return f"known fields: {', '.join(names)}" if names else None
