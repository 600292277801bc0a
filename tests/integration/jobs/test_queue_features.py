"""What users of a queue expect: ranks that age, times, bulk, limits, quarantine with replay, cleaning."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from decisionworks import jobs
from decisionworks.jobs import AlreadyQueued, NotInQuarantine, Order, UnfitPriority
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


async def test_priority_ages_so_that_an_old_job_is_not_overtaken_for_ever(database: Database) -> None:
    project_id, worker_id = await a_project(database), await a_worker(database)
    old = await a_job(database, project_id)
    async with database.system_transaction() as tx:
        await tx.execute("UPDATE jobs SET rank_at = rank_at - interval '10 min' WHERE id = %s", (old,))
    urgent = await a_job(database, project_id, priority=5)
    more_urgent = await a_job(database, project_id, priority=15)

    order = [job.id for _ in range(3) for job in await claimed(database, worker_id)]

    assert order == [more_urgent, old, urgent]


async def test_a_priority_out_of_range_names_its_field(database: Database) -> None:
    with pytest.raises(UnfitPriority) as error:
        await a_job(database, await a_project(database), priority=1001)

    assert error.value.problems[0].pointer == "/priority"


async def test_a_job_of_tomorrow_is_ready_when_its_time_has_come_and_not_before(database: Database) -> None:
    project_id, worker_id = await a_project(database), await a_worker(database)
    async with database.project_transaction(project_id) as tx:
        job_id = await jobs.enqueue(
            tx, project_id=project_id, kind="test", subject_id=None, payload={}, run_at=datetime.now(UTC) + timedelta(1)
        )

    too_early = await claimed(database, worker_id)
    async with database.system_transaction() as tx:
        promoted_early, due_in_s = await jobs.promote(tx, queue=jobs.DEFAULT_QUEUE)
        await tx.execute("UPDATE jobs SET run_at = clock_timestamp()")
        promoted, due_then = await jobs.promote(tx, queue=jobs.DEFAULT_QUEUE)
    in_time = await claimed(database, worker_id)

    assert (too_early, promoted_early, promoted, due_then) == ([], 0, 1, None)
    assert due_in_s == pytest.approx(86_400, abs=60)
    assert [job.id for job in in_time] == [job_id]


async def test_many_jobs_go_in_with_one_statement_and_a_subject_that_is_busy_is_named(database: Database) -> None:
    project_id, busy = await a_project(database), new_id()
    await a_job(database, project_id, subject_id=busy)
    orders = [Order({"n": 1}), Order({"n": 2}, busy), Order({"n": 3}, new_id())]

    async with database.project_transaction(project_id) as tx:
        stored = await jobs.enqueue_many(tx, orders, project_id=project_id, kind="many")

    assert [one is None for one in stored] == [False, True, False]
    async with database.system_transaction() as tx:
        found = {job["id"]: job for job in await jobs.list_jobs(tx)}
    assert {one for one in stored if one} < set(found)


async def test_a_small_project_gets_its_share_beside_ten_thousand_jobs_of_another(database: Database) -> None:
    large, small, worker_id = await a_project(database), await a_project(database), await a_worker(database)
    async with database.project_transaction(large) as tx:
        await jobs.enqueue_many(tx, [Order({})] * 10_000, project_id=large, kind="test")
    wanted = {await a_job(database, small) for _ in range(3)}

    first_two = [job.id for _ in range(2) for job in await claimed(database, worker_id, free=4)]

    assert wanted <= set(first_two)


async def test_more_projects_than_one_scan_steps_through_are_all_served(database: Database) -> None:
    worker_id = await a_worker(database)
    made = {await a_job(database, await a_project(database)) for _ in range(70)}
    got: set[UUID] = set()
    after = jobs.FIRST_PROJECT

    for _ in range(20):
        batch = await jobs.claim(
            database, worker_id=worker_id, free=8, queue=jobs.DEFAULT_QUEUE, scan=jobs.Scan(after=after)
        )
        got |= {job.id for job in batch.jobs}
        after = batch.next_after

    assert got == made


async def test_a_project_at_its_limit_gets_nothing_more_until_a_job_ends(database: Database) -> None:
    project_id, worker_id = await a_project(database), await a_worker(database)
    for _ in range(5):
        await a_job(database, project_id)
    async with database.system_transaction() as tx:
        await jobs.limit_running(tx, project_id, max_running=2)

    first = await claimed(database, worker_id, free=5)
    while_full = await claimed(database, worker_id, free=5)
    async with database.project_transaction(project_id) as tx:
        await jobs.finish(tx, first[0].lease, outcome="succeeded")
    after_one_ended = await claimed(database, worker_id, free=5)

    assert (len(first), len(while_full), len(after_one_ended)) == (2, 0, 1)


async def test_a_limit_is_served_behind_a_thousand_others(database: Database) -> None:
    worker_id = await a_worker(database)
    async with database.system_transaction() as tx:
        await tx.execute(
            "WITH made AS (INSERT INTO projects (id, name) SELECT lpad(n::text, 32, '0')::uuid, 'idle ' || n"
            " FROM generate_series(1, 1001) AS n RETURNING id)"
            " INSERT INTO project_limits (project_id, max_running) SELECT id, 1 FROM made"
        )
    project_id = await a_project(database)
    job_id = await a_job(database, project_id)
    async with database.system_transaction() as tx:
        await jobs.limit_running(tx, project_id, max_running=1)

    got = await claimed(database, worker_id)

    assert [job.id for job in got] == [job_id]


async def test_a_limit_holds_among_workers_that_claim_at_the_same_moment(database: Database) -> None:
    project_id = await a_project(database)
    workers = [await a_worker(database) for _ in range(6)]
    for _ in range(30):
        await a_job(database, project_id)
    async with database.system_transaction() as tx:
        await jobs.limit_running(tx, project_id, max_running=3)

    rounds = await asyncio.gather(*(claimed(database, worker, free=4) for worker in workers * 3))

    assert sum(len(batch) for batch in rounds) <= 3
    async with database.system_transaction() as tx:
        row = await (await tx.execute("SELECT count(*) AS n FROM jobs WHERE state = 'running'")).fetchone()
    assert row is not None
    assert row["n"] <= 3


async def test_a_quarantined_job_is_replayed_under_its_own_id_with_a_new_token(database: Database) -> None:
    project_id, worker_id = await a_project(database), await a_worker(database)
    job_id = await a_job(database, project_id)
    [first] = await claimed(database, worker_id)
    async with database.project_transaction(project_id) as tx:
        await jobs.finish(tx, first.lease, outcome="quarantined", error={"code": "broken"})

    async with database.system_transaction() as tx:
        await jobs.replay(tx, job_id)
    [again] = await claimed(database, worker_id)

    assert (again.id, again.returned, again.failures, again.attempt) == (job_id, "replayed", 0, 2)
    async with database.system_transaction() as tx:
        attempts = (await jobs.get_job(tx, job_id))["attempts"]
    assert [one["outcome"] for one in attempts] == ["quarantined", None]


async def test_only_what_rests_in_quarantine_is_replayed(database: Database) -> None:
    project_id, worker_id, subject_id = await a_project(database), await a_worker(database), new_id()
    job_id = await a_job(database, project_id, subject_id=subject_id)
    with pytest.raises(NotInQuarantine):
        async with database.system_transaction() as tx:
            await jobs.replay(tx, job_id)
    [first] = await claimed(database, worker_id)
    async with database.project_transaction(project_id) as tx:
        await jobs.finish(tx, first.lease, outcome="quarantined", error={"code": "broken"})
    await a_job(database, project_id, subject_id=subject_id)

    with pytest.raises(AlreadyQueued):
        async with database.system_transaction() as tx:
            await jobs.replay(tx, job_id)

    async with database.system_transaction() as tx:
        assert (await jobs.get_job(tx, job_id))["state"] == "quarantined"
        await jobs.discard(tx, job_id)
        assert (await jobs.get_job(tx, job_id))["state"] == "failed"


async def test_jobs_that_ended_long_ago_are_forgotten_and_quarantined_ones_are_kept(database: Database) -> None:
    project_id, worker_id = await a_project(database), await a_worker(database)
    for outcome in ("succeeded", "quarantined"):
        await a_job(database, project_id)
        [job] = await claimed(database, worker_id)
        async with database.project_transaction(project_id) as tx:
            await jobs.finish(tx, job.lease, outcome=outcome)  # type: ignore[arg-type]
    recent = await a_job(database, project_id)
    async with database.system_transaction() as tx:
        await tx.execute("UPDATE jobs_finished SET finished_at = finished_at - interval '2 days'")
    [job] = await claimed(database, worker_id)
    async with database.project_transaction(project_id) as tx:
        await jobs.finish(tx, job.lease, outcome="succeeded")

    async with database.system_transaction() as tx:
        count = await jobs.clean(tx, older_than_s=86_400, limit=100)
        left = {job["id"]: job["state"] for job in await jobs.list_jobs(tx)}

    assert count == 1
    assert left[recent] == "succeeded"
    assert sorted(left.values()) == ["quarantined", "succeeded"]


async def test_the_position_of_a_subject_that_has_a_job_again_is_kept(database: Database) -> None:
    project_id, worker_id, subject_id = await a_project(database), await a_worker(database), new_id()
    await a_job(database, project_id, subject_id=subject_id)
    [job] = await claimed(database, worker_id)
    async with database.project_transaction(project_id) as tx:
        await jobs.finish(tx, job.lease, outcome="succeeded")
    async with database.system_transaction() as tx:
        await tx.execute("UPDATE jobs_finished SET finished_at = finished_at - interval '2 days'")
    await a_job(database, project_id, subject_id=subject_id)

    async with database.system_transaction() as tx:
        while_it_has_one = await jobs.clean(tx, older_than_s=86_400, limit=100)
        await tx.execute("DELETE FROM jobs")
        afterwards = await jobs.clean(tx, older_than_s=86_400, limit=100)

    assert (while_it_has_one, afterwards) == (0, 1)


async def test_a_job_of_tomorrow_is_no_day_old(database: Database) -> None:
    project_id = await a_project(database)
    async with database.project_transaction(project_id) as tx:
        await jobs.enqueue(
            tx, project_id=project_id, kind="test", subject_id=None, payload={}, run_at=datetime.now(UTC) + timedelta(1)
        )

    async with database.system_transaction() as tx:
        stats = await jobs.queue_stats(tx)

    assert stats["jobs"] == {"scheduled": {"count": 1, "oldest_s": 0}}


async def test_finishing_many_leaves_out_those_whose_lease_is_lost(database: Database) -> None:
    project_id = await a_project(database)
    frozen, healthy = await a_worker(database), await a_worker(database)
    made = {await a_job(database, project_id) for _ in range(3)}
    held = await claimed(database, frozen, free=3)
    await let_lease_end(database, frozen)
    await rescued(database, healthy)
    taken_over = await claimed(database, healthy, free=1)

    late = await jobs.finish_many(database, [job.lease for job in held])
    counted = await jobs.finish_many(database, [job.lease for job in taken_over])

    assert {job.id for job in held} == made
    assert late == set()
    assert counted == {job.id for job in taken_over}


async def test_a_replay_that_another_job_of_its_subject_comes_before_says_so_and_loses_nothing(
    database: Database,
) -> None:
    project_id, worker_id, subject_id = await a_project(database), await a_worker(database), new_id()
    quarantined = await a_job(database, project_id, subject_id=subject_id)
    [first] = await claimed(database, worker_id)
    async with database.project_transaction(project_id) as tx:
        await jobs.finish(tx, first.lease, outcome="quarantined", error={"code": "broken"})

    async def replay() -> None:
        async with database.system_transaction() as tx:
            await jobs.replay(tx, quarantined)

    async with database.project_transaction(project_id) as tx:
        await jobs.enqueue(tx, project_id=project_id, kind="test", subject_id=subject_id, payload={})
        replaying = asyncio.create_task(replay())
        await until_somebody_waits_for_a_lock(database)

    with pytest.raises(AlreadyQueued):
        await replaying
    async with database.system_transaction() as tx:
        assert (await jobs.get_job(tx, quarantined))["state"] == "quarantined"


async def test_a_job_handed_in_alone_is_in_its_project_once(database: Database) -> None:
    project_id, subject_id = await a_project(database), new_id()

    job_id = await jobs.enqueue(database, project_id=project_id, kind="test", subject_id=subject_id, payload={"n": 1})
    with pytest.raises(AlreadyQueued):
        await jobs.enqueue(database, project_id=project_id, kind="test", subject_id=subject_id, payload={})

    [job] = await claimed(database, await a_worker(database), free=9)
    assert (job.id, job.project_id, job.subject_id, job.payload) == (job_id, project_id, subject_id, {"n": 1})
