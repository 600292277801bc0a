"""The queue as it should be, in plain Python: what a test compares the real one with after every step.

Ranks are counted, not timed: a job that waits again goes behind those of its priority that wait already. Jobs that
began to wait in one statement share a rank, for their order among each other is nobody's promise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from decisionworks.jobs import Lease
from decisionworks.jobs.model import LOT_BITS

FINAL = ("succeeded", "failed", "cancelled", "quarantined")
WAITING = ("scheduled", "ready", "parked")


@dataclass(slots=True, kw_only=True)
class ModelWorker:
    """A worker: `has_row` until it is forgotten, `has_lease` until its lease ends, `has_session` until that is cut."""

    id: UUID
    has_row: bool = True
    has_lease: bool = True
    has_session: bool = True

    @property
    def may_claim(self) -> bool:
        return self.has_row and self.has_lease

    @property
    def is_dead(self) -> bool:
        return self.has_row and not (self.has_lease and self.has_session)


@dataclass(slots=True, kw_only=True)
class ModelJob:
    """A job and every attempt at it, by number; the outcome of one that runs is None."""

    id: UUID
    project_id: UUID
    queue: str
    subject_id: UUID | None
    priority: int
    state: str
    rank: int
    token: int = 0
    worker_id: UUID | None = None
    failures: int = 0
    lost_leases: int = 0
    cancel_requested: bool = False
    returned: str | None = None
    is_due: bool = False
    attempts: dict[int, str | None] = field(default_factory=dict)

    @property
    def attempt(self) -> int:
        return self.token >> LOT_BITS

    @property
    def lease(self) -> Lease:
        return Lease(job_id=self.id, token=self.token)

    @property
    def order(self) -> tuple[int, int]:
        return (-self.priority, self.rank)

    @property
    def seen(self) -> dict[str, object]:
        """What a list of jobs says about it."""
        return {
            "project_id": self.project_id,
            "queue": self.queue,
            "subject_id": self.subject_id,
            "priority": self.priority,
            "state": self.state,
            "attempt": self.attempt,
            "worker_id": self.worker_id,
            "failures": self.failures,
            "lost_leases": self.lost_leases,
            "cancel_requested": self.cancel_requested and self.state not in FINAL,
        }


class ModelQueue:
    """All jobs ever handed in, all workers ever registered, all leases ever given out."""

    def __init__(self) -> None:
        self.jobs: dict[UUID, ModelJob] = {}
        self.workers: list[ModelWorker] = []
        self.limits: dict[UUID, int] = {}
        self.leases: list[Lease] = []
        self._rank = 0

    def next_rank(self) -> int:
        self._rank += 1
        return self._rank

    def active(self, subject_id: UUID | None) -> ModelJob | None:
        """The one job of a subject that has not ended."""
        if subject_id is None:
            return None
        found = [job for job in self.jobs.values() if job.subject_id == subject_id and job.state not in FINAL]
        assert len(found) <= 1
        return found[0] if found else None

    def in_state(self, state: str) -> list[ModelJob]:
        return [job for job in self.jobs.values() if job.state == state]

    def holder(self, lease: Lease) -> ModelJob | None:
        """The job that runs under this lease, None when the lease is lost."""
        job = self.jobs[lease.job_id]
        return job if job.state == "running" and job.token == lease.token else None

    def held_by(self, worker: ModelWorker) -> list[ModelJob]:
        return [job for job in self.in_state("running") if job.worker_id == worker.id]

    def counted(self, project_id: UUID) -> int:
        """Running jobs of a project that its limit counts: those of workers that are known."""
        known = {worker.id for worker in self.workers if worker.has_row}
        return sum(job.project_id == project_id and job.worker_id in known for job in self.in_state("running"))

    def counts(self, states: Iterable[str]) -> dict[str, int]:
        return dict(Counter(job.state for job in self.jobs.values() if job.state in states))

    def ready(self, queue: str) -> dict[UUID, list[ModelJob]]:
        """What waits for a worker, by project, best first."""
        found: dict[UUID, list[ModelJob]] = {}
        for job in sorted(self.in_state("ready"), key=lambda job: job.order):
            if job.queue == queue:
                found.setdefault(job.project_id, []).append(job)
        return found

    def claimable(self, queue: str, free: int) -> int:
        """How many jobs a claim gets that nobody disturbs: each project its share, as far as its limit has room."""
        waiting = self.ready(queue)
        share = -(-free // max(1, len(waiting)))
        room = {one: max(0, self.limits.get(one, free) - self.counted(one) * (one in self.limits)) for one in waiting}
        return min(free, sum(min(share, room[one], len(found)) for one, found in waiting.items()))

    # What happens to a job -------------------------------------------------------------------------------------------

    def add(self, job: ModelJob) -> None:
        self.jobs[job.id] = job

    def claim(self, job: ModelJob, worker: ModelWorker, *, token: int) -> None:
        job.state, job.worker_id, job.returned = "running", worker.id, None
        job.token = token
        job.attempts[job.attempt] = None
        self.leases.append(job.lease)

    def end(self, job: ModelJob, outcome: str) -> None:
        """Ended by its worker, or by somebody else while it waited."""
        if job.state == "running":
            job.attempts[job.attempt] = outcome
        job.state, job.worker_id = outcome, None

    def give_back(self, job: ModelJob, state: str, *, returned: str | None, outcome: str, failed: int = 0) -> None:
        job.attempts[job.attempt] = outcome
        job.state, job.worker_id, job.returned, job.rank = state, None, returned, self.next_rank()
        job.failures += failed
        job.lost_leases, job.is_due = 0, False

    def release_unbegun(self, job: ModelJob) -> None:
        """As if it had not been claimed, but for its token."""
        del job.attempts[job.attempt]
        job.state, job.worker_id, job.returned = "ready", None, "released"

    def lose(self, lost: Iterable[ModelJob]) -> None:
        """The workers of these jobs are dead: the jobs keep their place in the line."""
        for job in lost:
            job.attempts[job.attempt] = "lost"
            job.state, job.worker_id, job.returned = "ready", None, "lost"
            job.lost_leases += 1

    def wake(self, job: ModelJob) -> None:
        job.state, job.returned, job.rank = "ready", "woken", self.next_rank()

    def replay(self, job: ModelJob) -> None:
        job.state, job.returned, job.rank = "ready", "replayed", self.next_rank()
        job.failures, job.lost_leases, job.cancel_requested = 0, 0, False

    def discard(self, job: ModelJob) -> None:
        """Given up: the attempt that ended in quarantine counts as failed too."""
        job.state = "failed"
        if job.attempts.get(job.attempt) == "quarantined":
            job.attempts[job.attempt] = "failed"

    def rescuable(self, *, by: ModelWorker, sweep: bool = False) -> list[ModelJob]:
        """Running jobs whose worker is dead; a sweep finds those of workers that nobody knows too."""
        lost = {one.id for one in self.workers if (one.is_dead and one is not by) or (sweep and not one.has_row)}
        return [job for job in self.in_state("running") if job.worker_id in lost]

    def bury(self, *, by: ModelWorker) -> None:
        """Dead workers that hold nothing are forgotten; a worker never forgets itself."""
        for worker in self.workers:
            if worker.is_dead and worker is not by and not self.held_by(worker):
                worker.has_row = False
