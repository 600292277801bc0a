"""What a model adds to a critic: findings that cite an element of the plan; the rest is dropped and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from decisionworks.decisions import DecisionSet
from decisionworks.graphs.planning.answers import Findings
from decisionworks.graphs.planning.offline import CRITIC
from decisionworks.graphs.planning.packs import planning_pack
from decisionworks.graphs.planning.tools import PlanningTools
from decisionworks.kit.canonical import canonical_json
from decisionworks.kit.redact import redact
from decisionworks.llm import CallSite, StructuredAnswer, StructuredQuestion
from decisionworks.patterns.critics.model import critique

MODEL_RULE = "model"


def plan_elements(row: DecisionSet) -> dict[str, str]:
    """What may be cited of a plan, with a few words each: patterns, constraint fields that are known, price items."""
    plan, cost = row.plan or {}, row.cost_estimate or {}
    elements = {str(one["id"]): f"pattern for {one['capability']}" for one in plan.get("patterns", [])}
    elements |= {
        name: f"constraint: {value['value']}"
        for name, value in row.constraints.items()
        if value["state"] in ("stated", "inferred") and name != "use_case_summary"
    }
    return elements | {str(one["price"]): f"price item: {one['usd']} USD a month" for one in cost.get("items", [])}


async def criticise_with_models(
    tools: PlanningTools, row: DecisionSet, known: Sequence[Mapping[str, Any]], site: CallSite, *, critic: str
) -> tuple[list[dict[str, Any]], StructuredAnswer | None, list[str]]:
    """A model's findings with evidence, who found them, and what the card says of those without."""
    ladder = tools.desk.ladder(CRITIC)
    if ladder is None:
        return [], None, []
    elements = plan_elements(row)
    answer = await ladder.answer(
        StructuredQuestion(
            task=CRITIC,
            material={},
            pack=planning_pack(CRITIC),
            shape=Findings,
            trusted={
                "review": critic,
                "elements": canonical_json(elements),
                "known findings": canonical_json([one["finding"] for one in known]),
                "patterns that exist": ", ".join(sorted(tools.patterns.by_id)),
            },
            untrusted={"request": row.request},
        ),
        site,
    )
    found = answer.content.get("findings", [])
    kept = [_critique(tools, one, row, critic=critic) for one in found if one["cites"] in elements]
    dropped = len(found) - len(kept)
    notes = [f"{one.provider}/{one.name} was left: {one.reason}" for one in answer.switches]
    if found:
        notes.append(f"a model adds {len(kept)} findings that cite the plan; {dropped} without evidence were dropped")
    return kept, answer, notes


def _critique(tools: PlanningTools, one: Mapping[str, Any], row: DecisionSet, *, critic: str) -> dict[str, Any]:
    evidence = f"{one['cites']}: {one['because']}" if one["because"] else str(one["cites"])
    return dict(
        critique(
            critic,
            one["severity"],
            rule=MODEL_RULE,
            finding=redact(one["finding"]),
            evidence=redact(evidence),
            proposal=redact(one["proposal"]),
            objection=_objection(tools, one["objection"], row),
        )
    )


def _objection(tools: PlanningTools, said: Mapping[str, str] | None, row: DecisionSet) -> dict[str, str] | None:
    """What the solver can be asked: to leave out a pattern of this plan, or to take one that is not in it."""
    if said is None:
        return None
    verb, pattern = said["verb"], said["pattern"]
    chosen = {str(one["id"]) for one in (row.plan or {}).get("patterns", [])}
    can_act = pattern in chosen if verb == "exclude" else pattern in tools.patterns.by_id and pattern not in chosen
    return {verb: pattern} if can_act else None
