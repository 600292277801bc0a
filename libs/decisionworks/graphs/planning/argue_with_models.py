"""A plan's argument in prose by a model; sentences that cite nothing of the plan are dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from decisionworks.decisions import DecisionSet
from decisionworks.graphs.planning.answers import Argument
from decisionworks.graphs.planning.criticise_with_models import plan_elements
from decisionworks.graphs.planning.offline import PLAN_ARGUMENT
from decisionworks.graphs.planning.packs import planning_pack
from decisionworks.graphs.planning.tools import PlanningTools
from decisionworks.kit.canonical import canonical_json
from decisionworks.llm import CallSite, StructuredAnswer, StructuredQuestion


async def argue_with_models(
    tools: PlanningTools, row: DecisionSet, plan: Mapping[str, Any], cost: Mapping[str, Any], site: CallSite
) -> tuple[list[str], StructuredAnswer | None]:
    """The sentences that cite the plan, and who wrote them; None where no model is asked."""
    ladder = tools.desk.ladder(PLAN_ARGUMENT)
    if ladder is None:
        return [], None
    elements = plan_elements(replace(row, plan=plan, cost_estimate=cost))
    tiers = {name: tier["monthly_usd"] for name, tier in plan["tiers"].items()}
    answer = await ladder.answer(
        StructuredQuestion(
            task=PLAN_ARGUMENT,
            material={},
            pack=planning_pack(PLAN_ARGUMENT),
            shape=Argument,
            trusted={
                "language": row.language or "en",
                "elements": canonical_json(elements),
                "reasons of the solver": canonical_json({one["id"]: one["reason"] for one in plan["patterns"]}),
                "monthly USD": canonical_json([cost["monthly"], tiers]),
            },
            untrusted={"request": row.request},
        ),
        site,
    )
    sentences = answer.content.get("sentences", [])
    return [str(one["text"]) for one in sentences if any(cited in elements for cited in one["cites"])], answer
