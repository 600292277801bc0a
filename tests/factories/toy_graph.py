"""A small graph with a subgraph and two gates, whose nodes count how often they really worked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

from decisionworks.engine.attempt import Attempt
from decisionworks.engine.cards import ReasonCard
from decisionworks.engine.definition import Ending, Failure, GraphDefinition, Waiting
from decisionworks.engine.node import NodeResult, NodeSpec, State, recorded
from decisionworks.events import EventDraft
from decisionworks.kit.db import Tx

KIND = "toy"


class Inner(TypedDict, total=False):
    """The subgraph's state."""

    steps: list[str]
    question: str


class Outer(Inner, total=False):
    """The graph's state."""

    decision: str


class ToyLife:
    """Answers the gates from a table, and remembers how the run ended."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.asked: list[str] = []
        self.ends: list[tuple[str, object]] = []

    async def prepare(self, attempt: Attempt) -> Mapping[str, Any]:
        """Begin with no step."""
        return {"steps": []}

    async def rest(self, tx: Tx, attempt: Attempt, waiting: Waiting) -> list[EventDraft]:
        """Say which gate waits."""
        self.asked.append(waiting.payload["gate"])
        self.waits_at = waiting
        return [EventDraft(type="gate-waiting", payload=dict(waiting.payload))]

    async def answer(self, tx: Tx, attempt: Attempt, interrupt_id: str) -> Mapping[str, Any] | None:
        """The answer given for an interrupt."""
        said = self.answers.get(interrupt_id)
        return None if said is None else {"said": said}

    def finish(self, attempt: Attempt, state: Mapping[str, Any]) -> Ending:
        """Remember the final state."""
        self.ends.append(("finished", dict(state)))
        return Ending(drafts=[EventDraft(type="run-complete", payload={})])

    async def fail(self, tx: Tx, attempt: Attempt, failure: Failure) -> None:
        """Remember the failure."""
        self.ends.append(("failed", failure))

    async def cancel(self, tx: Tx, attempt: Attempt) -> None:
        """Remember the cancellation."""
        self.ends.append(("cancelled", None))


class Toy:
    """The graph, its life and its counters; `before` runs inside a node's work."""

    def __init__(self) -> None:
        self.life = ToyLife()
        self.worked: Counter[str] = Counter()
        self.before: dict[str, Any] = {}

    def definition(self) -> GraphDefinition:
        """The graph: (first → ask → second) → third → approve → fourth."""
        inner: StateGraph[Inner, Attempt, Inner, Inner] = StateGraph(Inner)
        inner.add_node("first", self._node("first"))
        inner.add_node("ask", lambda _state: {"question": interrupt({"gate": "ask"})["said"]})
        inner.add_node("second", self._node("second"))
        inner.add_edge(START, "first")
        inner.add_edge("first", "ask")
        inner.add_edge("ask", "second")
        inner.add_edge("second", END)
        outer: StateGraph[Outer, Attempt, Outer, Outer] = StateGraph(Outer, context_schema=Attempt)
        outer.add_node("intake", inner.compile())
        outer.add_node("third", self._node("third", has_outside_effects=True))
        outer.add_node("approve", lambda _state: {"decision": interrupt({"gate": "approve"})["said"]})
        outer.add_node("fourth", self._node("fourth"))
        for start, end in (
            (START, "intake"),
            ("intake", "third"),
            ("third", "approve"),
            ("approve", "fourth"),
            ("fourth", END),
        ):
            outer.add_edge(start, end)
        return GraphDefinition(kind=KIND, version="1", builder=outer, life=self.life)

    def _node(self, name: str, *, has_outside_effects: bool = False) -> Any:
        async def work(state: State, attempt: Attempt) -> NodeResult:
            hook = self.before.get(name)
            if hook is not None:
                await hook(attempt)
            self.worked[name] += 1
            card = ReasonCard(agent="toy", title=name, decision=name, because=(f"after {state.get('steps')}",))
            return NodeResult(update={"steps": [*state.get("steps", []), name]}, card=card)

        return recorded(NodeSpec(name=name, inputs=("steps",), work=work, has_outside_effects=has_outside_effects))
