"""The worker's own HTTP: whether it lives, for whoever has to start another one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from decisionworks.engine.worker import Worker
from decisionworks.kit.settings import Settings

_CLOSE_WITHIN_S = 2


def health_app(worker: Worker) -> FastAPI:
    """`/healthz`: 200 while this process is a live worker, 503 while the database does not know it."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        state = worker.state()
        return JSONResponse(state, status_code=200 if state["is_alive"] else 503)

    return app


@contextlib.asynccontextmanager
async def serving_health(settings: Settings, worker: Worker) -> AsyncIterator[None]:
    """Serve it beside the work; port 0 means not at all."""
    if settings.worker_port == 0:
        yield
        return
    server = _Server(
        uvicorn.Config(
            health_app(worker),
            host=settings.worker_host,
            port=settings.worker_port,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=_CLOSE_WITHIN_S,
        )
    )
    task = asyncio.create_task(server.serve(), name="health")
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
