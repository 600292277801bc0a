"""Plain LangGraph behind FastAPI: POST /runs runs ten durable nodes in this process and answers at their end.

No queue, no worker, no lease, nothing that outlives the process: what a run over HTTP costs without all that.
Environment: BENCH_URL, BENCH_PORT.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph_line import NODES, line

_graphs: list[Any] = []


@asynccontextmanager
async def _saving(_app: FastAPI) -> AsyncIterator[None]:
    async with AsyncPostgresSaver.from_conn_string(os.environ["BENCH_URL"]) as saver:
        await saver.setup()
        _graphs.append(line().compile(checkpointer=saver))
        yield


app = FastAPI(lifespan=_saving)


@app.post("/runs")
async def run() -> dict[str, int]:
    """One run, to its end."""
    thread = {"configurable": {"thread_id": str(uuid.uuid4())}}
    ended = await _graphs[0].ainvoke({"trail": []}, thread, durability="sync")
    assert len(ended["trail"]) == NODES
    return {"nodes": NODES}


@app.get("/healthz")
async def healthz() -> dict[str, str]:
    """Whether it answers."""
    return {"status": "ok"}


uvicorn.run(app, host="127.0.0.1", port=int(os.environ["BENCH_PORT"]), log_level="warning", access_log=False)
