"""The lane of light jobs: claimed and finished many at a time, worked by consumers that share a line.

A job that never waits costs no task of its own: one consumer works down the line, and a spare one stands ready to go on
when it has to wait. Successes are collected and finished in one statement; while it is on its way, others collect.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from decisionworks import jobs
from decisionworks.engine.errors import RunTookTooLong, UnknownJobKind
from decisionworks.engine.lane import Lane, LaneParts
from decisionworks.engine.outcome import (
    Cancelled,
    Failed,
    Lost,
    Outcome,
    Released,
    TryAgain,
    final_outcome_name,
    outcome_of,
    poisoned,
)
from decisionworks.engine.task import TaskDefinition, TaskRun
from decisionworks.jobs import TASK_QUEUE, ClaimedJob, Lease
from decisionworks.kit.db import Tx
from decisionworks.kit.errors import RetryLater

log = structlog.get_logger(__name__)

_MOST_AT_ONCE = 1000


@dataclass(slots=True)
class _Hand:
    """A job in hand; the task that works on it once one does. Units: `since` monotonic seconds."""

    job: ClaimedJob
    lease: Lease
    since: float
    worker: asyncio.Task[None] | None = None
    end: Outcome | None = None


@dataclass(slots=True)
class _Line:
    """What waits for a consumer, and how many of those there are."""

    waiting: deque[_Hand] = field(default_factory=deque)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    consumers: set[asyncio.Task[None]] = field(default_factory=set)
    spare: int = 0


class TaskLane(Lane):
    """Works jobs whose kind has a task. Units: `longest_s` is the longest time of one attempt."""

    def __init__(
        self, parts: LaneParts, definitions: Mapping[str, TaskDefinition], *, slots: int, longest_s: float
    ) -> None:
        super().__init__(parts, queue=TASK_QUEUE, slots=slots, least_claim=max(1, slots // 4))
        self._definitions = definitions
        self._longest_s = longest_s
        self._hands: dict[Lease, _Hand] = {}
        self._line = _Line()
        self._succeeded: list[Lease] = []
        self._has_succeeded = asyncio.Event()
        self._let_some_go = asyncio.Event()
        self._finisher = asyncio.create_task(self._finish_for_ever(), name="task-finisher")

    def held(self) -> Collection[Lease]:
        """The leases of all jobs in hand, also of those that are done and not yet finished in the database."""
        return self._hands.keys()

    def start(self, claimed: Sequence[ClaimedJob]) -> None:
        """Put jobs into the line."""
        now = time.monotonic()
        for job in claimed:
            lease = job.lease
            hand = self._hands[lease] = _Hand(job, lease, now)
            self._line.waiting.append(hand)
        self.parts.measures.slots.labels(self.queue).set(len(self._hands))
        self._line.ready.set()
        if self._line.spare == 0:
            self._add_consumer()

    def cancel(self, leases: Sequence[Lease]) -> None:
        """End these jobs as cancelled, whether they are being worked on or wait in the line."""
        for lease in leases:
            self._stop_one(lease, Cancelled())

    def lose_all(self) -> None:
        """Stop everything and write nothing."""
        self._succeeded.clear()
        for lease in tuple(self._hands):
            self._stop_one(lease, Lost())
            self._hands.pop(lease, None)
        self.note_free()

    def stop_overdue(self) -> None:
        """A task that takes longer than it may counts as failed once, and is tried again."""
        for lease, hand in tuple(self._hands.items()):
            if hand.worker is not None and time.monotonic() - hand.since > self._longest_s:
                self._stop_one(lease, outcome_of(RunTookTooLong(self._longest_s), hand.job))

    async def let_go(self, within_s: float) -> None:
        """Hand on what has not begun, wait for what has, then hand on that too."""
        unbegun = [hand.lease for hand in self._line.waiting]
        self._line.waiting.clear()
        if unbegun:
            await self._until_written(lambda tx: jobs.release_many(tx, unbegun))
        for lease in unbegun:
            self._hands.pop(lease, None)
        await self._until_empty(within_s)
        for lease in tuple(self._hands):
            self._stop_one(lease, Released())
        await self._until_empty(2.0)

    async def hand_over(self, within_s: float) -> None:
        """Let everything go, then end the consumers."""
        await self.let_go(within_s)
        for task in (*self._line.consumers, self._finisher):
            task.cancel()
        await asyncio.gather(*self._line.consumers, self._finisher, return_exceptions=True)

    async def _until_empty(self, within_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._hands:
                    self._let_some_go.clear()
                    await self._let_some_go.wait()

    def _stop_one(self, lease: Lease, end: Outcome) -> None:
        hand = self._hands.get(lease)
        if hand is None or hand.end is not None:
            return
        hand.end = end
        if hand.worker is not None:
            hand.worker.cancel()

    def _add_consumer(self) -> None:
        if len(self._line.consumers) >= self.slots:
            return
        self._line.spare += 1
        task = asyncio.create_task(self._consume(), name="task-consumer")
        self._line.consumers.add(task)
        task.add_done_callback(self._line.consumers.discard)

    async def _consume(self) -> None:
        """Work down the line; idle, wait as a spare one, and go when there is a spare one already."""
        line = self._line
        while True:
            while not line.waiting:
                line.ready.clear()
                if line.spare > 1:
                    line.spare -= 1
                    return
                await line.ready.wait()
            line.spare -= 1
            while line.waiting:
                if line.spare == 0:
                    self._add_consumer()
                await self._work_whatever_comes(line.waiting.popleft())
            line.spare += 1

    async def _work_whatever_comes(self, hand: _Hand) -> None:
        try:
            await self._work(hand)
        except Exception:  # an outermost loop: a consumer that ended would leave its job in nobody's hands
            log.exception("task.not_ended", job_id=str(hand.job.id))
            self._let_go([hand.lease])
            self.doubt()

    async def _work(self, hand: _Hand) -> None:
        job = hand.job
        hand.worker = asyncio.current_task()
        hand.since = time.monotonic()
        try:
            outcome = await self._outcome(hand)
        finally:
            hand.worker = None
        if outcome is None:
            self._succeeded.append(hand.lease)
            self._has_succeeded.set()
            return
        if not isinstance(outcome, Lost):
            await self._until_written(lambda tx: _end(tx, job, outcome))
            self.parts.measures.ended.labels(job.kind, type(outcome).__name__.lower()).inc()
        if isinstance(outcome, TryAgain):
            self.parts.measures.retried.labels(outcome.failure.code).inc()
        self._let_go([hand.lease])

    async def _outcome(self, hand: _Hand) -> Outcome | None:
        """How the job ends; None is success."""
        job = hand.job
        if hand.end is not None:
            return hand.end
        if job.cancel_requested:
            return Cancelled()
        verdict = poisoned(job)
        if verdict is not None:
            return verdict
        try:
            definition = self._definitions.get(job.kind)
            if definition is None:
                raise UnknownJobKind(job.kind)
            await definition.work(TaskRun(job, self.parts))
        except asyncio.CancelledError:
            end = self._hands[hand.lease].end if hand.lease in self._hands else Lost()
            current = asyncio.current_task()
            if end is None or current is None:
                raise
            current.uncancel()
            return end
        except Exception as error:  # one of the outermost loops: log and decide
            if not isinstance(error, jobs.LeaseLost | RetryLater):
                log.exception("task.failed", job_id=str(job.id), kind=job.kind)
            return outcome_of(error, job)
        return None

    async def _finish_for_ever(self) -> None:
        while True:
            await self._has_succeeded.wait()
            leases = self._succeeded[:_MOST_AT_ONCE]
            del self._succeeded[: len(leases)]
            if not self._succeeded:
                self._has_succeeded.clear()
            try:
                await self._finish(leases)
            except Exception:  # an outermost loop: if it ended, no light job would ever be finished again
                log.exception("tasks.not_finished")
                self.doubt()
            self._let_go(leases)

    async def _finish(self, leases: Sequence[Lease]) -> None:
        while True:
            try:
                counted = await jobs.finish_many(self.parts.database, leases)
                break
            except RetryLater as error:
                log.warning("tasks.not_finished", error=error.message, count=len(leases))
                self.doubt()
                await asyncio.sleep(0.3)
        lost = len(leases) - len(counted)
        if lost:
            log.info("tasks.lost", count=lost)
            self.parts.measures.leases_lost.inc(lost)
        self.parts.measures.ended.labels("task", "succeeded").inc(len(counted))

    def _let_go(self, leases: Sequence[Lease]) -> None:
        for lease in leases:
            self._hands.pop(lease, None)
        self._let_some_go.set()
        self.note_free()

    async def _until_written(self, work: Callable[[Tx], Awaitable[Any]]) -> None:
        """Write how jobs end; while the database is away, as soon as it answers again."""
        while not self.parts.is_fenced():
            try:
                async with self.parts.database.system_transaction() as tx:
                    await work(tx)
                return
            except jobs.LeaseLost:
                log.info("task.lost")
                self.parts.measures.leases_lost.inc()
                return
            except RetryLater:
                await asyncio.sleep(0.3)
        self.doubt()


async def _end(tx: Tx, job: ClaimedJob, outcome: Outcome) -> None:
    match outcome:
        case TryAgain(delay_s=delay_s, failure=failure):
            await jobs.retry(tx, job.lease, delay_s=delay_s, error=failure.to_json())
        case Released():
            await jobs.release(tx, job.lease)
        case Failed() | Cancelled():
            error = outcome.failure.to_json() if isinstance(outcome, Failed) else None
            await jobs.finish(tx, job.lease, outcome=final_outcome_name(outcome), error=error)
