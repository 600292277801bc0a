"""The ten trivial nodes in a row that plain LangGraph runs in the benchmarks."""

from __future__ import annotations

import operator
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph

NODES = 10


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
    names = [f"n{number}" for number in range(NODES)]
    for number, name in enumerate(names):
        graph.add_node(name, _node(number))
    for before, after in zip([START, *names], [*names, END], strict=True):
        graph.add_edge(before, after)
    return graph
