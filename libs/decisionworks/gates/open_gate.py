"""Opening a gate, and reading what was answered at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from decisionworks.gates.errors import AnotherGateOpen
from decisionworks.gates.model import GateKind
from decisionworks.gates.store import insert_gate, lock_open_gate, newest_closed
from decisionworks.kit.db import Tx


async def open_gate(
    tx: Tx,
    *,
    project_id: UUID,
    decision_set_id: UUID,
    kind: GateKind,
    interrupt_id: str,
    plan_hash: str | None,
) -> UUID:
    """Open a gate; the same interrupt on the same plan again is the same gate.

    Raises: AnotherGateOpen.
    """
    made = await insert_gate(
        tx,
        project_id=project_id,
        decision_set_id=decision_set_id,
        kind=kind,
        interrupt_id=interrupt_id,
        plan_hash=plan_hash,
    )
    if made is not None:
        return made
    found = await lock_open_gate(tx, decision_set_id)
    if found is None or (found.interrupt_id, found.plan_hash, found.kind) != (interrupt_id, plan_hash, kind):
        raise AnotherGateOpen(f"the decision set {decision_set_id} has another open gate")
    return found.id


async def answer_of(tx: Tx, *, decision_set_id: UUID, interrupt_id: str) -> Mapping[str, Any] | None:
    """What was answered at the newest closed gate of an interrupt; None while nobody answered.

    `{decision, comment, by, …}` for an approval, `{answers, by}` for questions.
    """
    found = await newest_closed(tx, decision_set_id, interrupt_id=interrupt_id)
    return None if found is None else found.answer
