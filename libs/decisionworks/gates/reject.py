"""A person turns the plan at the gate down."""

from __future__ import annotations

from uuid import UUID

from decisionworks import jobs
from decisionworks.decisions import DecisionSet, Status, finish, load, update
from decisionworks.events import EventDraft
from decisionworks.gates.deciding import check_seen, checked_comment, locked_at_gate, record, run_of
from decisionworks.kit.db import Tx
from decisionworks.registry import Actor


async def reject(
    tx: Tx,
    decision_set_id: UUID,
    *,
    actor: Actor,
    version: int | None = None,
    plan_hash: str | None = None,
    comment: str | None = None,
) -> DecisionSet:
    """Close the gate with a no; the decision set ends, and so does its job.

    Raises: AlreadyDecided, NotAtGate, StaleDecisionSet, StalePlan.
    """
    said = checked_comment(comment)
    if await jobs.close_waiting(tx, subject_id=decision_set_id, outcome="succeeded") is None:
        await jobs.request_cancel(tx, subject_id=decision_set_id)
    decision_set, gate = await locked_at_gate(tx, decision_set_id, kind="approval")
    check_seen(decision_set, gate, version=version, plan_hash=plan_hash)
    approval = await record(tx, gate, decision_set=decision_set, decision="rejected", actor=actor, comment=said)
    await update(tx, decision_set_id, expected_version=decision_set.version, changes={"approval": approval})
    await finish(
        tx,
        await load(tx, decision_set_id),
        status=Status.REJECTED,
        run_id=await run_of(tx, decision_set_id),
        before=(EventDraft(type="rejected", payload=approval),),
    )
    return await load(tx, decision_set_id)
