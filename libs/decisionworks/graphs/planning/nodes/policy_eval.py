"""Rules on the plan by every policy, and fixes the hash of exactly what a person will be asked to approve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from decisionworks.decisions import Status
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.cards import ReasonCard
from decisionworks.engine.node import NodeResult, NodeSpec, State
from decisionworks.events import EventDraft
from decisionworks.graphs.decision_document import document_of, terms_of, writing
from decisionworks.graphs.planning.tools import PlanningTools
from decisionworks.kit.errors import Broken
from decisionworks.kit.words import counted
from decisionworks.patterns import plan_hash
from decisionworks.policy import evaluate_policies, fired_rules, is_blocking, plan_facts, with_conflicts


def policy_eval_node(tools: PlanningTools) -> NodeSpec:
    """The node with its dependencies."""

    async def work(state: State, attempt: Attempt) -> NodeResult:
        row = document_of(attempt)
        if row.plan is None or row.cost_estimate is None:
            raise Broken("there is no plan to rule on")
        findings = with_conflicts(row.findings, row.infeasibility)
        facts = plan_facts(row.plan, row.constraints, row.cost_estimate, findings)
        results = evaluate_policies(facts, terms_of(attempt))
        digest = plan_hash(row.plan, row.cost_estimate, results)
        missing = [p["id"] for p in row.plan["patterns"] if p["id"] not in tools.renderable]
        blocked = is_blocking(results) or row.infeasibility is not None
        changes = {"policy_results": results, "plan_hash": digest, "missing_patterns": missing, "findings": findings}
        update: dict[str, Any] = {"plan_hash": digest}
        if blocked:
            update["outcome"] = Status.BLOCKED.value
        payload = {"policy_results": results, "plan_hash": digest, "missing_patterns": missing}
        return NodeResult(
            update=update,
            card=_card(results, digest, missing, row.infeasibility),
            drafts=(EventDraft(type="policy-update", payload=payload),),
            apply=writing(attempt, changes),
        )

    return NodeSpec(
        name="policy_eval",
        inputs=("plan_digest", "constraints_digest", "plan_iteration", "critic_rounds"),
        work=work,
        versions=tools.catalogue_versions | {"renderable": ",".join(sorted(tools.renderable))},
    )


def _card(
    results: Mapping[str, Any], digest: str, missing: Sequence[str], infeasibility: Mapping[str, Any] | None
) -> ReasonCard:
    rules = results["rules"]
    fired = [rule for rule in rules if rule["outcome"] == "fired"]
    counts = {
        outcome: sum(rule["outcome"] == outcome for rule in rules)
        for outcome in ("passed", "unknown", "not_applicable")
    }
    because = [f"{rule['id']} ({rule['severity']}): {rule['told']}" for rule in fired]
    because.append(
        f"{counts['passed']} rules passed, {counts['not_applicable']} do not apply,"
        f" {counts['unknown']} are unknown: a fact is missing, or the code is not there yet"
    )
    because.append(f"plan hash {digest[:12]}")
    because += [f"{rule['id']} is waived: {rule['evidence']}" for rule in rules if rule["outcome"] == "waived"]
    blocks = fired_rules(results, severity="block")
    if blocks or infeasibility is not None:
        decision = f"blocked by {', '.join(blocks) or 'contradictory constraints'}"
    elif fired:
        decision = f"may go to the gate with {counted(len(fired), 'remark')}: {', '.join(rule['id'] for rule in fired)}"
    else:
        decision = "may go to the gate: no rule fired"
    return ReasonCard(
        agent="policy engine",
        title="What the policies say",
        decision=decision,
        because=tuple(because),
        tradeoffs=tuple(f"code cannot be generated yet for {pattern}" for pattern in missing),
        confidence=1.0,
    )
