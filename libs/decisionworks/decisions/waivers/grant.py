"""A person accepts a rule, for a reason and for a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from decisionworks.decisions.reasons import stated_reason
from decisionworks.decisions.waivers.errors import UnfitWaiver
from decisionworks.decisions.waivers.model import GrantedWaiver
from decisionworks.decisions.waivers.store import insert_waiver
from decisionworks.kit.db import Tx
from decisionworks.kit.ids import new_id
from decisionworks.policy import check_waiver
from decisionworks.registry import Actor

LONGEST = timedelta(days=366)


async def grant_waiver(
    tx: Tx,
    *,
    project_id: UUID,
    policy_id: str,
    reason: str,
    expires_at: datetime,
    decision_set_id: UUID | None,
    actor: Actor,
) -> GrantedWaiver:
    """Accept what a rule says about the project's plans, or about one decision set and its revisions.

    Units: `expires_at` lies ahead, by a year at most.
    Raises: RefusedWaiver, no such rule or one that may never be waived; UnfitWaiver.
    """
    cursor = await tx.execute("SELECT clock_timestamp() AS now")
    row = await cursor.fetchone()
    now: datetime = row["now"] if row else datetime.now(UTC)
    if expires_at.tzinfo is None:
        expires_at = expires_at.replace(tzinfo=UTC)
    if not now < expires_at <= now + LONGEST:
        raise UnfitWaiver("/expires_at", "lies in the past or more than a year ahead", "name a day within a year")
    why = stated_reason(reason, otherwise=UnfitWaiver("/reason", "is empty", "say why the rule may be passed over"))
    waiver = GrantedWaiver(
        id=new_id(),
        project_id=project_id,
        policy_id=policy_id,
        decision_set_id=decision_set_id,
        reason=why,
        approved_by=actor.name,
        identified_by=actor.identified_by,
        created_at=now,
        expires_at=expires_at,
        revoked_at=None,
        revoked_by=None,
    )
    check_waiver(waiver.for_rules())
    await insert_waiver(tx, waiver)
    return waiver
