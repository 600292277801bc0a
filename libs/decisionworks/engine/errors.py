"""Why an attempt ends before its graph does."""

from __future__ import annotations

from decisionworks.kit.errors import Conflict, RetryLater


class RunCancelled(Conflict):
    """Somebody asked for the end of this run."""

    code = "run-cancelled"

    def __init__(self) -> None:
        super().__init__("the run was cancelled")


class UnknownJobKind(RetryLater):
    """This worker has no graph for a job; one of another version may have it."""

    code = "unknown-job-kind"

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"this worker knows no job of kind {kind!r}",
            retry_after_s=5.0,
            remedy="start workers of the version that handed the job in",
        )
        self.kind = kind


class RunTookTooLong(RetryLater):
    """One attempt took longer than an attempt may."""

    code = "run-took-too-long"

    def __init__(self, longest_s: float) -> None:
        super().__init__(
            f"the attempt took longer than {longest_s:.0f} s",
            remedy="look at the worker's log for what it waited for; DECISIONWORKS_LONGEST_RUN_S is the limit",
        )


class TooManyWorkRequests(RetryLater):
    """A worker has as many open requests as it takes."""

    code = "too-many-work-requests"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"this worker has {most} requests open already",
            retry_after_s=5.0,
            remedy="let the platform send a request to another instance beyond that many",
        )


class WorkerIsDraining(RetryLater):
    """A worker that was told to end takes no request."""

    code = "worker-draining"

    def __init__(self) -> None:
        super().__init__("this worker is ending", retry_after_s=1.0, remedy="ring again, another instance answers")
