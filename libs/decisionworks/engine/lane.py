"""A lane of a worker: one queue, a number of slots, and the loop that claims jobs into them."""

from __future__ import annotations

import asyncio
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from decisionworks import jobs
from decisionworks.engine.claimer import Batch, Claimer
from decisionworks.engine.committer import Committer
from decisionworks.engine.measures import Measures
from decisionworks.events import JOBS_CHANNEL, Doorbell, Listener
from decisionworks.jobs import ClaimedJob, Lease
from decisionworks.kit.db import Database
from decisionworks.kit.errors import RetryLater

log = structlog.get_logger(__name__)

# Jobs under this worker's name that it does not work on are looked for after a doubt, and now and then without one.
_STRAYS_AFTER_DOUBT_S = 1.0
_STRAYS_EVERY_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneParts:
    """What every lane of a worker shares. Units: `poll_s` seconds between two looks without a ring."""

    database: Database
    committer: Committer
    doorbell: Doorbell
    listener: Listener
    measures: Measures
    poll_s: float
    worker_id: Callable[[], UUID | None]
    is_fenced: Callable[[], bool]


class Lane(ABC):
    """Claims from one queue into free slots until it is told to stop."""

    def __init__(self, parts: LaneParts, *, queue: str, slots: int, least_claim: int = 1) -> None:
        self.queue = queue
        self.slots = slots
        self.parts = parts
        # Many at a time is quicker; but where slots come free too slowly for that, jobs do not wait for it.
        self._least_claim = least_claim
        self._claim_few_at = 0.0
        self._claimer = Claimer(parts.database, queue)
        self._is_claiming = asyncio.Event()
        self._is_claiming.set()
        # Rung, or a slot has come free: one flag, because one wait is what stands between a ring and a claim.
        self._woken = asyncio.Event()
        self._draining = asyncio.Event()
        self._look_for_strays_at = time.monotonic() + _STRAYS_EVERY_S
        # What somebody who decides when this lane may rest has to know. Units: monotonic seconds.
        self.is_looking = False
        self.found_nothing_at = 0.0
        self.claimed_count = 0

    @property
    def is_draining(self) -> bool:
        """Whether it was told to stop."""
        return self._draining.is_set()

    @abstractmethod
    def held(self) -> Collection[Lease]:
        """The leases that it holds."""

    @abstractmethod
    def start(self, claimed: Sequence[ClaimedJob]) -> None:
        """Begin to work on claimed jobs."""

    @abstractmethod
    def cancel(self, leases: Sequence[Lease]) -> None:
        """The end of these jobs was asked for."""

    @abstractmethod
    def lose_all(self) -> None:
        """The worker was taken for dead: stop, write nothing."""

    @abstractmethod
    def stop_overdue(self) -> None:
        """Stop attempts that take longer than they may."""

    @abstractmethod
    async def let_go(self, within_s: float) -> None:
        """Ask what is running to stop, wait, then hand on the rest; the lane can go on afterwards."""

    @abstractmethod
    async def hand_over(self, within_s: float) -> None:
        """Wait for what is running, then hand on the rest, for good."""

    def drain(self) -> None:
        """Stop claiming."""
        self._draining.set()
        self._woken.set()

    def hold_off(self) -> None:
        """Claim nothing until `go_on`."""
        self._is_claiming.clear()

    def go_on(self) -> None:
        """Claim again."""
        self._is_claiming.set()
        self._woken.set()

    def note_free(self) -> None:
        """A slot has come free."""
        if self.slots - len(self.held()) >= self._least_claim:
            self._woken.set()

    def doubt(self) -> None:
        """Something may stand under our name that we do not work on: look soon."""
        self._look_for_strays_at = min(self._look_for_strays_at, time.monotonic() + _STRAYS_AFTER_DOUBT_S)

    async def claim_until_drained(self) -> None:
        """The lane's loop."""
        bell = self.parts.listener.subscribe(self.queue, raised=self._woken)
        rung = True
        while not self._draining.is_set():
            self._woken.clear()
            may_be_more = False
            if self._is_claiming.is_set():
                self.is_looking = True
                try:
                    may_be_more = await self._look(rung=rung)
                finally:
                    self.is_looking = False
            rung = may_be_more or await bell.wait(self.parts.poll_s * random.uniform(0.8, 1.2))
        bell.close()

    async def _look(self, *, rung: bool) -> bool:
        """Claim into what is free; answers whether there may be more."""
        await self._take_back_strays()
        free = self.slots - len(self.held())
        if free < (self._least_claim if time.monotonic() < self._claim_few_at else 1):
            return False
        batch = await self._claim(free)
        self._claim_few_at = time.monotonic() + self.parts.poll_s
        if batch.jobs:
            self.claimed_count += len(batch.jobs)
            self.start(batch.jobs)
            await asyncio.sleep(0)  # what was claimed begins before it is counted, and before the next look
            self._note_claim(batch, rung=rung)
        elif not batch.may_be_more:
            self.found_nothing_at = time.monotonic()
        if batch.took_s is not None:
            self.parts.measures.claim.labels(self.queue).observe(batch.took_s)
        return batch.may_be_more

    async def _claim(self, free: int) -> Batch:
        worker_id = self.parts.worker_id()
        if worker_id is None:
            await asyncio.sleep(0.02)
            return Batch([], may_be_more=True)
        try:
            batch = await self._claimer.claim(worker_id, free)
        except RetryLater as error:
            log.warning("claim.failed", queue=self.queue, error=error.message)
            self.doubt()
            await asyncio.sleep(0.5)
            return Batch([], may_be_more=True)
        return batch

    def _note_claim(self, batch: Batch, *, rung: bool) -> None:
        measures = self.parts.measures
        measures.claimed.labels(self.queue, "first").inc(sum(job.returned is None for job in batch.jobs))
        measures.claimed.labels(self.queue, "again").inc(sum(job.returned is not None for job in batch.jobs))
        pickup = measures.pickup.labels(self.queue)
        # One of a batch stands for all where there are many: the queue's speed is not spent on measuring it.
        for job in batch.jobs if len(batch.jobs) <= 8 else batch.jobs[:: max(1, len(batch.jobs) // 8)]:
            pickup.observe(max(0.0, job.waited_s))
        if not rung:
            measures.found_by_poll.labels(self.queue).inc()

    async def _take_back_strays(self) -> None:
        """Let jobs wait again that are ours in the database only; no claim is under way here, so none is in between."""
        worker_id = self.parts.worker_id()
        if worker_id is None or time.monotonic() < self._look_for_strays_at:
            return
        self._look_for_strays_at = time.monotonic() + _STRAYS_EVERY_S
        try:
            async with self.parts.database.system_transaction() as tx:
                strays = await jobs.take_back(tx, worker_id=worker_id, queue=self.queue, held=tuple(self.held()))
        except RetryLater as error:
            log.warning("take_back.failed", error=error.message)
            self.doubt()
            return
        for job in strays:
            log.warning("job.taken_back", job_id=str(job.id), lost_leases=job.lost_leases)
        if strays:
            self.parts.doorbell.ring(JOBS_CHANNEL, self.queue)
