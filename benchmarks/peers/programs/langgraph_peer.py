"""LangGraph with AsyncPostgresSaver: ten trivial nodes in a row, `durability="sync"`, one saver per concurrent slot.

AsyncPostgresSaver guards every statement by one lock per saver, pool or not; a saver per slot is its best setting.
"""

from __future__ import annotations

import asyncio
import operator
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypedDict

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph import END, START, StateGraph
from ledger import Ledger
from program import URL, Unable, main
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

_NODES = 10


class Trail(TypedDict):
    """Which nodes ran."""

    trail: Annotated[list[int], operator.add]


def _node(number: int) -> Callable[[Trail], Awaitable[dict[str, list[int]]]]:
    async def node(state: Trail) -> dict[str, list[int]]:
        return {"trail": [number]}

    return node


def line() -> StateGraph[Any, Any, Any, Any]:
    """Ten nodes in a row."""
    graph: StateGraph[Any, Any, Any, Any] = StateGraph(Trail)
    names = [f"n{number}" for number in range(_NODES)]
    for number, name in enumerate(names):
        graph.add_node(name, _node(number))
    for before, after in zip([START, *names], [*names, END], strict=True):
        graph.add_edge(before, after)
    return graph


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
                assert len(ended["trail"]) == _NODES
                free.put_nowait(graph)

            await asyncio.gather(*[one() for _ in range(concurrency)])
            ledger, began = Ledger(), time.perf_counter()
            await asyncio.gather(*[one() for _ in range(n)])
            seconds = time.perf_counter() - began
        return {"n": n, "seconds": seconds, **ledger.cost(n)}


main(LangGraphRuns())
