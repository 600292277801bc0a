"""A gate: a point where a person must answer.

open → answered (questions)
open → approved | rejected | expired (approval)
open → cancelled (either)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

GateKind = Literal["questions", "approval"]
GateState = Literal["open", "answered", "approved", "rejected", "expired", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate of a decision set, open or closed for ever."""

    id: UUID
    project_id: UUID
    decision_set_id: UUID
    kind: GateKind
    state: GateState
    interrupt_id: str
    plan_hash: str | None
    answer: Mapping[str, Any] | None
    opened_at: datetime
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for its answer."""
        return self.state == "open"

    def to_json(self) -> dict[str, object]:
        """The gate as a decision set shows it."""
        return {
            "id": str(self.id),
            "kind": self.kind,
            "state": self.state,
            "plan_hash": self.plan_hash,
            "opened_at": _instant(self.opened_at),
            "closed_at": None if self.closed_at is None else _instant(self.closed_at),
        }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
