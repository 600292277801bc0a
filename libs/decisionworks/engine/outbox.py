"""What an attempt has made and not yet committed: finished nodes, and the checkpoints behind them.

One JSON value is all that a commit sends, so that it is one statement and one round trip.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from decisionworks.events import EventDraft
from decisionworks.jobs import FinalOutcome
from decisionworks.kit.db import Tx


@dataclass(slots=True, kw_only=True)
class FinishedNode:
    """A node's work, done and not yet committed; `checkpoint_id` follows when LangGraph has made it.

    Units: `duration_ms` is wall time in milliseconds.
    """

    node: str
    key: str
    inputs_hash: str
    outputs_hash: str
    output: Mapping[str, Any]
    drafts: Sequence[EventDraft]
    duration_ms: int
    apply: Callable[[Tx], Awaitable[None]] | None
    checkpoint_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A node with outside effects is about to begin."""

    node: str
    key: str
    inputs_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCheckpoint:
    """A checkpoint as LangGraph handed it over, and the values of its channels that are not plain."""

    namespace: str
    id: str
    parent_id: str | None
    checkpoint: Mapping[str, Any]
    metadata: Mapping[str, Any]
    blobs: Sequence[tuple[str, str, str, bytes | None]]


@dataclass(slots=True)
class Outbox:
    """Everything that the next commit takes along."""

    nodes: list[FinishedNode] = field(default_factory=list)
    checkpoints: list[SavedCheckpoint] = field(default_factory=list)

    def stamp(self, checkpoint_id: str) -> None:
        """Name the checkpoint behind the nodes that have none yet."""
        for done in self.nodes:
            if done.checkpoint_id is None:
                done.checkpoint_id = checkpoint_id

    def now(self) -> Outbox:
        """What waits at this moment; it stays until `drop`."""
        return Outbox(list(self.nodes), list(self.checkpoints))

    def drop(self, committed: Outbox) -> None:
        """Let go of what was committed; what came in meanwhile stays."""
        del self.nodes[: len(committed.nodes)]
        del self.checkpoints[: len(committed.checkpoints)]

    def forget(self) -> None:
        """Let go of everything: the attempt ends without it."""
        self.drop(self)

    def made(
        self,
        *,
        intents: AbstractSet[str],
        intent: Intent | None,
        drafts: Iterable[EventDraft],
        is_again: bool,
        ends_as: FinalOutcome | None = None,
    ) -> dict[str, Any]:
        """All of it as the one value that a commit sends."""
        runs = [_run(done) for done in self.nodes]
        if intent is not None:
            runs.append({"key": intent.key, "node": intent.node, "inputs_hash": intent.inputs_hash})
        told = [_event(draft, done.checkpoint_id) for done in self.nodes for draft in done.drafts]
        told += [_event(draft, None) for draft in drafts]
        placed = [
            {"node": done.node, "checkpoint_id": done.checkpoint_id}
            for done in self.nodes
            if done.key in intents and done.checkpoint_id is not None
        ]
        end: dict[str, Any] = {} if ends_as is None else {"end": {"outcome": ends_as}}
        return end | {
            "runs": runs,
            "events": told,
            "placed": placed,
            "checkpoints": [_checkpoint(saved) for saved in self.checkpoints],
            "blobs": [one for saved in self.checkpoints for one in _blobs(saved)],
            "is_progress": bool(self.nodes),
            "is_again": is_again,
        }


def _run(done: FinishedNode) -> dict[str, object]:
    return {
        "key": done.key,
        "node": done.node,
        "inputs_hash": done.inputs_hash,
        "outputs_hash": done.outputs_hash,
        "output": dict(done.output),
        "checkpoint_id": done.checkpoint_id,
        "duration_ms": done.duration_ms,
    }


def _event(draft: EventDraft, checkpoint_id: str | None) -> dict[str, object]:
    return {"type": draft.type, "node": draft.node, "checkpoint_id": checkpoint_id, "payload": dict(draft.payload)}


def _checkpoint(saved: SavedCheckpoint) -> dict[str, object]:
    return {
        "ns": saved.namespace,
        "id": saved.id,
        "parent_id": saved.parent_id,
        "checkpoint": saved.checkpoint,
        "metadata": saved.metadata,
    }


def _blobs(saved: SavedCheckpoint) -> list[dict[str, object]]:
    return [
        {
            "ns": saved.namespace,
            "channel": channel,
            "version": version,
            "type": kind,
            "blob": None if blob is None else base64.b64encode(blob).decode("ascii"),
        }
        for channel, version, kind, blob in saved.blobs
    ]
