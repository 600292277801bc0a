"""The queue and its model side by side: ways to do the same to both, handing jobs in, and the comparison."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from decisionworks import jobs
from decisionworks.jobs import AlreadyQueued, JobNotFound, Lease, LeaseLost, NotInQuarantine, Order
from decisionworks.kit.db import Database, Tx
from decisionworks.kit.ids import new_id
from tests.factories.queue import a_worker
from tests.factories.queue_model import FINAL, ModelJob, ModelQueue, ModelWorker

T = TypeVar("T")
PROJECTS = [UUID(int=n) for n in (101, 102, 103)]
SUBJECTS = [UUID(int=n) for n in range(201, 206)]
EMPTIED = (
    "DELETE FROM jobs; DELETE FROM jobs_finished; DELETE FROM job_attempts; DELETE FROM workers;"
    " DELETE FROM project_limits"
)
SEEN = (
    "project_id", "queue", "subject_id", "priority", "state", "attempt", "worker_id", "failures", "lost_leases",
    "cancel_requested",
)  # fmt: skip


# Whom a step is about is drawn as a number, whoever that turns out to be: what is drawn never depends on the answers.
nth = st.integers(0, 40)
projects = st.sampled_from(PROJECTS)
subjects = st.sampled_from([None, *SUBJECTS])
priorities = st.sampled_from([0, 0, 1, 500])
queues = st.sampled_from([jobs.DEFAULT_QUEUE] * 3 + [jobs.TASK_QUEUE])


def a_day_from_now() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


class QueueHarness(RuleBasedStateMachine):
    """The real queue and its model, and ways to do something to both.

    Two steps are given by the machine that has the rules; Hypothesis brings a metaclass, so no ABC can ask for them.
    """

    def __init__(self, database: Database, runner: asyncio.Runner, owner_url: str) -> None:
        super().__init__()
        self.database, self.runner = database, runner
        with psycopg.connect(owner_url, autocommit=True) as owner:
            owner.execute(EMPTIED.encode())
        self.model = ModelQueue()

    def run(self, work: Awaitable[T]) -> T:
        async def bounded() -> T:
            async with asyncio.timeout(20):
                return await work

        return self.runner.run(bounded())

    def system(self, verb: Callable[[Tx], Awaitable[T]]) -> T:
        async def work() -> T:
            async with self.database.system_transaction() as tx:
                return await verb(tx)

        return self.run(work())

    async def in_project(self, project_id: UUID, verb: Callable[[Tx], Awaitable[T]]) -> T:
        async with self.database.project_transaction(project_id) as tx:
            return await verb(tx)

    def worker(self, n: int) -> ModelWorker:
        return self.model.workers[n % len(self.model.workers)]

    def work_goes_on(self, n: int) -> None:
        """Somebody claims something, if nothing runs."""
        raise NotImplementedError

    def a_job_changes_hands(self, n: int, m: int) -> None:
        """A worker freezes, another takes its job over."""
        raise NotImplementedError

    def lease(self, n: int, *, wants_held: bool) -> Lease | None:
        """A lease that somebody has, or one that somebody had."""
        self.work_goes_on(n)
        if not wants_held and not self.outdated():
            self.a_job_changes_hands(n, n)
        held = [job.lease for job in self.model.in_state("running")]
        leases = (held if wants_held else self.outdated()) or self.model.leases
        return leases[n % len(leases)] if leases else None

    def outdated(self) -> list[Lease]:
        """The dangerous ones: their job runs again, under another token."""
        running = {job.id: job.token for job in self.model.in_state("running")}
        return [one for one in self.model.leases if running.get(one.job_id, one.token) != one.token]

    def write(self, n: int, wants_held: bool, verb: Callable[[Tx, Lease], Awaitable[object]]) -> ModelJob | None:
        """Write under some lease: with one that is lost it raises LeaseLost, and the job is None."""
        lease = self.lease(n, wants_held=wants_held)
        if lease is None:
            return None
        job = self.model.holder(lease)
        written = self.in_project(self.model.jobs[lease.job_id].project_id, lambda tx: verb(tx, lease))
        if job is None:
            with pytest.raises(LeaseLost):
                self.run(written)
        else:
            self.run(written)
        return job

    def some_leases(self, n: int, count: int) -> list[Lease]:
        """Some that hold and some that may not."""
        self.work_goes_on(n)
        held = [job.lease for job in self.model.in_state("running")]
        return list(dict.fromkeys([*held[n % 3 :][:count], *self.model.leases[n:][:count]]))

    def for_subject(self, subject_id: UUID, verb: Callable[[Tx], Awaitable[T]]) -> tuple[ModelJob | None, T]:
        job = self.model.active(subject_id)
        return job, self.run(self.in_project(job.project_id if job else PROJECTS[0], verb))

    def of_quarantine(self, n: int) -> UUID:
        """A job in quarantine, else any, else none that exists."""
        found = self.model.in_state("quarantined") or list(self.model.jobs.values())
        return found[n % len(found)].id if found else new_id()

    def refusal_of(self, job_id: UUID, *, is_replay: bool) -> type[Exception] | None:
        job = self.model.jobs.get(job_id)
        if job is None:
            return JobNotFound
        if job.state != "quarantined":
            return NotInQuarantine
        return AlreadyQueued if is_replay and self.model.active(job.subject_id) else None

    def bury_as_seen(self, *, by: ModelWorker) -> None:
        """Whether a worker held a job still when it was looked at depends on who came first: both is right."""

        async def rows(tx: Tx) -> set[UUID]:
            return {row["worker_id"] for row in await (await tx.execute("SELECT worker_id FROM workers")).fetchall()}

        left = self.system(rows)
        for worker in self.model.workers:
            if worker.is_dead and worker is not by and not self.model.held_by(worker):
                worker.has_row = worker.id in left

    def took(self, worker: ModelWorker, taken: list[jobs.ClaimedJob], queue: str) -> None:
        """What a claim answered is what was there, under a new token, for a worker that lives."""
        assert worker.may_claim or not taken
        for got in taken:
            job = self.model.jobs[got.id]
            assert (job.state, job.queue) == ("ready", queue), "claimed by somebody else, or not to be claimed"
            assert (got.attempt, got.returned) == (job.attempt + 1, job.returned)
            assert (got.failures, got.lost_leases, got.cancel_requested) == (
                job.failures, job.lost_leases, job.cancel_requested,
            )  # fmt: skip
            self.model.claim(job, worker, token=got.lease_token)

    # Handing in ------------------------------------------------------------------------------------------------------

    @initialize()
    def two_workers_and_some_jobs(self) -> None:
        self.a_worker_registers()
        self.a_worker_registers()
        for n, project_id in enumerate(PROJECTS):
            self.enqueue(project_id, SUBJECTS[n], 0, False, jobs.DEFAULT_QUEUE)

    @rule()
    def a_worker_registers(self) -> None:
        if sum(one.has_row for one in self.model.workers) < 4:
            self.model.workers.append(ModelWorker(id=self.run(a_worker(self.database))))

    @rule(project_id=projects, subject_id=subjects, priority=priorities, is_later=st.booleans(), queue=queues)
    def enqueue(self, project_id: UUID, subject_id: UUID | None, priority: int, is_later: bool, queue: str) -> None:
        job = ModelJob(
            id=new_id(), project_id=project_id, queue=queue, subject_id=subject_id, priority=priority,
            state="scheduled" if is_later else "ready", rank=self.model.next_rank(),
        )  # fmt: skip
        stored = self.in_project(
            project_id,
            lambda tx: jobs.enqueue(
                tx, project_id=project_id, kind="test", subject_id=subject_id, payload={}, priority=priority,
                run_at=a_day_from_now() if is_later else None, job_id=job.id, queue=queue,
            ),
        )  # fmt: skip
        if self.model.active(subject_id):
            with pytest.raises(AlreadyQueued):
                self.run(stored)
        else:
            assert self.run(stored) == job.id
            self.model.add(job)

    @rule(project_id=projects, wanted=st.lists(subjects, max_size=4), priority=priorities, queue=queues)
    def enqueue_many(self, project_id: UUID, wanted: list[UUID | None], priority: int, queue: str) -> None:
        orders = [Order({}, subject_id) for subject_id in wanted]
        rank = self.model.next_rank()

        stored = self.run(
            self.in_project(
                project_id,
                lambda tx: jobs.enqueue_many(
                    tx, orders, project_id=project_id, kind="test", priority=priority, queue=queue
                ),
            )
        )

        for subject_id, job_id in zip(wanted, stored, strict=True):
            assert (job_id is None) == (self.model.active(subject_id) is not None)
            if job_id is not None:
                self.model.add(
                    ModelJob(
                        id=job_id, project_id=project_id, queue=queue, subject_id=subject_id, priority=priority,
                        state="ready", rank=rank,
                    )
                )  # fmt: skip

    @rule(n=nth)
    def the_time_of_a_scheduled_job_comes(self, n: int) -> None:
        scheduled = self.model.in_state("scheduled")
        if scheduled:
            job = scheduled[n % len(scheduled)]
            self.system(
                lambda tx: tx.execute(
                    "UPDATE jobs SET run_at = now, rank_at = now - priority * interval '60 s'"
                    " FROM (SELECT clock_timestamp() AS now) AS clock WHERE id = %s",
                    (job.id,),
                )
            )
            job.is_due, job.rank = True, self.model.next_rank()

    @rule(queue=queues)
    def promote(self, queue: str) -> None:
        due = [job for job in self.model.in_state("scheduled") if job.queue == queue and job.is_due]

        count, due_in_s = self.system(lambda tx: jobs.promote(tx, queue=queue))

        for job in due:
            job.state = "ready"
        assert count == len(due)
        assert (due_in_s is None) == (not [one for one in self.model.in_state("scheduled") if one.queue == queue])

    @rule(project_id=projects, most=st.sampled_from([None, 1, 2]))
    def limit(self, project_id: UUID, most: int | None) -> None:
        self.system(lambda tx: jobs.limit_running(tx, project_id, max_running=most))

        assert self.system(lambda tx: jobs.limit_of(tx, project_id)) == most
        self.model.limits.pop(project_id, None)
        if most is not None:
            self.model.limits[project_id] = most

    # After every step ------------------------------------------------------------------------------------------------

    @invariant()
    def the_queue_is_what_the_model_says(self) -> None:
        async def look(tx: Tx) -> tuple[list[dict[str, Any]], dict[str, Any]]:
            return await jobs.list_jobs(tx, limit=10_000), await jobs.queue_stats(tx)

        listed, stats = self.system(look)

        seen = {row["id"]: {name: row[name] for name in SEEN} for row in listed}
        assert len(seen) == len(listed), "a job is both live and finished"
        assert seen == {job.id: job.seen for job in self.model.jobs.values()}
        assert {state: found["count"] for state, found in stats["jobs"].items()} == self.model.counts(
            ("scheduled", "ready", "running", "parked")
        )
        assert stats["finished_last_hour"] == self.model.counts(FINAL)
        assert {UUID(one["worker_id"]): one["running"] for one in stats["workers"]} == {
            worker.id: len(self.model.held_by(worker)) for worker in self.model.workers if worker.has_row
        }

    def teardown(self) -> None:
        """No attempt has vanished, and none was made up."""

        async def look(tx: Tx) -> dict[UUID, dict[int, str | None]]:
            return {
                job_id: {one["attempt"]: one["outcome"] for one in (await jobs.get_job(tx, job_id))["attempts"]}
                for job_id in self.model.jobs
            }

        assert self.system(look) == {job.id: job.attempts for job in self.model.jobs.values()}
