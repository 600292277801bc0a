"""A person ends a run before its end."""

from __future__ import annotations

from uuid import UUID

from decisionworks import jobs
from decisionworks.decisions import DecisionSet, Status, finish, load, why_not_cancel
from decisionworks.gates.deciding import run_of
from decisionworks.gates.errors import CannotCancel
from decisionworks.gates.store import close_gate, lock_open_gate
from decisionworks.kit.db import Tx
from decisionworks.registry import Actor


async def cancel(tx: Tx, decision_set_id: UUID, *, actor: Actor) -> DecisionSet:
    """End a decision set that waits at once; one that is worked on is ended by its worker, soon.

    Raises: CannotCancel, it has ended already.
    """
    closed = await jobs.close_waiting(tx, subject_id=decision_set_id, outcome="cancelled")
    gate = await lock_open_gate(tx, decision_set_id)
    decision_set = await load(tx, decision_set_id)
    refusal = why_not_cancel(decision_set)
    if refusal is not None:
        raise CannotCancel(f"nothing to cancel: {refusal}")
    if closed is None and await jobs.request_cancel(tx, subject_id=decision_set_id) is not None:
        return decision_set
    if gate is not None:
        await close_gate(tx, gate.id, state="cancelled", answer={"decision": "cancelled", "by": actor.name})
    await finish(tx, decision_set, status=Status.CANCELLED, run_id=await run_of(tx, decision_set_id))
    return await load(tx, decision_set_id)
