"""The SQL of gates and of the decisions taken at them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from decisionworks.gates.model import Gate, GateKind, GateState
from decisionworks.kit.db import Tx
from decisionworks.kit.ids import new_id

_COLUMNS = "id, project_id, decision_set_id, kind, state, interrupt_id, plan_hash, answer, opened_at, closed_at"


async def lock_open_gate(tx: Tx, decision_set_id: UUID) -> Gate | None:
    """The open gate, held until the transaction ends; whoever comes second waits here and then finds it closed."""
    return await _one(tx, "WHERE decision_set_id = %s AND state = 'open' FOR UPDATE", (decision_set_id,))


async def newest_gate(tx: Tx, decision_set_id: UUID, *, kind: GateKind | None = None) -> Gate | None:
    """The gate opened last, open or closed."""
    return await _one(
        tx,
        "WHERE decision_set_id = %s AND (%s::text IS NULL OR kind = %s) ORDER BY opened_at DESC, id DESC LIMIT 1",
        (decision_set_id, kind, kind),
    )


async def newest_closed(tx: Tx, decision_set_id: UUID, *, interrupt_id: str) -> Gate | None:
    """The gate of an interrupt that was closed last."""
    return await _one(
        tx,
        "WHERE decision_set_id = %s AND interrupt_id = %s AND state <> 'open' ORDER BY opened_at DESC, id DESC LIMIT 1",
        (decision_set_id, interrupt_id),
    )


async def insert_gate(
    tx: Tx, *, project_id: UUID, decision_set_id: UUID, kind: GateKind, interrupt_id: str, plan_hash: str | None
) -> UUID | None:
    """Open a gate; None when one is open already."""
    cursor = await tx.execute(
        "INSERT INTO gates (id, project_id, decision_set_id, kind, interrupt_id, plan_hash)"
        " VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (decision_set_id) WHERE state = 'open' DO NOTHING RETURNING id",
        (new_id(), project_id, decision_set_id, kind, interrupt_id, plan_hash),
    )
    row = await cursor.fetchone()
    return None if row is None else UUID(str(row["id"]))


async def close_gate(tx: Tx, gate_id: UUID, *, state: GateState, answer: Mapping[str, Any]) -> None:
    """Close a gate whose row is locked."""
    await tx.execute(
        "UPDATE gates SET state = %s, answer = %s, closed_at = clock_timestamp() WHERE id = %s AND state = 'open'",
        (state, Jsonb(dict(answer)), gate_id),
    )


async def insert_decision(
    tx: Tx,
    gate: Gate,
    *,
    decision: str,
    decided_by: str,
    identified_by: str,
    comment: str | None,
    version: int,
) -> DictRow:
    """Record who decided what on which plan; never changed, one per gate."""
    cursor = await tx.execute(
        "INSERT INTO gate_decisions (id, project_id, gate_id, decision_set_id, decision, decided_by, identified_by,"
        " comment, plan_hash, version) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING decided_at",
        (
            new_id(), gate.project_id, gate.id, gate.decision_set_id, decision, decided_by, identified_by,
            comment, gate.plan_hash, version,
        ),
    )  # fmt: skip
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - INSERT … RETURNING answers one row
    return row


async def _one(tx: Tx, where: str, parameters: tuple[object, ...]) -> Gate | None:
    cursor = await tx.execute(f"SELECT {_COLUMNS} FROM gates {where}".encode(), parameters)
    row = await cursor.fetchone()
    return None if row is None else Gate(**row)
