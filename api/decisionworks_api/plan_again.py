"""Planning a decision set again because the terms of its project changed."""

from __future__ import annotations

from uuid import UUID

from decisionworks.decisions import DecisionSet, DecisionSetNotFound
from decisionworks.registry import Actor
from decisionworks_api.dependencies import placed
from decisionworks_api.services import Services


async def named_in(services: Services, actor: Actor, project_id: UUID, decision_set_id: UUID | None) -> UUID | None:
    """The decision set that a caller names, in the same project; None where none is named.

    Raises: DecisionSetNotFound.
    """
    if decision_set_id is None:
        return None
    found, home = await placed(services, actor, str(decision_set_id))
    if home != project_id:
        raise DecisionSetNotFound(decision_set_id)
    return found


def announce(services: Services, again: DecisionSet | None) -> str | None:
    """Tell workers and listeners about a decision set that was just handed in; its id, or None."""
    if again is None:
        return None
    services.places.put(again.id, again.project_id)
    services.ring_workers()
    services.ring_events(again.id)
    return str(again.id)
