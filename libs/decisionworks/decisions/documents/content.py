"""From a decision set to what its documents are made of."""

from __future__ import annotations

from decisionworks.decisions.documents.model import Json, PlanContent
from decisionworks.projects import constraints_from_json, load_constraint_catalogue, planning_values


def content_of(decision_set: Json) -> PlanContent:
    """The content of a decision set in its public shape.

    Raises: InvalidConstraints, a constraint is not one.
    """
    constraints = constraints_from_json(decision_set.get("constraints") or {})
    return PlanContent(
        request=str(decision_set.get("request") or ""),
        plan=decision_set.get("plan") or {},
        cost_estimate=decision_set.get("cost_estimate") or {},
        policy_results=decision_set.get("policy_results") or {},
        plan_hash=decision_set.get("plan_hash"),
        values=planning_values(constraints, catalogue=load_constraint_catalogue()),
        critiques=decision_set.get("critiques") or (),
        infeasibility=decision_set.get("infeasibility"),
    )
