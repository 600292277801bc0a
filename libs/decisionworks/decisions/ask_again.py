"""The same request once more, as a new decision set in its line: with today's prices, catalogue and policies."""

from __future__ import annotations

from decisionworks.decisions.errors import CannotRevise
from decisionworks.decisions.model import REVISABLE, DecisionSet
from decisionworks.decisions.request_plan import Idempotency, request_plan
from decisionworks.decisions.revise import carried_over, on_missing_of
from decisionworks.kit.db import Tx
from decisionworks.registry import Actor


async def ask_again(
    tx: Tx, parent: DecisionSet, *, actor: Actor, reason: str, idempotency: Idempotency | None = None
) -> DecisionSet:
    """Plan again what was asked, given and answered; `reason` stands in the metadata of the new one.

    Raises: CannotRevise, the parent is still in intake or being planned.
    """
    if parent.status not in REVISABLE:
        raise CannotRevise(
            f"the decision set is {parent.status.value}; it can be asked again from its gate on",
            remedy="answer its questions, wait for its gate, or cancel it",
        )
    return await request_plan(
        tx,
        project_id=parent.project_id,
        actor=actor,
        request=parent.request,
        constraints=carried_over(parent),
        parent_id=parent.id,
        metadata={**parent.metadata, "asked_again": reason},
        on_missing=on_missing_of(parent),
        idempotency=idempotency,
    )
