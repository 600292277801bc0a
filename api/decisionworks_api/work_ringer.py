"""Keeps as many `POST /work` requests open as the queue has work for, where workers work only while one is open.

One loop looks at the queue: after a ring, after a request that left work behind, and now and then (a ring may be lost,
a lease may expire, a retry may come due). No caller waits for it and none of its errors reaches one.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import time

import httpx
import structlog

from decisionworks import jobs
from decisionworks.jobs import DEFAULT_QUEUE, TASK_QUEUE, Backlog
from decisionworks.kit.db import Database
from decisionworks.kit.errors import RetryLater
from decisionworks.kit.settings import Settings
from decisionworks_api.metrics import Metrics

log = structlog.get_logger(__name__)

_GATHER_S = 0.01  # rings come in bursts
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
# What a worker may take beyond its working time: its nodes' time to end, and the way there and back.
_GRACE_S = 15.0


class WorkRinger:
    """Rings workers that work on request. Units: seconds."""

    def __init__(self, settings: Settings, database: Database, metrics: Metrics) -> None:
        self._url = None if settings.work_url is None else f"{settings.work_url.rstrip('/')}/work"
        self._secret = settings.work_secret
        self._slots_of = {DEFAULT_QUEUE: settings.worker_slots, TASK_QUEUE: settings.worker_task_slots}
        self._most = settings.work_requests
        self._look_s = settings.work_look_s
        self._timeout_s = settings.work_request_s + settings.drain_s + _GRACE_S
        self._database = database
        self._metrics = metrics
        self._client: httpx.AsyncClient | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._wanted = asyncio.Event()
        self._rings = 0
        self._failures = 0
        self._rest_until = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether there is somebody to ring."""
        return self._task is not None and not self._task.done()

    async def start(self) -> None:
        """Begin, where there is somebody to ring."""
        if self._url is None or self._secret is None:
            return
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {self._secret.get_secret_value()}"},
            timeout=httpx.Timeout(5.0, read=self._timeout_s),
            limits=httpx.Limits(max_connections=self._most, max_keepalive_connections=self._most),
            trust_env=False,  # the secret goes to the workers and to nobody between
        )
        self._task = asyncio.create_task(self._ring_for_ever(self._client, self._url), name="work-ringer")

    async def stop(self) -> None:
        """End; workers that still have work go on until their own time is over."""
        tasks = [*self._open, *([] if self._task is None else [self._task])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    def ring(self) -> None:
        """There may be something to work on; never blocks, never fails."""
        self._rings += 1
        self._wanted.set()

    async def _ring_for_ever(self, client: httpx.AsyncClient, url: str) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._look_s * random.uniform(0.6, 1.4)):
                    await self._wanted.wait()
            await asyncio.sleep(max(_GATHER_S, self._rest_until - time.monotonic()))
            self._wanted.clear()
            try:
                missing = await self._missing()
            except RetryLater as error:
                log.warning("work.not_counted", error=error.message)
                continue
            except Exception:  # an outermost loop: if it ended, nobody would work
                log.exception("work.not_counted")
                continue
            for _ in range(missing):
                self._begin_one(client, url)

    async def _missing(self) -> int:
        async with self._database.system_transaction() as tx:
            backlogs = [
                (slots, await jobs.backlog(tx, queue=queue, most=self._most * slots))
                for queue, slots in self._slots_of.items()
            ]
        return max(
            requests_missing(backlog, opened=len(self._open), slots=slots, most=self._most)
            for slots, backlog in backlogs
        )

    def _begin_one(self, client: httpx.AsyncClient, url: str) -> None:
        task = asyncio.create_task(self._ask_for_work(client, url), name="work-request")
        self._open.add(task)
        self._metrics.work_requests.set(len(self._open))
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._open.discard(task)
        self._metrics.work_requests.set(len(self._open))
        if not task.cancelled() and task.exception() is not None:
            log.error("work.crashed", exc_info=task.exception())

    async def _ask_for_work(self, client: httpx.AsyncClient, url: str) -> None:
        rings = self._rings
        try:
            # The whole of it is bounded too, not only the silence between two bytes.
            async with asyncio.timeout(self._timeout_s):
                answer = await client.post(url)
            answer.raise_for_status()
            told = answer.json()
            has_more = bool(told["has_more"])
        except (httpx.HTTPError, TimeoutError, ValueError, KeyError, TypeError) as error:
            self._note_failure(error)
            return
        self._failures = 0
        log.info("work.done", worked=told.get("worked"), has_more=has_more)
        # A ring that came while this was open may have come after its worker's last look.
        if has_more or rings != self._rings:
            self._wanted.set()

    def _note_failure(self, error: Exception) -> None:
        self._metrics.work_requests_failed.inc()
        pause = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(self._failures, 10))
        self._failures += 1
        self._rest_until = time.monotonic() + random.uniform(0, pause)
        self._wanted.set()
        log.warning("work.failed", error=str(error) or type(error).__name__, failures=self._failures)


def requests_missing(backlog: Backlog, *, opened: int, slots: int, most: int) -> int:
    """How many more requests there have to be for so many jobs, beside those that are open."""
    wanted = math.ceil(backlog.jobs / slots)
    if backlog.of_dead:
        # The open request behind them stands still with its worker: somebody else has to rescue them.
        wanted = max(wanted, opened + 1)
    return max(0, min(most, wanted) - opened)
