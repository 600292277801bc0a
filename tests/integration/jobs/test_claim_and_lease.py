"""The queue under two workers: one job, one owner, and a late owner that can write nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import UUID

import pytest

from decisionworks import jobs
from decisionworks.engine.claimer import Claimer
from decisionworks.jobs import LeaseLost, Order
from decisionworks.kit.db import Database
from decisionworks.kit.ids import new_id
from tests.factories.queue import (
    a_job,
    a_project,
    a_worker,
    claimed,
    let_lease_end,
    rescued,
    until_somebody_waits_for_a_lock,
)


async def test_many_jobs_on_two_workers_are_each_claimed_once(database: Database) -> None:
    project_id = await a_project(database)
    workers = [await a_worker(database), await a_worker(database)]
    made = {await a_job(database, project_id) for _ in range(40)}

    rounds = await asyncio.gather(*(claimed(database, workers[n % 2], free=3) for n in range(24)))

    got = [job.id for batch in rounds for job in batch]
    assert len(got) == len(set(got))
    assert set(got) == made


async def test_an_expired_lease_lets_another_worker_finish_the_job(database: Database) -> None:
    project_id = await a_project(database)
    frozen, healthy = await a_worker(database), await a_worker(database)
    job_id = await a_job(database, project_id)
    [first] = await claimed(database, frozen)

    await let_lease_end(database, frozen)
    lost = await rescued(database, healthy)
    [second] = await claimed(database, healthy)
    for late in (
        lambda tx: jobs.finish(tx, first.lease, outcome="failed"),
        lambda tx: jobs.park(tx, first.lease),
        lambda tx: jobs.hold_lease(tx, first.lease),
    ):
        with pytest.raises(LeaseLost):
            async with database.project_transaction(project_id) as tx:
                await late(tx)
    async with database.project_transaction(project_id) as tx:
        await jobs.finish(tx, second.lease, outcome="succeeded")

    with pytest.raises(LeaseLost):
        async with database.project_transaction(project_id) as tx:
            await jobs.hold_lease(tx, first.lease)
    with pytest.raises(LeaseLost):
        async with database.project_transaction(project_id) as tx:
            await jobs.finish(tx, first.lease, outcome="failed")
    async with database.system_transaction() as tx:
        seen = await jobs.get_job(tx, job_id)
    assert [job.id for job in lost] == [job_id]
    assert (first.attempt, second.attempt, second.returned) == (1, 2, "lost")
    assert seen["state"] == "succeeded"
    assert [attempt["outcome"] for attempt in seen["attempts"]] == ["lost", "succeeded"]


async def test_a_takeover_waits_for_the_writer_that_holds_the_lease(database: Database) -> None:
    project_id = await a_project(database)
    slow, healthy = await a_worker(database), await a_worker(database)
    await a_job(database, project_id)
    [job] = await claimed(database, slow)
    await let_lease_end(database, slow)

    async with database.project_transaction(project_id) as tx:
        await jobs.hold_lease(tx, job.lease)
        while_writing = await rescued(database, healthy)
    afterwards = await rescued(database, healthy)

    assert while_writing == []
    assert [lost.id for lost in afterwards] == [job.id]


async def test_a_small_project_is_served_beside_a_large_backlog(database: Database) -> None:
    large, small = await a_project(database, "large"), await a_project(database, "small")
    worker_id = await a_worker(database)
    for _ in range(30):
        await a_job(database, large)
    wanted = await a_job(database, small)

    batch = await claimed(database, worker_id, free=4)

    assert wanted in {job.id for job in batch}


@pytest.mark.parametrize("count", [3, 70])
async def test_slots_that_come_free_one_at_a_time_go_round_the_projects(database: Database, count: int) -> None:
    projects = [await a_project(database) for _ in range(count)]
    worker_id = await a_worker(database)
    for project_id in projects:
        async with database.project_transaction(project_id) as tx:
            await jobs.enqueue_many(tx, [Order({})] * 3, project_id=project_id, kind="test")
    claimer = Claimer(database, jobs.DEFAULT_QUEUE)

    got: list[UUID] = []
    while len(got) < 2 * count:
        got += [job.project_id for job in (await claimer.claim(worker_id, 1)).jobs]

    assert Counter(got) == dict.fromkeys(projects, 2)


async def test_between_dear_looks_the_known_projects_take_turns_too(database: Database) -> None:
    projects = [await a_project(database) for _ in range(2)]
    worker_id = await a_worker(database)
    for project_id in projects:
        async with database.project_transaction(project_id) as tx:
            await jobs.enqueue_many(tx, [Order({})] * 4, project_id=project_id, kind="test")
    claimer = Claimer(database, jobs.DEFAULT_QUEUE)
    await claimer.claim(worker_id, 2)
    claimer._next_scan = float("inf")

    got = [job.project_id for _ in range(4) for job in (await claimer.claim(worker_id, 1)).jobs]

    assert Counter(got) == dict.fromkeys(projects, 2)


async def test_a_worker_that_leaves_with_a_job_in_hand_is_known_until_others_took_it(database: Database) -> None:
    project_id = await a_project(database)
    leaving, healthy = await a_worker(database), await a_worker(database)
    await a_job(database, project_id)
    [job] = await claimed(database, leaving)

    async with database.system_transaction() as tx:
        await jobs.forget_worker(tx, worker_id=leaving)
    await let_lease_end(database, leaving)
    lost = await rescued(database, healthy)

    assert [one.id for one in lost] == [job.id]


async def test_a_claim_passes_over_a_job_that_somebody_holds_and_does_not_wait(database: Database) -> None:
    project_id, subject_id = await a_project(database), new_id()
    worker_id = await a_worker(database)
    await a_job(database, project_id, subject_id=subject_id)
    free = await a_job(database, project_id)

    async with database.project_transaction(project_id) as tx:
        await jobs.wake(tx, subject_id=subject_id)
        async with asyncio.timeout(5):
            got = await claimed(database, worker_id, free=2)

    assert [job.id for job in got] == [free]


async def test_a_more_important_job_comes_first(database: Database) -> None:
    project_id = await a_project(database)
    worker_id = await a_worker(database)
    await a_job(database, project_id, priority=0)
    urgent = await a_job(database, project_id, priority=5)

    [first] = await claimed(database, worker_id)

    assert first.id == urgent


async def test_a_clock_that_was_set_back_keeps_no_ready_job_waiting(database: Database) -> None:
    project_id, worker_id = await a_project(database), await a_worker(database)
    job_id = await a_job(database, project_id)
    async with database.system_transaction() as tx:
        await tx.execute("UPDATE jobs SET run_at = run_at + interval '1 h', rank_at = rank_at + interval '1 h'")

    got = await claimed(database, worker_id)

    assert [job.id for job in got] == [job_id]


async def test_a_worker_that_is_no_longer_alive_claims_nothing(database: Database) -> None:
    project_id = await a_project(database)
    worker_id = await a_worker(database)
    await a_job(database, project_id)
    await let_lease_end(database, worker_id)

    assert await claimed(database, worker_id) == []


async def test_a_parked_job_spends_nothing_until_it_is_woken(database: Database) -> None:
    project_id, subject_id = await a_project(database), new_id()
    worker_id = await a_worker(database)
    await a_job(database, project_id, subject_id=subject_id)
    [job] = await claimed(database, worker_id)
    async with database.project_transaction(project_id) as tx:
        await jobs.park(tx, job.lease)

    while_parked = await claimed(database, worker_id)
    async with database.project_transaction(project_id) as tx:
        has_woken = await jobs.wake(tx, subject_id=subject_id)
        woken_twice = await jobs.wake(tx, subject_id=subject_id)
    [again] = await claimed(database, worker_id)

    assert while_parked == []
    assert (has_woken, woken_twice) == (True, False)
    assert (again.id, again.returned, again.failures, again.lost_leases) == (job.id, "woken", 0, 0)


async def test_a_wake_waits_for_a_worker_that_is_parking_right_now(database: Database) -> None:
    project_id, subject_id = await a_project(database), new_id()
    worker_id = await a_worker(database)
    await a_job(database, project_id, subject_id=subject_id)
    [job] = await claimed(database, worker_id)

    async def wake() -> bool:
        async with database.project_transaction(project_id) as tx:
            return await jobs.wake(tx, subject_id=subject_id)

    async with database.project_transaction(project_id) as tx:
        await jobs.hold_lease(tx, job.lease)
        waking = asyncio.create_task(wake())
        await until_somebody_waits_for_a_lock(database)
        await jobs.park(tx, job.lease)

    assert await waking is True


async def test_an_end_asked_for_while_a_worker_is_parking_ends_the_job(database: Database) -> None:
    project_id, subject_id = await a_project(database), new_id()
    worker_id = await a_worker(database)
    await a_job(database, project_id, subject_id=subject_id)
    [job] = await claimed(database, worker_id)

    async def end() -> object:
        async with database.project_transaction(project_id) as tx:
            closed = await jobs.close_waiting(tx, subject_id=subject_id, outcome="cancelled")
            return closed or await jobs.request_cancel(tx, subject_id=subject_id)

    async with database.project_transaction(project_id) as tx:
        await jobs.hold_lease(tx, job.lease)
        ending = asyncio.create_task(end())
        await until_somebody_waits_for_a_lock(database)
        await jobs.park(tx, job.lease)

    assert await ending == job.id
    async with database.system_transaction() as tx:
        assert (await jobs.get_job(tx, job.id))["state"] == "cancelled"


async def test_a_subject_has_one_active_job(database: Database) -> None:
    project_id, subject_id = await a_project(database), new_id()
    await a_job(database, project_id, subject_id=subject_id)

    with pytest.raises(jobs.AlreadyQueued):
        await a_job(database, project_id, subject_id=subject_id)


async def test_a_lost_job_does_not_wait_behind_what_came_later(database: Database) -> None:
    project_id = await a_project(database)
    dead, healthy = await a_worker(database), await a_worker(database)
    first = await a_job(database, project_id)
    [job] = await claimed(database, dead)
    for _ in range(3):
        await a_job(database, project_id)

    await let_lease_end(database, dead)
    await rescued(database, healthy)
    [next_one] = await claimed(database, healthy)

    assert job.id == first
    assert next_one.id == first


async def test_a_retried_job_waits_and_counts_its_failure(database: Database) -> None:
    project_id = await a_project(database)
    worker_id = await a_worker(database)
    await a_job(database, project_id)
    [job] = await claimed(database, worker_id)

    async with database.project_transaction(project_id) as tx:
        await jobs.retry(tx, job.lease, delay_s=60.0, error={"code": "test"})

    async with database.system_transaction() as tx:
        seen = await jobs.get_job(tx, job.id)
    assert await claimed(database, worker_id) == []
    assert (seen["state"], seen["failures"], seen["last_error"]) == ("scheduled", 1, {"code": "test"})
