"""Several workers do whatever they may, in any order, and late; after every step the queue is what the model says.

QUEUE_MODEL_EXAMPLES=500 runs that many stories, other ones each time, instead of the few that always run.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from decisionworks import jobs
from decisionworks.jobs import Lease, LeaseLost
from decisionworks.jobs.statements import statement
from decisionworks.kit.db import Database, Tx
from tests.factories.queue import a_worker, claimed, let_lease_end, rescued
from tests.factories.queue_machine import PROJECTS, SUBJECTS, QueueHarness, nth, projects, queues
from tests.factories.queue_model import FINAL, ModelWorker


class QueueMachine(QueueHarness):
    """What may happen to a queue."""

    def work_goes_on(self, n: int) -> None:
        if self.model.in_state("running"):
            return
        if not any(one.may_claim for one in self.model.workers):
            self.model.workers.append(ModelWorker(id=self.run(a_worker(self.database))))
        if not self.model.ready(jobs.DEFAULT_QUEUE):
            self.enqueue(PROJECTS[n % 3], None, 0, False, jobs.DEFAULT_QUEUE)
        self.claim(next(k for k, one in enumerate(self.model.workers) if one.may_claim), 3, jobs.DEFAULT_QUEUE)

    # Claiming --------------------------------------------------------------------------------------------------------

    @rule(n=nth, free=st.integers(1, 5), queue=queues)
    def claim(self, n: int, free: int, queue: str) -> None:
        worker = self.worker(n)
        expected = self.model.claimable(queue, free) if worker.may_claim else 0

        taken = self.run(claimed(self.database, worker.id, free=free, queue=queue))

        self.took(worker, taken, queue)
        assert len(taken) == expected
        for project_id, left in self.model.ready(queue).items():
            worst = max((self.model.jobs[one.id].order for one in taken if one.project_id == project_id), default=None)
            assert worst is None or worst <= left[0].order, "a job was overtaken by one of lower rank"

    @rule(project_id=projects, most=st.sampled_from([None, 1, 2]), free=st.integers(1, 4), queue=queues)
    def all_workers_claim_at_the_same_moment(self, project_id: UUID, most: int | None, free: int, queue: str) -> None:
        self.limit(project_id, most)
        before = {one: self.model.counted(one) for one in PROJECTS}

        async def together() -> list[list[jobs.ClaimedJob]]:
            calls = [claimed(self.database, one.id, free=free, queue=queue) for one in self.model.workers for _ in "ab"]
            return await asyncio.gather(*calls)

        batches = self.run(together())

        for number, taken in enumerate(batches):
            self.took(self.model.workers[number // 2], taken, queue)
        for one, limit in self.model.limits.items():
            assert self.model.counted(one) <= max(limit, before[one]), "more run than the limit says"

    # Living and dying ------------------------------------------------------------------------------------------------

    @rule(n=nth)
    def heartbeat(self, n: int) -> None:
        worker = self.worker(n)

        async def beat(tx: Tx) -> bool:
            return await (await tx.execute(statement("beat"), {"worker_id": worker.id})).fetchone() is not None

        assert self.system(beat) == worker.has_row
        worker.has_lease = worker.has_row

    @rule(n=nth)
    def a_lease_ends(self, n: int) -> None:
        worker = self.worker(n)
        if worker.has_row and worker.has_lease:
            self.run(let_lease_end(self.database, worker.id))
            worker.has_lease = False

    @rule(n=nth)
    def a_session_is_cut(self, n: int) -> None:
        """Its lock is one that nobody holds."""
        worker = self.worker(n)
        self.system(lambda tx: tx.execute("UPDATE workers SET lock_key = %s WHERE worker_id = %s", (7, worker.id)))
        worker.has_session = False

    @rule(n=nth)
    def a_worker_goes(self, n: int) -> None:
        worker = self.worker(n)
        self.system(lambda tx: jobs.forget_worker(tx, worker_id=worker.id))
        worker.has_row = worker.has_row and bool(self.model.held_by(worker))
        if not any(one.has_row for one in self.model.workers):
            self.a_worker_registers()

    @rule(n=nth)
    def a_worker_s_row_is_lost(self, n: int) -> None:
        """Its jobs are then those of somebody whom nobody knows."""
        worker = self.worker(n)
        self.system(lambda tx: tx.execute("DELETE FROM workers WHERE worker_id = %s", (worker.id,)))
        worker.has_row = False
        if not any(one.has_row for one in self.model.workers):
            self.a_worker_registers()

    @rule(n=nth, sweep=st.booleans())
    def rescue(self, n: int, sweep: bool) -> None:
        worker = self.worker(n)
        expected = self.model.rescuable(by=worker, sweep=sweep)

        lost = self.system(lambda tx: jobs.rescue(tx, worker_id=worker.id, sweep=sweep))

        self.model.lose(expected)
        self.model.bury(by=worker)
        assert {one.id: one.lost_leases for one in lost} == {job.id: job.lost_leases for job in expected}

    @rule(n=nth, m=nth)
    def a_job_changes_hands(self, n: int, m: int) -> None:
        lease = self.lease(n, wants_held=True)
        job = None if lease is None else self.model.holder(lease)
        self.a_worker_registers()
        others = [k for k, one in enumerate(self.model.workers) if one.has_row and job and one.id != job.worker_id]
        if lease is None or job is None or not others:
            return
        other = others[m % len(others)]
        self.a_lease_ends(next(k for k, one in enumerate(self.model.workers) if one.id == job.worker_id))
        self.rescue(other, True)
        self.heartbeat(other)
        self.claim(other, 5, job.queue)
        self.late_writes_are_refused(lease)

    @rule(n=nth, m=nth)
    def a_rescue_passes_over_a_job_whose_worker_is_writing(self, n: int, m: int) -> None:
        rescuer, lease = self.worker(m), self.lease(n, wants_held=True)
        writing = None if lease is None else self.model.holder(lease)
        if lease is None or writing is None:
            return
        expected = [job for job in self.model.rescuable(by=rescuer) if job is not writing]

        async def beside(tx: Tx) -> list[jobs.LostJob]:
            await jobs.hold_lease(tx, lease)
            return await rescued(self.database, rescuer.id)

        lost = self.run(self.in_project(writing.project_id, beside))

        self.model.lose(expected)
        self.model.bury(by=rescuer)
        assert {one.id for one in lost} == {job.id for job in expected}

    @rule(n=nth, m=nth)
    def a_worker_finishes_while_it_is_taken_for_dead(self, n: int, m: int) -> None:
        rescuer, lease = self.worker(m), self.lease(n, wants_held=True)
        job = None if lease is None else self.model.holder(lease)
        if lease is None or job is None:
            return
        expected = self.model.rescuable(by=rescuer)

        async def together() -> tuple[Any, Any]:
            finishing = self.in_project(job.project_id, lambda tx: jobs.finish(tx, lease, outcome="succeeded"))
            return await asyncio.gather(finishing, rescued(self.database, rescuer.id), return_exceptions=True)

        finished, lost = self.run(together())

        has_lost = job.id in {one.id for one in lost}
        assert isinstance(finished, LeaseLost) if has_lost else finished is None
        if not has_lost:
            self.model.end(job, "succeeded")
        self.model.lose([one for one in expected if one.state == "running"])
        self.bury_as_seen(by=rescuer)

    @rule(n=nth, keeps=st.integers(0, 3), queue=queues)
    def take_back(self, n: int, keeps: int, queue: str) -> None:
        worker = self.worker(n)
        held = [job for job in self.model.held_by(worker) if job.queue == queue]
        outdated = [Lease(job_id=job.id, token=job.token - 1) for job in held]
        known = [*outdated, *(job.lease for job in held[:keeps])]

        lost = self.system(lambda tx: jobs.take_back(tx, worker_id=worker.id, queue=queue, held=known))

        self.model.lose(held[keeps:])
        assert {one.id for one in lost} == {job.id for job in held[keeps:]}

    # Writing under a lease -------------------------------------------------------------------------------------------

    @rule(n=nth, wants_held=st.booleans())
    def write_and_make_progress(self, n: int, wants_held: bool) -> None:
        async def verb(tx: Tx, lease: Lease) -> None:
            job = self.model.jobs[lease.job_id]
            seen = await jobs.hold_lease(tx, lease)
            assert (seen.failures, seen.lost_leases, seen.cancel_requested) == (
                job.failures, job.lost_leases, job.cancel_requested,
            )  # fmt: skip
            await jobs.note_progress(tx, lease)

        job = self.write(n, wants_held, verb)
        if job is not None:
            job.failures = job.lost_leases = 0

    @rule(n=nth)
    def a_late_worker_writes_whatever_it_can(self, n: int) -> None:
        lease = self.lease(n, wants_held=False)
        if lease is not None and self.model.holder(lease) is None:
            self.late_writes_are_refused(lease)

    def late_writes_are_refused(self, lease: Lease) -> None:
        project_id = self.model.jobs[lease.job_id].project_id
        verbs: list[Callable[[Tx], Awaitable[object]]] = [
            lambda tx: jobs.hold_lease(tx, lease),
            lambda tx: jobs.finish(tx, lease, outcome="failed"),
            lambda tx: jobs.park(tx, lease),
            lambda tx: jobs.release(tx, lease),
            lambda tx: jobs.retry(tx, lease, delay_s=0.0, error={"code": "late"}),
        ]
        for verb in verbs:
            with pytest.raises(LeaseLost):
                self.run(self.in_project(project_id, verb))
        self.run(self.in_project(project_id, lambda tx: jobs.note_progress(tx, lease)))
        self.system(lambda tx: jobs.release_many(tx, [lease]))
        assert self.run(jobs.finish_many(self.database, [lease])) == set()

    @rule(n=nth, wants_held=st.booleans(), outcome=st.sampled_from([*FINAL, "quarantined", "quarantined"]))
    def finish(self, n: int, wants_held: bool, outcome: jobs.FinalOutcome) -> None:
        job = self.write(n, wants_held, lambda tx, lease: jobs.finish(tx, lease, outcome=outcome, error={"code": "x"}))
        if job is not None:
            self.model.end(job, outcome)

    @rule(n=nth, count=st.integers(1, 4))
    def finish_many(self, n: int, count: int) -> None:
        leases = self.some_leases(n, count)
        held = [job for job in map(self.model.holder, leases) if job is not None]

        counted = self.run(jobs.finish_many(self.database, leases))

        for job in held:
            self.model.end(job, "succeeded")
        assert counted == {job.id for job in held}

    @rule(n=nth, count=st.integers(1, 4))
    def release_many(self, n: int, count: int) -> None:
        leases = self.some_leases(n, count)
        held = [job for job in map(self.model.holder, leases) if job is not None]

        self.system(lambda tx: jobs.release_many(tx, leases))

        for job in held:
            self.model.release_unbegun(job)

    @rule(n=nth, wants_held=st.booleans())
    def park(self, n: int, wants_held: bool) -> None:
        job = self.write(n, wants_held, jobs.park)
        if job is not None:
            self.model.give_back(job, "parked", returned=None, outcome="parked")

    @rule(n=nth, wants_held=st.booleans())
    def release(self, n: int, wants_held: bool) -> None:
        job = self.write(n, wants_held, jobs.release)
        if job is not None:
            self.model.give_back(job, "ready", returned="released", outcome="released")

    @rule(n=nth, wants_held=st.booleans(), delay_s=st.sampled_from([0.0, 3600.0]))
    def retry(self, n: int, wants_held: bool, delay_s: float) -> None:
        job = self.write(n, wants_held, lambda tx, lease: jobs.retry(tx, lease, delay_s=delay_s, error={"code": "x"}))
        if job is not None:
            state = "scheduled" if delay_s else "ready"
            self.model.give_back(job, state, returned="retry", outcome="retry", failed=1)

    # What others do --------------------------------------------------------------------------------------------------

    @rule(subject_id=st.sampled_from(SUBJECTS))
    def wake(self, subject_id: UUID) -> None:
        job, has_woken = self.for_subject(subject_id, lambda tx: jobs.wake(tx, subject_id=subject_id))

        assert has_woken == (job is not None and job.state == "parked")
        if job is not None and has_woken:
            self.model.wake(job)

    @rule(subject_id=st.sampled_from(SUBJECTS))
    def request_cancel(self, subject_id: UUID) -> None:
        job, state = self.for_subject(subject_id, lambda tx: jobs.request_cancel(tx, subject_id=subject_id))

        assert state == (job.state if job is not None else None)
        if job is not None:
            job.cancel_requested = True
            asked = self.system(lambda tx: jobs.cancelled_leases(tx, held=[job.lease]))
            assert asked == ([job.lease] if job.state == "running" else [])

    @rule(subject_id=st.sampled_from(SUBJECTS), outcome=st.sampled_from(["cancelled", "failed"]))
    def close_waiting(self, subject_id: UUID, outcome: jobs.FinalOutcome) -> None:
        job, closed = self.for_subject(
            subject_id, lambda tx: jobs.close_waiting(tx, subject_id=subject_id, outcome=outcome)
        )

        is_waiting = job is not None and job.state != "running"
        assert closed == (job.id if job is not None and is_waiting else None)
        if job is not None and is_waiting:
            self.model.end(job, outcome)

    @rule(n=nth)
    def replay(self, n: int) -> None:
        job_id = self.of_quarantine(n)
        refusal = self.refusal_of(job_id, is_replay=True)
        if refusal is not None:
            with pytest.raises(refusal):
                self.system(lambda tx: jobs.replay(tx, job_id))
        else:
            self.system(lambda tx: jobs.replay(tx, job_id))
            self.model.replay(self.model.jobs[job_id])

    @rule(n=nth)
    def discard(self, n: int) -> None:
        job_id = self.of_quarantine(n)
        refusal = self.refusal_of(job_id, is_replay=False)
        if refusal is not None:
            with pytest.raises(refusal):
                self.system(lambda tx: jobs.discard(tx, job_id))
        else:
            self.system(lambda tx: jobs.discard(tx, job_id))
            self.model.discard(self.model.jobs[job_id])


@pytest.mark.timeout(3600 if "QUEUE_MODEL_EXAMPLES" in os.environ else 180)
def test_whatever_workers_do_no_job_is_lost_doubled_or_written_to_late(clean_database: str) -> None:
    given = os.environ.get("QUEUE_MODEL_EXAMPLES")
    with psycopg.connect(clean_database, autocommit=True) as owner:
        for project_id in PROJECTS:
            owner.execute("INSERT INTO projects (id, name) VALUES (%s, %s)", (project_id, f"project {project_id}"))

    with asyncio.Runner() as runner:
        database = Database(clean_database, pool_size=12, timeout_s=10.0)
        runner.run(database.open())
        try:
            run_state_machine_as_test(
                partial(QueueMachine, database, runner, clean_database),  # type: ignore[arg-type]
                settings=settings(
                    max_examples=int(given or 8),
                    stateful_step_count=60 if given else 40,
                    derandomize=given is None,
                    database=None,
                    deadline=None,
                    phases=(Phase.generate,) if given is None else tuple(Phase),
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(database.close())
