"""A decision set and its statuses.

queued → intake ⇄ needs_input
           ↓
        planning ⇄ gate_waiting → generating → completed
           ↓            ↓
        blocked      rejected          any that is not terminal → cancelled, failed, blocked
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, TypeAlias
from uuid import UUID

JsonObject: TypeAlias = Mapping[str, Any]
OnMissing: TypeAlias = Literal["ask", "assume"]


class Status(StrEnum):
    """Where a decision set is on its way."""

    QUEUED = "queued"
    INTAKE = "intake"
    NEEDS_INPUT = "needs_input"
    PLANNING = "planning"
    GATE_WAITING = "gate_waiting"
    GENERATING = "generating"
    COMPLETED = "completed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    FAILED = "failed"
    BLOCKED = "blocked"


TERMINAL = frozenset({Status.COMPLETED, Status.REJECTED, Status.CANCELLED, Status.FAILED, Status.BLOCKED})
IN_INTAKE = frozenset({Status.QUEUED, Status.INTAKE, Status.NEEDS_INPUT})
REVISABLE = TERMINAL | {Status.GATE_WAITING, Status.GENERATING}
_ENDS = frozenset({Status.CANCELLED, Status.FAILED, Status.BLOCKED})

_NEXT: Mapping[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.INTAKE, Status.PLANNING}),
    Status.INTAKE: frozenset({Status.NEEDS_INPUT, Status.PLANNING}),
    Status.NEEDS_INPUT: frozenset({Status.INTAKE, Status.PLANNING}),
    Status.PLANNING: frozenset({Status.GATE_WAITING}),
    Status.GATE_WAITING: frozenset({Status.GENERATING, Status.PLANNING, Status.REJECTED}),
    Status.GENERATING: frozenset({Status.PLANNING, Status.COMPLETED}),
}


def can_become(found: Status, wanted: Status) -> bool:
    """Whether a decision set in one status may change to the other; a status may be written again."""
    if found in TERMINAL:
        return False
    return wanted == found or wanted in _ENDS or wanted in _NEXT[found]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionSet:
    """The versioned bundle of choices for one request, as it stands in the database."""

    id: UUID
    project_id: UUID
    parent_id: UUID | None
    revision: int
    version: int
    status: Status
    on_missing: OnMissing
    request: str
    given_constraints: JsonObject
    metadata: JsonObject
    language: str | None
    constraints: JsonObject
    coverage: JsonObject
    questions: Sequence[JsonObject]
    untrusted_instructions: Sequence[JsonObject]
    findings: JsonObject
    plan: JsonObject | None
    infeasibility: JsonObject | None
    critiques: Sequence[JsonObject]
    cost_estimate: JsonObject | None
    policy_results: JsonObject | None
    plan_hash: str | None
    approval: JsonObject | None
    missing_patterns: Sequence[str]
    change_summary: JsonObject | None
    failure: JsonObject | None
    git_commit: str | None
    stream_abandoned_at: datetime | None
    requested_by: str
    created_at: datetime
    updated_at: datetime

    @property
    def is_finished(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in TERMINAL

    @property
    def is_blocked_by_policy(self) -> bool:
        """Whether a policy forbids the plan as it stands."""
        return bool(self.policy_results) and (self.policy_results or {}).get("status") == "block"


def blocking_rules(policy_results: JsonObject | None) -> list[str]:
    """The ids of the policies that forbid a plan, in the order of the results."""
    rules = (policy_results or {}).get("rules", [])
    return [str(rule["id"]) for rule in rules if rule.get("severity") == "block" and rule.get("outcome") == "fired"]
