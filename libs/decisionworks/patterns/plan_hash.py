"""One digest for what an approver sees: the plan, its cost and its verdicts, without ids and times."""

from __future__ import annotations

from collections.abc import Mapping

from decisionworks.kit.canonical import digest_of

# Rules on generated code are unknown at the gate and judged later; they are no part of what is approved.
JUDGES_CODE = "code"
VOLATILE = ("id", "decision_set_id", "created_at", "updated_at", "at", "evaluated_at", "waivers")
RULE_FIELDS = ("id", "severity", "outcome", "evidence")


def plan_hash(
    plan: Mapping[str, object] | None,
    cost_estimate: Mapping[str, object] | None,
    policy_results: Mapping[str, object] | None,
) -> str:
    """The digest of a plan with its cost and policy results, equal on every installation for the same content."""
    return digest_of(
        {
            "plan": _without_volatile(plan),
            "cost_estimate": _without_volatile(cost_estimate),
            "policies": _verdicts(policy_results),
        }
    )


def _without_volatile(document: Mapping[str, object] | None) -> dict[str, object] | None:
    return None if document is None else {key: value for key, value in document.items() if key not in VOLATILE}


def _verdicts(policy_results: Mapping[str, object] | None) -> dict[str, object] | None:
    if policy_results is None:
        return None
    rows = policy_results.get("rules")
    kept = [
        {field: row.get(field) for field in RULE_FIELDS}
        for row in (rows if isinstance(rows, list) else [])
        if row.get("judges") != JUDGES_CODE
    ]
    return {"version": policy_results.get("policy_version"), "rules": kept}
