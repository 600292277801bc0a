"""The wrapper that every node but a gate goes through: answered from the record, or worked once and recorded.

Key: sha256(thread_id | node | inputs_hash); the hashed input is what the node declares, the graph's version and the
prompt pack, so that a loop with another iteration number, a new prompt or a new graph is a new agent run.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from langgraph.runtime import Runtime

from decisionworks.engine.attempt import Attempt, DomainWrite
from decisionworks.engine.cards import ReasonCard
from decisionworks.engine.outbox import FinishedNode, Intent
from decisionworks.events import EventDraft
from decisionworks.kit.canonical import digest_of, sha256_hex
from decisionworks.kit.redact import redact_json

log = structlog.get_logger(__name__)

State = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeResult:
    """What a node says: a partial state, the card that explains it, other events, and what to write with them.

    `update` holds plain JSON only. `apply` runs in the committing transaction, under the lease.
    """

    update: Mapping[str, Any]
    card: ReasonCard
    drafts: tuple[EventDraft, ...] = ()
    apply: DomainWrite | None = None


Work = Callable[[State, Attempt], Awaitable[NodeResult]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSpec:
    """A node: its name, the state fields it reads, and its work.

    `has_outside_effects`: model calls, files, git. Its beginning is committed before the work.
    `versions`: whatever else changes its answer (prompt pack, catalogue versions).
    `unhashed_outputs`: parts of its output that differ from run to run (digests of logs), left out of `outputs_hash`.
    """

    name: str
    inputs: tuple[str, ...]
    work: Work
    has_outside_effects: bool = False
    versions: Mapping[str, str] = field(default_factory=dict)
    unhashed_outputs: tuple[str, ...] = ()


def recorded(spec: NodeSpec) -> Callable[..., Awaitable[dict[str, Any]]]:
    """The node as LangGraph calls it."""

    async def node(state: Any, runtime: Runtime[Attempt]) -> dict[str, Any]:
        attempt = runtime.context
        inputs_hash = _inputs_hash(spec, state, attempt)
        key = sha256_hex(f"{attempt.thread_id}|{spec.name}|{inputs_hash}")
        known = attempt.recorded.get(key)
        if known is not None:
            log.info("node.cached", node_name=spec.name, agent_run=key[:12])
            return dict(known)
        return dict(await _work_once(spec, state, attempt, key=key, inputs_hash=inputs_hash))

    node.__name__ = spec.name
    return node


def _inputs_hash(spec: NodeSpec, state: State, attempt: Attempt) -> str:
    declared = {name: state.get(name) for name in spec.inputs}
    return digest_of({"input": declared, "graph": attempt.graph_version, "versions": dict(spec.versions)})


async def _work_once(
    spec: NodeSpec, state: State, attempt: Attempt, *, key: str, inputs_hash: str
) -> Mapping[str, Any]:
    with structlog.contextvars.bound_contextvars(node_name=spec.name):
        # Before anything new is begun, what is done stands in the database.
        if spec.has_outside_effects:
            await attempt.intend(Intent(node=spec.name, key=key, inputs_hash=inputs_hash))
        else:
            await attempt.commit()
        began = time.monotonic()
        attempt.working += 1
        try:
            result = await spec.work(state, attempt)
        finally:
            attempt.working -= 1
        duration_s = time.monotonic() - began
        attempt.measures.node.labels(spec.name).observe(duration_s)
        duration_ms = round(duration_s * 1000)
        outputs_hash = digest_of({k: v for k, v in result.update.items() if k not in spec.unhashed_outputs})
        card = result.card.to_json(
            node=spec.name, inputs_hash=inputs_hash, outputs_hash=outputs_hash, duration_ms=duration_ms, cached=False
        )
        started = [] if spec.has_outside_effects else [EventDraft(type="node-started", payload={"node": spec.name})]
        completed = EventDraft(type="node-completed", payload={"node": spec.name, "duration_ms": duration_ms})
        drafts = [*started, *result.drafts, EventDraft(type="reason-card", payload=card), completed]
        attempt.outbox.nodes.append(
            FinishedNode(
                node=spec.name,
                key=key,
                inputs_hash=inputs_hash,
                outputs_hash=outputs_hash,
                output=result.update,
                drafts=[EventDraft(type=d.type, payload=redact_json(d.payload), node=spec.name) for d in drafts],
                duration_ms=duration_ms,
                apply=result.apply,
            )
        )
        if attempt.working:
            await attempt.commit()  # a neighbour in the same superstep still works: its time is not this node's risk
        log.info("node.worked", duration_ms=duration_ms, agent_run=key[:12])
        return result.update
