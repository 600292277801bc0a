"""The end of a decision set: its last status and its last events, exactly once."""

from __future__ import annotations

from uuid import UUID

from decisionworks import events
from decisionworks.decisions.model import TERMINAL, DecisionSet, JsonObject, Status
from decisionworks.decisions.store import select_one
from decisionworks.decisions.update import update
from decisionworks.events import EventDraft
from decisionworks.kit.db import Tx
from decisionworks.kit.errors import Broken


async def finish(
    tx: Tx,
    decision_set: DecisionSet,
    *,
    status: Status | str,
    run_id: UUID | None,
    payload: JsonObject | None = None,
    before: tuple[EventDraft, ...] = (),
) -> bool:
    """Set the terminal status and append `run-complete` last; `run-failed {payload}` before it when it failed.

    Answers False, and writes nothing, when the decision set had ended already. `before` are events stated in the same
    breath, such as `rejected`.
    Raises: StaleDecisionSet.
    """
    wanted = Status(status)
    if wanted not in TERMINAL:
        raise Broken(f"{wanted.value} is not an end")
    now = await select_one(tx, decision_set.id, lock="FOR NO KEY UPDATE")
    if now is not None and now.is_finished:
        return False
    changes: dict[str, object] = {"status": wanted.value}
    drafts = list(before)
    if wanted is Status.FAILED:
        changes["failure"] = dict(payload or {})
        drafts.append(EventDraft(type="run-failed", payload=dict(payload or {})))
    await update(tx, decision_set.id, expected_version=decision_set.version, changes=changes)
    drafts.append(EventDraft(type="run-complete", payload={"status": wanted.value}))
    await events.append(tx, project_id=decision_set.project_id, stream_id=decision_set.id, run_id=run_id, drafts=drafts)
    # Answers of models wait for the commit of their node; where the run ends before, however it ends, they go with it.
    await tx.execute(
        "UPDATE model_calls SET held_answer = NULL WHERE decision_set_id = %s AND held_answer IS NOT NULL",
        (decision_set.id,),
    )
    return True
