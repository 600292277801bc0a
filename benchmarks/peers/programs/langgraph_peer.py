"""LangGraph with AsyncPostgresSaver: ten trivial nodes in a row, `durability="sync"`, one saver per concurrent slot.

AsyncPostgresSaver guards every statement by one lock per saver, pool or not; a saver per slot is its best setting.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph_line import NODES, line
from ledger import Ledger
from program import URL, Unable, main
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool


class LangGraphRuns(Unable):
    """Plain LangGraph: no queue, only the durable runs."""

    async def setup(self) -> None:
        """The saver's tables."""
        async with AsyncPostgresSaver.from_conn_string(URL) as saver:
            await saver.setup()

    async def runs(self, *, n: int, concurrency: int) -> dict[str, Any]:
        """Runs of ten nodes, so many at a time."""
        connection = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
        async with AsyncConnectionPool(URL, min_size=concurrency, max_size=max(2, concurrency), kwargs=connection) as p:
            free: asyncio.Queue[Any] = asyncio.Queue()
            for _ in range(concurrency):
                free.put_nowait(line().compile(checkpointer=AsyncPostgresSaver(p)))  # type: ignore[arg-type]

            async def one() -> None:
                graph = await free.get()
                thread = {"configurable": {"thread_id": str(uuid.uuid4())}}
                ended = await graph.ainvoke({"trail": []}, thread, durability="sync")
                assert len(ended["trail"]) == NODES
                free.put_nowait(graph)

            await asyncio.gather(*[one() for _ in range(concurrency)])
            ledger, began = Ledger(), time.perf_counter()
            await asyncio.gather(*[one() for _ in range(n)])
            seconds = time.perf_counter() - began
        return {"n": n, "seconds": seconds, **ledger.cost(n)}


main(LangGraphRuns())
