"""The SQL of thresholds; row-level security limits every statement to the transaction's project."""

from __future__ import annotations

from uuid import UUID

from decisionworks.decisions.thresholds.model import ProjectThreshold
from decisionworks.decisions.waivers import waivers_in_force
from decisionworks.kit.db import Tx
from decisionworks.policy import PolicyTerms

_COLUMNS = "project_id, name, value, reason, set_by, identified_by, set_at"


async def list_thresholds(tx: Tx) -> dict[str, ProjectThreshold]:
    """The thresholds that the project set, by name."""
    cursor = await tx.execute(f"SELECT {_COLUMNS} FROM policy_thresholds ORDER BY name")
    return {row["name"]: ProjectThreshold(**row) for row in await cursor.fetchall()}


async def put_threshold(
    tx: Tx, *, project_id: UUID, name: str, value: float, reason: str, set_by: str, identified_by: str
) -> ProjectThreshold:
    """Store a threshold in place of the one that the project had."""
    cursor = await tx.execute(
        f"""INSERT INTO policy_thresholds (project_id, name, value, reason, set_by, identified_by)
        VALUES (%s, %s, %s, %s, %s, %s)
        ON CONFLICT (project_id, name) DO UPDATE SET value = excluded.value, reason = excluded.reason,
            set_by = excluded.set_by, identified_by = excluded.identified_by, set_at = clock_timestamp()
        RETURNING {_COLUMNS}""",
        (project_id, name, value, reason, set_by, identified_by),
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - the statement returns what it wrote
    return ProjectThreshold(**row)


async def reset_threshold(tx: Tx, name: str) -> bool:
    """Go back to the product's own value; whether the project had one."""
    cursor = await tx.execute("DELETE FROM policy_thresholds WHERE name = %s", (name,))
    return cursor.rowcount > 0


async def terms_in_force(tx: Tx, decision_set_id: UUID | None) -> PolicyTerms:
    """What the project's plans are judged under now: its thresholds, its waivers and those of a decision set's line."""
    waivers = await waivers_in_force(tx, decision_set_id)
    chosen = await list_thresholds(tx)
    return PolicyTerms(waivers=waivers, thresholds={name: one.value for name, one in chosen.items()})
