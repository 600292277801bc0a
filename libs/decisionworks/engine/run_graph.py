"""From a claimed job to an outcome: start, resume or answer the graph, then write how it ended, under the lease."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import psycopg
import structlog
from langchain_core.runnables import RunnableConfig
from langgraph.errors import GraphDrained
from langgraph.runtime import RunControl
from langgraph.types import Command

from decisionworks import jobs
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.checkpoint import LeaseSaver
from decisionworks.engine.definition import Ending, GraphDefinition, Waiting
from decisionworks.engine.errors import RunCancelled
from decisionworks.engine.outcome import (
    Cancelled,
    Failed,
    Lost,
    Outcome,
    Parked,
    Released,
    Succeeded,
    TryAgain,
    final_outcome_name,
)
from decisionworks.events import EventDraft
from decisionworks.jobs import LeaseLost
from decisionworks.kit.db import Tx
from decisionworks.kit.errors import DecisionworksError

log = structlog.get_logger(__name__)

# LangGraph's own switch, private there: an answer to an interrupt that is not waiting raises instead of being taken
# for the answer to the next one. `tests/contracts` holds it to that.
STRICT_RESUME = "__pregel_strict_resume"


async def run_graph(definition: GraphDefinition, attempt: Attempt, control: RunControl) -> Outcome:
    """Run the graph until it ends, waits for a person or is asked to stop at the next superstep.

    Raises: whatever a node raises; LeaseLost and RunCancelled from its commits.
    """
    saver = LeaseSaver(attempt)
    app = copy.copy(definition.compiled)
    app.checkpointer = saver
    config: RunnableConfig = {
        "configurable": {"thread_id": str(attempt.thread_id), STRICT_RESUME: True},
        "recursion_limit": definition.recursion_limit,
    }
    first_state = await _prepare(definition, attempt)
    given = await _next_input(definition, attempt, app, config, first_state)
    if isinstance(given, Parked):
        return given
    try:
        output = await app.ainvoke(given, config, context=attempt, durability="sync", version="v2", control=control)
    except GraphDrained:
        return Released()
    if output.interrupts:
        interrupt = output.interrupts[0]
        waiting = Waiting(interrupt_id=interrupt.id, payload=interrupt.value)
        await _rest(definition, attempt, saver, waiting)
        return Parked(waiting=waiting)
    return Succeeded(state=dict(output.value))


async def _prepare(definition: GraphDefinition, attempt: Attempt) -> Mapping[str, Any]:
    """Read what the run stands on; only an attempt after a failed one has something to write here."""
    if attempt.job.returned in ("lost", "retry", "replayed"):
        async with attempt.database.project_transaction(attempt.job.project_id) as tx:
            await attempt.hold(tx)
            payload = {"attempt": attempt.job.attempt, "reason": attempt.job.returned}
            await attempt.append(tx, [EventDraft(type="job-retried", payload=payload)])
    await attempt.begin()
    return await definition.life.prepare(attempt)


async def _next_input(
    definition: GraphDefinition, attempt: Attempt, app: Any, config: RunnableConfig, first_state: Mapping[str, Any]
) -> Any:
    """The first state for a new thread, None to go on, an answer for a gate, or Parked again when nobody answered."""
    if attempt.is_untouched:
        return dict(first_state)
    snapshot = await app.aget_state(config)
    if snapshot.created_at is None:
        return dict(first_state)
    if not snapshot.interrupts:
        return None
    interrupt = snapshot.interrupts[0]
    answer = await _answer_or_park(definition, attempt, interrupt.id)
    if answer is None:
        return Parked(waiting=Waiting(interrupt_id=interrupt.id, payload=interrupt.value))
    return Command(resume={interrupt.id: dict(answer)})


async def _answer_or_park(definition: GraphDefinition, attempt: Attempt, interrupt_id: str) -> Mapping[str, Any] | None:
    """Read the answer; when there is none, look again under the lock and rest, so that no answer is missed."""
    project_id = attempt.job.project_id
    async with attempt.database.project_transaction(project_id) as tx:
        answer = await definition.life.answer(tx, attempt, interrupt_id)
    if answer is not None:
        return answer
    async with attempt.database.project_transaction(project_id) as tx:
        await attempt.hold(tx)
        answer = await definition.life.answer(tx, attempt, interrupt_id)
        if answer is None:
            await jobs.park(tx, attempt.job.lease)
        return answer


async def _rest(definition: GraphDefinition, attempt: Attempt, saver: LeaseSaver, waiting: Waiting) -> None:
    """Open the gate, store the interrupt and park the job, in one commit: people never hold leases."""

    async def rest(tx: Tx) -> None:
        await saver.store_writes(tx)
        drafts = await definition.life.rest(tx, attempt, waiting)
        await attempt.append(tx, drafts, checkpoint_id=saver.newest_id)
        await jobs.park(tx, attempt.job.lease)

    await attempt.commit(also=rest)


async def conclude(definition: GraphDefinition | None, attempt: Attempt, outcome: Outcome) -> None:
    """Write how the attempt ended; without a definition on the job alone, which then rests in quarantine if it failed.

    Raises: LeaseLost.
    """
    lease = attempt.job.lease
    if isinstance(outcome, TryAgain):
        await _keep_finished(attempt)
    if not isinstance(outcome, Succeeded | Released):
        attempt.outbox.forget()
    match outcome:
        case Lost() | Parked():
            return
        case Released() | TryAgain():
            try:
                await attempt.write(lambda tx: _give_back(tx, attempt, outcome), heed_cancel=True)
            except RunCancelled:
                await conclude(definition, attempt, Cancelled())
                return
        case Failed(failure=failure) if definition is None:
            await attempt.write(lambda tx: jobs.finish(tx, lease, outcome="quarantined", error=failure.to_json()))
        case Succeeded(state=state) if definition is not None:
            await attempt.end(definition.life.finish(attempt, state))
        case Succeeded():
            await attempt.end(Ending())
        case Failed() | Cancelled():
            await attempt.write(lambda tx: _end(tx, definition, attempt, outcome))
    log.info("attempt.ended", outcome=type(outcome).__name__.lower())


async def _keep_finished(attempt: Attempt) -> None:
    try:
        await attempt.keep_finished()
    except (DecisionworksError, psycopg.Error) as error:
        if isinstance(error, LeaseLost | RunCancelled):
            raise
        log.warning("attempt.node_not_kept", error=str(error))  # its own write is what went wrong: it is worked again


async def _give_back(tx: Tx, attempt: Attempt, outcome: Released | TryAgain) -> None:
    match outcome:
        case Released():
            await jobs.release(tx, attempt.job.lease)
        case TryAgain(delay_s=delay_s, failure=failure):
            await jobs.retry(tx, attempt.job.lease, delay_s=delay_s, error=failure.to_json())


async def _end(tx: Tx, definition: GraphDefinition | None, attempt: Attempt, outcome: Failed | Cancelled) -> None:
    error = outcome.failure.to_json() if isinstance(outcome, Failed) else None
    if definition is not None:
        match outcome:
            case Failed(failure=failure):
                await definition.life.fail(tx, attempt, failure)
            case Cancelled():
                await definition.life.cancel(tx, attempt)
    await jobs.finish(tx, attempt.job.lease, outcome=final_outcome_name(outcome), error=error)
