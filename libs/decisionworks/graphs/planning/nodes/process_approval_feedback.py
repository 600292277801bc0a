"""Reads the approver's comment: facts in it that change the plan lead back to the planner, the rest is guidance."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from decisionworks.decisions import DecisionSet, Status
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.cards import Alternative, ModelUse, ReasonCard
from decisionworks.engine.node import NodeResult, NodeSpec, State
from decisionworks.events import EventDraft
from decisionworks.graphs.decision_document import document_of, terms_of, writing
from decisionworks.graphs.planning.offline import READ
from decisionworks.graphs.planning.packs import extract_pack
from decisionworks.graphs.planning.tools import PlanningTools
from decisionworks.kit.canonical import digest_of
from decisionworks.kit.errors import Broken
from decisionworks.patterns import plan_hash
from decisionworks.patterns.compose_plan import compose_plan
from decisionworks.policy import PolicyTerms, evaluate_policies, plan_facts, with_conflicts
from decisionworks.projects import (
    ValueState,
    apply_answers,
    constraints_from_json,
    constraints_to_json,
    coverage,
)

REPLAN = "replan"
GUIDANCE = "guidance"

# A remark about the runbook makes no system that reads documents: a request says what is asked for, not an aside.
_ABOUT_THE_REQUEST = frozenset({"use_case_summary", "use_case_type", "data_types", "data_sources"})


def process_approval_feedback_node(tools: PlanningTools) -> NodeSpec:
    """The node with its dependencies."""
    pack = extract_pack().label

    async def work(state: State, attempt: Attempt) -> NodeResult:
        row = document_of(attempt)
        decision = state["decision"]
        if decision.get("plan_hash") != row.plan_hash:
            raise Broken("the decision was taken on another plan than the one that waits here")
        comment = str(decision.get("comment") or "").strip()
        said, use = await _facts_in(tools, comment, pack)
        changed = {name: value for name, value in said.items() if row.constraints[name]["value"] != value}
        constraints = _apply(tools, row, changed)
        tried = state.get("tried_objections") or []
        terms = terms_of(attempt)
        leads_back = bool(changed) and await asyncio.to_thread(_plan_differs, tools, row, constraints, tried, terms)
        if not leads_back:
            return NodeResult(
                update={"feedback": GUIDANCE, "guidance": comment}, card=_card(decision, comment, {}, changed, use)
            )
        measured = coverage(constraints_from_json(constraints), catalogue=tools.fields).to_json()
        changes = {
            "constraints": constraints,
            "coverage": measured,
            "status": Status.PLANNING.value,
            "approval": None,
        }
        return NodeResult(
            update={
                "feedback": REPLAN,
                "guidance": comment,
                "constraints_digest": digest_of([constraints, row.findings]),
                "plan_iteration": int(state["plan_iteration"]) + 1,
                "critic_rounds": 0,
                "objections": [],
                "tried_objections": [],
            },
            card=_card(decision, comment, changed, changed, use),
            drafts=(
                EventDraft(
                    type="constraints-updated",
                    payload={"coverage": measured, "answered": {name: constraints[name] for name in changed}},
                ),
            ),
            apply=writing(attempt, changes),
        )

    return NodeSpec(
        name="process_approval_feedback",
        inputs=("decision", "plan_hash", "constraints_digest", "plan_iteration"),
        work=work,
        versions=tools.catalogue_versions | {"prompt_pack": pack},
    )


async def _facts_in(tools: PlanningTools, comment: str, pack: str) -> tuple[Mapping[str, Any], ModelUse]:
    """The constraints that the comment states outright; what would only follow from it is not the approver's word."""
    if not comment:
        return {}, ModelUse(prompt_pack=pack)
    material = {"request": comment, "data": {}, "on_missing": "ask"}
    answer = await tools.rules.apply(READ, material)
    found = constraints_from_json(answer["constraints"])
    stated = {
        name: value.value
        for name, value in found.items()
        if value.state is ValueState.STATED and name not in _ABOUT_THE_REQUEST
    }
    return stated, ModelUse(prompt_pack=pack)


def _apply(tools: PlanningTools, row: DecisionSet, changed: Mapping[str, Any]) -> dict[str, Any]:
    if not changed:
        return dict(row.constraints)
    typed = apply_answers(constraints_from_json(row.constraints), dict(changed), catalogue=tools.fields)
    return dict(constraints_to_json(typed))


def _plan_differs(
    tools: PlanningTools,
    row: DecisionSet,
    constraints: Mapping[str, Any],
    objections: Sequence[Mapping[str, str]],
    terms: PolicyTerms,
) -> bool:
    """Whether the changed constraints lead to another plan, cost or verdict than the approved one."""
    composition = compose_plan(
        constraints, findings=row.findings, objections=objections, catalogue=tools.patterns, prices=tools.prices
    )
    if composition.plan is None:
        raise Broken("the planner answered without even a nearest plan")
    findings = with_conflicts(row.findings, composition.infeasibility)
    facts = plan_facts(composition.plan, constraints, composition.cost_estimate, findings)
    results = evaluate_policies(facts, terms)
    return plan_hash(composition.plan, composition.cost_estimate, results) != row.plan_hash


def _card(
    decision: Mapping[str, Any],
    comment: str,
    leading_back: Mapping[str, Any],
    changed: Mapping[str, Any],
    use: ModelUse,
) -> ReasonCard:
    who = decision.get("by", "somebody")
    because = [f"{who} approved plan {str(decision.get('plan_hash'))[:12]}"]
    if comment:
        because.append(f"the comment says: “{comment[:160]}”")
    because += [f"{name} becomes {value}" for name, value in changed.items()]
    alternatives: tuple[Alternative, ...] = ()
    if leading_back:
        text = "back to the planner: the comment changes the plan, so it needs another look and another approval"
        alternatives = (Alternative(id="generate-now", why_not="what would be built is not what was approved"),)
    elif changed:
        text = "go on: what the comment changes leaves the plan as it is"
    elif comment:
        text = "go on: the comment names no constraint, and goes to the code generator as guidance"
    else:
        text = "go on: approved without a comment"
    return ReasonCard(
        agent="gate keeper",
        title="What the approver said",
        decision=text,
        because=tuple(because),
        alternatives=alternatives,
        confidence=0.95 if comment else 1.0,
        model=use,
    )
