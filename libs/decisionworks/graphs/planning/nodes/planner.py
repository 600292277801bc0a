"""Composes the plan: the solver chooses the patterns, the price table prices them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from decisionworks.decisions import Status
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.cards import Alternative, ModelUse, ReasonCard
from decisionworks.engine.node import NodeResult, NodeSpec, State
from decisionworks.events import EventDraft
from decisionworks.graphs.asking import call_site, clearing, use_of
from decisionworks.graphs.decision_document import document_of, writing
from decisionworks.graphs.planning.argue_with_models import argue_with_models
from decisionworks.graphs.planning.offline import PLAN_ARGUMENT
from decisionworks.graphs.planning.packs import asked_versions, planning_pack
from decisionworks.graphs.planning.tools import PlanningTools
from decisionworks.kit.canonical import digest_of
from decisionworks.kit.errors import Broken
from decisionworks.kit.words import counted
from decisionworks.patterns import Composition
from decisionworks.patterns.compose_plan import compose_plan
from decisionworks.patterns.critic_rounds import with_intake_assumptions
from decisionworks.policy import has_plan

_SHOWN = 6


def planner_node(tools: PlanningTools) -> NodeSpec:
    """The node with its dependencies."""
    pack = planning_pack(PLAN_ARGUMENT)

    async def work(state: State, attempt: Attempt) -> NodeResult:
        row = document_of(attempt)
        composition = await asyncio.to_thread(
            compose_plan,
            row.constraints,
            findings=row.findings,
            objections=state.get("tried_objections") or [],
            catalogue=tools.patterns,
            prices=tools.prices,
        )
        if composition.plan is None:
            raise Broken("the planner answered without even a nearest plan")
        plan = with_intake_assumptions(composition.plan, row.findings, row.constraints)
        cost = composition.cost_estimate
        site = call_site(attempt, node="planner", store=tools.store)
        argument, answer = await argue_with_models(tools, row, plan, cost, site)
        use = ModelUse() if answer is None else await use_of(answer, site, prompt_pack=pack.label)
        changes = {
            "status": Status.PLANNING.value,
            "plan": plan,
            "infeasibility": composition.infeasibility,
            "cost_estimate": cost,
            "plan_hash": None,
            "policy_results": None,
            "approval": None,
        }
        return NodeResult(
            update={
                "plan_digest": digest_of([plan, cost, composition.infeasibility]),
                "objections": [],
                "taken_objections": composition.trace["objections_taken"],
            },
            card=replace(_card(state, composition, plan, cost), argument=" ".join(argument) or None, model=use),
            drafts=(
                EventDraft(type="plan-updated", payload=_plan_payload(plan, composition.infeasibility)),
                EventDraft(type="cost-update", payload={"cost_estimate": cost}),
            ),
            apply=clearing(site, [] if answer is None else [answer], writing(attempt, changes)),
        )

    return NodeSpec(
        name="planner",
        inputs=("constraints_digest", "plan_iteration", "critic_rounds", "tried_objections"),
        work=work,
        has_outside_effects=True,
        versions=tools.catalogue_versions | asked_versions(tools, PLAN_ARGUMENT, pack),
    )


def _plan_payload(plan: Mapping[str, Any], infeasibility: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "patterns": [{"id": p["id"], "capability": p["capability"]} for p in plan["patterns"]],
        "tiers": {name: tier["monthly_usd"] for name, tier in plan["tiers"].items()},
        "infeasibility": infeasibility,
    }


def _card(state: State, composition: Composition, plan: Mapping[str, Any], cost: Mapping[str, Any]) -> ReasonCard:
    trace: Mapping[str, Any] = composition.trace
    infeasibility: Mapping[str, Any] | None = composition.infeasibility
    patterns = plan["patterns"]
    monthly = cost["monthly"]
    contested = [pattern for pattern in patterns if pattern["runner_up"]]
    leading = sorted(contested, key=lambda pattern: (pattern["capability"] != "serving", -pattern["score"]))
    because = [f"{pattern['id']}: {pattern['reason']}" for pattern in leading[:_SHOWN]]
    because += [f"taken from the critics: {objection}" for objection in map(_objection, trace["objections_taken"])]
    alternatives = [
        Alternative(id=str(pattern["runner_up"]["id"]), why_not=str(pattern["runner_up"]["why_not"]))
        for pattern in leading[:_SHOWN]
    ]
    tiers = plan["tiers"]
    tradeoffs = [f"{name}: {tier['monthly_usd']:,.0f} USD a month, {tier['why']}" for name, tier in tiers.items()]
    spread = f"{monthly['low']:,.0f} to {monthly['high']:,.0f}"
    decision = f"{len(patterns)} patterns for {monthly['expected']:,.2f} USD a month ({spread})"
    if infeasibility is not None:
        conflicts = infeasibility["conflicts"]
        what = "two statements exclude each other" if has_plan(infeasibility) else "nothing fits all that was asked"
        found = "a plan that takes neither" if has_plan(infeasibility) else "the nearest plan"
        decision = (
            f"{what}: {counted(len(conflicts), 'conflict')}; {found} costs {monthly['expected']:,.2f} USD a month"
        )
        because = [str(conflict["why"]) for conflict in conflicts] + because
        tradeoffs = [str(way["why"]) for way in infeasibility["relaxations"]]
    return ReasonCard(
        agent="planner",
        title="The architecture"
        if state.get("plan_iteration") == 1
        else f"The architecture, plan {state['plan_iteration']}",
        decision=decision,
        because=tuple(because),
        alternatives=tuple(alternatives),
        tradeoffs=tuple(tradeoffs),
        confidence=0.9 if infeasibility is None else 0.3,
    )


def _objection(objection: Mapping[str, Any]) -> str:
    return ", ".join(f"{verb} {value}" for verb, value in sorted(objection.items()))
