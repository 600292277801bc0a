"""What the engine must know of a graph: how to start it, wait in it and end it. The engine knows no domain word."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from langgraph.graph import StateGraph
from langgraph.pregel import Pregel

from decisionworks.events import EventDraft
from decisionworks.kit.db import Tx

if TYPE_CHECKING:
    from decisionworks.engine.attempt import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The graph rests at a gate: the interrupt's id (its position) and what it asks for."""

    interrupt_id: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a run ended without its result; fit to be shown."""

    code: str
    message: str
    remedy: str | None
    quarantined: bool

    def to_json(self) -> dict[str, Any]:
        """The failure as events and decision sets show it."""
        return {
            "code": self.code,
            "message": self.message,
            "remedy": self.remedy,
            "quarantined": self.quarantined,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What the domain makes of a run's good end: events, and a write for which it needs the transaction."""

    drafts: Sequence[EventDraft] = ()
    write: Callable[[Tx], Awaitable[None]] | None = None


class GraphLife(Protocol):
    """The moments of a run at which the domain reads and writes; a `tx` is a transaction that holds the lease."""

    def prepare(self, attempt: Attempt) -> Awaitable[Mapping[str, Any]]:
        """Load what the nodes work on; the answer is the graph's first state, used when nothing ran yet."""
        ...

    def rest(self, tx: Tx, attempt: Attempt, waiting: Waiting) -> Awaitable[list[EventDraft]]:
        """The graph waits for a person: open the gate; the events say so."""
        ...

    def answer(self, tx: Tx, attempt: Attempt, interrupt_id: str) -> Awaitable[Mapping[str, Any] | None]:
        """What the person answered, None while nobody has."""
        ...

    def finish(self, attempt: Attempt, state: Mapping[str, Any]) -> Ending:
        """The graph came to its end; the job's own end is committed with the answer."""
        ...

    def fail(self, tx: Tx, attempt: Attempt, failure: Failure) -> Awaitable[None]:
        """The run ends without its result."""
        ...

    def cancel(self, tx: Tx, attempt: Attempt) -> Awaitable[None]:
        """The run ends because somebody asked for it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphDefinition:
    """A kind of job and the graph that works it.

    `version` is part of every agent run's key: raise it when a node's meaning changes.
    """

    kind: str
    version: str
    builder: StateGraph[Any, Any, Any, Any]
    life: GraphLife
    recursion_limit: int = 60
    compiled: Pregel[Any, Any, Any, Any] = field(init=False)

    def __post_init__(self) -> None:
        """Compile once: every attempt works a copy with a checkpointer of its own."""
        object.__setattr__(self, "compiled", self.builder.compile())
