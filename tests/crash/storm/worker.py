"""What a worker works in a storm: a graph of a few nodes that wait a little, with the real engine around them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph

from decisionworks.engine.attempt import Attempt
from decisionworks.engine.cards import ReasonCard
from decisionworks.engine.definition import Ending, Failure, GraphDefinition, Waiting
from decisionworks.engine.node import NodeResult, NodeSpec, State, recorded
from decisionworks.events import EventDraft
from decisionworks.kit.db import Tx

KIND = "storm"
NODES = 8


class StormState(TypedDict, total=False):
    """Which nodes have worked."""

    steps: list[str]


class StormLife:
    """A run that begins, ends and is told; it has no gate."""

    async def prepare(self, attempt: Attempt) -> Mapping[str, Any]:
        """Begin with no step."""
        return {"steps": []}

    async def rest(self, tx: Tx, attempt: Attempt, waiting: Waiting) -> list[EventDraft]:
        """Never waits."""
        raise AssertionError("nothing in this graph waits")

    async def answer(self, tx: Tx, attempt: Attempt, interrupt_id: str) -> Mapping[str, Any] | None:
        """Is never asked."""
        raise AssertionError("nothing in this graph asks")

    def finish(self, attempt: Attempt, state: Mapping[str, Any]) -> Ending:
        """Say that it is over, with the steps that it went."""
        return Ending(
            drafts=[EventDraft(type="run-complete", payload={"status": "completed", "steps": state["steps"]})]
        )

    async def fail(self, tx: Tx, attempt: Attempt, failure: Failure) -> None:
        """Say why."""
        failed = EventDraft(type="run-complete", payload={"status": "failed", "failure": failure.to_json()})
        await attempt.append(tx, [failed])

    async def cancel(self, tx: Tx, attempt: Attempt) -> None:
        """Is never cancelled."""
        raise AssertionError("nobody cancels a run of a storm")


def storm_definition(*, node_s: float, effects: Path | None) -> GraphDefinition:
    """The graph: eight nodes in a row, every other one with an effect outside the database."""
    builder: StateGraph[StormState, Attempt, StormState, StormState] = StateGraph(StormState, context_schema=Attempt)
    names = [f"node_{number}" for number in range(1, NODES + 1)]
    for number, name in enumerate(names):
        builder.add_node(name, recorded(_spec(name, node_s=node_s, effects=effects if number % 2 else None)))
    for start, end in zip([START, *names], [*names, END], strict=True):
        builder.add_edge(start, end)
    return GraphDefinition(kind=KIND, version="1", builder=builder, life=StormLife())


def work_storms(entry: Mapping[str, str]) -> None:
    """Let this worker process know the storm's graph instead of the product's."""
    from decisionworks_worker import main as worker_main

    effects = Path(entry["effects"]) if "effects" in entry else None
    definition = storm_definition(node_s=float(entry.get("node_s", "0.05")), effects=effects)
    worker_main.graph_definitions = lambda *_args, **_names: {KIND: definition}


def _spec(name: str, *, node_s: float, effects: Path | None) -> NodeSpec:
    async def work(state: State, attempt: Attempt) -> NodeResult:
        await asyncio.sleep(node_s * random.uniform(0.5, 1.5))
        steps = [*state["steps"], name]
        if effects is not None:
            # Keyed by what it is, so that doing it again lands on the same file.
            (effects / f"{attempt.thread_id}-{name}").write_text("|".join(steps))
        card = ReasonCard(agent="storm", title=name, decision=name, because=(f"after {state['steps']}",))
        return NodeResult(update={"steps": steps}, card=card)

    return NodeSpec(name=name, inputs=("steps",), work=work, has_outside_effects=effects is not None)
