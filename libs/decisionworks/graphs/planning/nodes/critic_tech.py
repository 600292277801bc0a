"""Judges the plan as a reviewer would: what breaks, what is missing, who can run it."""

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
from decisionworks.kit.canonical import digest_of
from decisionworks.patterns.critic_rounds import kept_accepted
from decisionworks.patterns.critics import TECHNICAL_RULES, review_technically

CRITIC = "technical"


def critic_tech_node(tools: PlanningTools) -> NodeSpec:
    """The node with its dependencies."""
    pack = planning_pack(MODEL_TASK)

    async def work(state: State, attempt: Attempt) -> NodeResult:
        row = document_of(attempt)
        plan, cost = planned(row)
        found = await asyncio.to_thread(review_technically, plan, row.constraints, cost)
        site = call_site(attempt, node="critic_tech", store=tools.store)
        added, answer, notes = await criticise_with_models(tools, row, found, site, critic=CRITIC)
        found = [*found, *added]
        earlier = kept_accepted(row.critiques, CRITIC, state.get("taken_objections", []))
        critiques = [*earlier, *found]
        others = [critique for critique in row.critiques if critique["critic"] != CRITIC]
        return NodeResult(
            update={"review_digest": digest_of(critiques)},
            card=critics_card(
                critic="technical critic",
                title="What a technical reviewer finds",
                critiques=critiques,
                silent_because=_why_silent(plan, len(TECHNICAL_RULES)),
                notes=notes,
                use=None if answer is None else await use_of(answer, site, prompt_pack=pack.label),
            ),
            apply=clearing(
                site, [] if answer is None else [answer], writing(attempt, {"critiques": [*critiques, *others]})
            ),
        )

    return NodeSpec(
        name="critic_tech",
        inputs=("plan_digest", "constraints_digest", "critic_rounds", "plan_iteration"),
        work=work,
        has_outside_effects=tools.desk.ladder(MODEL_TASK) is not None,
        versions=tools.catalogue_versions | asked_versions(tools, MODEL_TASK, pack),
    )


def _why_silent(plan: Mapping[str, Any], rules: int) -> str:
    patterns = plan["patterns"]
    answering = [pattern["id"] for pattern in patterns if pattern["capability"] == "serving"] or ["no serving"]
    return f"{rules} rules read {len(patterns)} patterns around {', '.join(answering)} and none of them fired"
