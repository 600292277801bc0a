"""An event: a past-tense fact, appended once, numbered 1, 2, 3 … within its stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """A fact about to be appended; `node` is the graph node that states it, if one does."""

    type: str
    payload: Mapping[str, Any]
    node: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """A fact as it stands in the log for ever."""

    stream_id: UUID
    seq: int
    type: str
    node: str | None
    run_id: UUID | None
    checkpoint_id: str | None
    payload: Mapping[str, Any]
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """The event as timelines and streams show it."""
        return {
            "seq": self.seq,
            "decision_set_id": str(self.stream_id),
            "type": self.type,
            "at": self.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "payload": dict(self.payload),
            "checkpoint_id": self.checkpoint_id,
            "node": self.node,
            "run_id": None if self.run_id is None else str(self.run_id),
        }
