"""The SQL of waivers; row-level security limits every statement to the transaction's project."""

from __future__ import annotations

from dataclasses import fields
from uuid import UUID

from psycopg import sql

from decisionworks.decisions.waivers.errors import WaiverNotFound
from decisionworks.decisions.waivers.model import GrantedWaiver
from decisionworks.kit.db import Tx
from decisionworks.policy import Waiver, load_policies

_COLUMNS = sql.SQL(", ").join(sql.Identifier(field.name) for field in fields(GrantedWaiver))
_SELECT = sql.SQL("SELECT {} FROM policy_waivers").format(_COLUMNS)
MOST_LISTED = 200
# A waiver of a decision set holds for what is revised from it.
_IN_FORCE = sql.SQL("""
WITH RECURSIVE line (id, parent_id) AS (
    SELECT id, parent_id FROM decision_sets WHERE id = %s::uuid
    UNION ALL
    SELECT earlier.id, earlier.parent_id FROM decision_sets AS earlier JOIN line ON earlier.id = line.parent_id
)
SELECT {} FROM policy_waivers
WHERE revoked_at IS NULL AND expires_at > clock_timestamp()
  AND (decision_set_id IS NULL OR decision_set_id IN (SELECT id FROM line))
ORDER BY created_at, id
""").format(_COLUMNS)


async def insert_waiver(tx: Tx, waiver: GrantedWaiver) -> None:
    """Store a waiver."""
    names = [field.name for field in fields(GrantedWaiver)]
    await tx.execute(
        sql.SQL("INSERT INTO policy_waivers ({}) VALUES ({})").format(
            _COLUMNS, sql.SQL(", ").join(sql.Placeholder() for _ in names)
        ),
        [getattr(waiver, name) for name in names],
    )


async def list_waivers(tx: Tx, *, is_in_force: bool = False) -> list[GrantedWaiver]:
    """The newest waivers of the project, revoked and expired ones too unless only those in force are wanted."""
    wanted = sql.SQL(" WHERE revoked_at IS NULL AND expires_at > clock_timestamp()" if is_in_force else "")
    cursor = await tx.execute(_SELECT + wanted + sql.SQL(" ORDER BY created_at DESC, id DESC LIMIT %s"), (MOST_LISTED,))
    return [GrantedWaiver(**row) for row in await cursor.fetchall()]


async def revoke_waiver(tx: Tx, waiver_id: UUID, *, by: str) -> GrantedWaiver:
    """End a waiver now; plans that wait at their gate because of it can no longer be approved.

    Raises: WaiverNotFound.
    """
    cursor = await tx.execute(
        sql.SQL(
            "UPDATE policy_waivers SET revoked_at = clock_timestamp(), revoked_by = %s"
            " WHERE id = %s AND revoked_at IS NULL RETURNING {}"
        ).format(_COLUMNS),
        (by, waiver_id),
    )
    row = await cursor.fetchone()
    if row is None:
        raise WaiverNotFound(waiver_id)
    return GrantedWaiver(**row)


async def waivers_in_force(tx: Tx, decision_set_id: UUID | None) -> tuple[Waiver, ...]:
    """What holds for a decision set now: the project's and those of its line; rules that are gone count for nothing.

    Without a decision set those of the project alone.
    """
    rules = load_policies()
    cursor = await tx.execute(_IN_FORCE, (decision_set_id,))
    granted = [GrantedWaiver(**row) for row in await cursor.fetchall()]
    return tuple(
        one.for_rules() for one in granted if one.policy_id in rules.by_id and one.policy_id not in rules.never_waivable
    )
