"""The worker: lanes that claim and work jobs, duties beside them, and a peaceful end when asked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from uuid import UUID

import structlog

from decisionworks import jobs
from decisionworks.engine.committer import Committer
from decisionworks.engine.definition import GraphDefinition
from decisionworks.engine.duties import Duties
from decisionworks.engine.graph_lane import GraphLane
from decisionworks.engine.lane import Lane, LaneParts
from decisionworks.engine.liveness import Liveness
from decisionworks.engine.measures import Measures
from decisionworks.engine.task import TaskDefinition
from decisionworks.engine.task_lane import TaskLane
from decisionworks.engine.work_requests import WorkRequests
from decisionworks.events import JOBS_CHANNEL, Doorbell, Listener
from decisionworks.kit.db import Database
from decisionworks.kit.errors import RetryLater
from decisionworks.kit.settings import Settings

log = structlog.get_logger(__name__)


class Worker:
    """Works the queues of one database with a bounded number of slots."""

    def __init__(
        self,
        settings: Settings,
        definitions: Mapping[str, GraphDefinition],
        database: Database,
        *,
        tasks: Mapping[str, TaskDefinition] | None = None,
    ) -> None:
        self._settings = settings
        self._database = database
        self.measures = Measures()
        self._doorbell = Doorbell(settings.bell_url)
        self._listener = Listener(settings.bell_url, JOBS_CHANNEL)
        self._loop = asyncio.get_running_loop()
        self._liveness = Liveness(
            settings.bell_url or settings.database_url,
            lease_s=settings.lease_s,
            slots=settings.worker_slots,
            is_direct=settings.is_direct,
            on_lost=self._lose_all_soon,
        )
        self.parts = LaneParts(
            database=database,
            committer=Committer(database),
            doorbell=self._doorbell,
            listener=self._listener,
            measures=self.measures,
            poll_s=settings.poll_s,
            worker_id=self._worker_id,
            is_fenced=self._liveness.is_fenced,
        )
        self._lanes: list[Lane] = [
            GraphLane(self.parts, definitions, slots=settings.worker_slots, longest_s=settings.longest_run_s)
        ]
        if tasks:
            self._lanes.append(
                TaskLane(self.parts, tasks, slots=settings.worker_task_slots, longest_s=settings.longest_run_s)
            )
        self._duties = Duties(self.parts, self._lanes, keep_s=settings.keep_finished_days * 86_400)
        self.requests: WorkRequests | None = None
        if settings.worker_mode == "on_request":
            self.requests = WorkRequests(
                self.parts, self._lanes, self._duties, longest_s=settings.work_request_s, let_go_s=settings.drain_s
            )

    def drain(self) -> None:
        """Stop claiming; running graphs stop at their next superstep and go to others."""
        for lane in self._lanes:
            lane.drain()

    def state(self) -> dict[str, object]:
        """What a health check sees."""
        return {
            "is_alive": not self._liveness.is_fenced(),
            "is_draining": self._lanes[0].is_draining,
            "is_resting": self.requests is not None and self.requests.is_resting,
            "running": sum(len(lane.held()) for lane in self._lanes),
            "slots": sum(lane.slots for lane in self._lanes),
        }

    async def run(self) -> None:
        """Work until `drain`; returns when every slot is empty or the drain time is over."""
        await self._doorbell.start()
        if self.requests is None:
            await self._listener.start()
        self._liveness.start()
        self._duties.start()
        try:
            await asyncio.gather(*(lane.claim_until_drained() for lane in self._lanes))
            await asyncio.gather(*(lane.hand_over(self._settings.drain_s) for lane in self._lanes))
        finally:
            self._duties.stop()
            await self._leave()

    def _worker_id(self) -> UUID | None:
        return self._liveness.worker_id

    def _lose_all_soon(self) -> None:
        self._loop.call_soon_threadsafe(self._lose_all)

    def _lose_all(self) -> None:
        for lane in self._lanes:
            lane.lose_all()

    async def _leave(self) -> None:
        worker_id = self._liveness.worker_id
        # First, or a beat after the row is gone would take the worker for dead and register another one.
        await asyncio.to_thread(self._liveness.stop)
        with contextlib.suppress(RetryLater):
            if worker_id is not None:
                async with self._database.system_transaction() as tx:
                    await jobs.forget_worker(tx, worker_id=worker_id)
        for lane in self._lanes:
            self._doorbell.ring(JOBS_CHANNEL, lane.queue)
        await self._doorbell.stop()
        await self._listener.stop()
