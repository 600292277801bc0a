"""Judges the plan by its money, and sends concrete objections of both critics back to the planner, at most twice."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from decisionworks.engine.attempt import Attempt
from decisionworks.engine.node import NodeResult, NodeSpec, State
from decisionworks.graphs.asking import call_site, clearing, use_of
from decisionworks.graphs.decision_document import document_of, writing
from decisionworks.graphs.planning.criticise_with_models import criticise_with_models
from decisionworks.graphs.planning.nodes.critics import critics_card, planned
from decisionworks.graphs.planning.offline import CRITIC as MODEL_TASK
from decisionworks.graphs.planning.packs import asked_versions, planning_pack
from decisionworks.graphs.planning.tools import PlanningTools
from decisionworks.patterns.critic_rounds import kept_accepted, open_objections
from decisionworks.patterns.critics import COST_RULES, review_cost
from decisionworks.policy import has_plan

CRITIC = "cost"


def critic_cost_node(tools: PlanningTools) -> NodeSpec:
    """The node with its dependencies."""
    pack = planning_pack(MODEL_TASK)

    async def work(state: State, attempt: Attempt) -> NodeResult:
        row = document_of(attempt)
        plan, cost = planned(row)
        found = await asyncio.to_thread(review_cost, plan, row.constraints, cost)
        site = call_site(attempt, node="critic_cost", store=tools.store)
        added, answer, notes = await criticise_with_models(tools, row, found, site, critic=CRITIC)
        found = [*found, *added]
        mine = [*kept_accepted(row.critiques, CRITIC, state.get("taken_objections", [])), *found]
        critiques = [*(critique for critique in row.critiques if critique["critic"] != CRITIC), *mine]
        rounds = int(state.get("critic_rounds", 0))
        tried = state.get("tried_objections", [])
        objections = open_objections(critiques, tried, rounds=rounds, is_feasible=has_plan(row.infeasibility))
        return NodeResult(
            update={
                "objections": objections,
                "tried_objections": [*tried, *objections],
                "critic_rounds": rounds + 1 if objections else rounds,
            },
            card=critics_card(
                critic="cost critic",
                title="What the money says",
                critiques=mine,
                silent_because=_why_silent(cost, len(COST_RULES)),
                notes=notes,
                use=None if answer is None else await use_of(answer, site, prompt_pack=pack.label),
            ),
            apply=clearing(site, [] if answer is None else [answer], writing(attempt, {"critiques": critiques})),
        )

    return NodeSpec(
        name="critic_cost",
        inputs=("plan_digest", "review_digest", "critic_rounds", "plan_iteration", "tried_objections"),
        work=work,
        has_outside_effects=tools.desk.ladder(MODEL_TASK) is not None,
        versions=tools.catalogue_versions | asked_versions(tools, MODEL_TASK, pack),
    )


def _why_silent(cost: Mapping[str, Any], rules: int) -> str:
    largest = sorted(cost["items"], key=lambda item: (-item["usd"], item["price"]))[:2]
    shown = " and ".join(f"{item['price']} ({item['usd']:,.2f} USD)" for item in largest) or "no priced item"
    return (
        f"{rules} rules read {cost['monthly']['expected']:,.2f} USD a month, most of it {shown}, and none of them fired"
    )
