"""A person sets a number of the rules for a project."""

from __future__ import annotations

from uuid import UUID

from decisionworks.decisions.reasons import stated_reason
from decisionworks.decisions.thresholds.model import ProjectThreshold
from decisionworks.decisions.thresholds.store import put_threshold
from decisionworks.kit.db import Tx
from decisionworks.policy import UnfitThreshold, check_threshold, load_policies
from decisionworks.registry import Actor


async def set_threshold(
    tx: Tx, *, project_id: UUID, name: str, value: float, reason: str, actor: Actor
) -> ProjectThreshold:
    """Judge the project's plans by this number from now on; plans that wait at a gate have to be judged again.

    Raises: UnfitThreshold, no such threshold, a value outside its bounds, or no reason.
    """
    check_threshold(name, value, book=load_policies())
    empty = UnfitThreshold("/reason", "the reason is empty", "say why the project has a limit of its own")
    return await put_threshold(
        tx,
        project_id=project_id,
        name=name,
        value=value,
        reason=stated_reason(reason, otherwise=empty),
        set_by=actor.name,
        identified_by=actor.identified_by,
    )
