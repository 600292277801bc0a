"""What a worker does beside its jobs, each duty in a loop of its own that no error ends."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol
from uuid import UUID

import structlog

from decisionworks import jobs
from decisionworks.engine.lane import Lane, LaneParts
from decisionworks.events import CANCEL_RING, JOBS_CHANNEL
from decisionworks.kit.errors import RetryLater

log = structlog.get_logger(__name__)

_RESCUE_EVERY_S = 0.7
_SWEEP_EVERY = 30  # rescues
_CLEAN_EVERY_S = 60.0
_SCHEDULES_EVERY_S = 1.5
_MOST_CLEANED = 2000
_LEAST_PROMOTE_PAUSE_S = 0.2


class Duty(Protocol):
    """Something a worker does now and then, under the name that it has now."""

    __name__: str

    def __call__(self, worker_id: UUID, /) -> Awaitable[None]:
        """Do it once."""
        ...


class Duties:
    """The duties of one worker over its lanes. Units: `keep_s` seconds that finished jobs are kept."""

    def __init__(self, parts: LaneParts, lanes: Sequence[Lane], *, keep_s: float) -> None:
        self._parts = parts
        self._lanes = lanes
        self._keep_s = keep_s
        self._cancel_bell = parts.listener.subscribe(CANCEL_RING)
        self._bells = {lane.queue: parts.listener.subscribe(lane.queue) for lane in lanes}
        self._due_in_s: dict[str, float] = {}
        self._rescues = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._may_work = asyncio.Event()
        self._may_work.set()
        self._under_way = 0

    @property
    def is_busy(self) -> bool:
        """Whether one of them is at work, with locks in the database."""
        return self._under_way > 0

    def hold_off(self) -> None:
        """Begin none until `go_on`."""
        self._may_work.clear()

    def go_on(self) -> None:
        """Do again what is due."""
        self._may_work.set()

    def start(self) -> None:
        """Begin them all."""
        pauses: list[tuple[Duty, Callable[[], Awaitable[object]]]] = [
            (self._rescue, lambda: asyncio.sleep(_RESCUE_EVERY_S * random.uniform(0.7, 1.3))),
            (self._heed_cancels, lambda: self._cancel_bell.wait(0.7)),
            (self._stop_overdue, lambda: asyncio.sleep(1.0)),
            (self._fire_schedules, lambda: asyncio.sleep(_SCHEDULES_EVERY_S * random.uniform(0.7, 1.0))),
            (self._clean, lambda: asyncio.sleep(_CLEAN_EVERY_S * random.uniform(0.7, 1.3))),
        ]
        self._tasks = [asyncio.create_task(self._keep_at(duty, pause), name=duty.__name__) for duty, pause in pauses]
        for lane in self._lanes:
            self._tasks.append(asyncio.create_task(self._promote_for_ever(lane.queue), name=f"promote-{lane.queue}"))

    def stop(self) -> None:
        """End them."""
        for task in self._tasks:
            task.cancel()

    async def _keep_at(self, duty: Duty, pause: Callable[[], Awaitable[object]]) -> None:
        """Do a duty again and again while this worker lives; one failure is no reason to give it up."""
        while True:
            await pause()
            await self._may_work.wait()
            worker_id = self._parts.worker_id()
            if worker_id is None:
                continue
            self._under_way += 1
            try:
                await duty(worker_id)
            except RetryLater as error:
                log.warning("duty.failed", duty=duty.__name__, error=error.message)
            except Exception:  # an outermost loop: if it ended, the jobs of the dead would stay with them
                log.exception("duty.failed", duty=duty.__name__)
            finally:
                self._under_way -= 1

    async def _rescue(self, worker_id: UUID) -> None:
        self._rescues += 1
        async with self._parts.database.system_transaction() as tx:
            lost = await jobs.rescue(tx, worker_id=worker_id, sweep=self._rescues % _SWEEP_EVERY == 1)
        for job in lost:
            log.warning("job.rescued", job_id=str(job.id), lost_leases=job.lost_leases)
        self._parts.measures.rescued.inc(len(lost))
        for queue in {job.queue for job in lost}:
            self._parts.doorbell.ring(JOBS_CHANNEL, queue)

    async def _heed_cancels(self, worker_id: UUID) -> None:
        for lane in self._lanes:
            held = tuple(lane.held())
            if held:
                async with self._parts.database.system_transaction() as tx:
                    lane.cancel(await jobs.cancelled_leases(tx, held=held))

    async def _stop_overdue(self, worker_id: UUID) -> None:
        for lane in self._lanes:
            lane.stop_overdue()

    async def _fire_schedules(self, worker_id: UUID) -> None:
        async with self._parts.database.system_transaction() as tx:
            queues = await jobs.fire_due(tx)
        for queue in set(queues):
            self._parts.doorbell.ring(JOBS_CHANNEL, queue)

    async def _clean(self, worker_id: UUID) -> None:
        count = _MOST_CLEANED
        while count == _MOST_CLEANED:
            async with self._parts.database.system_transaction() as tx:
                count = await jobs.clean(tx, older_than_s=self._keep_s, limit=_MOST_CLEANED)
            if count:
                log.info("jobs.cleaned", count=count)

    async def _promote_for_ever(self, queue: str) -> None:
        """Make scheduled jobs ready to the moment: sleep until the next one is due, or somebody rings."""

        async def promote(worker_id: UUID) -> None:
            async with self._parts.database.system_transaction() as tx:
                count, due_in_s = await jobs.promote(tx, queue=queue)
            self._due_in_s[queue] = self._parts.poll_s if due_in_s is None else max(0.0, due_in_s)
            if count:
                self._parts.doorbell.ring(JOBS_CHANNEL, queue)

        async def pause() -> None:
            longest = self._parts.poll_s * random.uniform(0.8, 1.2)
            due_in_s = min(longest, self._due_in_s.get(queue, longest))
            await asyncio.sleep(min(due_in_s, _LEAST_PROMOTE_PAUSE_S))  # rings come in bursts
            await self._bells[queue].wait(max(0.0, due_in_s - _LEAST_PROMOTE_PAUSE_S))

        await self._keep_at(promote, pause)
