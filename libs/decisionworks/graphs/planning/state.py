"""The state of intake and planning: digests and small values; the documents themselves are on the decision set."""

from __future__ import annotations

from typing import Any, TypedDict


class IntakeState(TypedDict, total=False):
    """What the intake subgraph reads and writes."""

    request_digest: str
    on_missing: str
    intake_round: int
    answers: dict[str, Any]
    constraints_digest: str
    open_fields: list[str]


class PlanningState(IntakeState, total=False):
    """What planning, the critics, the policies and the gate read and write.

    `plan_iteration` counts plans of this decision set: every trip back to the planner is a new agent run.
    `outcome`: how the run ends, once that is known.
    """

    plan_iteration: int
    critic_rounds: int
    objections: list[dict[str, Any]]
    tried_objections: list[dict[str, Any]]
    taken_objections: list[dict[str, Any]]
    plan_digest: str
    review_digest: str
    plan_hash: str
    decision: dict[str, Any]
    feedback: str
    guidance: str
    outcome: str
