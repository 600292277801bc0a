"""A whole worker on a real database: whatever is cut, lost or unknown, every job comes to an end and none is stuck."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from structlog.testing import capture_logs

from decisionworks import events, jobs
from decisionworks.engine import worker as worker_module
from decisionworks.engine.attempt import Attempt
from decisionworks.engine.claimer import Batch
from decisionworks.engine.definition import Ending
from decisionworks.engine.worker import Worker
from decisionworks.kit.db import Database, Tx
from decisionworks.kit.errors import RetryLater
from decisionworks.kit.ids import new_id
from decisionworks.kit.settings import Settings
from tests.factories.queue import a_project, a_worker, claimed, let_lease_end
from tests.factories.toy_graph import KIND, Toy

SOON_S = 20.0


class Floor:
    """One project, one toy graph, and workers of this process that work it."""

    def __init__(self, database: Database, settings: Settings, project_id: UUID) -> None:
        self.database = database
        self.project_id = project_id
        self.toy = Toy()
        self.settings = settings

    def hire(self) -> Worker:
        return Worker(self.settings, {KIND: self.toy.definition()}, self.database)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[Worker]:
        worker = self.hire()
        # Many of these tests make a worker log tracebacks, which are slow to draw.
        with capture_logs():
            task = asyncio.create_task(worker.run())
            try:
                yield worker
            finally:
                worker.drain()
                async with asyncio.timeout(10):
                    await task

    async def enqueue(self, *, kind: str = KIND, failures: int = 0) -> UUID:
        subject_id = new_id()
        async with self.database.project_transaction(self.project_id) as tx:
            await jobs.enqueue(tx, project_id=self.project_id, kind=kind, subject_id=subject_id, payload={})
            await tx.execute("UPDATE jobs SET failures = %s WHERE subject_id = %s", (failures, subject_id))
        return subject_id

    async def job(self, subject_id: UUID) -> dict[str, Any]:
        async with self.database.system_transaction() as tx:
            return next(one for one in await jobs.list_jobs(tx) if one["subject_id"] == subject_id)

    async def becomes(self, subject_id: UUID, *states: str, within_s: float = SOON_S) -> dict[str, Any]:
        try:
            async with asyncio.timeout(within_s):
                while True:
                    # The pool is the worker's too: a cut may meet this look.
                    with contextlib.suppress(RetryLater):
                        found = await self.job(subject_id)
                        if found["state"] in states:
                            return found
                    await asyncio.sleep(0.02)
        except TimeoutError:
            pytest.fail(f"the job stays {(await self.job(subject_id))['state']}, and should become {states}")

    async def told(self, subject_id: UUID) -> list[str]:
        async with self.database.project_transaction(self.project_id) as tx:
            return [event.type for event in await events.read(tx, stream_id=subject_id)]

    async def answered(self, subject_id: UUID, said: str) -> None:
        self.toy.life.answers[self.toy.life.waits_at.interrupt_id] = said
        async with self.database.project_transaction(self.project_id) as tx:
            assert await jobs.wake(tx, subject_id=subject_id)


@pytest.fixture
def worker_settings(clean_database: str) -> Settings:
    return Settings(database_url=clean_database, lease_s=1.5, poll_s=0.05, worker_slots=2, drain_s=3.0)


@pytest.fixture
async def floor(database: Database, worker_settings: Settings) -> Floor:
    return Floor(database, worker_settings, await a_project(database))


def once(work: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """The work, the first time only."""
    done: list[bool] = []

    async def hook(*given: object) -> None:
        if not done:
            done.append(True)
            await work(*given)

    return hook


async def test_a_job_of_a_kind_that_no_worker_knows_is_tried_again_and_then_rests_in_quarantine(floor: Floor) -> None:
    fresh = await floor.enqueue(kind="of tomorrow")
    old = await floor.enqueue(kind="of tomorrow", failures=4)

    async with floor.working():
        ended = await floor.becomes(old, "quarantined")
        waiting = await floor.becomes(fresh, "ready", "scheduled")

    assert ended["last_error"]["code"] == "unknown-job-kind"
    assert "of tomorrow" in ended["last_error"]["message"]
    assert waiting["failures"] >= 1


async def test_a_claim_whose_answer_never_arrived_is_worked_all_the_same(floor: Floor) -> None:
    async with floor.working() as worker:
        async with asyncio.timeout(SOON_S):
            while (worker_id := worker._liveness.worker_id) is None:
                await asyncio.sleep(0.01)
        async with floor.database.system_transaction() as tx:
            subject_id = new_id()
            await tx.execute(
                "INSERT INTO jobs (id, project_id, kind, subject_id, state, lease_token, worker_id)"
                " VALUES (%s, %s, %s, %s, 'running', 1, %s)",
                (new_id(), floor.project_id, KIND, subject_id, worker_id),
            )

        parked = await floor.becomes(subject_id, "parked")

    assert parked["attempt"] == 1
    assert floor.toy.worked["first"] == 1


async def test_a_worker_that_was_fenced_for_a_moment_takes_its_run_up_again(floor: Floor) -> None:
    subject_id = await floor.enqueue()
    async with floor.working() as worker:

        async def stand_still(_attempt: Attempt) -> None:
            worker._liveness._alive_until = 0.0

        floor.toy.before["first"] = once(stand_still)

        await floor.becomes(subject_id, "parked")

    assert floor.toy.worked["first"] == 2
    assert (await floor.told(subject_id)).count("reason-card") == 1


async def test_a_run_whose_end_cannot_be_written_is_not_left_running(floor: Floor) -> None:
    subject_id = await floor.enqueue(failures=4)

    async def fail(*_: object) -> None:
        raise TypeError("the life of this graph is broken")

    floor.toy.before["first"] = fail
    floor.toy.life.fail = fail  # type: ignore[method-assign]

    async with floor.working():
        ended = await floor.becomes(subject_id, "quarantined")

    assert ended["last_error"]["code"] == "unexpected"


async def test_failures_are_counted_since_the_last_progress(floor: Floor) -> None:
    subject_id = await floor.enqueue(failures=4)

    async def be_away(_attempt: Attempt) -> None:
        raise RetryLater("outside is away")

    async with floor.working():
        await floor.becomes(subject_id, "parked")
        floor.toy.before["second"] = once(be_away)
        await floor.answered(subject_id, "blue")
        await _asks(floor, "approve")
        parked = await floor.becomes(subject_id, "parked")

    assert parked["failures"] == 0


async def test_a_job_that_is_claimed_after_its_end_was_asked_for_ends_without_working(floor: Floor) -> None:
    subject_id = await floor.enqueue()
    async with floor.database.project_transaction(floor.project_id) as tx:
        await jobs.request_cancel(tx, subject_id=subject_id)

    async with floor.working():
        await floor.becomes(subject_id, "cancelled")

    assert floor.toy.life.ends == [("cancelled", None)]
    assert dict(floor.toy.worked) == {}


@pytest.mark.parametrize("how", ["waits", "computes in a thread"])
async def test_an_end_asked_for_reaches_a_node_at_work(floor: Floor, how: str) -> None:
    subject_id, begun, is_over = await floor.enqueue(), asyncio.Event(), threading.Event()

    def compute() -> None:
        while not is_over.is_set():
            sum(range(1000))

    async def work(_attempt: Attempt) -> None:
        begun.set()
        await (asyncio.Event().wait() if how == "waits" else asyncio.to_thread(compute))

    floor.toy.before["first"] = work
    try:
        async with floor.working():
            await begun.wait()
            async with floor.database.project_transaction(floor.project_id) as tx:
                assert await jobs.request_cancel(tx, subject_id=subject_id) == "running"

            ended = await floor.becomes(subject_id, "cancelled")
    finally:
        is_over.set()

    assert ended["attempt"] == 1
    assert floor.toy.life.ends == [("cancelled", None)]


async def test_an_end_asked_for_while_an_attempt_fails_is_not_put_off_until_the_retry(floor: Floor) -> None:
    subject_id = await floor.enqueue()

    async def cancel_and_fail(_attempt: Attempt) -> None:
        async with floor.database.project_transaction(floor.project_id) as tx:
            assert await jobs.request_cancel(tx, subject_id=subject_id) == "running"
        raise ConnectionError("outside is away")

    floor.toy.before["first"] = once(cancel_and_fail)

    async with floor.working():
        await floor.becomes(subject_id, "cancelled")

    assert (await floor.job(subject_id))["attempt"] == 1


async def test_an_end_asked_for_while_a_woken_job_looks_for_its_answer_ends_it(floor: Floor) -> None:
    subject_id = await floor.enqueue()
    async with floor.working():
        await floor.becomes(subject_id, "parked")
        original = floor.toy.life.answer

        async def cancel(*_: object) -> None:
            async with floor.database.project_transaction(floor.project_id) as tx:
                await jobs.request_cancel(tx, subject_id=subject_id)

        cancel_once = once(cancel)

        async def answer(tx: Tx, attempt: Attempt, interrupt_id: str) -> Any:
            await cancel_once()
            return await original(tx, attempt, interrupt_id)

        floor.toy.life.answer = answer  # type: ignore[method-assign]
        async with floor.database.project_transaction(floor.project_id) as tx:
            await jobs.wake(tx, subject_id=subject_id)

        await floor.becomes(subject_id, "cancelled")


async def test_a_worker_told_to_stop_while_it_claims_hands_the_job_on_at_the_next_step(floor: Floor) -> None:
    subject_id = await floor.enqueue()
    worker = floor.hire()
    lane = worker._lanes[0]
    original = lane._claim

    async def claim(free: int) -> Batch:
        got = await original(free)
        if got.jobs:
            worker.drain()
        return got

    lane._claim = claim  # type: ignore[method-assign]

    async with asyncio.timeout(10):
        await worker.run()

    assert (await floor.job(subject_id))["state"] == "ready"
    assert floor.toy.worked["second"] == 0
    assert floor.toy.life.asked == []


async def test_rescue_goes_on_after_an_error_that_nobody_foresaw(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    original = jobs.rescue
    calls: list[int] = []

    async def rescue(tx: Tx, **names: Any) -> list[jobs.LostJob]:
        calls.append(1)
        if len(calls) == 1:
            raise psycopg.errors.FeatureNotSupported("cached plan must not change result type")
        return await original(tx, **names)

    monkeypatch.setattr(worker_module.jobs, "rescue", rescue)
    dead = await a_worker(floor.database)
    subject_id = await floor.enqueue()
    await claimed(floor.database, dead)
    await let_lease_end(floor.database, dead)

    async with floor.working():
        await floor.becomes(subject_id, "parked")

    assert len(calls) >= 2


CUTS = {
    "everything": "application_name LIKE 'decisionworks%%'",
    "heartbeat": "application_name = 'decisionworks-heartbeat'",
    "bells": "application_name = 'decisionworks-bell'",
}


@pytest.mark.parametrize("which", CUTS)
async def test_connections_cut_in_the_middle_of_a_node_cost_time_only(
    floor: Floor, clean_database: str, which: str
) -> None:
    subject_id = await floor.enqueue()

    async def cut(_attempt: Attempt) -> None:
        async with await psycopg.AsyncConnection.connect(clean_database, autocommit=True) as scissors:
            await scissors.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE datname = current_database() AND pid <> pg_backend_pid() AND {CUTS[which]}"
            )

    floor.toy.before["first"] = once(cut)

    async with floor.working():
        await floor.becomes(subject_id, "parked")
        await floor.answered(subject_id, "blue")
        await floor.becomes(subject_id, "parked")

    told = await floor.told(subject_id)
    assert (told.count("gate-waiting"), told.count("reason-card")) == (2, 3)


@pytest.mark.parametrize("moment", ["prepare", "rest", "answer", "finish"])
async def test_a_connection_cut_inside_each_transaction_of_a_run_costs_time_only(floor: Floor, moment: str) -> None:
    subject_id = await floor.enqueue()
    original = getattr(floor.toy.life, moment)

    async def cut(tx: Tx, *_: object) -> None:
        await tx.execute("RESET ROLE")
        await tx.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    cut_once = once(cut)

    async def cutting(tx: Tx, *given: Any) -> Any:
        await cut_once(tx)
        return await original(tx, *given)

    async def cutting_first(attempt: Attempt) -> Any:
        async with attempt.database.project_transaction(attempt.job.project_id) as tx:
            await cut_once(tx)
        return await original(attempt)

    def cutting_last(attempt: Attempt, state: Any) -> Ending:
        return Ending(drafts=original(attempt, state).drafts, write=cut_once)

    setattr(floor.toy.life, moment, {"prepare": cutting_first, "finish": cutting_last}.get(moment, cutting))

    async with floor.working():
        await floor.becomes(subject_id, "parked")
        await floor.answered(subject_id, "blue")
        await _asks(floor, "approve")
        await floor.becomes(subject_id, "parked")
        await floor.answered(subject_id, "yes")
        await floor.becomes(subject_id, "succeeded")

    told = await floor.told(subject_id)
    assert dict(floor.toy.worked) == {"first": 1, "second": 1, "third": 1, "fourth": 1}
    assert (told.count("run-complete"), told.count("gate-waiting"), told.count("reason-card")) == (1, 2, 4)


async def _asks(floor: Floor, gate: str) -> None:
    async with asyncio.timeout(SOON_S):
        while gate not in floor.toy.life.asked:
            await asyncio.sleep(0.02)
