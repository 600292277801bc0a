"""A person lets the plan at the gate be built."""

from __future__ import annotations

from uuid import UUID

from decisionworks import events, jobs
from decisionworks.decisions import DecisionSet, Status, load, update, why_not_approve
from decisionworks.decisions.thresholds import changed_thresholds, terms_in_force
from decisionworks.decisions.waivers import lapsed_rules
from decisionworks.events import EventDraft
from decisionworks.gates.deciding import check_seen, checked_comment, locked_at_gate, record, run_of
from decisionworks.gates.errors import CannotApprove
from decisionworks.kit.db import Tx
from decisionworks.policy import load_policies
from decisionworks.registry import Actor


async def approve(
    tx: Tx,
    decision_set_id: UUID,
    *,
    actor: Actor,
    version: int | None = None,
    plan_hash: str | None = None,
    comment: str | None = None,
) -> DecisionSet:
    """Close the gate with a yes on exactly the plan that waits there, and wake its job.

    Raises: AlreadyDecided, NotAtGate, StaleDecisionSet, StalePlan; CannotApprove, policy or missing code forbids it.
    """
    said = checked_comment(comment)
    await jobs.wake(tx, subject_id=decision_set_id)
    decision_set, gate = await locked_at_gate(tx, decision_set_id, kind="approval")
    check_seen(decision_set, gate, version=version, plan_hash=plan_hash)
    refusal = why_not_approve(decision_set)
    if refusal is not None:
        raise CannotApprove(refusal, remedy="revise the constraints, or reject the plan")
    await _check_terms(tx, decision_set)
    approval = await record(tx, gate, decision_set=decision_set, decision="approved", actor=actor, comment=said)
    await update(
        tx,
        decision_set_id,
        expected_version=decision_set.version,
        changes={"status": Status.GENERATING.value, "approval": approval},
    )
    await events.append(
        tx,
        project_id=decision_set.project_id,
        stream_id=decision_set_id,
        run_id=await run_of(tx, decision_set_id),
        drafts=[EventDraft(type="approved", payload=approval)],
    )
    return await load(tx, decision_set_id)


async def _check_terms(tx: Tx, decision_set: DecisionSet) -> None:
    """Refuse a plan that was judged under terms that are no longer those of its project.

    Raises: CannotApprove.
    """
    terms = await terms_in_force(tx, decision_set.id)
    lapsed = lapsed_rules(decision_set.policy_results, terms.waivers)
    if lapsed:
        remedy = "have them waived again, or revise"
        raise CannotApprove(f"the waiver of {', '.join(lapsed)} is no longer in force", remedy=remedy)
    changed = changed_thresholds(decision_set.policy_results, terms, book=load_policies())
    if changed:
        remedy = "plan it again: name it when the threshold is set, or revise it"
        raise CannotApprove(f"the plan was judged by another limit than today's: {', '.join(changed)}", remedy=remedy)
