"""Light jobs: many at a time, each once, and none lost when one fails, waits, is cancelled or its worker goes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from structlog.testing import capture_logs

from decisionworks import jobs
from decisionworks.engine import task_lane
from decisionworks.engine.task import TaskDefinition, TaskRun
from decisionworks.engine.worker import Worker
from decisionworks.jobs import TASK_QUEUE, LeaseLost, Order
from decisionworks.kit.db import Database, Tx
from decisionworks.kit.errors import RetryLater
from decisionworks.kit.ids import new_id
from decisionworks.kit.settings import Settings
from tests.factories.queue import a_project, a_worker, let_lease_end, rescued


class Shop:
    """One project and the light jobs that it hands in; `waits` holds workers at a job until it is set."""

    def __init__(self, database: Database, url: str, project_id: UUID) -> None:
        self.database = database
        self.project_id = project_id
        self.worked: Counter[int] = Counter()
        self.begun: Counter[int] = Counter()
        self.go_on = asyncio.Event()
        self.fails: dict[int, Exception] = {}
        self.settings = Settings(
            database_url=url, lease_s=1.5, poll_s=0.05, worker_slots=1, worker_task_slots=50, drain_s=2.0
        )

    async def work(self, run: TaskRun) -> None:
        number = run.job.payload["n"]
        self.begun[number] += 1
        if run.job.kind == "waits":
            await self.go_on.wait()
        if number in self.fails:
            raise self.fails[number]
        self.worked[number] += 1

    def hire(self) -> Worker:
        tasks = {kind: TaskDefinition(kind=kind, work=self.work) for kind in ("quick", "waits")}
        return Worker(self.settings, {}, self.database, tasks=tasks)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[Worker]:
        worker = self.hire()
        with capture_logs():
            task = asyncio.create_task(worker.run())
            try:
                yield worker
            finally:
                worker.drain()
                async with asyncio.timeout(10):
                    await task

    async def hand_in(self, count: int, *, kind: str = "quick") -> list[UUID | None]:
        orders = [Order({"n": n}, new_id()) for n in range(count)]
        async with self.database.project_transaction(self.project_id) as tx:
            return await jobs.enqueue_many(tx, orders, project_id=self.project_id, kind=kind, queue=TASK_QUEUE)

    async def states(self) -> Counter[str]:
        async with self.database.system_transaction() as tx:
            return Counter(job["state"] for job in await jobs.list_jobs(tx, limit=5000))

    async def become(self, **wanted: int) -> None:
        try:
            async with asyncio.timeout(20):
                while await self.states() != Counter(wanted):
                    await asyncio.sleep(0.02)
        except TimeoutError:
            pytest.fail(f"the jobs are {await self.states()}, and should become {wanted}")


@pytest.fixture
async def shop(database: Database, clean_database: str) -> Shop:
    return Shop(database, clean_database, await a_project(database))


async def test_many_light_jobs_on_two_workers_are_each_worked_once(shop: Shop) -> None:
    await shop.hand_in(2000)

    async with shop.working(), shop.working():
        await shop.become(succeeded=2000)

    assert len(shop.worked) == 2000
    assert set(shop.worked.values()) == {1}


async def test_a_job_that_waits_holds_up_no_other(shop: Shop) -> None:
    await shop.hand_in(10, kind="waits")
    async with shop.working():
        await shop.become(running=10)
        await shop.hand_in(100)
        await shop.become(running=10, succeeded=100)

        shop.go_on.set()
        await shop.become(succeeded=110)


async def test_a_few_free_slots_are_used_where_the_others_stay_taken(shop: Shop) -> None:
    await shop.hand_in(45, kind="waits")
    async with shop.working():
        await shop.become(running=45)
        await shop.hand_in(20)
        await shop.become(running=45, succeeded=20)

        shop.go_on.set()
        await shop.become(succeeded=65)


async def test_a_failed_job_is_tried_again_and_then_rests_in_quarantine(shop: Shop) -> None:
    shop.fails = {3: RuntimeError("broken"), 5: RetryLater("later")}
    made = await shop.hand_in(8)
    async with shop.database.system_transaction() as tx:
        await tx.execute("UPDATE jobs SET failures = 4")

    async with shop.working():
        await shop.become(succeeded=6, quarantined=1, failed=1)

    async with shop.database.system_transaction() as tx:
        ended = await jobs.get_job(tx, made[3])  # type: ignore[arg-type]
    assert (ended["state"], ended["last_error"]["code"]) == ("quarantined", "unexpected")


async def test_a_cancelled_job_ends_whether_it_is_worked_on_or_waits_in_line(shop: Shop) -> None:
    await shop.hand_in(5, kind="waits")
    async with shop.working():
        await shop.become(running=5)
        async with shop.database.system_transaction() as tx:
            await tx.execute("UPDATE jobs SET cancel_requested = true")

        await shop.become(cancelled=5)


async def test_a_worker_that_drains_hands_its_light_jobs_on(shop: Shop) -> None:
    await shop.hand_in(60, kind="waits")

    async with shop.working():
        await shop.become(running=50, ready=10)

    assert await shop.states() == Counter(ready=60)
    shop.go_on.set()
    async with shop.working():
        await shop.become(succeeded=60)


async def test_a_task_whose_lease_is_lost_can_write_nothing_and_is_worked_by_another(shop: Shop) -> None:
    written: list[str] = []

    async def write(run: TaskRun) -> None:
        async def note(_tx: Tx) -> None:
            written.append("late")

        await run.write(note)

    healthy = await a_worker(shop.database)
    [made] = await shop.hand_in(1, kind="waits")

    async def freeze(run: TaskRun) -> None:
        await let_lease_end(shop.database, run.parts.worker_id())  # type: ignore[arg-type]
        await rescued(shop.database, healthy)
        with pytest.raises(LeaseLost):
            await write(run)
        raise LeaseLost(run.job.id, run.job.lease_token)

    calls: list[Any] = []

    async def once(run: TaskRun) -> None:
        calls.append(run.job.lease_token)
        if len(calls) == 1:
            await freeze(run)

    shop.work = once  # type: ignore[method-assign]
    async with shop.working():
        await shop.become(succeeded=1)

    async with shop.database.system_transaction() as tx:
        attempts = (await jobs.get_job(tx, made))["attempts"]  # type: ignore[arg-type]
    assert written == []
    assert [one["outcome"] for one in attempts] == ["lost", "succeeded"]


async def test_jobs_whose_end_could_not_be_written_are_taken_back_and_worked_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, calls = jobs.finish_many, [0]

    async def finish_many(database: Database, leases: Any) -> set[UUID]:
        calls[0] += 1
        if calls[0] == 1:
            raise psycopg.errors.FeatureNotSupported("cached plan must not change result type")
        return await original(database, leases)

    monkeypatch.setattr(task_lane.jobs, "finish_many", finish_many)
    await shop.hand_in(3)

    async with shop.working():
        await shop.become(succeeded=3)

    assert calls[0] >= 2
