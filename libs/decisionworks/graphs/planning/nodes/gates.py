"""The two points where a person must answer. They only interrupt: a resumed node runs again from its first line."""

from __future__ import annotations

from typing import Any

from langgraph.types import interrupt

from decisionworks.graphs.planning.state import IntakeState, PlanningState

QUESTIONS = "questions"
APPROVAL = "approval"


def gate_user_input(state: IntakeState) -> dict[str, Any]:
    """Wait for answers to the open questions."""
    answer = interrupt({"gate": QUESTIONS, "fields": state.get("open_fields", [])})
    return {"answers": answer["answers"]}


def gate_hitl(state: PlanningState) -> dict[str, Any]:
    """Wait for a decision on exactly this plan."""
    answer = interrupt({"gate": APPROVAL, "plan_hash": state["plan_hash"]})
    # What was decided, not when: the same decision is the same input to the nodes that follow.
    return {"decision": {name: answer.get(name) for name in ("decision", "comment", "plan_hash", "by")}}
