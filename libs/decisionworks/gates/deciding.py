"""What approve and reject share: the lock, the checks on what the caller saw, the record.

Rows are locked in the order in which a worker locks them, so that no two wait for each other: job, gate, decision set,
event stream.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from decisionworks.decisions import DecisionSet, StaleDecisionSet, load
from decisionworks.gates.errors import AlreadyDecided, NotAtGate, StalePlan
from decisionworks.gates.model import Gate, GateKind
from decisionworks.gates.store import close_gate, insert_decision, lock_open_gate, newest_gate
from decisionworks.kit.db import Tx
from decisionworks.kit.errors import FieldProblem, Invalid
from decisionworks.registry import Actor

LONGEST_COMMENT = 10_000


def checked_comment(comment: str | None) -> str | None:
    """The comment without outer blanks, None when nothing is left.

    Raises: Invalid, it is too long or not text.
    """
    text = (comment or "").strip()
    if len(text) > LONGEST_COMMENT or "\x00" in text:
        detail = f"must be text of at most {LONGEST_COMMENT} characters"
        raise Invalid(f"the comment {detail}", problems=(FieldProblem(pointer="/comment", detail=detail),))
    return text or None


async def locked_at_gate(tx: Tx, decision_set_id: UUID, *, kind: GateKind) -> tuple[DecisionSet, Gate]:
    """The decision set and its open gate, held until the transaction ends.

    Raises: AlreadyDecided, somebody was first; NotAtGate.
    """
    gate = await lock_open_gate(tx, decision_set_id)
    decision_set = await load(tx, decision_set_id)
    if gate is not None and gate.kind == kind:
        return decision_set, gate
    last = await newest_gate(tx, decision_set_id, kind=kind)
    if kind == "approval" and last is not None and not last.is_open and last.closed_at is not None:
        answer = last.answer or {}
        raise AlreadyDecided(
            decision=str(answer.get("decision", last.state)),
            by=str(answer.get("by", "somebody")),
            at=last.closed_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        )
    wanted = "answers" if kind == "questions" else "a decision"
    raise NotAtGate(
        f"the decision set is {decision_set.status.value} and does not wait for {wanted}",
        remedy="follow its events until it does",
    )


def check_seen(decision_set: DecisionSet, gate: Gate, *, version: int | None, plan_hash: str | None) -> None:
    """Make sure that the caller decides on what waits now.

    Raises: StaleDecisionSet, StalePlan.
    """
    if plan_hash is not None and plan_hash != gate.plan_hash:
        raise StalePlan(given=plan_hash, found=gate.plan_hash)
    if version is not None and version != decision_set.version:
        raise StaleDecisionSet(decision_set.id, expected_version=version, found_version=decision_set.version)


async def record(
    tx: Tx,
    gate: Gate,
    *,
    decision_set: DecisionSet,
    decision: str,
    actor: Actor,
    comment: str | None,
) -> dict[str, Any]:
    """Close the gate and keep the decision; answers the `approval` of the decision set."""
    row = await insert_decision(
        tx,
        gate,
        decision=decision,
        decided_by=actor.name,
        identified_by=actor.identified_by,
        comment=comment,
        version=decision_set.version,
    )
    approval = {
        "decision": decision,
        "by": actor.name,
        "identified_by": actor.identified_by,
        "comment": comment,
        "plan_hash": gate.plan_hash,
        "version": decision_set.version,
        "decided_at": _instant(row["decided_at"]),
    }
    await close_gate(tx, gate.id, state="approved" if decision == "approved" else "rejected", answer=approval)
    return approval


async def run_of(tx: Tx, decision_set_id: UUID) -> UUID | None:
    """The run that works, or last worked, on a decision set."""
    cursor = await tx.execute(
        "SELECT run_id FROM events WHERE stream_id = %s AND run_id IS NOT NULL ORDER BY seq DESC LIMIT 1",
        (decision_set_id,),
    )
    row = await cursor.fetchone()
    return None if row is None else UUID(str(row["run_id"]))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
