"""What every request passes: an id, a log line, a size limit, a token check, and a last net for errors."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from decisionworks.kit.errors import DecisionworksError
from decisionworks.kit.ids import new_id
from decisionworks.registry import Actor
from decisionworks_api.errors import BodyTooLarge, Unauthenticated
from decisionworks_api.metrics import Metrics
from decisionworks_api.problems import problem, problem_of

OPEN_PATHS = frozenset({"/", "/healthz", "/readyz", "/openapi.json", "/docs", "/favicon.ico"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_UNVERSIONED = re.compile(r"/api/(?!v\d+(?:/|$))(.+)")
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
}

log = structlog.get_logger(__name__)


class RequestContext:
    """Gives each request an id, logs its end and turns what nobody caught into a problem without a trace."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope["request_id"] = request_id
        started = time.perf_counter()
        status = 0

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_marked)
            except Exception as error:  # noqa: BLE001 - the outermost loop of a request: it logs and answers
                log.exception("http.failed", path=scope["path"], error=type(error).__name__)
                if status == 0:
                    answer = problem(
                        status=500,
                        code="internal",
                        detail="something failed on our side; the log names this request id",
                        instance=scope["path"],
                        request_id=request_id,
                    )
                    await answer(scope, receive, send_marked)
            finally:
                self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or "unmatched"
        self._metrics.note_request(method=scope["method"], route=route, status=status, seconds=seconds)
        actor: Actor | None = scope.get("actor")
        log.info(
            "http.request",
            method=scope["method"],
            path=scope["path"],
            status=status,
            duration_ms=round(seconds * 1000, 1),
            actor=None if actor is None else actor.name,
        )


class VersionAlias:
    """Lets `/api/chat` and the like answer as version 1 does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request under its full path."""
        if scope["type"] == "http":
            found = _UNVERSIONED.fullmatch(scope["path"])
            if found:
                path = f"/api/v1/{found.group(1)}"
                scope = {**scope, "path": path, "raw_path": path.encode()}
        await self._app(scope, receive, send)


class TokenCheck:
    """Lets only those in who have a token; health and the documentation are open."""

    def __init__(self, app: ASGIApp, *, authenticate: Callable[[str], Awaitable[Actor | None]]) -> None:
        self._app = app
        self._authenticate = authenticate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request if its caller is known."""
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        try:
            scope["actor"] = await self._actor(Headers(scope=scope))
        except DecisionworksError as error:
            answer = problem_of(error, instance=scope["path"], request_id=str(scope.get("request_id", "")))
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _actor(self, headers: Headers) -> Actor:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("a bearer token is needed", remedy="send `Authorization: Bearer TOKEN`")
        actor = await self._authenticate(token.strip())
        if actor is None:
            raise Unauthenticated("the token is not known or was revoked", remedy="the data dir's server.json has one")
        return actor


class BodyLimit:
    """Refuses bodies above a size, whether or not they say their length."""

    def __init__(self, app: ASGIApp, *, limit_bytes: int) -> None:
        self._app = app
        self._limit_bytes = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request whose body is small enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or int(length) > self._limit_bytes:
            error = BodyTooLarge(self._limit_bytes)
            await problem_of(error, instance=scope["path"], request_id=str(scope.get("request_id", "")))(
                scope, receive, send
            )
            return
        seen = 0

        async def receive_counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit_bytes:
                raise HTTPException(413, BodyTooLarge(self._limit_bytes).message)
            return message

        await self._app(scope, receive_counted, send)


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else str(new_id())
