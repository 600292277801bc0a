"""What can go wrong with a job."""

from __future__ import annotations

from uuid import UUID

from decisionworks.kit.errors import Conflict, FieldProblem, Invalid, NotFound


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


class UnfitPriority(Invalid):
    """A priority outside its range."""

    code = "unfit-priority"

    def __init__(self, priority: int, *, highest: int) -> None:
        detail = f"must be between -{highest} and {highest}, not {priority}"
        super().__init__(f"the priority {detail}", problems=(FieldProblem(pointer="/priority", detail=detail),))


class NotInQuarantine(Conflict):
    """Only a quarantined job can be replayed or discarded."""

    code = "not-in-quarantine"

    def __init__(self, job_id: UUID, state: str) -> None:
        super().__init__(
            f"job {job_id} is {state}, not quarantined", remedy="list what is: decisionworks jobs --state quarantined"
        )
        self.job_id = job_id
        self.state = state


class UnfitLimit(Invalid):
    """A number of running jobs that cannot be a limit."""

    code = "unfit-limit"

    def __init__(self, limit: int, *, highest: int) -> None:
        detail = f"must be between 1 and {highest}, not {limit}"
        super().__init__(f"max_running {detail}", problems=(FieldProblem(pointer="/max_running", detail=detail),))


class UnfitSchedule(Invalid):
    """A schedule that names no time, or no time that ever comes."""

    code = "unfit-schedule"

    def __init__(self, pointer: str, detail: str, remedy: str) -> None:
        problem = FieldProblem(pointer=pointer, detail=detail, remedy=remedy)
        super().__init__(f"{pointer[1:]}: {detail}", problems=(problem,))


class ScheduleTaken(Conflict):
    """The project has a schedule of this name."""

    code = "schedule-taken"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"there is a schedule named {name!r} already", remedy="choose another name, or remove that one"
        )


class ScheduleNotFound(NotFound):
    """No such schedule."""

    code = "schedule-not-found"

    def __init__(self, schedule_id: UUID | str) -> None:
        super().__init__(f"there is no schedule {schedule_id}")
