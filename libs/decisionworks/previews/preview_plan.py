"""The plan that a run would bring to its gate for the same request, made at once and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from decisionworks.costs import PriceBook
from decisionworks.patterns import PatternCatalogue, plan_hash
from decisionworks.patterns.compose_plan import choose, finish_plan
from decisionworks.patterns.critic_rounds import kept_accepted, open_objections, with_intake_assumptions
from decisionworks.patterns.critics import review_cost, review_technically
from decisionworks.policy import PolicyTerms, evaluate_policies, is_blocking, plan_facts, with_conflicts
from decisionworks.projects import (
    ConstraintCatalogue,
    constraints_to_json,
    coverage,
    extract_constraints,
    open_mandatory_fields,
    read_each_way,
    request_with_data,
)

Json = dict[str, Any]


def preview_plan(
    request: str,
    given: Mapping[str, object],
    terms: PolicyTerms | None = None,
    *,
    fields: ConstraintCatalogue,
    patterns: PatternCatalogue,
    prices: PriceBook,
) -> Json:
    """Read a request by the written rules, plan it, price it and judge it; what nobody said is assumed and listed.

    `terms` are the waivers and thresholds of the project, under which a run would be judged too.

    The steps, their order and their hash are those of a run, so that a preview that pleases can be asked for.
    Raises: InvalidRequest, InvalidConstraints; NoPlanAtAll.
    """
    document = request_with_data(request, given)
    data: Any = dict(document.data)
    found = extract_constraints(document.text, data=data, on_missing="assume", catalogue=fields)
    constraints = constraints_to_json(found.constraints)
    findings = {
        "contradictions": read_each_way(
            document.text, [one.to_json() for one in found.contradictions], data=data, catalogue=fields
        ),
        "injection": bool(found.untrusted_instructions),
        "forbidden_uses": [one.to_json() for one in found.forbidden_uses],
        "assumptions": [one.to_json() for one in found.assumptions],
    }
    planned = _plan(constraints, findings, patterns=patterns, prices=prices)
    plan, cost, infeasibility = planned["plan"], planned["cost_estimate"], planned["infeasibility"]
    facts = plan_facts(plan, constraints, cost, with_conflicts(findings, infeasibility))
    results = evaluate_policies(facts, terms)
    is_blocked = is_blocking(results) or infeasibility is not None
    return {
        "status": "blocked" if is_blocked else "gate_waiting",
        "language": found.language,
        "constraints": constraints,
        "coverage": coverage(found.constraints, catalogue=fields).to_json(),
        "open_mandatory_fields": open_mandatory_fields(found.constraints, catalogue=fields),
        "untrusted_instructions": [one.to_json() for one in found.untrusted_instructions],
        "contradictions": findings["contradictions"],
        **planned,
        "policy_results": results,
        "plan_hash": plan_hash(plan, cost, results),
    }


def _plan(
    constraints: Mapping[str, Any], findings: Mapping[str, Any], *, patterns: PatternCatalogue, prices: PriceBook
) -> Json:
    """Plan, let both critics speak, and plan again while they have something that the planner has not tried."""
    tried: list[dict[str, Any]] = []
    critiques: list[dict[str, Any]] = []
    rounds = 0
    while True:
        chosen = choose(constraints, findings=findings, objections=tried, catalogue=patterns, prices=prices)
        parts, cost = chosen.parts, chosen.cost_estimate
        technical = [
            *kept_accepted(critiques, "technical", chosen.taken),
            *review_technically(parts, constraints, cost),
        ]
        money = [*kept_accepted(critiques, "cost", chosen.taken), *review_cost(parts, constraints, cost)]
        critiques = [*technical, *money]
        objections = open_objections(critiques, tried, rounds=rounds, is_feasible=chosen.has_plan)
        if not objections:
            break
        tried = [*tried, *objections]
        rounds += 1
    # Only what stands is explained and tried otherwise.
    made = finish_plan(chosen)
    return {
        "plan": with_intake_assumptions(made.plan or {}, findings, constraints),
        "infeasibility": made.infeasibility,
        "cost_estimate": made.cost_estimate,
        "critiques": critiques,
    }
