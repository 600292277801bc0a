"""A claim does not wait for the disk: a crash of the server may undo it, and its owner still can write nothing."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from decisionworks import jobs
from decisionworks.engine.migrate import migrate
from decisionworks.jobs import ClaimedJob, LeaseLost
from decisionworks.kit.db import Database
from tests.crash.server import OwnServer
from tests.factories.queue import a_job, a_project, a_worker, claimed
from tests.scenarios.running import free_port

_SERVERS = 5


async def test_a_claim_that_the_server_forgot_lets_its_owner_write_nothing() -> None:
    # Nothing reaches the disk unless a commit waits for it.
    with OwnServer(port=free_port(), settings=("wal_writer_delay=10s", "autovacuum=off")) as server:
        migrate(server.url)

        undone, again = await _claimed_twice(server)

        database = await _opened(server)
        with pytest.raises(LeaseLost):
            async with database.project_transaction(undone.project_id) as tx:
                await jobs.hold_lease(tx, undone.lease)
        with pytest.raises(LeaseLost):
            async with database.project_transaction(undone.project_id) as tx:
                await jobs.finish(tx, undone.lease, outcome="succeeded")
        assert await jobs.finish_many(database, [undone.lease]) == set()
        async with database.project_transaction(again.project_id) as tx:
            await jobs.finish(tx, again.lease, outcome="succeeded")
        await database.close()


async def _claimed_twice(server: OwnServer) -> tuple[ClaimedJob, ClaimedJob]:
    """Two owners of one job, each by its first claim: the server crashed between them and forgot the first."""
    for _ in range(_SERVERS):
        database = await _opened(server)
        project_id, first, second = await _a_queue(database)
        await a_job(database, project_id)
        [undone] = await claimed(database, first)
        await asyncio.to_thread(server.stop, at_once=True)
        await database.close()
        await asyncio.to_thread(server.start)
        database = await _opened(server)
        found = await claimed(database, second)
        await database.close()
        if found:
            assert (found[0].id, found[0].attempt, undone.attempt) == (undone.id, 1, 1)
            return undone, found[0]
    pytest.fail("something made every claim durable, so nothing was forgotten")


async def _a_queue(database: Database) -> tuple[UUID, UUID, UUID]:
    return await a_project(database), await a_worker(database, lease_s=600), await a_worker(database, lease_s=600)


async def _opened(server: OwnServer) -> Database:
    database = Database(server.url, pool_size=2, timeout_s=30.0)
    await database.open()
    return database
