"""The graphs that the engine works in the benchmarks: ten trivial nodes in a row."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

import marks
from langgraph.graph import END, START, StateGraph

from decisionworks.engine.attempt import Attempt
from decisionworks.engine.cards import ReasonCard
from decisionworks.engine.definition import Ending, Failure, GraphDefinition, Waiting
from decisionworks.engine.node import NodeResult, NodeSpec, State, recorded
from decisionworks.events import EventDraft
from decisionworks.kit.db import Tx

_NODES = 10


class Trail(TypedDict):
    """Which nodes ran."""

    trail: Annotated[list[int], operator.add]


class PlainLife:
    """Runs that begin with nothing, rest nowhere, and say that they ended."""

    async def prepare(self, attempt: Attempt) -> Mapping[str, Any]:
        """No node ran."""
        return {"trail": []}

    async def rest(self, tx: Tx, attempt: Attempt, waiting: Waiting) -> list[EventDraft]:
        """There is no gate."""
        raise AssertionError("this graph has no gate")

    async def answer(self, tx: Tx, attempt: Attempt, interrupt_id: str) -> Mapping[str, Any] | None:
        """There is no gate."""
        raise AssertionError("this graph has no gate")

    def finish(self, attempt: Attempt, state: Mapping[str, Any]) -> Ending:
        """The last event of the stream."""
        return Ending(drafts=[EventDraft(type="run-complete", payload={"status": "completed"})])

    async def fail(self, tx: Tx, attempt: Attempt, failure: Failure) -> None:
        """Benchmarks do not fail."""
        raise AssertionError(failure.message)

    async def cancel(self, tx: Tx, attempt: Attempt) -> None:
        """Nobody cancels."""


def ten_nodes(kind: str = "ten") -> GraphDefinition:
    """Ten nodes in a row, each with its agent run, reason card and events; `kind` is the job's that runs them."""
    builder: StateGraph[Any, Any, Any, Any] = StateGraph(Trail, context_schema=Attempt)
    names = [f"n{number}" for number in range(_NODES)]
    for number, name in enumerate(names):
        builder.add_node(name, recorded(NodeSpec(name=name, inputs=("trail",), work=_work(number))))
    for before, after in zip([START, *names], [*names, END], strict=True):
        builder.add_edge(before, after)
    return GraphDefinition(kind=kind, version="1", builder=builder, life=PlainLife())


def _work(number: int) -> Any:
    async def work(state: State, attempt: Attempt) -> NodeResult:
        if number == 0:
            marks.noop()
        return _result(number)

    return work


def _result(number: int) -> NodeResult:
    card = ReasonCard(agent="bench", title=f"Step {number}", decision="Go on", because=("Nothing speaks against it.",))
    return NodeResult(update={"trail": [number]}, card=card)
