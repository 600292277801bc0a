"""Which light jobs this worker knows. Adding one adds a line here."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import structlog

from decisionworks import decisions
from decisionworks.decisions import REPLAN_KIND, CannotRevise, Idempotency
from decisionworks.engine.task import TaskDefinition, TaskRun
from decisionworks.events import JOBS_CHANNEL
from decisionworks.jobs import DEFAULT_QUEUE
from decisionworks.kit.db import Tx
from decisionworks.registry import Actor

log = structlog.get_logger(__name__)

# Who asks when nobody does: schedules.
_SCHEDULER = Actor(
    id=UUID(int=1), name="scheduler", is_administrator=False, project_ids=frozenset(), identified_by="schedule"
)


def task_definitions() -> Mapping[str, TaskDefinition]:
    """Every kind of light job that this worker knows."""
    return {REPLAN_KIND: TaskDefinition(kind=REPLAN_KIND, work=_replan)}


async def _replan(run: TaskRun) -> None:
    """Ask a decision set again with the prices of the day; worked twice, it is still one new decision set."""
    job = run.job
    wanted = UUID(str(job.payload["decision_set_id"]))

    async def ask(tx: Tx) -> None:
        parent = await decisions.load(tx, wanted)
        key = Idempotency(_SCHEDULER.id, f"replan {job.id}", "")
        try:
            await decisions.ask_again(tx, parent, actor=_SCHEDULER, reason="schedule", idempotency=key)
        except CannotRevise as error:
            log.info("replan.left_out", decision_set_id=str(wanted), reason=error.message)

    await run.write(ask)
    run.parts.doorbell.ring(JOBS_CHANNEL, DEFAULT_QUEUE)
