"""Asking for a plan: decision set, job and first event in one commit, once per idempotency key."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from decisionworks import events, jobs
from decisionworks.decisions.errors import IdempotencyKeyReused
from decisionworks.decisions.load import load
from decisionworks.decisions.model import DecisionSet, JsonObject, OnMissing
from decisionworks.decisions.store import insert
from decisionworks.events import EventDraft
from decisionworks.kit.db import Tx
from decisionworks.kit.errors import FieldProblem, Invalid
from decisionworks.kit.ids import new_id
from decisionworks.registry import Actor

JOB_KIND = "plan"
REPLAN_KIND = "replan"
_EMPTY: Mapping[str, Any] = MappingProxyType({})


class Idempotency(NamedTuple):
    """What makes two calls the same call: who, under which key, with which body."""

    caller_id: UUID
    key: str
    body_sha256: str


async def request_plan(
    tx: Tx,
    *,
    project_id: UUID,
    actor: Actor,
    request: str,
    constraints: JsonObject = _EMPTY,
    parent_id: UUID | None = None,
    metadata: JsonObject = _EMPTY,
    on_missing: OnMissing = "ask",
    idempotency: Idempotency | tuple[UUID, str, str] | None = None,
) -> DecisionSet:
    """Store a new decision set with its job and its first event; the same key and body again is the same one.

    Two equal calls at the same moment meet on the key's row: the second waits for the first to commit, then reads.
    Raises: IdempotencyKeyReused; Invalid, the parent is not a decision set of this project.
    """
    decision_set_id = new_id()
    if idempotency is not None:
        earlier = await _claim_key(tx, project_id, Idempotency(*idempotency), decision_set_id)
        if earlier is not None:
            return await load(tx, earlier)
    decision_set = await insert(
        tx,
        {
            "id": decision_set_id,
            "project_id": project_id,
            "parent_id": parent_id,
            "revision": await _revision(tx, parent_id),
            "on_missing": on_missing,
            "request": request,
            "given_constraints": dict(constraints),
            "metadata": dict(metadata),
            "requested_by": actor.name,
        },
    )
    await _start(tx, decision_set)
    return decision_set


async def _start(tx: Tx, decision_set: DecisionSet) -> None:
    run_id = await jobs.enqueue(
        tx, project_id=decision_set.project_id, kind=JOB_KIND, subject_id=decision_set.id, payload={}
    )
    started = {
        "status": decision_set.status.value,
        "revision": decision_set.revision,
        "parent_id": None if decision_set.parent_id is None else str(decision_set.parent_id),
        "on_missing": decision_set.on_missing,
        "requested_by": decision_set.requested_by,
    }
    await events.append(
        tx,
        project_id=decision_set.project_id,
        stream_id=decision_set.id,
        run_id=run_id,
        drafts=[EventDraft(type="run-started", payload=started)],
    )


async def _claim_key(tx: Tx, project_id: UUID, idempotency: Idempotency, decision_set_id: UUID) -> UUID | None:
    cursor = await tx.execute(
        "INSERT INTO idempotency_keys (project_id, caller_id, key, body_sha256, decision_set_id)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING key",
        (project_id, idempotency.caller_id, idempotency.key, idempotency.body_sha256, decision_set_id),
    )
    if await cursor.fetchone() is not None:
        return None
    cursor = await tx.execute(
        "SELECT body_sha256, decision_set_id FROM idempotency_keys"
        " WHERE project_id = %s AND caller_id = %s AND key = %s",
        (project_id, idempotency.caller_id, idempotency.key),
    )
    row = await cursor.fetchone()
    if row is None or row["body_sha256"] != idempotency.body_sha256:
        raise IdempotencyKeyReused(idempotency.key)
    return UUID(str(row["decision_set_id"]))


async def _revision(tx: Tx, parent_id: UUID | None) -> int:
    if parent_id is None:
        return 1
    cursor = await tx.execute("SELECT revision FROM decision_sets WHERE id = %s", (parent_id,))
    row = await cursor.fetchone()
    if row is None:
        raise Invalid(
            "the parent is not a decision set of this project",
            problems=(
                FieldProblem(pointer="/parent_id", detail=f"there is no decision set {parent_id} in this project"),
            ),
        )
    return int(row["revision"]) + 1
