"""The lane of jobs that run graphs: a slot and a task for each."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from langgraph.runtime import RunControl

from decisionworks import jobs
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.definition import GraphDefinition
from decisionworks.engine.errors import RunTookTooLong, UnknownJobKind
from decisionworks.engine.lane import Lane, LaneParts
from decisionworks.engine.outcome import Cancelled, Lost, Outcome, Released, TryAgain, outcome_of, poisoned
from decisionworks.engine.run_graph import conclude, run_graph
from decisionworks.events import JOBS_CHANNEL
from decisionworks.jobs import DEFAULT_QUEUE, ClaimedJob, Lease
from decisionworks.kit.errors import RetryLater

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class _Running:
    """A job in a slot: the task that works it and the switch that asks it to stop. Units: `since` monotonic seconds."""

    job: ClaimedJob
    since: float
    control: RunControl = field(default_factory=RunControl)
    task: asyncio.Task[None] | None = None
    end: Outcome | None = None
    is_concluding: bool = False


class GraphLane(Lane):
    """Works jobs whose kind has a graph. Units: `longest_s` is the longest time of one attempt."""

    def __init__(
        self, parts: LaneParts, definitions: Mapping[str, GraphDefinition], *, slots: int, longest_s: float
    ) -> None:
        super().__init__(parts, queue=DEFAULT_QUEUE, slots=slots)
        self._definitions = definitions
        self._longest_s = longest_s
        # By lease, not by job: a lost attempt may still be winding down when the same job is claimed again.
        self._running: dict[Lease, _Running] = {}

    def held(self) -> Collection[Lease]:
        """The leases of the jobs in its slots."""
        return self._running.keys()

    def start(self, claimed: Sequence[ClaimedJob]) -> None:
        """A task for each job."""
        for job in claimed:
            running = _Running(job=job, since=time.monotonic())
            self._running[job.lease] = running
            running.task = asyncio.create_task(self._work(running), name=f"job-{job.id}")
            running.task.add_done_callback(functools.partial(self._ended, job))
        self.parts.measures.slots.labels(self.queue).set(len(self._running))

    def drain(self) -> None:
        """Stop claiming; running graphs stop at their next superstep and go to others."""
        super().drain()
        self.ask_to_stop()

    def ask_to_stop(self) -> None:
        """Let running graphs stop at their next superstep and go to others."""
        for running in self._running.values():
            running.control.request_drain("shutdown")

    async def let_go(self, within_s: float) -> None:
        """Stop running graphs at their next superstep, those that take longer where they are."""
        self.ask_to_stop()
        await self._hand_on(within_s)

    def cancel(self, leases: Sequence[Lease]) -> None:
        """End these runs as cancelled."""
        for lease in leases:
            self._stop_one(lease, Cancelled())

    def lose_all(self) -> None:
        """Stop everything and write nothing."""
        self._stop_all(Lost())

    def stop_overdue(self) -> None:
        """A run that takes longer than it may counts as failed once, and is tried again."""
        for lease, running in tuple(self._running.items()):
            if time.monotonic() - running.since > self._longest_s:
                self._stop_one(lease, outcome_of(RunTookTooLong(self._longest_s), running.job))

    async def hand_over(self, within_s: float) -> None:
        """Wait until running graphs have stopped, then end the nodes that have not."""
        await self._hand_on(within_s)

    async def _hand_on(self, within_s: float) -> None:
        # Only what runs now: a lane that has gone on meanwhile keeps what it claimed since.
        tasks = {lease: running.task for lease, running in self._running.items() if running.task is not None}
        if tasks:
            await asyncio.wait(tasks.values(), timeout=within_s)
            for lease in tasks:
                self._stop_one(lease, Released())
            await asyncio.wait(tasks.values(), timeout=2.0)

    def _ended(self, job: ClaimedJob, task: asyncio.Task[None]) -> None:
        self._running.pop(job.lease, None)
        self.parts.measures.slots.labels(self.queue).set(len(self._running))
        self.note_free()
        if not task.cancelled() and task.exception() is not None:
            self.doubt()
            log.error("attempt.crashed", job_id=str(job.id), exc_info=task.exception())

    async def _work(self, running: _Running) -> None:
        job = running.job
        structlog.contextvars.bind_contextvars(
            job_id=str(job.id), run_id=str(job.id), thread_id=str(job.subject_id or job.id)
        )
        log.info("job.claimed", kind=job.kind, attempt=job.attempt, returned=job.returned)
        definition = self._definitions.get(job.kind)
        attempt = Attempt(
            job=job,
            graph_version="" if definition is None else definition.version,
            database=self.parts.database,
            committer=self.parts.committer,
            doorbell=self.parts.doorbell,
            measures=self.parts.measures,
            is_fenced=self.parts.is_fenced,
        )
        outcome = await self._outcome(definition, running, attempt)
        running.is_concluding = True
        # An end that cannot be written is judged as any other error, and in the last resort written on the job alone.
        for life in (definition, definition, None):
            try:
                await self._conclude(life, attempt, outcome)
                self._note_end(job, outcome)
                return
            except Exception as error:  # one of the two outermost loops: log and decide
                log.exception("conclude.failed")
                outcome = outcome_of(error, attempt.job)

    def _note_end(self, job: ClaimedJob, outcome: Outcome) -> None:
        self.parts.measures.ended.labels(job.kind, type(outcome).__name__.lower()).inc()
        if isinstance(outcome, Released):
            self.parts.doorbell.ring(JOBS_CHANNEL, self.queue)
        if isinstance(outcome, TryAgain):
            self.parts.measures.retried.labels(outcome.failure.code).inc()
        if isinstance(outcome, Lost):
            self.parts.measures.leases_lost.inc()

    async def _outcome(self, definition: GraphDefinition | None, running: _Running, attempt: Attempt) -> Outcome:
        if self.is_draining:
            return Released()
        if running.job.cancel_requested:
            return Cancelled()
        verdict = poisoned(running.job)
        if verdict is not None:
            return verdict
        try:
            if definition is None:
                raise UnknownJobKind(running.job.kind)
            return await run_graph(definition, attempt, running.control)
        except asyncio.CancelledError:
            # We cancelled it ourselves, and said why; a cancellation from outside has no reason and goes on.
            if running.end is None:
                raise
            current = asyncio.current_task()
            if current is not None:
                current.uncancel()
            return running.end
        except Exception as error:  # one of the two outermost loops: log and decide
            if not isinstance(error, jobs.LeaseLost | RetryLater):
                log.exception("attempt.failed")
            return outcome_of(error, attempt.job)

    async def _conclude(self, definition: GraphDefinition | None, attempt: Attempt, outcome: Outcome) -> None:
        """Write the end; while the database is away, hand the job back as soon as it answers again."""
        while not self.parts.is_fenced():
            try:
                await conclude(definition, attempt, outcome)
                return
            except jobs.LeaseLost:
                self.doubt()
                log.info("attempt.lost")
                return
            except RetryLater:
                await asyncio.sleep(0.3)
        self.doubt()

    def _stop_one(self, lease: Lease, end: Outcome) -> None:
        running = self._running.get(lease)
        if running is not None and running.task is not None and running.end is None and not running.is_concluding:
            running.end = end
            running.task.cancel()

    def _stop_all(self, end: Outcome) -> None:
        for lease in tuple(self._running):
            self._stop_one(lease, end)
