"""sse-starlette: FastAPI serving the rows of a table as events, one LISTEN connection, a queue for each client.

Environment: BENCH_URL, BENCH_PORT. The table is `bench_events (seq, payload)`, the channel `bench_events`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import uvicorn
from fastapi import FastAPI
from sse_starlette import EventSourceResponse, ServerSentEvent

_queues: set[asyncio.Queue[ServerSentEvent]] = set()


@asynccontextmanager
async def _listening(_app: FastAPI) -> AsyncIterator[None]:
    connection = await asyncpg.connect(os.environ["BENCH_URL"])
    rung = asyncio.Event()
    await connection.add_listener("bench_events", lambda *_: rung.set())
    task = asyncio.create_task(_read(rung))
    yield
    task.cancel()


async def _read(rung: asyncio.Event) -> None:
    reader = await asyncpg.connect(os.environ["BENCH_URL"])
    last = 0
    while True:
        await rung.wait()
        rung.clear()
        for row in await reader.fetch("SELECT seq, payload FROM bench_events WHERE seq > $1 ORDER BY seq", last):
            last = row["seq"]
            event = ServerSentEvent(data=row["payload"], id=str(last), event="reason-card")
            for queue in _queues:
                queue.put_nowait(event)


app = FastAPI(lifespan=_listening)


@app.get("/stream")
async def stream() -> EventSourceResponse:
    """Follow the table."""

    async def events() -> AsyncIterator[ServerSentEvent]:
        queue: asyncio.Queue[ServerSentEvent] = asyncio.Queue()
        _queues.add(queue)
        try:
            yield ServerSentEvent(comment="open")
            while True:
                yield await queue.get()
        finally:
            _queues.discard(queue)

    return EventSourceResponse(events(), ping=10)


uvicorn.run(app, host="127.0.0.1", port=int(os.environ["BENCH_PORT"]), log_level="warning", access_log=False)
