"""The SQL of decision sets; row-level security limits every statement to the transaction's project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Literal
from uuid import UUID

from psycopg import sql
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from decisionworks.decisions.model import DecisionSet, Status
from decisionworks.kit.db import Tx

COLUMNS = tuple(field.name for field in fields(DecisionSet))
_SELECT = sql.SQL("SELECT {} FROM decision_sets").format(sql.SQL(", ").join(map(sql.Identifier, COLUMNS)))
_JSON = frozenset({
    "given_constraints", "metadata", "constraints", "coverage", "questions", "untrusted_instructions", "findings",
    "plan", "infeasibility", "critiques", "cost_estimate", "policy_results", "approval", "missing_patterns",
    "change_summary", "failure",
})  # fmt: skip
CHANGEABLE = (_JSON - {"given_constraints", "metadata"}) | {"status", "language", "plan_hash", "git_commit"}

Lock = Literal["", "FOR UPDATE", "FOR NO KEY UPDATE"]


async def select_one(tx: Tx, decision_set_id: UUID, *, lock: Lock = "") -> DecisionSet | None:
    """The row of a decision set, locked if asked."""
    cursor = await tx.execute(_SELECT + sql.SQL(" WHERE id = %s ") + sql.SQL(lock), (decision_set_id,))
    row = await cursor.fetchone()
    return None if row is None else _decision_set(row)


async def select_newest(
    tx: Tx, *, project_id: UUID, before: UUID | None, limit: int, status: Status | None
) -> list[DecisionSet]:
    """Rows newest first, older than `before`."""
    cursor = await tx.execute(
        _SELECT
        + sql.SQL(
            " WHERE project_id = %(project)s AND (%(before)s::uuid IS NULL OR id < %(before)s)"
            " AND (%(status)s::text IS NULL OR status = %(status)s) ORDER BY id DESC LIMIT %(limit)s"
        ),
        {"project": project_id, "before": before, "status": status, "limit": limit},
    )
    return [_decision_set(row) for row in await cursor.fetchall()]


async def insert(tx: Tx, values: Mapping[str, Any]) -> DecisionSet:
    """Store a new decision set; columns not given take the schema's defaults."""
    names = sorted(values)
    cursor = await tx.execute(
        sql.SQL("INSERT INTO decision_sets ({}) VALUES ({}) RETURNING {}").format(
            sql.SQL(", ").join(map(sql.Identifier, names)),
            sql.SQL(", ").join(map(sql.Placeholder, names)),
            sql.SQL(", ").join(map(sql.Identifier, COLUMNS)),
        ),
        {name: _adapted(name, values[name]) for name in names},
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - INSERT … RETURNING answers one row
    return _decision_set(row)


async def update_at_version(
    tx: Tx, decision_set_id: UUID, *, expected_version: int, allowed: Sequence[Status], changes: Mapping[str, Any]
) -> int | None:
    """Write the changes if version and status still allow it; answers the new version, None when they do not."""
    names = sorted(changes)
    cursor = await tx.execute(
        sql.SQL(
            "UPDATE decision_sets SET {}, version = version + 1, updated_at = clock_timestamp()"
            " WHERE id = %(_id)s AND version = %(_version)s AND status = ANY(%(_allowed)s)"
            " RETURNING version"
        ).format(sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(n), sql.Placeholder(n)) for n in names)),
        {name: _adapted(name, changes[name]) for name in names}
        | {"_id": decision_set_id, "_version": expected_version, "_allowed": [status.value for status in allowed]},
    )
    row = await cursor.fetchone()
    return None if row is None else int(row["version"])


def _adapted(name: str, value: object) -> object:
    return Jsonb(value) if name in _JSON and value is not None else value


def _decision_set(row: DictRow) -> DecisionSet:
    return DecisionSet(**row | {"status": Status(row["status"])})
