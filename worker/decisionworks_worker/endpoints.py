"""The worker's own HTTP: whether it lives, what it counts, and the door through which it is asked to work."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from collections.abc import AsyncIterator, Iterator

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from decisionworks.engine.worker import Worker
from decisionworks.kit.errors import RetryLater
from decisionworks.kit.settings import Settings

_CLOSE_WITHIN_S = 2


def worker_app(settings: Settings, worker: Worker) -> FastAPI:
    """`/healthz`, `/metrics` and `POST /work`; the latter two want the shared secret."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    secret = None if settings.work_secret is None else settings.work_secret.get_secret_value()

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        """200 while this process lives or rests between requests, 503 while the database does not know it."""
        state = worker.state()
        return JSONResponse(state, status_code=200 if state["is_alive"] or state["is_resting"] else 503)

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        """Counters in Prometheus' text format; open where no secret is set."""
        if secret is not None and not _knows(secret, request):
            return _refused()
        return Response(worker.measures.exposition(), media_type=worker.measures.media_type)

    @app.post("/work")
    async def work(request: Request) -> JSONResponse:
        """Work while this request is open: until there is nothing more to do, or for as long as is set."""
        if secret is None:
            return _problem(404, "no-work-secret", "work by request is off; set DECISIONWORKS_WORK_SECRET")
        if not _knows(secret, request):
            return _refused()
        if worker.requests is None:
            return _problem(
                409, "works-by-itself", "this worker needs no request; its DECISIONWORKS_WORKER_MODE is loop"
            )
        try:
            worked = await worker.requests.work()
        except RetryLater as error:
            headers = {"Retry-After": f"{error.retry_after_s or 1:.0f}"}
            return _problem(503, error.code, error.message, headers)
        return JSONResponse({"worked": worked.worked, "has_more": worked.has_more})

    return app


def _knows(secret: str, request: Request) -> bool:
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode(), f"Bearer {secret}".encode())


def _refused() -> JSONResponse:
    return _problem(401, "unauthorized", "the bearer token is not the shared secret", {"WWW-Authenticate": "Bearer"})


def _problem(status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    body = {"type": f"urn:decisionworks:problem:{code}", "title": code, "status": status, "detail": detail}
    return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")


@contextlib.asynccontextmanager
async def serving(settings: Settings, worker: Worker) -> AsyncIterator[None]:
    """Serve it beside the work; port 0 means not at all."""
    if settings.worker_port == 0:
        yield
        return
    server = _Server(
        uvicorn.Config(
            worker_app(settings, worker),
            host=settings.worker_host,
            port=settings.worker_port,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=_CLOSE_WITHIN_S,
        )
    )
    task = asyncio.create_task(server.serve(), name="endpoints")
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.wait([task], timeout=_CLOSE_WITHIN_S + 1)


class _Server(uvicorn.Server):
    """A server that leaves the process's signals to the worker."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle no signal."""
        yield
