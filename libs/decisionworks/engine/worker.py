"""The worker: claims jobs into free slots, runs their graphs, rescues the jobs of the dead, and drains when asked."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol
from uuid import UUID

import structlog
from langgraph.runtime import RunControl

from decisionworks import jobs
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.definition import GraphDefinition
from decisionworks.engine.errors import UnknownJobKind
from decisionworks.engine.liveness import Liveness
from decisionworks.engine.outcome import Cancelled, Lost, Outcome, Released, outcome_of, poisoned
from decisionworks.engine.run_graph import conclude, run_graph
from decisionworks.events import CANCEL_RING, JOBS_CHANNEL, Doorbell, Listener
from decisionworks.jobs import ClaimedJob, Lease
from decisionworks.kit.db import Database
from decisionworks.kit.errors import RetryLater
from decisionworks.kit.settings import Settings

log = structlog.get_logger(__name__)

_RESCUE_EVERY_S = 0.7
_TAKE_BACK_EVERY_S = 1.0


@dataclass(slots=True, kw_only=True)
class _Running:
    """A job in a slot: the task that works it and the switch that asks it to stop."""

    job: ClaimedJob
    control: RunControl = field(default_factory=RunControl)
    task: asyncio.Task[None] | None = None
    end: Outcome | None = None
    is_concluding: bool = False


class Duty(Protocol):
    """Something a worker does beside its jobs, under the name that it has now."""

    __name__: str

    def __call__(self, worker_id: UUID, /) -> Awaitable[None]:
        """Do it once."""
        ...


async def _rescue_pause() -> None:
    await asyncio.sleep(_RESCUE_EVERY_S * random.uniform(0.7, 1.3))  # noqa: S311


class Worker:
    """Works the queue of one database with a bounded number of slots."""

    def __init__(self, settings: Settings, definitions: Mapping[str, GraphDefinition], database: Database) -> None:
        self._settings = settings
        self._definitions = definitions
        self._database = database
        self._direct_url = settings.listen_url or settings.database_url
        self._doorbell = Doorbell(self._direct_url)
        self._listener = Listener(self._direct_url, JOBS_CHANNEL)
        # By lease, not by job: a lost attempt may still be winding down when the same job is claimed again.
        self._running: dict[Lease, _Running] = {}
        self._looked_for_strays_at = time.monotonic()
        self._slot_free = asyncio.Event()
        self._draining = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._liveness = Liveness(
            self._direct_url,
            lease_s=settings.lease_s,
            slots=settings.worker_slots,
            is_direct=settings.is_direct,
            on_lost=self._lose_all,
        )

    def _lose_all(self) -> None:
        self._loop.call_soon_threadsafe(self._stop_all, Lost())

    def drain(self) -> None:
        """Stop claiming; running graphs stop at their next superstep and go to others."""
        self._draining.set()
        self._slot_free.set()
        for running in self._running.values():
            running.control.request_drain("shutdown")

    def state(self) -> dict[str, object]:
        """What a health check sees."""
        return {
            "is_alive": not self._liveness.is_fenced(),
            "is_draining": self._draining.is_set(),
            "running": len(self._running),
            "slots": self._settings.worker_slots,
        }

    async def run(self) -> None:
        """Work until `drain`; returns when every slot is empty or the drain time is over."""
        await self._doorbell.start()
        await self._listener.start()
        self._liveness.start()
        cancel_bell = self._listener.subscribe(CANCEL_RING)
        duties = (
            asyncio.create_task(self._keep_at(self._rescue, _rescue_pause), name="rescue"),
            asyncio.create_task(self._keep_at(self._heed_cancels, lambda: cancel_bell.wait(1.0)), name="cancels"),
        )
        try:
            await self._claim_until_drained()
            await self._drain_slots()
        finally:
            for task in duties:
                task.cancel()
            await self._leave()

    async def _claim_until_drained(self) -> None:
        bell = self._listener.subscribe()
        turn = 0
        while not self._draining.is_set():
            turn += 1
            await self._take_back_strays()
            self._slot_free.clear()
            free = self._settings.worker_slots - len(self._running)
            claimed = await self._claim(free, turn) if free > 0 else []
            for job in claimed:
                self._start(job)
            if len(claimed) < free or free <= 0:
                await self._wait_for_work(bell.wait(self._settings.poll_s * random.uniform(0.8, 1.2)))  # noqa: S311
        bell.close()

    async def _wait_for_work(self, bell: Coroutine[object, object, bool]) -> None:
        waiting: set[asyncio.Task[bool] | asyncio.Task[Literal[True]]] = {
            asyncio.create_task(bell),
            asyncio.create_task(self._slot_free.wait()),
        }
        _, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    async def _claim(self, free: int, turn: int) -> list[ClaimedJob]:
        worker_id = self._liveness.worker_id
        if worker_id is None:
            await asyncio.sleep(0.02)
            return []
        try:
            async with self._database.system_transaction() as tx:
                return await jobs.claim(tx, worker_id=worker_id, free=free, queue=jobs.DEFAULT_QUEUE, turn=turn)
        except RetryLater as error:
            log.warning("claim.failed", error=error.message)
            await asyncio.sleep(0.5)
            return []

    async def _take_back_strays(self) -> None:
        """Let jobs wait again that are ours in the database only; no claim is under way here, so none is in between."""
        worker_id = self._liveness.worker_id
        if worker_id is None or time.monotonic() < self._looked_for_strays_at + _TAKE_BACK_EVERY_S:
            return
        self._looked_for_strays_at = time.monotonic()
        try:
            async with self._database.system_transaction() as tx:
                strays = await jobs.take_back(tx, worker_id=worker_id, held=tuple(self._running))
        except RetryLater as error:
            log.warning("take_back.failed", error=error.message)
            return
        for job in strays:
            log.warning("job.taken_back", job_id=str(job.id), lost_leases=job.lost_leases)

    def _start(self, job: ClaimedJob) -> None:
        running = _Running(job=job)
        self._running[job.lease] = running
        running.task = asyncio.create_task(self._work(running), name=f"job-{job.id}")
        running.task.add_done_callback(lambda task: self._ended(job, task))

    def _ended(self, job: ClaimedJob, task: asyncio.Task[None]) -> None:
        self._running.pop(job.lease, None)
        self._slot_free.set()
        if not task.cancelled() and task.exception() is not None:
            log.error("attempt.crashed", job_id=str(job.id), exc_info=task.exception())

    async def _work(self, running: _Running) -> None:
        job = running.job
        structlog.contextvars.bind_contextvars(
            job_id=str(job.id), run_id=str(job.id), thread_id=str(job.subject_id or job.id)
        )
        log.info("job.claimed", kind=job.kind, attempt=job.lease_token, returned=job.returned)
        definition = self._definitions.get(job.kind)
        attempt = Attempt(
            job=job,
            graph_version="" if definition is None else definition.version,
            database=self._database,
            doorbell=self._doorbell,
            is_fenced=self._liveness.is_fenced,
        )
        outcome = await self._outcome(definition, running, attempt)
        running.is_concluding = True
        # An end that cannot be written is judged as any other error, and in the last resort written on the job alone.
        for life in (definition, definition, None):
            try:
                await self._conclude(life, attempt, outcome)
                return
            except Exception as error:  # one of the two outermost loops: log and decide
                log.exception("conclude.failed")
                outcome = outcome_of(error, attempt.job)

    async def _outcome(self, definition: GraphDefinition | None, running: _Running, attempt: Attempt) -> Outcome:
        if self._draining.is_set():
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
        while not self._liveness.is_fenced():
            try:
                await conclude(definition, attempt, outcome)
                return
            except jobs.LeaseLost:
                log.info("attempt.lost")
                return
            except RetryLater:
                await asyncio.sleep(0.3)

    async def _keep_at(self, duty: Duty, pause: Callable[[], Awaitable[object]]) -> None:
        """Do a duty again and again while this worker lives; one failure is no reason to give it up."""
        while True:
            await pause()
            worker_id = self._liveness.worker_id
            if worker_id is None:
                continue
            try:
                await duty(worker_id)
            except RetryLater as error:
                log.warning("duty.failed", duty=duty.__name__, error=error.message)
            except Exception:  # an outermost loop: if it ended, the jobs of the dead would stay with them
                log.exception("duty.failed", duty=duty.__name__)

    async def _rescue(self, worker_id: UUID) -> None:
        async with self._database.system_transaction() as tx:
            lost = await jobs.rescue(tx, worker_id=worker_id)
        for job in lost:
            log.warning("job.rescued", job_id=str(job.id), lost_leases=job.lost_leases)
            self._doorbell.ring(JOBS_CHANNEL, jobs.DEFAULT_QUEUE)

    async def _heed_cancels(self, worker_id: UUID) -> None:
        if not self._running:
            return
        async with self._database.system_transaction() as tx:
            leases = await jobs.cancelled_leases(tx, worker_id=worker_id)
        for lease in leases:
            self._stop_one(lease, Cancelled())

    def _stop_one(self, lease: Lease, end: Outcome) -> None:
        running = self._running.get(lease)
        if running is not None and running.task is not None and running.end is None and not running.is_concluding:
            running.end = end
            running.task.cancel()

    def _stop_all(self, end: Outcome) -> None:
        for lease in tuple(self._running):
            self._stop_one(lease, end)

    async def _drain_slots(self) -> None:
        tasks = [running.task for running in self._running.values() if running.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=self._settings.drain_s)
            self._stop_all(Released())
            await asyncio.wait(tasks, timeout=2.0)

    async def _leave(self) -> None:
        worker_id = self._liveness.worker_id
        # First, or a beat after the row is gone would take the worker for dead and register another one.
        await asyncio.to_thread(self._liveness.stop)
        with contextlib.suppress(RetryLater):
            if worker_id is not None:
                async with self._database.system_transaction() as tx:
                    await jobs.forget_worker(tx, worker_id=worker_id)
        self._doorbell.ring(JOBS_CHANNEL, jobs.DEFAULT_QUEUE)
        await self._doorbell.stop()
        await self._listener.stop()
