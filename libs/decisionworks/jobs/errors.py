"""What can go wrong with a job."""

from __future__ import annotations

from uuid import UUID

from decisionworks.kit.errors import Conflict, NotFound


class LeaseLost(Conflict):
    """Another attempt owns the job, or it is finished: stop at once and write nothing."""

    code = "lease-lost"

    def __init__(self, job_id: UUID, token: int) -> None:
        super().__init__(f"the lease {token} on job {job_id} is lost")
        self.job_id = job_id
        self.token = token


class AlreadyQueued(Conflict):
    """The subject has an active job."""

    code = "job-active"

    def __init__(self, subject_id: UUID | None) -> None:
        super().__init__(f"{subject_id} has an active job already", remedy="wait for it to end, or cancel it")
        self.subject_id = subject_id


class JobNotFound(NotFound):
    """No such job."""

    code = "job-not-found"

    def __init__(self, job_id: UUID) -> None:
        super().__init__(f"there is no job {job_id}")
