"""Intake and planning: from the words of a request to a decided plan.

intake: extract_constraints → coverage_check → (adaptive_questioner → gate_user_input → coverage_check)* →
planner → critic_tech → critic_cost → (planner)≤2 → policy_eval → gate_hitl → process_approval_feedback → …
"""

from __future__ import annotations

from typing import Any

from langgraph.graph import END, START, StateGraph

from decisionworks.engine.node import recorded
from decisionworks.graphs.planning.nodes.adaptive_questioner import adaptive_questioner_node
from decisionworks.graphs.planning.nodes.coverage_check import coverage_check_node
from decisionworks.graphs.planning.nodes.critic_cost import critic_cost_node
from decisionworks.graphs.planning.nodes.critic_tech import critic_tech_node
from decisionworks.graphs.planning.nodes.extract_constraints import extract_constraints_node
from decisionworks.graphs.planning.nodes.gates import gate_hitl, gate_user_input
from decisionworks.graphs.planning.nodes.planner import planner_node
from decisionworks.graphs.planning.nodes.policy_eval import policy_eval_node
from decisionworks.graphs.planning.nodes.process_approval_feedback import process_approval_feedback_node
from decisionworks.graphs.planning.state import IntakeState, PlanningState
from decisionworks.graphs.planning.tools import PlanningTools

MOST_CRITIC_ROUNDS = 2


def add_planning(builder: StateGraph[Any, Any, Any, Any], tools: PlanningTools, *, next_node: str) -> None:
    """Add intake and planning; an approved plan goes on to `next_node`."""
    builder.add_node("intake", _intake(tools).compile())
    for spec in (
        planner_node(tools),
        critic_tech_node(tools),
        critic_cost_node(tools),
        policy_eval_node(tools),
        process_approval_feedback_node(tools),
    ):
        builder.add_node(spec.name, recorded(spec), input_schema=PlanningState)
    builder.add_node("gate_hitl", gate_hitl)
    builder.add_edge(START, "intake")
    builder.add_edge("intake", "planner")
    builder.add_edge("planner", "critic_tech")
    builder.add_edge("critic_tech", "critic_cost")
    builder.add_conditional_edges("critic_cost", _after_critics, ["planner", "policy_eval"])
    builder.add_conditional_edges("policy_eval", _after_policies, ["gate_hitl", END])
    builder.add_edge("gate_hitl", "process_approval_feedback")
    builder.add_conditional_edges(
        "process_approval_feedback", _after_feedback, {"planner": "planner", "approved": next_node}
    )


def _intake(tools: PlanningTools) -> StateGraph[Any, Any, Any, Any]:
    builder: StateGraph[Any, Any, Any, Any] = StateGraph(IntakeState)
    for spec in (extract_constraints_node(tools), coverage_check_node(tools), adaptive_questioner_node(tools)):
        builder.add_node(spec.name, recorded(spec), input_schema=IntakeState)
    builder.add_node("gate_user_input", gate_user_input)
    builder.add_edge(START, "extract_constraints")
    builder.add_edge("extract_constraints", "coverage_check")
    builder.add_conditional_edges("coverage_check", _after_coverage, ["adaptive_questioner", END])
    builder.add_edge("adaptive_questioner", "gate_user_input")
    builder.add_edge("gate_user_input", "coverage_check")
    return builder


def _after_coverage(state: dict[str, Any]) -> str:
    asks = state["on_missing"] == "ask" and bool(state.get("open_fields"))
    return "adaptive_questioner" if asks else END


def _after_critics(state: dict[str, Any]) -> str:
    return "planner" if state.get("objections") else "policy_eval"


def _after_policies(state: dict[str, Any]) -> str:
    return END if state.get("outcome") == "blocked" else "gate_hitl"


def _after_feedback(state: dict[str, Any]) -> str:
    return "planner" if state.get("feedback") == "replan" else "approved"
